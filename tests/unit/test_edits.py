"""Edits of profiles.toml change what they are asked to, and nothing else."""

import re
from typing import Any

import pytest
import tomli
from hypothesis import given, strategies as st

from lab.toml_forms import Written, files, names
from nbtui.profiles import bulk, changes, edits
from nbtui.profiles.places import KeyPath, line_and_column, scan, starts
from nbtui.profiles.profiles_toml import ProfilesText

STORY = """\
# my hosts

[defaults]
user = "ada"

# the big one
[profiles.big]   # rented
host = "10.0.0.1"
# port = 2222

# the small one
[profiles.small]
host = "10.0.0.2"
"""


def comments(text: str) -> list[str]:
    return re.findall(r"# (?!no comment)[^\r\n]*", text)


def paths(value: object, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """Every key of a document, as the scanner has to find them."""
    if isinstance(value, dict):
        below = [paths(one, (*path, key)) | {(*path, key)} for key, one in value.items()]
    elif isinstance(value, list):
        below = [paths(one, (*path, index)) for index, one in enumerate(value)]
    else:
        below = []
    return set().union(*below)


@given(files())
def test_the_scanner_finds_the_keys_that_tomli_finds(file: Written) -> None:
    found = starts(file.text)
    keys = {path for path in found if isinstance(path[-1], str)}
    assert keys == paths(tomli.loads(file.text))


@pytest.mark.parametrize(
    "text",
    [
        'a = """x"""""\nb = 1',
        'a = """"""\nb = 1',
        'a = """\\""""\nb = 1',
        "a = '''x'''''\nb = '''\n[c]\n'''",
        'a = "\\\\" # \\"\nb = "#"',
        "a = 2020-01-01 10:00:00Z # x\nb = [2020-01-01, 10:00:00]",
        "a = [ [ ], [ 1, # ]\n ], {b = [{c = 1}, ]} ] # x",
        "[[a]]\n[[a.b]]\n[[a.b]]\nc = 1\n[a.b.d]\n[[a]]\n[[a.b]]\nc = 1",
        " \"a\" . 'b' = 1\n\ta.c=2",
        "a = {\n# x }\n b = 1,\n}",
        '"\\u0041" = 1\n"\\"" = 2',
    ],
)
def test_the_scanner_knows_the_corners_of_the_grammar(text: str) -> None:
    keys = {path for path in starts(text) if isinstance(path[-1], str)}
    assert keys == paths(tomli.loads(text))


@given(st.text(alphabet="[]{}=.\"'\n# ,a1-T:", max_size=30))
def test_the_scanner_takes_what_tomli_takes(text: str) -> None:
    try:
        document = tomli.loads(text)
    except tomli.TOMLDecodeError:
        return
    keys = {path for path in starts(text) if isinstance(path[-1], str)}
    assert keys == paths(document)


@given(files(), st.data())
def test_renaming_there_and_back_is_as_if_nothing_was(
    file: Written, data: st.DataObject
) -> None:
    old = data.draw(st.sampled_from(file.names))
    new = data.draw(names().filter(lambda name: name not in file.names))
    renamed = edits.rename(file.text, ("profiles", old), new)
    expected = tomli.loads(file.text)
    expected["profiles"][new] = expected["profiles"].pop(old)
    assert tomli.loads(renamed) == expected
    assert comments(renamed) == comments(file.text)
    back = edits.rename(renamed, ("profiles", new), old)
    assert tomli.loads(back) == tomli.loads(file.text)
    spelled = edits.rename(file.text, ("profiles", old), old)
    assert back == spelled


@given(files(), st.data())
def test_removing_a_profile_leaves_the_others_and_their_comments(
    file: Written, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(file.names) - 1))
    after = edits.remove(file.text, ("profiles", file.names[at]))
    expected = tomli.loads(file.text)
    del expected["profiles"][file.names[at]]
    left = tomli.loads(after)
    assert left.get("profiles", {}) == expected["profiles"]
    assert left["defaults"] == expected["defaults"]
    lost = [one for one in comments(file.text) if one not in comments(after)]
    assert all(one.rstrip().endswith(str(at)) for one in lost if one != "# end")


@given(files(), st.data())
def test_setting_a_key_moves_no_line(file: Written, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(file.names))
    keys, value = data.draw(
        st.sampled_from(
            [
                (("port",), 2222),
                (("user",), 'a"b\\ü'),
                (("tags",), ["x", "y"]),
                (("jupyter", "local_port"), 9999),
                (("jupyter", "activate"), "one\ntwo"),
            ]
        )
    )
    path = ("profiles", name, *keys)
    after = edits.put(file.text, path, value)
    expected = tomli.loads(file.text)
    table = expected
    for key in path[:-1]:
        table = table.setdefault(key, {})
    known = path[-1] in table
    table[path[-1]] = value
    assert tomli.loads(after) == expected
    if not known and "{" not in file.text:
        kept = iter(line.strip() for line in after.splitlines())
        assert all(line.strip() in kept for line in file.text.splitlines() if line.strip())
    if "\r\n" in file.text:
        assert not re.search(r"(?<!\r)\n", after)


@given(files(), st.data())
def test_a_new_profile_disturbs_no_other(file: Written, data: st.DataObject) -> None:
    new = data.draw(names().filter(lambda name: name not in file.names))
    table = {
        "host": "new.example.org",
        "jupyter": {"port": 1},
        "forwards": [{"kind": "socks", "listen": 1}],
    }
    after = edits.put(file.text, ("profiles", new), table)
    expected = tomli.loads(file.text)
    expected["profiles"][new] = table
    assert tomli.loads(after) == expected
    assert comments(after) == comments(file.text)
    assert edits.remove(after, ("profiles", new)).split() == file.text.split()


@given(files())
def test_a_place_is_the_place_of_the_key(file: Written) -> None:
    lines = file.text.split("\n")
    for entry in scan(file.text):
        line, column = line_and_column(file.text, entry.start)
        assert file.text[entry.start] == lines[line - 1][column - 1]


@given(files())
def test_all_of_these_files_load(file: Written) -> None:
    saved = ProfilesText(file="p.toml", text=file.text).saved()
    assert {one.name for one in saved.profiles} == set(file.names)


def test_a_comment_goes_with_the_header_below_it() -> None:
    after = edits.remove(STORY, ("profiles", "big"))
    assert after == STORY[: STORY.index("# the big")] + STORY[STORY.index("# the small") :]


def test_the_last_profile_leaves_no_blank_end() -> None:
    after = edits.remove(STORY, ("profiles", "small"))
    assert after == STORY[: STORY.index("\n# the small")]


def test_a_new_key_stands_below_the_last_one_of_its_table() -> None:
    after = edits.put(STORY, ("profiles", "big", "port"), 22)
    assert after == STORY.replace('1"\n', '1"\nport = 22\n')


def test_a_new_table_stands_before_the_comment_of_the_next() -> None:
    after = edits.put(STORY, ("profiles", "big", "jupyter", "port"), 1)
    assert "# port = 2222\n\n[profiles.big.jupyter]\nport = 1\n\n# the small one\n" in after


def test_a_changed_value_keeps_the_comment_behind_it() -> None:
    text = "[profiles.a]\nport = 22 # as ever\n"
    assert edits.put(text, ("profiles", "a", "port"), 23) == text.replace("22", "23")


def test_a_comment_that_touches_two_tables_stays_with_either_gone() -> None:
    text = "[profiles.a]\nport = 1\n# whose?\n[profiles.b]\n"
    assert "# whose?" in edits.remove(text, ("profiles", "a"))
    assert "# whose?" in edits.remove(text, ("profiles", "b"))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("profiles = { a = {}, b = {} }", "profiles = { b = {} }"),
        ("profiles = { b = {}, a = {} }", "profiles = { b = {} }"),
        ("profiles = { a = {} }", "profiles = {}"),
        ("profiles = { a.port = 1, b = {}, a.user = 'x' }", "profiles = { b = {} }"),
        ("[profiles]\na = {}\nb = {} # b\n", "[profiles]\nb = {} # b\n"),
    ],
)
def test_an_inline_profile_is_taken_out_with_its_comma(text: str, left: str) -> None:
    assert edits.remove(text, ("profiles", "a")) == left


def test_lists_of_tables_are_replaced_as_a_whole() -> None:
    text = "[profiles.a]\n[[profiles.a.forwards]]\nlisten = 1\n[[profiles.a.forwards]]\nlisten = 2\n"
    after = edits.put(text, ("profiles", "a", "forwards"), [{"listen": 3}])
    assert tomli.loads(after)["profiles"]["a"] == {"forwards": [{"listen": 3}]}


@given(files(), st.data())
def test_many_edits_in_one_go_mean_the_same_and_lose_no_comment(
    file: Written, data: st.DataObject
) -> None:
    values = st.sampled_from([2222, "x", ["x", "y"], None])
    keys = st.sampled_from([("port",), ("host",), ("tags",), ("jupyter", "port")])
    old = st.tuples(st.sampled_from(file.names), keys, values)
    new = names().filter(lambda name: name not in file.names)
    wanted: list[bulk.Edit] = [
        (("profiles", name, *key), value)
        for name, key, value in data.draw(st.lists(old, unique_by=lambda one: one[:2]))
    ]
    wanted += [
        (("profiles", name), {"host": name, "jupyter": {"port": 1}})
        for name in data.draw(st.lists(new, max_size=3, unique=True))
    ]
    expected = tomli.loads(file.text)
    for path, value in wanted:
        change(expected, path, value)
    after = bulk.edited(file.text, wanted)
    assert changes.meaning(tomli.loads(after)) == changes.meaning(expected)
    if all(value is not None for _path, value in wanted):
        lost = set(comments(file.text)) - set(comments(after))
        assert all(one.startswith("# tag") for one in lost)  # within a value that went


def change(table: dict[str, Any], path: KeyPath, value: Any) -> None:
    *around, key = map(str, path)
    for one in around:
        table = table.setdefault(one, {})
    if value is None:
        table.pop(key, None)
    else:
        table[key] = value
