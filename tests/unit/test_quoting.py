"""One function makes words of a shell's line, and nothing that goes to a host is quoted by another."""

import ast
import shlex
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

import nbtui
from nbtui.errors import HostLacks, NoSuchProfile
from nbtui.model.failure import Failure
from nbtui.quoting import quote, words

ROOT = Path(nbtui.__file__).parent
TO_HOSTS = ("remote", "runners", "session", "ssh", "agent", "model")
WITHOUT_NUL = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@given(st.text())
def test_it_is_what_the_standard_library_makes_without_what_no_word_can_hold(
    text: str,
) -> None:
    if not text.lstrip("\0").startswith("="):
        assert quote(text) == shlex.quote(text.replace("\0", ""))
    assert shlex.split(words([text, text])) == [text.replace("\0", "")] * 2


@settings(max_examples=10)
@given(st.lists(WITHOUT_NUL, min_size=50, max_size=50))
@pytest.mark.parametrize("shell", ["sh", "bash", "zsh"])
def test_shells_read_it_back(shell: str, texts: list[str]) -> None:
    line = f"printf '%s\\0' {words(texts)}"
    done = subprocess.run([shell], input=line.encode(), capture_output=True, check=True)
    assert done.stdout.decode().split("\0")[:-1] == texts


def quoting(file: Path) -> set[str]:
    """What a file uses of shlex to make words of a shell's line; taking one apart is another thing."""
    used = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "shlex":
            used.add(node.attr)
        if isinstance(node, ast.ImportFrom) and node.module == "shlex":
            used |= {one.name for one in node.names}
    return used - {"split"}


@pytest.mark.parametrize("folder", TO_HOSTS)
def test_nothing_that_goes_to_a_host_is_quoted_otherwise(folder: str) -> None:
    files = list((ROOT / folder).rglob("*.py"))
    assert files
    assert [file for file in files if quoting(file)] == []


def test_what_a_person_may_paste_is_quoted_as_well() -> None:
    failure = Failure.of(HostLacks("x", hint="nbtui start NAME"), name="a $(b)")
    assert failure.hint == "nbtui start 'a $(b)'"
    error = NoSuchProfile("a", nearest=("a;b",))
    assert error.hint == "the same with 'a;b'"
