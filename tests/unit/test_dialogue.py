"""What a host says between and behind the marks of the control shell."""

import pytest

from nbtui.ssh.dialogue import ShellEnded, _Catch

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


def test_what_comes_behind_the_end_is_not_kept() -> None:
    catch = caught(f"{M}b\n{M}e0\n".encode(), b"x" * 100_000)
    assert catch._held == b""  # noqa: SLF001  # what it keeps


def test_what_goes_over_the_limit_is_read_and_dropped() -> None:
    catch = caught(f"{M}b\n".encode(), *[b"x" * 1000] * 100, f"{M}e0\n".encode())
    assert (catch.kept, catch.cut, catch.done) == (b"x" * 10, True, True)
