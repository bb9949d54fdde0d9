"""docs/profiles.md says what the program does."""

import re
from pathlib import Path

import pytest

from nbtui.model.keys import KEYS
from nbtui.profiles.keymap import keymap
from nbtui.profiles.profiles_toml import ProfilesText
from nbtui.profiles.schema import FLAVOR, FORWARD, JUPYTER, MACHINE, PROFILE

PAGE = (Path(__file__).parents[2] / "docs" / "profiles.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_loads_without_a_warning(example: str) -> None:
    saved = ProfilesText(file="profiles.md", text=example).saved()
    assert saved.warnings == ()
    assert saved.profiles or saved.defaults.user or saved.keys


@pytest.mark.parametrize("name", KEYS)
def test_every_binding_of_the_dashboard_is_listed_with_its_keys(name: str) -> None:
    [keys] = re.findall(rf"^\| `{name}` \| (.*?) \|", PAGE, re.MULTILINE)
    assert keymap({name: keys.replace("`", "").replace(" ", ",")}) == {name: KEYS[name]}


@pytest.mark.parametrize("key", sorted({*PROFILE, *JUPYTER, *FORWARD, *MACHINE, *FLAVOR}))
def test_every_key_is_described(key: str) -> None:
    assert f"`{key}`" in PAGE
