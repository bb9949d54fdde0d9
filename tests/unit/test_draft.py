"""The form of a profile as text: there, back, and what is wrong with it."""

import pytest
import tomli
from hypothesis import given, strategies as st

from nbtui.profiles.draft import (
    Draft,
    Row,
    draft_of,
    problems,
    profile_of,
    table_of,
)
from nbtui.profiles.form import FIELDS, LISTS, PAGES, page_of
from nbtui.profiles.schema import FLAVOR, FORWARD, JUPYTER, PROFILE, read_document
from nbtui.profiles.values import Wrong

EVERYTHING = """
host = "172.22.3.50"
user = "cades"
port = 2222
identity_file = ["~/.ssh/id_rsa", 'C:\\keys\\a, b.ppk']
jump = "login.example.org"
host_key_alias = "myvm"
keyring = false
favourite = true
group = "cades"
tags = "gpu"
[jupyter]
runner = "tmux"
directory = "~/work space"
port = 8889
local_port = 8890
activate = "module load x\\nconda activate base"
command = "jupyter lab"
[[forwards]]
kind = "local"
listen = 27017
to = "localhost:27017"
[[forwards]]
kind = "socks"
listen = "1080"
[machine]
flavors = [{ name = "m1", cores = 1, memory_gb = 2, hourly = 0.02 }]
"""


def draft(**texts: str) -> Draft:
    one = draft_of("myvm")
    for key, text in texts.items():
        one = one.with_text(key.replace("__", "."), text)
    return one


def test_the_form_asks_for_every_key_that_a_profile_may_have() -> None:
    inner = {"jupyter", "forwards", "machine"}
    wanted = {"name", *(PROFILE.keys() - inner), *(f"jupyter.{key}" for key in JUPYTER)}
    assert set(FIELDS) == wanted
    columns = {key: {one.key for one in rows.columns} for key, rows in LISTS.items()}
    assert columns == {"forwards": set(FORWARD), "machine.flavors": set(FLAVOR)}


def test_what_the_file_says_comes_back_out_of_the_form_with_the_same_meaning() -> None:
    table = tomli.loads(EVERYTHING)
    there = draft_of("myvm", table)
    assert problems(there) == {}
    before = read_document({"profiles": {"myvm": table}}).profiles[0]
    assert profile_of(there) == before
    assert read_document({"profiles": {"myvm": table_of(there)}}).profiles[0] == before


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=8)))
def test_words_with_commas_and_quotes_come_back_as_they_were(words: list[str]) -> None:
    words = [word.strip() for word in words if word.strip()]
    there = draft_of("myvm", {"host": "h", "tags": words})
    assert table_of(there).get("tags", []) == words


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), st.text(max_size=12)))
def test_whatever_is_typed_has_a_problem_or_can_be_saved(texts: dict[str, str]) -> None:
    one = draft_of("myvm", {"host": "h"})
    for key, text in texts.items():
        one = one.with_text(key, text)
    if not problems(one):
        assert profile_of(one).name == one.name


@pytest.mark.parametrize(
    ("key", "text", "why"),
    [
        ("name", "-x", "must not begin with -"),
        ("name", "", "must not be empty"),
        ("host", "ada@vm", "must be the host alone"),
        ("port", "70000", "must be a port from 1 to 65535"),
        ("port", "ssh", 'must be a port from 1 to 65535, not "ssh"'),
        ("user", "a;b", "cannot be a user"),
        ("jump", "a b", "host"),
        ("jupyter.local_port", "0", "must be a port"),
        ("tags", "a,b\tc", "plain words"),
    ],
)
def test_a_text_that_cannot_stay_has_its_message_under_its_own_key(
    key: str, text: str, why: str
) -> None:
    found = problems(draft(host="h").with_text(key, text))
    assert list(found) == [key]
    assert why in str(found[key])


def test_a_name_that_another_profile_has_is_taken() -> None:
    assert "is taken" in problems(draft(host="h"), taken={"myvm"})["name"].why


def test_without_a_host_the_name_must_be_one() -> None:
    assert problems(draft()) == {}
    assert list(problems(draft().with_text("name", "my vm"))) == ["host"]


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (("local", "9", ""), "to is missing"),
        (("local", "", "h:1"), "listen is missing"),
        (("socks", "9", "h:1"), "leads to must not be there"),
        (("remote", "x", "h:1"), "listens at must be host:port"),
    ],
)
def test_a_row_has_one_message_that_names_the_cell(
    cells: tuple[str, ...], why: str
) -> None:
    found = problems(draft(host="h").with_rows("forwards", (Row(cells),)))
    assert list(found) == ["forwards.0"]
    assert found["forwards.0"].why.startswith(why)


def test_every_key_knows_its_page() -> None:
    titles = [PAGES[page_of(key)].title for key in ("name", "keyring", "jupyter.command")]
    assert titles == ["Session", "Login", "Jupyter"]
    assert PAGES[page_of("machine.flavors.3")].title == "Machine"


def test_a_draft_with_a_problem_is_no_profile() -> None:
    with pytest.raises(Wrong):
        profile_of(draft(port="x"))
