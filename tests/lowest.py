"""Print the lowest versions that pyproject.toml allows of what nbtui needs, as constraints for pip."""

import re
import sys
import tomllib
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
for requirement in project["dependencies"]:
    name, lowest = re.match(r"([\w-]+)>=([\w.]+)", requirement).groups()  # type: ignore[union-attr]  # each has one
    sys.stdout.write(f"{name}=={lowest}\n")
