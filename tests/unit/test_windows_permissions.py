"""Access lists of Windows, as the text that Windows gives for them; its three calls are handed in."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from nbtui.platforms.windows.permissions import Permissions, entries

ME = "S-1-5-21-1004336348-1177238915-682003330-1001"
SOMEBODY = "S-1-5-21-1004336348-1177238915-682003330-1002"
MINE = f"O:{ME}D:PAI(A;;FA;;;{ME})(A;;FA;;;SY)(A;;FA;;;BA)"
INHERITED = f"O:{ME}D:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;FA;;;{ME})"
FACTS = os.stat_result((0,) * 10)


@dataclass
class Lists:
    """See `Calls`: access lists by path."""

    lists: dict[str, str] = field(default_factory=dict)
    refusal: OSError | None = None

    def me(self) -> str:
        return ME

    def list_of(self, path: str) -> str:
        if path not in self.lists:
            raise FileNotFoundError(2, "no such file", path)
        return self.lists[path]

    def set_list(self, path: str, text: str) -> None:
        if self.refusal:
            raise self.refusal
        self.lists[path] = f"O:{ME}{text}"


def of(text: str) -> Permissions:
    return Permissions(calls=Lists({"key": text}))


@pytest.mark.parametrize("text", [MINE, INHERITED, f"O:{ME}D:P(A;;FA;;;OW)", f"O:{ME}D:P"])
def test_a_file_that_only_its_owner_and_administrators_can_open_is_private(
    text: str,
) -> None:
    permissions = of(text)
    assert permissions.readable("key", FACTS) is None
    assert permissions.writable("key") is None
    assert permissions.enterable("key") is None
    assert permissions.foreign("key", FACTS) is None


@pytest.mark.parametrize(
    ("entry", "who"),
    [
        ("(A;;FR;;;WD)", "Everyone"),
        ("(A;ID;0x1200a9;;;BU)", "Users"),
        ("(A;;GR;;;AU)", "Authenticated Users"),
        (f"(A;;CC;;;{SOMEBODY})", SOMEBODY),
        ('(XA;;FR;;;WD;(@User.Title=="PM"))', "Everyone"),
    ],
    ids=["everyone", "users", "generic", "one bit", "conditional"],
)
def test_a_key_that_others_can_read_says_who(entry: str, who: str) -> None:
    found = of(MINE + entry).readable("key", FACTS)
    assert found is not None
    assert found.why == who
    assert found.hint == 'icacls "key" /inheritance:r /grant:r "%USERNAME%:F"'


@pytest.mark.parametrize(
    "entry", ["(D;;FA;;;WD)", "(A;OICIIO;GA;;;WD)", "(A;;RC;;;WD)", "(A;;0x100000;;;BU)"],
    ids=["refused", "for what is made inside", "the list alone", "waiting for it"],
)  # fmt: skip
def test_what_lets_nobody_read_is_no_opening(entry: str) -> None:
    assert of(MINE + entry).readable("key", FACTS) is None


@pytest.mark.parametrize("text", [f"O:{ME}D:NO_ACCESS_CONTROL", f"O:{ME}"])
def test_a_file_without_any_list_is_open_to_everyone(text: str) -> None:
    found = of(text).readable("key", FACTS)
    assert found is not None
    assert found.why == "Everyone"


def test_who_may_read_may_not_write() -> None:
    permissions = of(MINE + "(A;;FR;;;BU)")
    assert permissions.writable("key") is None
    assert permissions.foreign("key", FACTS) is None
    assert permissions.enterable("key") is not None


@pytest.mark.parametrize("rights", ["FW", "DC", "WD", "WO", "GA", "0x1301bf"])
def test_ssh_config_that_others_can_write_is_not_trusted(rights: str) -> None:
    found = of(f"{MINE}(A;;{rights};;;BU)").foreign("key", FACTS)
    assert found is not None
    assert found.why == "others can write to it"


def test_ssh_config_of_somebody_else_is_not_trusted_and_of_an_administrator_it_is() -> None:
    found = of(MINE.replace(f"O:{ME}", f"O:{SOMEBODY}")).foreign("key", FACTS)
    assert found is not None
    assert "somebody else" in found.why
    assert of(MINE.replace(f"O:{ME}", "O:BA")).foreign("key", FACTS) is None


def test_what_was_shut_is_private(tmp_path: Path) -> None:
    lists = Lists()
    permissions = Permissions(calls=lists)
    (tmp_path / "key").touch()
    permissions.shut(tmp_path)
    assert permissions.enterable(tmp_path) is None
    assert (
        permissions.readable(tmp_path / "key", FACTS) is None
    )  # who knows its path needs no folder
    permissions.shut(tmp_path / "key")
    assert permissions.readable(tmp_path / "key", FACTS) is None
    assert f"(A;OICI;FA;;;{ME})" in lists.lists[str(tmp_path)]


def test_a_new_file_is_for_its_user_and_one_that_replaces_another_as_that_was(
    tmp_path: Path,
) -> None:
    new, old = tmp_path / ".tmp", tmp_path / "profiles.toml"
    lists = Lists()
    permissions = Permissions(calls=lists)
    permissions.as_before(new, old)
    assert lists.lists[str(new)].startswith(f"O:{ME}D:P(A;;FA;;;{ME})")
    old.touch()
    lists.lists[str(old)] = shared = MINE + "(A;;FR;;;BU)"
    permissions.as_before(new, old)
    assert lists.lists[str(new)] == shared


def test_a_stick_without_access_lists_can_still_be_written_to(tmp_path: Path) -> None:
    for number, refused in ((50, False), (5, True)):
        refusal = OSError(number, "no")
        refusal.winerror = number  # type: ignore[attr-defined]  # as Windows sets it
        permissions = Permissions(calls=Lists(refusal=refusal))
        try:
            permissions.as_before(tmp_path / "a", tmp_path / "b")
        except OSError:
            assert refused
        else:
            assert not refused


def test_nobody_is_blamed_for_a_file_that_is_not_there() -> None:
    permissions = Permissions(calls=Lists())
    assert permissions.readable("gone", FACTS) is None
    assert permissions.foreign("gone", FACTS) is None


def joined(parts: Iterable[str]) -> str:
    return "".join(parts)


@given(
    st.one_of(
        st.text(), st.lists(st.sampled_from([*"OGDAP:;()", "FA", "0x", ME])).map(joined)
    )
)
def test_no_text_is_too_odd_for_a_list(text: str) -> None:
    assert isinstance(list(entries(text)), list)
