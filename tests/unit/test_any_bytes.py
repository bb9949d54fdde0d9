"""Any bytes from a file, a socket or a host: a result or an error of ours, never a traceback; see tests/fuzz."""

import pytest
from hypothesis import given, settings, strategies as st

from fuzz.targets import TARGETS, Target


def damaged(target: Target) -> st.SearchStrategy[bytes]:
    """What it is usually given, with a hole, a doubled piece and something strange in it."""

    @st.composite
    def draw(pick: st.DrawFn) -> bytes:
        seed = pick(st.sampled_from(target.seeds))
        start = pick(st.integers(0, len(seed)))
        end = pick(st.integers(start, min(len(seed), start + 40)))
        piece = pick(
            st.binary(max_size=8) | st.just(seed[start:end] * 50) | st.sampled_from(STRANGE)
        )
        return seed[:start] + piece + seed[end:]

    return draw()


STRANGE = (
    b"\0", b"\xff\xfe", b"\xff\xff\xff\xff", b"\r\n", b"\x1b[2J", b"99999999999999999999", b"-1", b"1e999", b"nan",
    b'"', b"'", b"\\", b"{" * 3000, b"[" * 3000, b":" * 500, b"," * 500, b"a." * 500, b"*" * 100, "ü🙂".encode(), b"true", b"null",
)  # fmt: skip


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=25)
@given(data=st.data())
def test_any_bytes_give_a_result_or_an_error_of_ours(
    name: str, data: st.DataObject
) -> None:
    target = TARGETS[name]
    target(data.draw(st.binary(max_size=200) | damaged(target)))


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_usual_is_read(name: str) -> None:
    for seed in TARGETS[name].seeds:
        TARGETS[name](seed)
