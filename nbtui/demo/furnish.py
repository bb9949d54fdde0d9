"""What stands on a fresh pretend VM, and the profile that knows it."""

import json
import shlex
import sys
from pathlib import Path
from typing import Any, Final

from nbtui.demo.folder import Folder

NAME: Final = "myvm"
"""Of the profile."""

NOTEBOOKS: Final = "notebooks"
"""Folder in the VM's home that the profile leads to."""

_PROFILE: Final = """\
# The pretend VM of `nbtui demo`; this file goes away with it.
[profiles.{name}]
host = "127.0.0.1"
user = "demo"
port = {ssh}
identity_file = {key}
host_key_alias = "{name}"
group = "demo"

[profiles.{name}.jupyter]
directory = "~/{folder}"
port = {jupyter}

[profiles.{name}.machine]
flavors = [
  {{ name = "demo.small", cores = 1, memory_gb = 2, hourly = 0.02 }},
  {{ name = "demo.medium", cores = 2, memory_gb = 8, hourly = 0.08 }},
  {{ name = "demo.large", cores = 8, memory_gb = 32, hourly = 0.32 }},
  {{ name = "demo.huge", cores = 64, memory_gb = 256, hourly = 2.56 }},
]
"""

_LOGIN: Final = """\
# Read by the login shell of the pretend VM; this is where its Jupyter is.
PATH={bin}:$PATH
export PATH
"""

_CELLS: Final = (
    ("markdown", "# Hello from the pretend VM\n\nThis notebook lives as long as the demo."),
    ("code", "import platform\n\nprint(6 * 7, 'on', platform.node())"),
)


def furnish(folder: Folder) -> None:
    """Write the files of the VM's home."""
    bin_folder = shlex.quote(str(Path(sys.executable).parent))
    (folder.home / ".profile").write_text(_LOGIN.format(bin=bin_folder))
    notebooks = folder.home / NOTEBOOKS
    notebooks.mkdir()
    (notebooks / "hello.ipynb").write_text(json.dumps(_notebook(), indent=1))


def write_profile(folder: Folder, *, ssh: int, jupyter: int) -> None:
    """Write the desk's profiles.toml.

    Args:
        folder: of the demo.
        ssh: TCP port of the VM's SSH server.
        jupyter: TCP port that Jupyter is to take on the VM; the VM shares its ports with this machine.
    """
    text = _PROFILE.format(
        name=NAME,
        ssh=ssh,
        key=json.dumps(str(folder.key)),
        folder=NOTEBOOKS,
        jupyter=jupyter,
    )
    (folder.config / "profiles.toml").write_text(text)


def _notebook() -> dict[str, Any]:
    """See nbformat 4.5, https://nbformat.readthedocs.io/en/latest/format_description.html."""
    cells = [_cell(kind, text, number) for number, (kind, text) in enumerate(_CELLS)]
    kernel = {
        "name": "python3",
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
    }
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": kernel},
        "cells": cells,
    }


def _cell(kind: str, text: str, number: int) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "id": f"cell-{number}", "cell_type": kind, "metadata": {}, "source": text,
    }  # fmt: skip
    return cell if kind == "markdown" else {**cell, "outputs": [], "execution_count": None}
