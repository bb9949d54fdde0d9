"""What our terminal has to be freed of, and the console of Windows without a Windows."""

import contextlib
from dataclasses import dataclass, field
from threading import Event

from hypothesis import given, strategies as st

from nbtui.client.terminal.modes import Modes
from nbtui.ipc.framing import STDIN, STDOUT
from nbtui.platforms.windows.kernel32 import keys_down
from nbtui.platforms.windows.terminal import WindowsConsole
from waiting import until

LEAVE = b"\x1b[?1049l"


@given(st.lists(st.sampled_from([b"\x1b[?1049h", LEAVE, b"x\x1b[?25l", "ü".encode()])))
def test_the_alternate_screen_is_left_exactly_when_we_are_in_it(parts: list[bytes]) -> None:
    output = b"".join(parts)
    modes = Modes()
    for byte in output:
        modes.follow(bytes((byte,)))
    inside = output.rfind(b"\x1b[?1049h") > output.rfind(LEAVE)
    assert (LEAVE in modes.undo()) == inside


@dataclass
class Calls:
    """See `nbtui.platforms.windows.terminal.Calls`: modes as Windows sets them, keys from a list."""

    modes: dict[int, int] = field(default_factory=lambda: {STDIN: 0x1F7, STDOUT: 0x3})
    chunks: list[bytes] = field(default_factory=list)

    def mode(self, stream: int) -> int:
        return self.modes[stream]

    def set_mode(self, stream: int, mode: int) -> None:
        self.modes[stream] = mode

    def wait_for_input(self, _seconds: float) -> bool:
        return bool(self.chunks) or Event().wait(0.01)

    def units(self) -> bytes:
        return self.chunks.pop(0)


@dataclass
class Keys:
    """See `Sink`."""

    typed_so_far: bytes = b""
    sizes: list[tuple[int, int]] = field(default_factory=list)

    def typed(self, data: bytes) -> None:
        self.typed_so_far += data

    def resized(self, columns: int, rows: int) -> None:
        self.sizes.append((columns, rows))

    def ended(self) -> None:
        pass


@dataclass
class Window(WindowsConsole):
    """A console whose size a test sets."""

    calls: Calls
    now: tuple[int, int] = (80, 25)

    def __post_init__(self) -> None:
        super().__init__(calls=self.calls)

    def size(self) -> tuple[int, int]:
        return self.now


def test_a_windows_console_is_raw_inside_and_as_it_was_afterwards() -> None:
    calls = Calls()
    before = dict(calls.modes)
    with contextlib.suppress(ZeroDivisionError), WindowsConsole(calls=calls).raw():
        assert calls.modes == {STDIN: 0x3F0, STDOUT: 0xF}
        raise ZeroDivisionError
    assert calls.modes == before


def test_keys_of_a_windows_console_arrive_in_utf_8_however_they_are_cut() -> None:
    units = "aü😀\x03".encode("utf-16-le")
    calls = Calls(chunks=[units[:6], units[6:]])
    keys = Keys()
    with Window(calls=calls).feeding(keys):
        until(lambda: keys.typed_so_far.endswith(b"\x03"), what="the last key")
    assert keys.typed_so_far == "aü😀\x03".encode()


def test_a_new_size_of_a_windows_console_is_noticed() -> None:
    window, keys = Window(calls=Calls()), Keys()
    with window.feeding(keys):
        window.now = (132, 43)
        until(lambda: keys.sizes, what="the new size")
    assert keys.sizes == [(132, 43)]


def test_only_keys_that_go_down_count() -> None:
    record = bytes.fromhex("0100 0000 01000000 0300 4100 1e00 6100 00000000")
    up = record[:4] + bytes(4) + record[8:]
    focus = b"\x10\x00" + record[2:]
    assert keys_down(up + record + focus) == b"a\x00" * 3
