"""`nbtui profile export`: profiles as sessions of PuTTY, or as a piece of ssh_config."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nbtui.cli import output
from nbtui.cli.arguments import names, pass_shared
from nbtui.cli.shared import Shared
from nbtui.errors import ConfigError, Refused, UsageError
from nbtui.files import replace_file, target_of

if TYPE_CHECKING:
    from nbtui.model.target import Resolved
    from nbtui.profiles.outgoing import Outgoing
    from nbtui.profiles.world import World

Files = Mapping[Path, bytes]
_MOST = 12
"""Remarks of one kind that are said."""


@click.command()
@click.argument("program", type=click.Choice(["putty", "openssh"]))
@names
@click.option(
    "--to", type=click.Path(path_type=Path), metavar="FILE|FOLDER",
    help="Where to write it; a folder such as ~/.putty/sessions takes a file a session (default, and -: stdout).",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace what is there.")
@pass_shared
def command(
    shared: Shared, *, program: str, names: tuple[str, ...], to: Path | None, force: bool
) -> None:
    """Write profiles for another program; without NAME: all of them.

    Their hosts, users, keys, jumps and forwards, the notebook's tunnel among them, as ssh_config takes them or PuTTY
    saves them. What cannot be carried is said.

    \b
    Example: nbtui profile export openssh myvm --to ~/.ssh/nbtui.conf
             nbtui profile export putty --to sessions.reg
    """
    to = None if to == Path("-") else to
    write = _openssh if program == "openssh" else _putty
    files = write(shared, _resolved(shared, names), to)
    if to is None:
        _print(files[Path()])
    else:
        _write(shared, files, force=force)


def _resolved(shared: Shared, names: Sequence[str]) -> "tuple[Resolved, ...]":
    from nbtui.profiles.resolve import resolve

    saved = shared.store.load()
    wanted = dict.fromkeys(names or (one.name for one in saved.profiles))
    if not wanted:
        raise UsageError("there is no profile to export", hint="nbtui profile add --help")
    world = _world(shared)
    found = tuple(resolve(name, saved=saved, world=world) for name in wanted)
    shared.talk.note((*saved.warnings, *(note for one in found for note in one.warnings)))
    return found


def _world(shared: Shared) -> "World":
    from nbtui.profiles.world import this_world

    return this_world(shared.environ)


def _outgoing(
    shared: Shared, resolved: "Sequence[Resolved]", *, in_a_row: bool
) -> "Outgoing":
    from nbtui.profiles.memory import Memory
    from nbtui.profiles.outgoing import outgoing

    memory = Memory(shared.paths.state_json)
    chosen = {one.name: memory.local_port(one.name) for one in resolved}
    ports = {name: port for name, port in chosen.items() if port}
    user = _world(shared).here.user
    found = outgoing(resolved, user=user, local_ports=ports, in_a_row=in_a_row)
    _note(shared, found.notes)
    return found


def _openssh(shared: Shared, resolved: "Sequence[Resolved]", to: Path | None) -> Files:
    from nbtui.profiles.openssh.writing import ssh_config

    found = _outgoing(shared, resolved, in_a_row=True)
    text, notes = ssh_config(found.sessions, home=str(Path.home()))
    _note(shared, notes)
    return {to or Path(): text.encode(errors="surrogateescape")}


def _putty(shared: Shared, resolved: "Sequence[Resolved]", to: Path | None) -> Files:
    from nbtui.profiles.putty.writing import (
        file_name,
        putty_sessions,
        reg_file,
        session_file,
    )

    found = _outgoing(shared, resolved, in_a_row=False)
    sessions = putty_sessions(found.sessions, ppk_of=_ppks(found))
    _note(shared, [note for one in sessions for note in one.notes])
    if to is None or (to.suffix.lower() == ".reg" and not to.is_dir()):
        return {to or Path(): reg_file(sessions).encode("utf-16", errors="surrogatepass")}
    return {
        to / file_name(one.name): session_file(one).encode(errors="surrogateescape")
        for one in sessions
    }


def _note(shared: Shared, notes: Sequence[str]) -> None:
    """Of a thousand profiles nobody reads a thousand lines."""
    more = [f"and {len(notes) - _MOST} more like these"] if len(notes) > _MOST else []
    shared.talk.note((*notes[:_MOST], *more))


def _ppks(found: "Outgoing") -> dict[str, str]:
    """Keys that have a .ppk beside them."""
    keys = {key for one in found.sessions for key in one.target.identity_files}
    beside = {key: (Path(f"{key}.ppk"), Path(key).with_suffix(".ppk")) for key in keys}
    there = {key: [one for one in both if one.exists()] for key, both in beside.items()}
    return {key: str(ppks[0]) for key, ppks in there.items() if ppks}


def _print(content: bytes) -> None:
    """UTF-16 goes as it is to whoever keeps it, and as text to whoever reads it."""
    if sys.stdout.isatty():
        wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        output.line(
            content.decode("utf-16" if wide else "utf-8", errors="replace").rstrip()
        )
    else:
        sys.stdout.buffer.write(content)


def _write(shared: Shared, files: Files, *, force: bool) -> None:
    for path in files:
        if path.is_dir():
            raise UsageError(f"{path} is a folder", hint="name a file behind --to")
    taken = [path for path in files if path.exists()]
    if taken and not force:
        also = f", and {len(taken) - 1} more" if len(taken) > 1 else ""
        raise Refused(f"{taken[0]} is there already{also}", hint="the same with --force")
    for path, content in files.items():
        with _said(path):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            replace_file(target_of(path), content, clock=shared.clock)


@contextmanager
def _said(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        why = exc.strerror or str(exc)
        raise ConfigError(why, file=str(path), hint="name another place with --to") from exc
