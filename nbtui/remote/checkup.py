"""What the doctor asks of a host besides the probe: the profile's folder, and runtime files that nobody owns.

The script is checkup.sh beside this file.
"""

import secrets
from dataclasses import dataclass

from nbtui.errors import NbtuiError
from nbtui.model.shell import Shell
from nbtui.model.text import clean_line
from nbtui.quoting import quote
from nbtui.remote.probe import resource
from nbtui.remote.sections import Sections, parse_sections

LIMIT = 1 << 20
PATH = 4096
"""Characters that are kept of a path."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkup:
    """What it told."""

    folder: str = ""
    """Absolute; empty: of another user, by ~name, and not looked at."""

    nearest: str = ""
    """The folder itself, or the nearest ancestor that is there."""

    is_folder: bool = True
    """`nearest` is one."""

    writable: bool = True
    """`nearest` may be written to."""

    home_writable: bool = True
    live: int = 0
    """Runtime files of processes that are there."""

    stale: tuple[str, ...] = ()
    """Runtime files of processes that are not, on a disk of this host alone."""

    shared: tuple[str, ...] = ()
    """The same on a network disk: their servers may live on another node."""


def check_up(
    shell: Shell, folder: str, *, mend: bool = False, timeout: float = 10.0
) -> Checkup:
    """Look, in one round trip.

    Args:
        shell: of the host.
        folder: of the profile; `~` is the home there.
        mend: delete the runtime files that are `stale`.
        timeout: seconds.

    Raises:
        LinkLost, TimedOut: see `Shell.run`.
        NbtuiError: the answer did not get to its end.
    """
    nonce = secrets.token_hex(12)
    values = {"nonce": nonce, "folder": folder, "mend": str(int(mend))}
    head = "\n".join(f"{name}={quote(value)}" for name, value in values.items())
    script = "\n".join((head, resource("places.sh"), resource("checkup.sh")))
    done = shell.run(script, timeout=timeout, limit=LIMIT)
    return parse_checkup(done.text, nonce)


def parse_checkup(text: str, nonce: str) -> Checkup:
    r"""Read what checkup.sh printed.

    >>> parse_checkup("\nN folder /a/b\n\nN nearest /a\n\nN local /r/jpserver-7.json\n\nN end\n", "N").stale
    ('/r/jpserver-7.json',)

    Raises: NbtuiError: it did not get to its end.
    """
    answer = parse_sections(text, nonce)
    names = {one.name for one in answer.every}
    if "end" not in names:
        raise NbtuiError("the host's answer is not complete", layer="shell")
    return Checkup(
        folder=clean_line(answer.word("folder"), limit=PATH),
        nearest=clean_line(answer.word("nearest"), limit=PATH),
        is_folder="no_folder" not in names,
        writable="read_only" not in names,
        home_writable="home_read_only" not in names,
        live=len(list(answer.named("live"))),
        stale=_paths(answer, "local"),
        shared=_paths(answer, "shared"),
    )


def _paths(answer: Sections, name: str) -> tuple[str, ...]:
    return tuple(clean_line(one.words, limit=PATH) for one in answer.named(name))
