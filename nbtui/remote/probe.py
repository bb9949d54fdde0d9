"""The probe: one script, one round trip, one report.

The script is probe.sh beside this file with a few assignments before it. It reads and never changes the host.
"""

import secrets
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from nbtui.errors import NbtuiError
from nbtui.model.host import HostReport
from nbtui.model.shell import Shell
from nbtui.model.text import clean_line
from nbtui.quoting import quote
from nbtui.remote.parse import parse_probe

LIMIT = 2 << 20
"""Bytes of an answer; the sections of probe.sh are bounded one by one, so this is never met."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProbeRequest:
    """What is wanted besides what every probe tells."""

    ports: tuple[int, ...] = ()
    """TCP ports of the host: who listens there?"""

    directory: str | None = None
    """Folder whose disk is measured; `~` is the home there; None: the home."""

    environments: bool = False
    """Ask the login shell too where `jupyter` is, which runs its rc files."""

    patience: int = 8
    """Seconds that those may take."""


def probe_script(ask: ProbeRequest, nonce: str) -> str:
    """The script for a request.

    Args:
        ask: what is wanted.
        nonce: letters and digits that nobody on the host can guess.
    """
    hexadecimal = " ".join(f"{port:04X}" for port in ask.ports)
    values = {
        "nonce": nonce,
        "ports": f" {hexadecimal} ",
        "folder": ask.directory or "~",
        "environments": str(int(ask.environments)),
        "patience": str(ask.patience),
    }
    head = "\n".join(f"{name}={quote(value)}" for name, value in values.items())
    return f"{head}\n{_script()}"


@cache
def _script() -> str:
    return resource("places.sh") + resource("probe.sh")


def resource(name: str) -> str:
    """A script beside this module."""
    return files("nbtui.remote").joinpath(name).read_text(encoding="utf-8")


def probe(shell: Shell, ask: ProbeRequest, *, timeout: float = 10.0) -> HostReport:
    """Look at the host, in one round trip.

    Args:
        shell: where to ask.
        ask: what is wanted.
        timeout: seconds.

    Raises:
        LinkLost, TimedOut: see `Shell.run`.
        NbtuiError: the answer did not get to its end.
    """
    nonce = secrets.token_hex(12)
    done = shell.run(probe_script(ask, nonce), timeout=timeout, limit=LIMIT)
    try:
        return parse_probe(done.text, nonce, ports=ask.ports)
    except NbtuiError as exc:
        said = clean_line(done.err, limit=300)
        raise NbtuiError(
            f"{exc.message}{': ' if said else ''}{said}", layer=exc.layer, hint=exc.hint
        ) from exc
