"""What differs between platforms: that it has twins, and those of Windows without a Windows."""

import ast
import errno
import re
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import nbtui.platforms
from fakes import FakeClock
from nbtui.errors import NbtuiError
from nbtui.platforms.windows import commandlines, processes, sshagent, tcp
from nbtui.platforms.windows.browser import Pages
from nbtui.platforms.windows.clipboard import Clipboard
from nbtui.platforms.windows.desktop import CREATE_NEW_CONSOLE, Desktop
from nbtui.platforms.windows.files import publish
from nbtui.platforms.windows.folders import Folders, runtime_dir
from nbtui.platforms.windows.locking import Locking

FOLDER = Path(nbtui.platforms.__path__[0])
SUBJECTS = sorted(
    path.name for path in FOLDER.glob("[!_]*.py") if "sys.platform" in path.read_text()
)


def offered(module: Path) -> Iterator[str]:
    """The names that a picking module takes from a twin."""
    tree = ast.parse(module.read_text())
    exported = next(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )
    yield from ast.literal_eval(exported)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_is_picked_in_one_place_and_has_a_twin_on_each_side(subject: str) -> None:
    picks = (FOLDER / subject).read_text()
    stem = subject.removesuffix(".py")
    for side in ("posix", "windows"):
        imports = rf"from nbtui\.platforms\.{side}(\.{stem} import| import {stem}$)"
        assert re.search(imports, picks, re.MULTILINE), side
    assert set(offered(FOLDER / subject))


def test_a_lock_of_windows_that_somebody_has_is_not_taken() -> None:
    held = set[int]()

    def lock(handle: int) -> None:
        if handle in held:
            raise PermissionError
        held.add(handle)

    locking = Locking(lock=lock)
    assert [locking.taken(3), locking.taken(3), locking.taken(4)] == [True, False, True]


class Scanned:
    """A written file that a virus scanner has open until `free`; see `Path.replace`."""

    def __init__(self, clock: FakeClock, free: float) -> None:
        self._clock, self._free = clock, free
        self.became: list[Path] = []

    def replace(self, target: Path) -> None:
        if self._clock.now < self._free:
            raise PermissionError(13, "somebody has it open")
        self.became.append(target)


def test_a_file_of_windows_that_somebody_reads_is_replaced_once_they_are_done() -> None:
    clock = FakeClock()
    file = Scanned(clock, free=1.0)
    publish(file, Path("profiles.toml"), clock)  # type: ignore[arg-type]  # a Path as far as it is used
    assert file.became == [Path("profiles.toml")]


def test_a_file_of_windows_that_stays_open_cannot_be_replaced() -> None:
    clock = FakeClock()
    with pytest.raises(PermissionError):
        publish(Scanned(clock, free=9.0), Path("x"), clock)  # type: ignore[arg-type]  # see above
    assert clock.now < 3.0


def test_the_folders_of_windows_are_local_to_the_machine_and_know_no_xdg() -> None:
    environ = {"XDG_CONFIG_HOME": "/c", "XDG_RUNTIME_DIR": "/run/x"}
    folders = Folders(local=lambda: r"C:\Users\ada\AppData\Local")
    assert set(folders.user_folders(environ)) == {r"C:\Users\ada\AppData\Local\nbtui"}
    assert runtime_dir(environ, Path("s")) == Path("s/run")


def test_what_windows_detaches_has_a_console_that_nobody_sees_and_no_ctrl_c_of_ours() -> (
    None
):
    assert processes.DETACHED == 0x08000200


def test_cmd_exe_takes_a_line_of_ssh_config_as_it_stands() -> None:
    line = 'if exist "C:\\a b" (exit 0) else exit 1'
    environ = {"COMSPEC": r"C:\Windows\system32\cmd.exe"}
    assert commandlines.shell(line, environ) == f'{environ["COMSPEC"]} /c "{line}"'
    assert commandlines.only(line) == line


@pytest.mark.parametrize(
    ("terminal", "argv", "flags"),
    [
        (r"C:\wt.exe", [r"C:\wt.exe", "new-tab", "py.exe", "attach", "a\\;b"], 0),
        (None, ["py.exe", "attach", "a;b"], CREATE_NEW_CONSOLE),
    ],
    ids=["Windows Terminal", "conhost"],
)
def test_a_new_window_of_windows_is_one_of_its_terminal_else_a_console(
    terminal: str | None, argv: list[str], flags: int
) -> None:
    opened: list[tuple[list[str], int]] = []

    def popen(words: list[str], _environ: Mapping[str, str], how: int) -> None:
        opened.append((words, how))

    desktop = Desktop(popen=popen, which=lambda _name, _path: terminal)
    words = ["py.exe", "attach", "a;b"]
    assert desktop.new_window(words, told={}, environ={}, start=print)
    assert opened == [(argv, flags)]


def test_a_page_that_windows_cannot_open_was_not_opened() -> None:
    def refuses(_page: str) -> None:
        raise OSError(1155, "no application is associated")

    assert not Pages(startfile=refuses).open_page("file:///C:/x.html")
    assert Pages(startfile=lambda _page: None).open_page("file:///C:/x.html")


class Pageant:
    """See `AgentConnection`."""

    def send(self, data: bytes, /) -> None:
        raise NotImplementedError

    def recv(self, size: int, /) -> bytes:
        raise NotImplementedError

    def close(self) -> None:
        pass


def no_pipe(name: str) -> sshagent.Pipe:
    raise FileNotFoundError(name)


def test_pageant_is_asked_where_the_path_is_none_of_windows() -> None:
    pageant, connect = Pageant(), sshagent.Agents(open_pipe=no_pipe).connect
    for path in (None, "/cygdrive/c/agent"):
        assert connect(path, patience=1.0, pageant=lambda: pageant) is pageant
        assert connect(path, patience=1.0, pageant=lambda: None) is None


def test_a_pipe_with_nobody_behind_it_is_not_made_up_for_by_pageant() -> None:
    connect = sshagent.Agents(open_pipe=no_pipe).connect
    with pytest.raises(FileNotFoundError):
        connect("//./pipe/mine", patience=1.0, pageant=Pageant)


def test_a_listener_of_windows_keeps_others_out_and_knows_a_reserved_port() -> None:
    with socket.socket() as sock:
        tcp.Claims(option=socket.SO_KEEPALIVE).claim(
            sock
        )  # any option that this system has, too
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert tcp.reserved(errno.EACCES, 80)
    assert not tcp.reserved(errno.EADDRINUSE, 80)


class Busy:
    """A clipboard that another program has open until `free`."""

    def __init__(self, clock: FakeClock, free: float) -> None:
        self._clock, self._free = clock, free
        self.text = ""

    def put(self, units: bytes) -> None:
        if self._clock.now < self._free:
            raise PermissionError(13, "somebody has it open")
        self.text = units.decode("utf-16-le")


def test_the_clipboard_of_windows_is_waited_for_but_not_for_long() -> None:
    clock = FakeClock()
    busy = Busy(clock, free=0.1)
    Clipboard(calls=busy, clock=clock).copy("http://localhost:8889/é😀")
    assert busy.text == "http://localhost:8889/é😀\0"
    with pytest.raises(NbtuiError, match="clipboard"):
        Clipboard(calls=Busy(clock, free=9.0), clock=clock).copy("x")
    assert clock.now < 2.0
