"""Tokens (`%h`), environment (`${HOME}`) and `~` in the values of ssh_config."""

import hashlib
import os
import re
from collections.abc import Mapping

_TOKEN = re.compile(r"%(.?)", re.DOTALL)
_TOKEN_OR_VARIABLE = re.compile(
    r"%(?P<token>.?)|\$\{(?P<name>[^}]*)(?P<end>\}?)", re.DOTALL
)


class BadToken(ValueError):
    """A token that means nothing here, or a variable that is not set; says which."""


def expand(text: str, tokens: Mapping[str, str]) -> str:
    """Replace `%x` by its value; `%%` is a percent sign.

    Raises:
        BadToken: the keyword does not know this token.

    >>> expand("%h.example.org 100%%", {"h": "gpu1"})
    'gpu1.example.org 100%'
    """
    return _TOKEN.sub(lambda found: _value(found[1], tokens), text)


def expand_all(text: str, tokens: Mapping[str, str], environ: Mapping[str, str]) -> str:
    """Replace tokens and `${NAME}`.

    Raises:
        BadToken: no such token, or the environment has no such name.
    """

    def one(found: re.Match[str]) -> str:
        if found["name"] is None:
            return _value(found["token"], tokens)
        return _variable(found, environ)

    return _TOKEN_OR_VARIABLE.sub(one, text)


def expand_variables(text: str, environ: Mapping[str, str]) -> str:
    """Replace `${NAME}` only. Raises as `expand_all` does."""
    return re.sub(
        r"\$\{(?P<name>[^}]*)(?P<end>\}?)", lambda found: _variable(found, environ), text
    )


def expand_tilde(path: str, home: str | os.PathLike[str]) -> str:
    """Replace a leading `~` by the home handed in, `~ada` by the home of ada.

    >>> expand_tilde("~/.ssh/id", "/home/me"), expand_tilde("a~", "/home/me")
    ('/home/me/.ssh/id', 'a~')
    """
    if path == "~" or path.startswith(("~/", "~\\")):
        return str(os.path.join(home, path[2:].lstrip("/")))  # noqa: PTH118  # keeps the rest as written
    return os.path.expanduser(path)  # noqa: PTH111  # Path would raise for an unknown user


def absolute(path: str, home: str | os.PathLike[str]) -> str:
    """See `expand_tilde`; what is still relative is taken from the home, for want of a better folder."""
    return str(os.path.join(home, expand_tilde(path, home)))  # noqa: PTH118  # keeps the path as written


def with_hash(tokens: Mapping[str, str]) -> Mapping[str, str]:
    """Add %C, the hash of the connection. Source: ssh_connection_hash of OpenSSH's readconf.c."""
    text = "".join(tokens[key] for key in "lhprj").encode(errors="surrogateescape")
    return {**tokens, "C": hashlib.sha1(text, usedforsecurity=False).hexdigest()}


def _value(token: str, tokens: Mapping[str, str]) -> str:
    if token == "%":  # noqa: S105  # a percent sign is no password
        return "%"
    if token not in tokens:
        raise BadToken(f"%{token} means nothing here; a percent sign is written %%")
    return tokens[token]


def _variable(found: re.Match[str], environ: Mapping[str, str]) -> str:
    name = found["name"]
    if not name or not found["end"]:
        raise BadToken("${ needs a name and a closing }")
    if name not in environ:
        raise BadToken(f"the environment has no {name}")
    return environ[name]
