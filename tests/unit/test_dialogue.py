"""What a host says between and behind the marks of the control shell."""

import pytest
from hypothesis import given, strategies as st

from nbtui.ssh.dialogue import Said, ShellEnded, _Catch

M = "0123456789abcdef"


def caught(*parts: bytes, limit: int = 10) -> _Catch:
    catch = _Catch(M, limit)
    for part in parts:
        catch.feed(part)
    return catch


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_output_and_status_are_found_in_pieces_of_any_size(size: int) -> None:
    said = f"noise\n{M}b\nout\n{M}e7\n".encode()
    catch = caught(*(said[at : at + size] for at in range(0, len(said), size)))
    assert (catch.done, catch.status, catch.kept, catch.cut) == (True, 7, b"out\n", False)


@pytest.mark.parametrize("status", [b"x", b"-1", b"1234", b"9" * 5000, b"\xff", b" 0"])
def test_a_status_that_no_shell_has_ends_the_talk(status: bytes) -> None:
    with pytest.raises(ShellEnded):
        caught(f"{M}b\n{M}e".encode(), status, b"\n")


def test_what_comes_behind_the_end_is_kept_for_the_next_script_and_within_bounds() -> None:
    catch = caught(f"{M}b\n{M}e0\n".encode(), *[b"x" * 100_000] * 30)
    assert catch.done
    assert 0 < len(catch.rest) <= 1 << 20


def test_what_goes_over_the_limit_is_read_and_dropped() -> None:
    catch = caught(f"{M}b\n".encode(), *[b"x" * 1000] * 100, f"{M}e0\n".encode())
    assert (catch.kept, catch.cut, catch.done) == (b"x" * 10, True, True)


PIECES = st.lists(st.integers(1, 40), max_size=60)


def spoken(said: Said, text: bytes, status: int) -> bytes:
    return f"{said.mark}b\n".encode() + text + f"{said.mark}e{status}\n".encode()


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    pieces = []
    for size in sizes:
        pieces.append(data[:size])
        data = data[size:]
    return [*pieces, data]


@given(st.binary(max_size=60), st.binary(max_size=60), PIECES)
def test_each_script_has_its_own_output(
    first: bytes, second: bytes, sizes: list[int]
) -> None:
    one, two = Said("1" * 24, 1000), Said("2" * 24, 1000)
    stream = b"a start file speaks" + spoken(one, first, 3) + spoken(two, second, 4)
    for piece in cut(stream, sizes):
        ended = one.done
        if ended:
            two.feed(piece, piece)
            continue
        one.feed(piece, piece)
        if one.done:
            two.feed(*one.rest)
    assert (one.completed.status, one.completed.out) == (3, first)
    assert (two.completed.status, two.completed.err) == (4, second)
