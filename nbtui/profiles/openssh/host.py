"""What ssh_config says about one host, with its tokens expanded on demand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from nbtui.profiles.here import Here, SshConfigFiles
from nbtui.profiles.openssh.lines import Line
from nbtui.profiles.openssh.options import Options, bad
from nbtui.profiles.openssh.reader import Reader, Run
from nbtui.profiles.openssh.tokens import (
    BadToken,
    absolute,
    expand,
    expand_all,
    expand_tilde,
    with_hash,
)
from nbtui.profiles.openssh.values import token_values


@dataclass(frozen=True, kw_only=True, slots=True)
class HostConfig:
    """The outcome of one reading."""

    original_host: str
    """As one would type it after `ssh`."""

    host: str
    """To dial: HostName, in canonical form."""

    user: str
    options: Options
    here: Here
    named: bool
    """A block of ssh_config other than `Host *` and `Match all` applies."""

    warnings: tuple[str, ...]
    tokens: Mapping[str, str] = field(repr=False)

    def paths(self, line: Line) -> tuple[str, ...]:
        """The arguments as absolute paths, `~`, tokens and variables replaced.

        Raises:
            ConfigError: a token or variable that is unknown.
        """
        home, environ = self.here.home, self.here.environ
        try:
            return tuple(
                absolute(expand_all(expand_tilde(arg, home), self.tokens, environ), home)
                for arg in line.args
            )
        except BadToken as exc:
            raise bad(line, exc) from None

    def way(self, line: Line, text: str) -> str:
        """A proxy command or chain of jumps with the tokens that those know. Raises as `paths` does."""
        try:
            return expand(text, {key: self.tokens[key] for key in "hknpr"})
        except BadToken as exc:
            raise bad(line, exc) from None


def read_host(
    original_host: str,
    *,
    above: Iterable[Line],
    below: Iterable[Line],
    files: SshConfigFiles,
    here: Here,
    run: Run,
) -> HostConfig:
    """Read ssh_config for one host; Match exec runs programs.

    Args:
        original_host: what one would type after `ssh`.
        above: what was said already and wins, as options on ssh's command line do.
        below: what counts where neither these nor the files say anything.

    Raises:
        ConfigError: with file and line.
    """
    options = Options()
    options.take(above)
    reader = Reader(original_host, options, files=files, here=here, run=run)
    host = reader.read()
    options.take(below)
    tokens = token_values(
        options,
        here=here,
        host=host,
        original_host=original_host,
        key=(options.text("hostkeyalias") or "").lower() or original_host,
    )
    user = _user(options, tokens, here)
    return HostConfig(
        original_host=original_host,
        host=host,
        user=user,
        options=options,
        here=here,
        named=reader.named,
        warnings=tuple(reader.warnings),
        tokens=with_hash({**tokens, "r": user}),
    )


def _user(options: Options, tokens: Mapping[str, str], here: Here) -> str:
    line = options.first("user")
    if line is None:
        return here.user
    if line.number is None:
        return line.args[0]  # of a profile or the command line: to be taken as it stands
    known = {key: value for key, value in tokens.items() if key not in "rC"}
    try:
        return expand_all(line.args[0], known, here.environ)
    except BadToken as exc:
        raise bad(line, exc) from None
