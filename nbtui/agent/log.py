"""The agent's log: a rotating file that only its user can read, without secrets."""

import logging
import os
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

SIZE = 1 << 20
KEPT = 3


class _Private(RotatingFileHandler):
    """Every file it opens has mode 0600."""

    def _open(self):  # type: ignore[no-untyped-def]  # noqa: ANN202  # as the base class has it
        os.close(os.open(self.baseFilename, os.O_CREAT | os.O_APPEND, 0o600))
        return super()._open()


def start_log(path: Path, *, debug: bool) -> None:
    """Send the log of this process to `path`, 1 MiB a file, three old ones kept.

    Where no file can be made, warnings go to standard error, and links and tunnels work all the same.
    """
    root = logging.getLogger()
    with suppress(OSError):
        root.addHandler(_file(path))
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    for library in ("paramiko", "sshtunnel", "libtmux"):
        logging.getLogger(library).setLevel(logging.WARNING)


def _file(path: Path) -> logging.Handler:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handler = _Private(path, maxBytes=SIZE, backupCount=KEPT, encoding="utf-8")
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    )
    return handler
