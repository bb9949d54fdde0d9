"""Who else is logged in on this machine: whatever listens on localhost listens for them too."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from nbtui.model.host import JupyterServer
from nbtui.model.text import clean_line
from nbtui.session.rig import Rig

LOGIND = Path("/run/systemd/users")
"""One file a user who is logged in, for machines that write no utmp any more. Source: sd_uid_get_state(3)."""
FEW = 3
"""Names that are shown."""

Neighbours = Callable[[], tuple[str, ...]]
"""The names of the others; costs no more than a file or two."""


def logged_in(
    me: str,
    *,
    users: Callable[[], Iterable[str]] | None = None,
    logind: Path = LOGIND,
) -> tuple[str, ...]:
    """Names of those who are logged in here, sorted; without root, whom no token keeps out.

    Args:
        me: our own name.
        users: names, each as often as they are logged in; None: utmp, or what the platform has for it.
        logind: see `LOGIND`.
    """
    names = {*(users or _of_utmp)(), *_of_logind(logind)}
    others = {name for name in names if name.casefold() not in {me.casefold(), "root", ""}}
    return tuple(sorted(clean_line(name, limit=40) for name in others))


def _of_utmp() -> list[str]:
    try:
        return [one.name for one in psutil.users()]
    except (psutil.Error, OSError):
        return []


def _of_logind(folder: Path) -> Iterator[str]:
    try:
        files = list(folder.iterdir())
    except OSError:
        return
    for file in files:
        with suppress(OSError):
            text = file.read_text(encoding="utf-8", errors="replace")
            facts = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
            if facts.get("STATE") in {"active", "online"}:  # not who merely lingers
                yield facts.get("NAME", "")


def note(rig: Rig, others: tuple[str, ...]) -> str:
    """What to say of the listeners of a session; empty when nobody else is here."""
    if not others or rig.server is None:
        return ""
    more = f" and {len(others) - FEW} more" if len(others) > FEW else ""
    doors = ", ".join(_doors(rig))
    return f"others are logged in on this machine ({', '.join(others[:FEW])}{more}) and can reach {doors}: {_guard(rig.server)}"


def _doors(rig: Rig) -> Iterator[str]:
    yield f"localhost:{rig.local_port}"
    for spec in rig.resolved.forwards:
        if spec.kind != "remote":
            yield spec.listen


def _guard(server: JupyterServer) -> str:
    if server.token or server.password:
        return f"Jupyter asks them for its {'token' if server.token else 'password'}"
    return "this Jupyter was started without token and password, so they can run programs there as you"
