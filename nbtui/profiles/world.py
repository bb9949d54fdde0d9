"""What resolving a name needs of the world around it, handed in as one thing."""

import socket
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nbtui.errors import TimedOut
from nbtui.model.profile import Profile
from nbtui.platforms.commandlines import shell
from nbtui.platforms.registry import REGISTRY
from nbtui.profiles.here import Here, SshConfigFiles, config_files, this_machine

if TYPE_CHECKING:
    from nbtui.profiles.putty.source import Source

_MATCH_EXEC_SECONDS = 15.0
_NO_SUCH_COMMAND = 127  # as sh says it


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """The collaborators of `resolve`."""

    here: Here
    config: SshConfigFiles
    run: Callable[[str], int]
    """Runs a command line of Match exec in the user's shell; its exit status. May raise TimedOut."""

    lookup: Callable[[str], bool]
    """Whether this machine can turn a host name into an address; asks name servers."""

    session: Callable[[str], tuple[Profile, ...]] = lambda _name: ()
    """The saved session of PuTTY of that name, and those that it goes through; nothing when there is none.

    Raises UsageError: there is one, and it cannot be used."""


def this_world(environ: Mapping[str, str]) -> World:
    """The machine that this process runs on.

    Args:
        environ: of the person who asks.
    """
    return World(
        here=this_machine(environ),
        config=config_files(environ),
        run=lambda command: run_in_shell(command, environ),
        lookup=has_address,
        session=lambda name: putty_session(name, environ),
    )


def putty_session(name: str, environ: Mapping[str, str]) -> tuple[Profile, ...]:
    """See `World.session`."""
    sources = putty_sources(environ)
    if not sources:
        return ()
    from nbtui.profiles.putty.sessions import session_of  # noqa: PLC0415  # for who has sessions

    return session_of(name, sources)


def putty_sources(environ: Mapping[str, str]) -> "tuple[Source, ...]":
    """The places of this user's saved sessions of PuTTY; where there is none, no more is read than its absence."""
    from nbtui.profiles.putty.here import sources_here  # noqa: PLC0415  # see above

    return tuple(sources_here(environ, registry=REGISTRY, home=Path.home()))


def has_address(host: str) -> bool:
    """See `World.lookup`."""
    try:
        return bool(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError):
        return False


def run_in_shell(command: str, environ: Mapping[str, str]) -> int:
    """See `World.run`. The command's standard streams lead nowhere.

    Raises:
        TimedOut: it took longer than 15 s, where ssh would wait for ever.

    Source: execute_in_shell of OpenSSH's readconf.c.
    """
    try:
        done = subprocess.run(  # noqa: S603  # ssh_config asks for this very command
            shell(command, environ),
            check=False,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_MATCH_EXEC_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise TimedOut(
            f"Match exec of ssh_config did not end in {_MATCH_EXEC_SECONDS:g} s: {command}",
            layer="config",
            hint="run the command by hand to see what it waits for",
        ) from None
    except OSError:
        return _NO_SUCH_COMMAND
    return done.returncode
