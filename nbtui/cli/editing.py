"""profiles.toml in a person's own editor: a copy is edited, and published when it loads."""

import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from nbtui.cli.shared import Shared
from nbtui.errors import ConfigError, NbtuiError, UsageError
from nbtui.platforms import commandlines
from nbtui.profiles.starter import STARTER

_VI_LIKE = frozenset({"vi", "vim", "nvim", "nano", "emacs", "kak", "hx"})
"""They open at a line when told `+LINE`."""


def edit_profiles(shared: Shared, name: str | None) -> None:
    """Run the editor on a copy and publish it when it loads; of an empty file a commented profile is offered.

    Args: name: the profile at whose lines a vi-like editor opens.

    Raises:
        UsageError: the editor cannot be run.
        ConfigError, Refused: nothing was written; where the copy does not load, its place is named.
    """
    before = shared.store.read()
    offered = before if before.strip() else STARTER
    with _copy_of(offered) as copy:
        _run_editor(shared.environ, copy, _line_of(offered, name))
        after = copy.read_bytes()
        if after != offered:
            _publish(shared, after, copy, instead_of=before)


class _Kept(Exception):
    """The copy must stay: it holds what a person wrote."""


@contextmanager
def _copy_of(content: bytes) -> Iterator[Path]:
    """A file of that content; gone in the end, unless what a person wrote is nowhere else."""
    folder = Path(tempfile.mkdtemp(prefix="nbtui-"))
    copy = folder / "profiles.toml"
    try:
        copy.write_bytes(content)
        yield copy
    except _Kept as kept:
        raise kept.args[0] from None
    except BaseException:
        _remove(folder)
        raise
    _remove(folder)


def _remove(folder: Path) -> None:
    """With what an editor left beside the file, such as a backup."""
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


def _publish(shared: Shared, content: bytes, copy: Path, *, instead_of: bytes) -> None:
    try:
        shared.store.publish(content, instead_of=instead_of)
    except NbtuiError as error:
        error.message += f"\nnothing was changed; what you wrote is in {copy}"
        raise _Kept(error) from None


def _line_of(content: bytes, name: str | None) -> int:
    lines = content.decode(errors="replace").splitlines()
    headers = (f"[profiles.{name}]", f'[profiles."{name}"]')
    return next((n for n, line in enumerate(lines, 1) if line.strip() in headers), 1)


def _run_editor(environ: Mapping[str, str], file: Path, line: int) -> None:
    words = _words(
        environ.get("VISUAL") or environ.get("EDITOR") or "", commandlines.EDITOR
    )
    place = [f"+{line}"] if Path(words[0]).stem in _VI_LIKE and line > 1 else []
    try:
        done = subprocess.run([*words, *place, str(file)], check=False)  # noqa: S603  # the user's own editor
    except OSError as exc:
        raise UsageError(
            f"cannot run the editor {words[0]}: {exc.strerror}", hint="set EDITOR"
        ) from exc
    if done.returncode:
        raise ConfigError(
            f"the editor ended with {done.returncode}; nothing was changed",
            file="profiles.toml",
        )


def _words(said: str, usual: str) -> list[str]:
    try:
        return commandlines.split(said) or [usual]
    except ValueError as exc:
        raise UsageError(f"cannot read EDITOR: {exc}", hint="set EDITOR") from exc
