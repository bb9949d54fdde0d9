"""Files that are replaced whole: whoever reads sees the old bytes or the new ones, at any moment.

And reading that ends: a name may lead to a pipe that nobody writes to, or to a device without an end.
"""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

from nbtui.clock import Clock
from nbtui.platforms.files import claim, publish, sync_folder
from nbtui.platforms.permissions import as_before, shut

PRIVATE = 0o600


def read_file(
    path: str | os.PathLike[str],
    *,
    limit: int,
    check: Callable[[os.stat_result], object] = lambda _facts: None,
) -> bytes:
    """All of a regular file; the null device is an empty one.

    Args:
        path: of the file.
        limit: bytes.
        check: is handed the facts of what was opened, and may raise.

    Raises:
        OSError: it cannot be read, is no file, or holds more than `limit` bytes.
    """
    with _opened(path, check) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise OSError(errno.EFBIG, f"it is larger than {limit >> 20} MiB", str(path))
    return content


def pieces_of(path: str | os.PathLike[str], *, size: int = 1 << 16) -> Iterator[bytes]:
    """A regular file of any size, piece by piece. Raises: OSError: it cannot be read, or is no file."""
    with _opened(path, lambda _facts: None) as file:
        yield from iter(partial(file.read, size), b"")


@contextmanager
def _opened(
    path: str | os.PathLike[str], check: Callable[[os.stat_result], object]
) -> Iterator[BinaryIO]:
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        facts = os.fstat(file.fileno())
        check(facts)
        null = stat.S_ISCHR(facts.st_mode) and Path(path).samefile(os.devnull)
        if not stat.S_ISREG(facts.st_mode) and not null:
            raise OSError(errno.EINVAL, "it is no file", str(path))
        yield file


def target_of(path: Path) -> Path:
    """The file that a write to `path` has to replace: a symbolic link is written through."""
    return Path(os.path.realpath(path))


def replace_file(
    path: Path, content: bytes, *, clock: Clock, private: bool = False
) -> None:
    """Write `content` to `path`, which is no link (see `target_of`); its folder is there.

    A new file is for this user alone; an old one stays open to whom it was. The bytes are on the disk before the
    name changes, and nothing is left behind when it fails.

    Args:
        private: whoever could read the old one cannot read this one.

    Raises:
        OSError: the folder is read-only, the disk is full, …
    """
    with _written(path, content) as temporary:
        if private:
            shut(temporary)
        else:
            as_before(temporary, path)
        publish(temporary, path, clock)
    sync_folder(path.parent)


def create_file(path: Path, content: bytes) -> None:
    """Write `content` to `path`, where nothing is yet; for this user alone, else as `replace_file`.

    Raises:
        FileExistsError: there is something, and be it since this moment.
        OSError: the folder is read-only, the disk is full, …
    """
    with _written(path, content) as temporary:
        shut(temporary)
        claim(temporary, path)
    sync_folder(path.parent)


@contextmanager
def _written(path: Path, content: bytes) -> Iterator[Path]:
    """The bytes under a passing name in the folder of `path`; what is left of it goes away when it fails."""
    import tempfile  # noqa: PLC0415  # a face that only reads does without

    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield temporary
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
