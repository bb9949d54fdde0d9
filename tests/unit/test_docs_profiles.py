"""docs/profiles.md says what the program does."""

import re
from pathlib import Path

import pytest

from nbtui.profiles.profiles_toml import ProfilesText
from nbtui.profiles.schema import FLAVOR, FORWARD, JUPYTER, MACHINE, PROFILE

PAGE = (Path(__file__).parents[2] / "docs" / "profiles.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_loads_without_a_warning(example: str) -> None:
    saved = ProfilesText(file="profiles.md", text=example).saved()
    assert saved.warnings == ()
    assert saved.profiles or saved.defaults.user


@pytest.mark.parametrize("key", sorted({*PROFILE, *JUPYTER, *FORWARD, *MACHINE, *FLAVOR}))
def test_every_key_is_described(key: str) -> None:
    assert f"`{key}`" in PAGE
