"""Everything that can go wrong, said for people.

NbtuiError                      code 1, `failed`
├── UsageError                  2
│   └── NoTerminal              2   attach and shell need one
├── ConfigError                 1   profiles.toml: file, line, key
│   └── NoSuchProfile           3
├── NoSuchSession               3   of another program, asked for by name
├── KeyUnusable                 1   a file without a private key that can be used
│   └── KeyLocked               4   nobody gave its passphrase, or not the right one
├── LinkError
│   ├── HostUnreachable         6   name, route, port, banner, time-out: each with its own words
│   │   └── NoAnswer            6   the first hop says nothing: worth watching for
│   │   └── ForwardForbidden        the host lets us in and no connection through
│   ├── HostKeyError            5
│   │   ├── HostKeyUnknown
│   │   ├── HostKeyChanged
│   │   └── HostKeyRevoked
│   ├── LoginError              4
│   └── LinkLost                6   it was up and went away
├── HostLacks                   7   tmux, Jupyter, a folder, a free port
├── LocalPortTaken              8
├── Refused                     9   work would be lost, or it was not meant
├── TimedOut                    1   the layer says what did not answer
├── AgentError                  1
└── Interrupted                 130

A class carries facts (`vars(error)`) and builds its own message; `hint` is one imperative line that
helps. Over the agent's socket goes `nbtui.model.failure.Failure`, which is all a face needs.
"""

from collections.abc import Callable
from enum import IntEnum

from nbtui.quoting import quote


class ExitCode(IntEnum):
    """Exit status of every command; a number never changes its meaning."""

    OK = 0
    FAILED = 1
    USAGE = 2
    """click's own number for a bad flag."""
    NO_SUCH_PROFILE = 3
    LOGIN = 4
    HOST_KEY = 5
    UNREACHABLE = 6
    HOST_LACKS = 7
    PORT_TAKEN = 8
    REFUSED = 9
    INTERRUPTED = 130


class NbtuiError(Exception):
    """Something went wrong that a person should read about."""

    code = ExitCode.FAILED
    layer = ""
    """Where it happened, in one word: config, name, tcp, host key, login, shell, tmux, jupyter, …"""
    hint = ""
    """One imperative line that helps; printed after `try: `."""
    offered = ""
    """Of a changed host key: the fingerprint of the one that the host has now."""

    def __init__(
        self, message: str, *, host: str = "", layer: str = "", hint: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.host = host
        self.layer = layer or type(self).layer
        self.hint = hint or type(self).hint


class UsageError(NbtuiError):
    """The command line asks for something that cannot be."""

    code = ExitCode.USAGE
    hint = "nbtui --help"


class NoTerminal(UsageError):
    """A command that needs a terminal has none."""

    hint = "run it in a terminal, or give a command: nbtui shell NAME -- COMMAND"


class ConfigError(NbtuiError):
    """A file of the user's cannot be used as it is."""

    layer = "config"
    hint = "nbtui profile edit"

    def __init__(
        self,
        message: str,
        *,
        file: str,
        line: int | None = None,
        column: int | None = None,
        key: str = "",
        hint: str = "",
    ) -> None:
        place = ":".join(str(part) for part in (file, line, column) if part is not None)
        super().__init__(f"{place}: {message}", hint=hint)
        self.file, self.line, self.column, self.key = file, line, column, key


class NoSuchProfile(NbtuiError):
    """Neither a profile, nor an ssh_config host, nor a name that resolves."""

    code = ExitCode.NO_SUCH_PROFILE
    layer = "config"

    def __init__(self, name: str, *, nearest: tuple[str, ...] = ()) -> None:
        new = f"nbtui profile list --all, or save it: nbtui profile add {quote(name)} HOST"
        hint = f"the same with {quote(nearest[0])}" if nearest else new
        also = f"; there is {', '.join(nearest)}" if nearest else ""
        super().__init__(
            f"no profile, ssh_config host or host called {name}{also}", hint=hint
        )
        self.name, self.nearest = name, nearest


class NoSuchSession(NbtuiError):
    """Another program has saved nothing of this name."""

    code = ExitCode.NO_SUCH_PROFILE
    layer = "config"
    hint = "the same without a name and with --dry-run lists all"

    def __init__(self, name: str, *, nearest: str) -> None:
        super().__init__(
            f"there is no saved session called {name}",
            hint=f"the same with {quote(nearest)}" if nearest else "",
        )
        self.name, self.nearest = name, nearest


class KeyUnusable(NbtuiError):
    """A private key that cannot be used as its file is."""

    layer = "key"
    hint = "copy the key again from where it works"


class KeyLocked(KeyUnusable):
    """The passphrase of a key is missing or wrong."""

    code = ExitCode.LOGIN
    hint = "run it in a terminal, and type the passphrase"


class LinkError(NbtuiError):
    """The connection to a host."""

    helped: Callable[[], bool] | None = None
    """Set when a question had nobody to answer it: whether that machine has let us in since."""


class HostUnreachable(LinkError):
    """No SSH server could be talked to."""

    code = ExitCode.UNREACHABLE
    layer = "tcp"
    hint = "check the network, the address and the port: nbtui profile show NAME"


class NoAnswer(HostUnreachable):
    """The first machine on the way does not answer: no name, no route, no listener, or not a word from it.

    Nothing of a login was sent, so that asking it again and again is no trouble to anybody.
    """


class ForwardForbidden(HostUnreachable):
    """The host does not allow this connection through it."""

    layer = "forward"
    hint = "ask the host's owner for AllowTcpForwarding (sshd_config)"


class LinkLost(LinkError):
    """A link that was up went away under a request."""

    code = ExitCode.UNREACHABLE
    layer = "link"
    hint = "nbtui connect NAME"


class HostKeyError(LinkError):
    """The host could not prove who it is."""

    code = ExitCode.HOST_KEY
    layer = "host key"


class HostKeyUnknown(HostKeyError):
    """A key that is in no known_hosts file, and nobody said yes to it."""

    hint = "connect once in a terminal and compare the fingerprint with what the host's owner told you"

    def __init__(
        self, *, host: str, key_type: str, fingerprint: str, hint: str = ""
    ) -> None:
        super().__init__(
            f"the host key of {host} is not known: {key_type} {fingerprint}",
            host=host,
            hint=hint,
        )
        self.key_type, self.fingerprint = key_type, fingerprint


class HostKeyChanged(HostKeyError):
    """Another key is on file. Never accepted unasked; see `nbtui.session.hostkeys`."""

    hint = "nbtui doctor NAME --fix"

    def __init__(
        self,
        *,
        host: str,
        stored: str,
        offered_type: str,
        offered: str,
        file: str,
        line: int,
        hint: str = "",
    ) -> None:
        super().__init__(
            f"the host key of {host} changed: {file}:{line} has {stored}, the host offers {offered_type} {offered};"
            " it was set up anew, or somebody pretends to be it: ask its owner which key is right",
            host=host,
            hint=hint,
        )
        self.stored, self.offered_type, self.offered = stored, offered_type, offered
        self.file, self.line = file, line


class HostKeyRevoked(HostKeyError):
    """The key is marked @revoked."""

    hint = "do not connect; ask the host's owner for its new key"

    def __init__(self, *, host: str, fingerprint: str, file: str, line: int) -> None:
        super().__init__(
            f"the host key {fingerprint} of {host} is revoked by {file}:{line}", host=host
        )
        self.fingerprint, self.file, self.line = fingerprint, file, line


class LoginError(LinkError):
    """The host is the right one and does not let us in; the message says which way failed how."""

    code = ExitCode.LOGIN
    layer = "login"
    passing = False
    """The host hung up instead of saying no, as one does that is still booting (pam_nologin)."""


class HostLacks(NbtuiError):
    """The host has no tmux, no Jupyter, no such folder, no room, no free port."""

    code = ExitCode.HOST_LACKS
    layer = "jupyter"


class LocalPortTaken(NbtuiError):
    """Somebody else listens where the profile wants its tunnel."""

    code = ExitCode.PORT_TAKEN
    layer = "local port"

    def __init__(
        self, port: int, *, owner: str = "", hint: str = "", window: bool = False
    ) -> None:
        """Args: window: one of PuTTY's holds what seems to be this very tunnel, until a person closes it."""
        by = f" by {owner}" if owner else ""
        super().__init__(
            f"local port {port} is taken{by}",
            hint=hint or "nbtui connect NAME --local-port auto",
        )
        self.port, self.owner, self.window = port, owner, window


class Refused(NbtuiError):
    """Not done, because work would be lost or nobody meant it."""

    code = ExitCode.REFUSED


class TimedOut(NbtuiError):
    """A layer did not answer in its time; `layer` says which."""


class AgentError(NbtuiError):
    """The background process cannot be reached or is of another version."""

    layer = "agent"
    hint = "nbtui agent restart"


class Interrupted(NbtuiError):
    """Ctrl-C, or the client went away."""

    code = ExitCode.INTERRUPTED
