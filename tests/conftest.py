"""What holds for all tests, on every platform; the fixtures are in `lab.fixtures`."""

import os
import re
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("nbtui", deadline=None)  # a busy machine is no failure
settings.load_profile("nbtui")

# Who runs tests in the background may have Ctrl-C ignored, and every program started here would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

_POSIX = re.compile(
    r"^assert sys\.platform != |^from lab\.(?!sessions|targets|toml_forms)|^from nbtui\.(demo|platforms\.posix)"
    r"|^import (fcntl|pty|termios)|#!/bin/sh",
    re.MULTILINE,
)
"""In a module of tests that cannot run on Windows: it says so, or uses the lab's hosts, shells and terminals."""


def needs_posix(module: Path) -> bool:
    """Whether a module of tests cannot even be imported on Windows."""
    return bool(_POSIX.search(module.read_text(encoding="utf-8")))


if sys.platform == "win32":

    def pytest_ignore_collect(collection_path: Path) -> bool | None:
        """Leave out what needs POSIX; see `pytest_report_header`."""
        return (
            True
            if collection_path.suffix == ".py" and needs_posix(collection_path)
            else None
        )

    def pytest_collection_modifyitems(
        config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Deselect what is marked `posix`."""
        posix = [item for item in items if item.get_closest_marker("posix")]
        config.hook.pytest_deselected(items=posix)
        items[:] = [item for item in items if item not in posix]

    def pytest_report_header() -> str:
        """The one line that says so."""
        return (
            "what needs POSIX (tests/conftest.py, the marker posix) is left out on Windows"
        )

else:
    from lab.fixtures import (
        desk,
        host,
        lab,
        make_desk,
        make_host,
        make_shared_host,
        shared_desk,
        user_key,
    )

    __all__ = [
        "desk",
        "host",
        "lab",
        "make_desk",
        "make_host",
        "make_shared_host",
        "shared_desk",
        "user_key",
    ]

    def pytest_collection_modifyitems(
        config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Deselect what only root can have, with the one line that says so."""
        if os.getuid() == 0:
            return
        needs_root = [item for item in items if item.get_closest_marker("root")]
        config.hook.pytest_deselected(items=needs_root)
        items[:] = [item for item in items if item not in needs_root]
