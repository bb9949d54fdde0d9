"""libtmux, led to a host: the one place that knows how libtmux starts tmux.

libtmux 0.62 starts a local program. All its ways, listings and version check included, end in
`libtmux.common.subprocess.Popen`; that name is replaced here by a stand-in, which sends the command to a `Shell`
when its first word is a marker such as `ssh://7/tmux`, and to the real `subprocess` otherwise. A `Server` whose
`tmux_bin` is the marker is a tmux on the host, and no tmux is needed on this machine.

Surprise: tmux takes an argument that ends in `;` for the end of a command, quoted or not. Surprise: without a
UTF-8 locale tmux mangles libtmux's separator, hence `-u`. Surprise: libtmux remembers the version of each
`tmux_bin` for ever, so no marker is used twice.
"""

import itertools
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import libtmux
from libtmux import common, exc

from nbtui.errors import NbtuiError
from nbtui.model.shell import Shell
from nbtui.model.text import clean_line
from nbtui.quoting import words

PLACES = (
    "PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin:$HOME/.local/bin:$HOME/bin"
)
"""Where the probe looks for tmux too; put before what calls it by its bare name."""

SECONDS = 20.0
"""The first tmux command of a host starts its server, which may read a home on a slow network disk."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HostTmux:
    """The tmux of one host: the user's own default server."""

    shell: Shell
    path: str = "tmux"
    """Absolute where it is known."""

    def script(self, *arguments: str) -> str:
        r"""A line of sh that runs tmux.

        >>> HostTmux(shell=None).script("set-option", "@x", "it's;").splitlines()[-1]
        'tmux -u set-option @x \'it\'"\'"\'s\\;\''
        """
        return f"{PLACES}\n{words([self.path, '-u', *map(escape, arguments)])}"


def escape(argument: str) -> str:
    r"""An argument that tmux takes as it is.

    >>> escape("a;b;"), escape(";"), escape("a")
    ('a;b\\;', '\\;', 'a')
    """
    return f"{argument[:-1]}\\;" if argument.endswith(";") else argument


class _Led:
    """What libtmux takes for a process."""

    def __init__(self, tmux: HostTmux, arguments: Sequence[str]) -> None:
        self._tmux, self._arguments = tmux, arguments
        self.returncode = 0

    def communicate(self) -> tuple[str, str]:
        done = self._tmux.shell.run(self._tmux.script(*self._arguments), timeout=SECONDS)
        self.returncode = done.status
        return done.text, done.err.decode(errors="replace")


class _Subprocess:
    """What libtmux takes for the module `subprocess`."""

    def __init__(self) -> None:
        self.led: dict[str, HostTmux] = {}
        self.markers = (f"ssh://{number}/tmux" for number in itertools.count(1))

    def __getattr__(self, name: str) -> Any:
        return getattr(subprocess, name)

    def Popen(self, command: list[str], **options: Any) -> Any:  # noqa: N802  # the name that libtmux calls
        tmux = self.led.get(command[0])
        if tmux is None:
            return subprocess.Popen(command, **options)  # noqa: S603  # libtmux's own call
        return _Led(tmux, command[1:])


_seam = _Subprocess()
vars(common)["subprocess"] = _seam


@contextmanager
def led(tmux: HostTmux) -> Iterator[libtmux.Server]:
    """Lead libtmux to a host.

    Raises:
        NbtuiError: tmux says no; the words are its own.
        LinkLost, TimedOut: see `Shell.run`.
    """
    marker = next(_seam.markers)
    _seam.led[marker] = tmux
    try:
        with _tmux_errors():
            yield libtmux.Server(tmux_bin=marker)
    finally:
        del _seam.led[marker]


@contextmanager
def _tmux_errors() -> Iterator[None]:
    try:
        yield
    except NbtuiError:
        raise
    except (exc.LibTmuxException, ValueError, IndexError) as error:
        said = clean_line(str(error)) or type(error).__name__
        raise NbtuiError(
            f"tmux on the host says: {said}",
            layer="tmux",
            hint="nbtui shell NAME -- tmux list-sessions",
        ) from error
