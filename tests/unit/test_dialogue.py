"""What is heard of scripts that were sent one right after the other, however their output is cut into pieces."""

from hypothesis import given, strategies as st

from nbtui.ssh.dialogue import Said

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
