"""The mark of a command's process id, and what is done with it."""

from collections.abc import Iterable
from itertools import pairwise
from threading import Event

import pytest
from hypothesis import given, strategies as st

from nbtui.model.shell import Completed
from nbtui.session.leash import FOREWORD, Leash

SILENT = None
"""In a story: nothing comes until the terminal is closed."""


class Told:
    """A command whose output is a story; then it ends."""

    def __init__(self, story: Iterable[tuple[bytes, bytes] | None]) -> None:
        self._story = iter(story)
        self._closed = Event()

    def read(self) -> tuple[bytes, bytes]:
        part = next(self._story, (b"", b""))
        if part is SILENT:
            assert self._closed.wait(20)
            return b"", b""
        return part

    def write(self, data: bytes) -> None: ...
    def end_of_input(self) -> None: ...
    def resize(self, columns: int, rows: int) -> None: ...

    def status(self) -> int:
        return 0

    def close(self) -> None:
        self._closed.set()


class Asked:
    """A shell that keeps what it was asked to run."""

    def __init__(self) -> None:
        self.scripts: list[str] = []

    def run(self, script: str, *, timeout: float = 10.0, limit: int = 1 << 20) -> Completed:
        del timeout, limit
        self.scripts.append(script)
        return Completed(status=0, out=b"", err=b"")


def leashed(*story: tuple[bytes, bytes] | None) -> tuple[Leash, Asked]:
    shell = Asked()
    return Leash(Told(story), mark="m4rk", shell=shell), shell


def everything(leash: Leash) -> tuple[bytes, bytes]:
    out, err = b"", b""
    while any(part := leash.read()):
        out, err = out + part[0], err + part[1]
    return out, err


@given(at=st.lists(st.integers(0, 40), max_size=4))
def test_the_mark_is_taken_out_wherever_the_pieces_end(at: list[int]) -> None:
    whole = b"a noisy rc file\nm4rk 4711\noops\n"
    ends = [0, *sorted(at), len(whole)]
    pieces = [whole[a:b] for a, b in pairwise(ends) if whole[a:b]]
    leash, shell = leashed(*((b"", piece) for piece in pieces))
    assert everything(leash) == (b"", b"a noisy rc file\noops\n")
    leash.close()
    assert shell.scripts == []


@pytest.mark.parametrize("noise", [b"no such shell\n", b"x" * (FOREWORD + 1)])
def test_what_has_no_mark_arrives_all_the_same(noise: bytes) -> None:
    leash, shell = leashed((b"out", noise))
    assert everything(leash) == (b"out", noise)
    leash.close()
    assert shell.scripts == []


def test_who_lets_go_of_a_command_ends_its_group_once() -> None:
    leash, shell = leashed((b"", b"m4rk 4711\n"), SILENT)
    leash.close()
    leash.close()
    [script] = shell.scripts
    assert "target=-4711" in script


def test_who_goes_before_the_mark_has_come_waits_for_it() -> None:
    leash, shell = leashed((b"dropped", b""), (b"", b"m4"), (b"", b"rk 4711\n"), SILENT)
    leash.close()
    assert len(shell.scripts) == 1


def test_a_command_that_has_ended_is_left_alone() -> None:
    leash, shell = leashed((b"", b"m4rk 4711\n"), (b"done", b""))
    assert everything(leash) == (b"done", b"")
    leash.close()
    assert shell.scripts == []
