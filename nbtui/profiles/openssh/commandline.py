"""An ssh command line as a person pastes it, read as ssh(1) and the shell before it read it. Nothing is run.

Surprise: options may stand behind the host too, and what follows those is the command for the host; `-L` and its
like become lines of ssh_config, so that one set of rules says which value wins.
Source: main of OpenSSH's ssh.c, getopt(3).
"""

import re
import shlex
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from nbtui.errors import ConfigError, UsageError
from nbtui.profiles.hops import parse_hop
from nbtui.profiles.openssh.lines import Line, parse_line, said

_EXAMPLE = (
    "--from-command 'ssh -i key.pem -N -L localhost:8889:localhost:8889 cades@172.22.3.50'"
)

_ALONE = frozenset("1246AaCfGgKkMNnqsTtVvXxYy")
_WITH_VALUE = frozenset("BbcDEeFIiJLlmOoPpQRSWw")
_NO_LOGIN = {
    "G": "prints what ssh_config says",
    "O": "talks to an ssh that runs already",
    "Q": "asks what ssh knows",
    "V": "asks for ssh's version",
    "W": "is one connection on standard input, and no login",
}
_AS_KEYWORD = {
    "4": ("addressfamily", "inet"),
    "6": ("addressfamily", "inet6"),
    "A": ("forwardagent", "yes"),
    "a": ("forwardagent", "no"),
    "g": ("gatewayports", "yes"),
    "K": ("gssapiauthentication", "yes"),
    "k": ("gssapidelegatecredentials", "no"),
    "X": ("forwardx11", "yes"),
    "x": ("forwardx11", "no"),
    "Y": ("forwardx11trusted", "yes"),
}
_KEYWORDS = {
    "B": "bindinterface",
    "b": "bindaddress",
    "I": "pkcs11provider",
    "i": "identityfile",
    "J": "proxyjump",
    "l": "user",
    "P": "tag",
    "p": "port",
    "w": "tunnel",
}
_FORWARDS = {"L": "localforward", "R": "remoteforward", "D": "dynamicforward"}

_BEFORE = frozenset({"$", "%", ">", "exec", "nohup", "time", "command", "&"})
"""Words that may stand before `ssh` and change nothing about it; the first three are prompts."""

_OPERATORS = ";&|<>"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TYPESET = str.maketrans("\u00a0\u2018\u2019\u201c\u201d", " ''\"\"")
_DASH = re.compile("(?<!\\S)[\u2012-\u2015\u2212]")
"""What web pages and word processors make of blanks, quotes and the dash of an option."""

_CONTINUED = re.compile(r"[\\^`]\r?\n")
_OF_WINDOWS = re.compile(r"""(?:^|[\s"'=])[A-Za-z]:\\|\.exe\b|%\w+%|\\\\""", re.IGNORECASE)
_WORD_OF_WINDOWS = re.compile(r"""(?:"[^"]*"|'[^']*'|[^\s"'])+""")
_HOME = re.compile(
    r"^(?:\$HOME|\$\{HOME\}|%USERPROFILE%|\$env:USERPROFILE)(?=[/\\]|$)", re.IGNORECASE
)
_VARIABLE = re.compile(r"%([A-Za-z_]{2,})%|\$env:(\w+)|\$\{(\w+)\}|\$(\w+)|\$\(|`")
_NOTHING: Mapping[str, str] = MappingProxyType({})
_PROXY_COMMAND = re.compile(r"(?:-\w*o)?\s*proxycommand", re.IGNORECASE)
_COLON = re.compile(r":(?![^\[]*\])")
"""Not one of an address in brackets."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SshCommand:
    """What somebody would have asked of ssh."""

    host: str
    """Name, alias or address, without brackets."""

    lines: tuple[Line, ...]
    """What is said beside it, as lines of ssh_config of which the first wins; `Line.file` is the option, such as `-p 22`."""

    remote: str
    """The command for the host; empty: a login."""

    config: str
    """The file of `-F`; empty: none is named."""


def parse_command(text: str, environ: Mapping[str, str] = _NOTHING) -> SshCommand:
    """Read a command line of a POSIX shell, of PowerShell or of Windows' command prompt.

    Args:
        environ: where the variables in it are looked up.

    Raises:
        UsageError: it is no ssh command line, or ssh itself would refuse it.

    >>> one = parse_command("ssh -NfL 8889:localhost:8889 vm -p22 top")
    >>> one.host, [(x.keyword, x.args) for x in one.lines], one.remote
    ('vm', [('localforward', ('8889', 'localhost:8889')), ('port', ('22',))], 'top')
    """
    if _CONTROL.search(text):
        raise UsageError("the ssh command holds control characters", hint=_EXAMPLE)
    words = deque(_expanded(word, environ) for word in _ssh_words(text))
    program = _program(words.popleft())
    with_value = _WITH_VALUE | ({"M"} if program == "autossh" else set())
    before, ended = _options(words, with_value)
    if not words:
        raise UsageError("the ssh command names no host", hint=_EXAMPLE)
    host, own = _of_destination(words.popleft())
    behind = [] if ended else _options(words, with_value)[0]
    return SshCommand(
        host=host,
        lines=(*_lines(before), *own, *_lines(behind)),
        remote=" ".join(words),
        config=dict((*before, *behind)).get("F", ""),
    )


def split_words(text: str) -> list[str]:
    r"""The words of one command, up to the first `;`, `&`, `|`, `<` or `>`.

    >>> split_words("ssh -i 'my key' \\\n vm &"), split_words(r'ssh.exe -i "C:\my keys\a" vm')
    (['ssh', '-i', 'my key', 'vm'], ['ssh.exe', '-i', 'C:\\my keys\\a', 'vm'])

    Raises:
        UsageError: a quote is never closed.
    """
    text = _CONTINUED.sub(" ", _DASH.sub("-", text.translate(_TYPESET)))
    if _OF_WINDOWS.search(text):
        return [re.sub("[\"']", "", word) for word in _WORD_OF_WINDOWS.findall(text)]
    lexer = shlex.shlex(text, posix=True, punctuation_chars=_OPERATORS)
    lexer.whitespace_split, lexer.commenters = True, ""
    try:
        return list(_up_to_operator(lexer))
    except ValueError:
        raise UsageError(
            "a quote of the ssh command is never closed", hint=_EXAMPLE
        ) from None


def _up_to_operator(words: Iterator[str]) -> Iterator[str]:
    for word in words:
        if word and not word.strip(_OPERATORS):
            return
        yield word


def _ssh_words(text: str) -> list[str]:
    """From the program on."""
    words = split_words(text)
    while words and (words[0] in _BEFORE or re.match(r"[A-Za-z_]\w*=", words[0])):
        words = words[1:]
    if not words or _program(words[0]) not in ("ssh", "autossh"):
        raise UsageError(
            f"{words[0]} is not ssh" if words else "there is no ssh command",
            hint=f"paste the line from ssh on: {_EXAMPLE}",
        )
    return words


def _program(word: str) -> str:
    r"""Its name, without folder and `.exe`.

    >>> _program(r"C:\Windows\System32\OpenSSH\SSH.EXE"), _program("/usr/bin/ssh")
    ('ssh', 'ssh')
    """
    return re.split(r"[/\\]", word)[-1].lower().removesuffix(".exe")


def _options(
    words: deque[str], with_value: frozenset[str]
) -> tuple[list[tuple[str, str]], bool]:
    """Take the options that stand first; also whether `--` ended them."""
    found: list[tuple[str, str]] = []
    while words and words[0].startswith("-") and words[0] != "-":
        letters = words.popleft()[1:]
        if letters == "-":
            return found, True
        found += _of_cluster(letters, words, with_value)
    return found, False


def _of_cluster(
    letters: str, words: deque[str], with_value: frozenset[str]
) -> Iterator[tuple[str, str]]:
    for at, letter in enumerate(letters, start=1):
        if letter in with_value:
            if not letters[at:] and not words:
                raise UsageError(
                    f"-{letter} of the ssh command says nothing", hint="man ssh"
                )
            yield letter, letters[at:] or words.popleft()
            return
        if letter not in _ALONE:
            raise UsageError(f"ssh has no option -{letter}", hint="man ssh")
        yield letter, ""


def _lines(options: Iterable[tuple[str, str]]) -> Iterator[Line]:
    for letter, value in options:
        if letter in _NO_LOGIN:
            raise UsageError(f"-{letter} of ssh {_NO_LOGIN[letter]}", hint=_EXAMPLE)
        if letter == "o":
            yield _of_option(value)
        elif letter in _AS_KEYWORD:
            yield said(*_AS_KEYWORD[letter], by=f"-{letter}")
        elif letter in _KEYWORDS:
            yield said(_KEYWORDS[letter], value, by=f"-{letter} {value}")
        elif letter in _FORWARDS:
            yield _forward(letter, value)


def _of_option(text: str) -> Line:
    try:
        line = parse_line(text, file=f"-o {text}", number=None)
    except ConfigError as exc:
        raise UsageError(exc.message, hint="man ssh_config") from None
    if line is None:
        raise UsageError("-o of the ssh command says nothing", hint="man ssh_config")
    return line


def _forward(letter: str, text: str) -> Line:
    """`[bind:]port:host:hostport` as the two arguments of LocalForward.

    >>> _forward("L", "[::1]:81:[2001:db8::1]:80").args, _forward("D", "localhost:1080").args
    (('[::1]:81', '[2001:db8::1]:80'), ('localhost:1080',))
    >>> _forward("R", "/run/a.sock:localhost:80").args
    ('/run/a.sock', 'localhost:80')
    """
    fields = _COLON.split(text)
    ends = 1 if "/" in fields[-1] else 2
    whole = letter == "D" or not ends < len(fields) <= ends + 2
    listen, to = ":".join(fields[:-ends]), ":".join(fields[-ends:])
    return Line(
        keyword=_FORWARDS[letter],
        args=(text,) if whole else (listen, to),
        rest=text,
        file=f"-{letter} {text}",
        number=None,
    )


def _expanded(word: str, environ: Mapping[str, str]) -> str:
    """As the shell would have handed it over; it knows more variables than we do, which is an error.

    >>> _expanded("$HOME/.ssh/id", {}), _expanded("${KEYS}/id", {"KEYS": "/srv"})
    ('~/.ssh/id', '/srv/id')
    """

    def value(found: re.Match[str]) -> str:
        name = next(filter(None, found.groups()), "")
        if name not in environ:
            raise UsageError(
                f"{word} holds {found[0]}, which is known to your shell alone",
                hint="write what it stands for, or put the whole command in double quotes",
            )
        return environ[name]

    if _PROXY_COMMAND.match(word):
        return word  # a line for a shell of its own
    return _VARIABLE.sub(value, _HOME.sub("~", word))


def _of_destination(text: str) -> tuple[str, tuple[Line, ...]]:
    """The host, and what else the destination says."""
    try:
        hop = parse_hop(text)
    except ValueError as exc:
        raise UsageError(str(exc), hint=_EXAMPLE) from None
    words = {"user": hop.user, "port": hop.port and str(hop.port)}
    return hop.host, tuple(said(key, word, by=text) for key, word in words.items() if word)
