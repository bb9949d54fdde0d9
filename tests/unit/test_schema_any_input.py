"""Whatever stands in profiles.toml, it is read or refused; nothing else can happen."""

from contextlib import suppress

import tomli
from hypothesis import given, strategies as st

from nbtui.errors import ConfigError
from nbtui.profiles.profiles_toml import ProfilesText
from nbtui.profiles.saved import Saved
from nbtui.profiles.schema import read_document
from nbtui.profiles.unknown import unknowns
from nbtui.profiles.values import Wrong

GOOD = """\
[defaults.jupyter]
activate = '''
module load python'''

[profiles.myvm]
host = "172.22.3.50"
port = 22 # as ever
tags = ["gpu"]
[[profiles.myvm.forwards]]
kind = "socks"
listen = 1080
[profiles.myvm.machine]
flavors = [{ name = "m1.small", cores = 1, memory_gb = 2 }]
"""


def load(text: str) -> Saved:
    return ProfilesText(file="p.toml", text=text).saved()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=5,
)
KEYS = st.sampled_from(
    [
        "profiles",
        "defaults",
        "host",
        "jump",
        "jupyter",
        "forwards",
        "machine",
        "flavors",
        "port",
        "listen",
        "kind",
        "to",
        "cores",
        "memory_gb",
        "tags",
        "hourly",
        "x",
    ]
)
TABLES = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, TABLES, max_size=4))
def test_any_document_is_read_or_refused(table: dict[str, object]) -> None:
    for document in (table, {"profiles": table}, {"profiles": {"a": table}}):
        with suppress(Wrong):
            read_document(document)
            list(unknowns(document))


@given(st.text(alphabet="[]{}=.\"'\n\\# ,a1profiles", max_size=40) | st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(ConfigError):
        load(text)


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(ConfigError):
        ProfilesText.decode(content, file="p.toml").saved()


@given(st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    size = len(GOOD)
    start = data.draw(st.integers(0, size))
    end = data.draw(st.integers(start, min(size, start + 60)))
    damaged = GOOD[:start] + data.draw(st.text(max_size=3)) + GOOD[end:]
    with suppress(ConfigError):
        load(damaged)
        tomli.loads(damaged)
