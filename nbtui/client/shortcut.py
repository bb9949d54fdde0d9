"""Icons that connect when they are double-clicked."""

import contextlib
import os
import re
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from nbtui.errors import NbtuiError, Refused, UsageError
from nbtui.model.text import clean
from nbtui.platforms import shortcuts
from nbtui.platforms.icons import Icon
from nbtui.quoting import quote

_TOLD = ("NBTUI_CONFIG_DIR", "NBTUI_STATE_DIR")
"""Variables that lead to other profiles than the usual; an icon inherits none."""

_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
"""Of files, on any platform."""

_MOST = 100
"""Characters of a name that go into the file's: 400 bytes at most would be too many for some, so bytes count as well."""


def icon_of(name: str | None, environ: Mapping[str, str]) -> Icon:
    """What a double-click does.

    Args:
        name: of what is connected to; None: the dashboard.
        environ: ours; what leads to other profiles than the usual is kept in the icon.

    Raises: UsageError: no icon can hold that name, or there is none.
    """
    if name is not None and not name.strip():
        raise UsageError("NAME is empty", hint="nbtui shortcut, for the dashboard")
    told = [f"{one}={environ[one]}" for one in _TOLD if environ.get(one)]
    words = [] if name is None else ["connect", "--", name]
    argv = (sys.executable, "-P", "-m", "nbtui.cli.held", *told, "--", *words)
    for word in argv:
        _check(word)
    if name is None:
        return Icon("nbtui", "Notebooks that run somewhere else", argv)
    return Icon(name, f"Connect to the notebook on {name}", argv)


def _check(word: str) -> None:
    """What is no text of one line fits into no icon, or shows as something else."""
    text = word.encode(errors="replace").decode()
    if word != clean(text, limit=len(text) + 1) or "\n" in word or "\t" in word:
        raise UsageError(f"no icon can hold {word!a}: it has control characters")


def place(name: str | None, to: Path | None, environ: Mapping[str, str]) -> Path:
    """Where the icon goes.

    Args:
        name: see `icon_of`.
        to: a file, or a folder that is there; None: the desktop, or among the programs.
        environ: ours; tells of the desktop.
    """
    suffix = shortcuts.suffix()
    to = to and to.absolute()
    if to is not None and not to.is_dir():
        return to if to.suffix == suffix else to.with_name(to.name + suffix)
    folder = to or _made(shortcuts.folder(environ, menu=name is None))
    return folder / (file_name(name) + suffix)


def _made(folder: Path) -> Path:
    """Who has no menu of their own yet gets one."""
    with contextlib.suppress(OSError):  # writing the icon says so
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def file_name(name: str | None) -> str:
    """Without the suffix; names that no file can have stay apart all the same.

    >>> file_name(None), file_name("myvm"), file_name("CON"), file_name("cades@[::1]:22")
    ('nbtui', 'nbtui-myvm', 'nbtui-CON', 'nbtui-cades@[__1]_22-feb3c4')
    """
    if name is None:
        return "nbtui"
    plain = _NOT_IN_NAMES.sub("_", name)[:_MOST]
    plain = plain.encode(errors="replace")[: 2 * _MOST].decode(errors="ignore").rstrip(" .")
    if plain != name:
        plain += "-" + sha256(name.encode(errors="surrogatepass")).hexdigest()[:6]
    return f"nbtui-{plain}"


def write(icon: Icon, path: Path, *, force: bool) -> None:
    """Write the icon; one that is there already and does the same is left alone.

    Raises:
        Refused: there is another file of that name.
        NbtuiError: it cannot be written.
    """
    content = shortcuts.content(icon)
    with contextlib.suppress(OSError):
        if path.read_bytes() == content:
            return
    try:
        _write(path, content, force=force)
    except FileExistsError as exc:
        raise Refused(f"{path} is there already", hint="the same with --force") from exc
    except OSError as exc:
        hint = f"ls -ld {quote(str(path.parent))}"
        raise NbtuiError(f"{path} cannot be written: {exc.strerror}", hint=hint) from exc


def _write(path: Path, content: bytes, *, force: bool) -> None:
    if force:
        path.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o700), "wb") as file:
        file.write(content)
