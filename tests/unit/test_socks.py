"""What SOCKS programs say, without a network."""

import io

import pytest
from hypothesis import given, strategies as st

from nbtui.ssh.socks import BadRequest, Request, negotiate


def talk(said: bytes) -> tuple[Request, bytes]:
    """(request, all that was answered on the way)."""
    heard, answered = io.BytesIO(said), io.BytesIO()

    def read(size: int) -> bytes:
        data = heard.read(size)
        if len(data) < size:
            raise ConnectionResetError
        return data

    return negotiate(read, answered.write), answered.getvalue()


@given(
    st.binary(max_size=300)
    | st.binary(max_size=300).map(lambda rest: b"\x05\x01\x00" + rest)
)
def test_whatever_is_said_there_is_a_request_or_a_refusal(said: bytes) -> None:
    try:
        request, _ = talk(said)
    except OSError:
        return
    assert request.version in {4, 5}
    assert 0 <= request.to[1] <= 65535


@pytest.mark.parametrize(
    ("said", "to"),
    [
        (b"\x05\x02\x02\x00\x05\x01\x00\x01\x0a\x00\x00\x07\x1f\x90", ("10.0.0.7", 8080)),
        (b"\x05\x01\x00\x05\x01\x00\x03\x04node\x22\xb9", ("node", 8889)),
        (b"\x05\x01\x00\x05\x01\x00\x04" + bytes(15) + b"\x01\x00\x50", ("::1", 80)),
        (b"\x04\x01\x00\x50\x0a\x00\x00\x07ada\x00", ("10.0.0.7", 80)),
        (b"\x04\x01\x00\x50\x00\x00\x00\x01ada\x00node\x00", ("node", 80)),
    ],
)
def test_every_kind_of_address_is_understood(said: bytes, to: tuple[str, int]) -> None:
    assert talk(said)[0].to == to


def test_a_program_that_insists_on_a_login_is_told_that_there_is_none() -> None:
    with pytest.raises(BadRequest, match="login"):
        talk(b"\x05\x01\x02")
