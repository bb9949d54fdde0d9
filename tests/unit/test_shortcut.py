"""Icons: what they run when a desktop reads them, with its own programs and readers as the oracle."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import LnkParse3
import pytest
from hypothesis import given, strategies as st

from lab.desk import Desk
from lab.tty import Terminal
from nbtui.client import shortcut
from nbtui.errors import UsageError
from nbtui.platforms.icons import Icon
from nbtui.platforms.posix.shortcuts import entry, script
from nbtui.platforms.windows.shortcuts import Places, content
from waiting import until

HOSTILE = 'it\'s $HOME `id` $(id) 100% %f %% "q" a\\b;c & | <x> 😀 \\'
XTERM = '#!/bin/sh\nprintf "%s\\n" "$@" >"$0.part"\nmv "$0.part" "$0.said"\n'


def launched(icon: Path, desk: Desk) -> list[str]:
    """What GLib, as GNOME uses it, hands to a terminal for an icon."""
    terminal = desk.root / "bin" / "xterm"
    terminal.parent.mkdir(exist_ok=True)
    terminal.write_text(XTERM)
    terminal.chmod(0o755)
    path = f"{terminal.parent}:{os.environ['PATH']}"
    subprocess.run(["gio", "launch", icon], env={**desk.env, "PATH": path}, check=True)
    said = Path(f"{terminal}.said")
    until(said.exists, what="the terminal")
    return said.read_text().splitlines()


def test_an_icon_on_the_desktop_runs_connect_with_the_very_name(desk: Desk) -> None:
    (desk.home / "Desktop").mkdir()
    ran = desk.nbtui("shortcut", HOSTILE)
    icon = Path(ran.out.rstrip("\n"))
    assert icon.parent == desk.home / "Desktop"
    subprocess.run(["desktop-file-validate", icon], check=True)
    dashes, *argv = launched(icon, desk)
    assert dashes == "-e"
    assert argv == [
        sys.executable, "-P", "-m", "nbtui.cli.held",
        f"NBTUI_CONFIG_DIR={desk.config}", f"NBTUI_STATE_DIR={desk.state}",
        "--", "connect", "--", HOSTILE,
    ]  # fmt: skip


def test_without_a_name_the_icon_is_among_the_programs(desk: Desk) -> None:
    (desk.home / "Desktop").mkdir()
    icon = Path(desk.nbtui("shortcut").out.rstrip("\n"))
    assert icon == desk.home / ".local" / "share" / "applications" / "nbtui.desktop"
    assert launched(icon, desk)[-1] == "--"
    assert icon.stat().st_mode & 0o777 == 0o700


def test_the_desktop_is_where_the_persons_language_has_it(desk: Desk) -> None:
    settings = desk.home / ".config" / "user-dirs.dirs"
    settings.parent.mkdir()
    settings.write_text('XDG_DESKTOP_DIR="$HOME/Schreibtisch"\n')
    here = desk.nbtui("shortcut", "myvm", "--to", str(desk.root)).out
    assert here == f"{desk.root}/nbtui-myvm.desktop\n"
    assert "/applications/" in desk.nbtui("shortcut", "myvm").out
    (desk.home / "Schreibtisch").mkdir()
    assert "/Schreibtisch/" in desk.nbtui("shortcut", "myvm").out


def test_another_file_is_replaced_only_by_force_and_the_same_icon_is_no_complaint(
    desk: Desk,
) -> None:
    file = desk.root / "mine"
    first = desk.nbtui("shortcut", "a", "--to", str(file))
    assert first.out == f"{file}.desktop\n"
    assert desk.nbtui("shortcut", "a", "--to", str(file)).out == first.out
    refused = desk.nbtui("shortcut", "b", "--to", str(file))
    assert (refused.status, refused.out) == (9, "")
    assert "--force" in refused.err
    assert desk.nbtui("shortcut", "b", "--to", str(file), "--force").status == 0
    assert "Name=b\n" in Path(f"{file}.desktop").read_text()


def test_a_link_in_the_way_is_not_written_through(desk: Desk) -> None:
    precious, link = desk.root / "precious", desk.root / "x.desktop"
    precious.write_text("mine")
    link.symlink_to(precious)
    assert desk.nbtui("shortcut", "a", "--to", str(link)).status == 9
    assert desk.nbtui("shortcut", "a", "--to", str(link), "--force").status == 0
    assert precious.read_text() == "mine"
    assert not link.is_symlink()


def test_a_folder_that_is_not_there_is_said(desk: Desk) -> None:
    ran = desk.nbtui("shortcut", "a", "--to", str(desk.root / "no" / "x.desktop"))
    assert (ran.status, ran.out) == (1, "")
    assert "cannot be written" in ran.err


@pytest.mark.parametrize(
    "name", ["a\nExec=evil", "a\x1b[31m", "a\tb", "\u202eabc", "\udcff"]
)
def test_a_name_that_is_no_line_of_text_gets_no_icon(name: str) -> None:
    with pytest.raises(UsageError, match="control characters"):
        shortcut.icon_of(name, {})


@pytest.mark.parametrize("name", ["", " "])
def test_an_icon_for_nothing_is_a_mistake(name: str) -> None:
    with pytest.raises(UsageError, match="empty"):
        shortcut.icon_of(name, {})


def test_the_path_that_is_printed_is_a_whole_one(desk: Desk) -> None:
    assert desk.nbtui("shortcut", "a", "--to", ".").out == f"{desk.home}/nbtui-a.desktop\n"


@given(st.text())
def test_the_name_of_an_icons_file_is_one_that_every_system_takes(name: str) -> None:
    file = shortcut.file_name(name)
    assert not set(file) & set('/\\:*?"<>|\0\n')
    assert file == file.rstrip(" .")
    assert len(file.encode()) < 240


@given(
    st.lists(
        st.text(st.characters(exclude_characters="/"), min_size=1), min_size=2, unique=True
    )
)
def test_icons_of_different_names_are_different_files(names: list[str]) -> None:
    assert len(set(map(shortcut.file_name, names))) == len(names)


def test_a_script_of_macos_runs_the_very_words(tmp_path: Path) -> None:
    icon = Icon(
        "t", "c", (sys.executable, "-c", "import sys; print(sys.argv[1:])", HOSTILE)
    )
    file = tmp_path / "x.command"
    file.write_text(script(icon))
    done = subprocess.run(["sh", file], capture_output=True, text=True, check=True)
    assert done.stdout == f"{[HOSTILE]}\n"


def read(link: bytes) -> dict[str, Any]:
    found: dict[str, Any] = LnkParse3.lnk_file(io.BytesIO(link)).get_json()
    return found


PROGRAM = r"C:\Users\Jürgen 日本\pipx\venvs\nbtui\Scripts\python.exe"


def test_a_link_of_windows_leads_to_the_program_with_the_very_arguments() -> None:
    argv = (PROGRAM, "-P", "--", HOSTILE, "")
    link = read(content(Icon("t", "Connect to 日本", argv)))
    assert link["data"]["description"] == "Connect to 日本"
    assert link["data"]["command_line_arguments"] == subprocess.list2cmdline(argv[1:])
    block = link["extra"]["ENVIRONMENTAL_VARIABLES_LOCATION_BLOCK"]
    assert block["target_unicode"] == PROGRAM
    root, drive, *folders, file = link["target"]["items"]
    assert (root["sort_index"], drive["volume_name"]) == ("My Computer", "C:\\")
    assert [one["flags"] for one in folders] == ["Is directory"] * 6
    assert (file["flags"], file["primary_name"]) == ("Is file", "python.exe")


def test_a_program_on_another_computer_is_linked_by_its_path_alone() -> None:
    program = r"\\server\share\python.exe"
    link = read(content(Icon("t", "c", (program, "x"))))
    assert "HasTargetIDList" not in link["header"]["link_flags"]
    block = link["extra"]["ENVIRONMENTAL_VARIABLES_LOCATION_BLOCK"]
    assert block["target_unicode"] == program


def test_icons_of_windows_go_to_the_desktop_or_the_start_menu() -> None:
    places = Places(known={"CSIDL_DESKTOPDIRECTORY": "D", "CSIDL_APPDATA": "R"}.__getitem__)
    assert places.folder({}, menu=False) == Path("D")
    assert places.folder({}, menu=True) == Path("R/Microsoft/Windows/Start Menu/Programs")


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
def test_any_name_stays_one_line_of_a_desktop_entry(name: str) -> None:
    lines = entry(Icon(name, name, ("/x", name))).splitlines()
    assert sum(line.startswith("Exec=") for line in lines) == 1
    assert lines[0] == "[Desktop Entry]"


Held = Callable[..., Terminal]


@pytest.fixture
def held(desk: Desk) -> Held:
    """The window that an icon opens."""

    def run(*words: str) -> Terminal:
        script = "import sys; from nbtui.cli.held import main; sys.exit(main(sys.argv[1:]))"
        return Terminal(script=script, arguments=[*words], env=desk.env)

    return run


def test_the_window_of_an_icon_stays_until_its_error_was_read(held: Held) -> None:
    with held("NBTUI_X=1", "--", "connect", "--", "no such;host") as tty:
        tty.wait_for(b"Press Enter")
        assert b"nbtui: " in tty.shown
        tty.type(b"\r")
        assert tty.end() == 2


def test_the_window_of_an_icon_goes_when_all_is_well(held: Held) -> None:
    with held("--", "status") as tty:
        assert tty.end() == 0
        assert b"Press" not in tty.shown
