"""`nbtui profile import …` as a program: what it prints, what it asks, and what it leaves behind."""

import json
from pathlib import Path

import pytest

from lab.desk import Desk
from nbtui.errors import ExitCode

GPU1 = "HostName=cades@172.22.3.50\nPortForwardings=L8889=127.0.0.1:8889\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(root=tmp_path)
    (made.home / ".putty" / "sessions").mkdir(parents=True)
    return made


def save(desk: Desk, name: str, text: str) -> None:
    (desk.home / ".putty" / "sessions" / name).write_text(text)


def profiles(desk: Desk) -> str:
    return (desk.config / "profiles.toml").read_text()


def test_sessions_come_in_and_the_table_says_what_became_of_each(desk: Desk) -> None:
    save(desk, "lab%2Fgpu1", GPU1)
    save(desk, "old", "HostName=x\nProtocol=telnet\n")
    ran = desk.nbtui("profile", "import", "putty")
    assert ran.status == 0, ran.err
    assert ran.out == (
        "new\tlab/gpu1\tcades@172.22.3.50\t\n"
        f"skipped\told\t\tits protocol is telnet, not ssh ({desk.home}/.putty/sessions)\n"
    )
    assert ran.err.endswith("1 new, 1 skipped\n")
    shown = desk.nbtui("profile", "show", "lab/gpu1", "--json").json
    assert (shown["group"], shown["jupyter"]["local_port"]) == ("lab", 8889)
    assert shown["forwards"] == []


def test_a_dry_run_writes_nothing(desk: Desk) -> None:
    save(desk, "a", GPU1)
    before = sorted(desk.state.iterdir()), sorted(desk.config.iterdir())
    ran = desk.nbtui("profile", "import", "putty", "--dry-run")
    assert (ran.out, ran.err) == ("new\ta\tcades@172.22.3.50\t\n", "a dry run: 1 new\n")
    assert (sorted(desk.state.iterdir()), sorted(desk.config.iterdir())) == before


def test_the_document_has_a_row_for_each(desk: Desk) -> None:
    save(desk, "a", GPU1 + "Compression=1\n")
    document = desk.nbtui("profile", "import", "putty", "a", "--json").json
    assert document["dry_run"] is False
    assert document["imports"] == [
        {
            "name": "a",
            "action": "new",
            "why": "",
            "from": str(desk.home / ".putty" / "sessions"),
            "profile": "a",
            "host": "172.22.3.50",
            "user": "cades",
            "port": None,
            "group": "",
            "notes": ["compression is left out: nbtui does not compress"],
            "commands": [],
            "conflicts": [],
        }
    ]


def test_a_conflict_is_shown_with_the_choice_and_taken_when_chosen(desk: Desk) -> None:
    save(desk, "a b", GPU1)
    desk.nbtui("profile", "import", "putty")
    (desk.config / "profiles.toml").write_text(profiles(desk).replace("cades", "me"))
    save(desk, "a b", GPU1.replace("cades", "eve"))
    ran = desk.nbtui("profile", "import", "putty")
    assert "user: me here, eve there" in ran.out
    assert (
        "try: nbtui profile import putty 'a b' --theirs 'a b', or --mine 'a b'" in ran.err
    )
    assert '"me"' in profiles(desk)
    ran = desk.nbtui("profile", "import", "putty", "a b", "--theirs", "a b")
    assert ran.out.startswith("updated\ta b\teve@")
    assert '"eve"' in profiles(desk)


def test_a_choice_for_what_does_not_come_in_is_a_typing_error(desk: Desk) -> None:
    save(desk, "myvm", GPU1)
    ran = desk.nbtui("profile", "import", "putty", "--theirs", "myvn")
    assert ran.status == ExitCode.NO_SUCH_PROFILE
    assert "try: the same with myvm" in ran.err
    assert desk.nbtui("profile", "import", "putty", "--mine", "my*").status == 0
    save(desk, "other", "HostName=x\n")
    assert desk.nbtui("profile", "import", "putty", "--theirs", "*").status == 0


@pytest.mark.parametrize("name", ["hex", "rot13", "idna", "undefined", "utf-16", "nope"])
def test_a_code_page_that_no_file_of_windows_is_in_is_refused(
    desk: Desk, name: str
) -> None:
    ran = desk.nbtui("profile", "import", "putty", "--code-page", name)
    assert ran.status == ExitCode.USAGE
    assert f"there is no code page {name}" in ran.err


def test_of_many_the_summary_speaks_in_the_plural(desk: Desk) -> None:
    save(desk, "a", GPU1)
    save(desk, "b", GPU1)
    desk.nbtui("profile", "import", "putty")
    (desk.config / "profiles.toml").write_text(profiles(desk).replace("cades", "me"))
    save(desk, "a", GPU1.replace("cades", "eve"))
    assert "1 conflict, 1 unchanged" in desk.nbtui("profile", "import", "putty").err
    save(desk, "b", GPU1.replace("cades", "eve"))
    assert "2 conflicts\n" in desk.nbtui("profile", "import", "putty").err


@pytest.mark.parametrize(("answer", "user"), [("y", "eve"), ("n", "me")])
def test_on_a_terminal_each_conflict_is_asked_about(
    desk: Desk, answer: str, user: str
) -> None:
    save(desk, "a", GPU1)
    desk.nbtui("profile", "import", "putty")
    (desk.config / "profiles.toml").write_text(profiles(desk).replace("cades", "me"))
    save(desk, "a", GPU1.replace("cades", "eve"))
    with desk.terminal("profile", "import", "putty") as terminal:
        terminal.wait_for(b"user: me here, eve there")
        terminal.wait_for(b"Take what comes in?")
        terminal.type(f"{answer}\r".encode())
        assert terminal.end() == 0
    assert f'"{user}"' in profiles(desk)


def test_a_pattern_names_a_folder(desk: Desk) -> None:
    for name in ("lab%2Fgpu1", "lab%2Fgpu2", "home"):
        save(desk, name, GPU1)
    ran = desk.nbtui("profile", "import", "putty", "lab/*")
    assert [line.split("\t")[1] for line in ran.out.splitlines()] == [
        "lab/gpu1",
        "lab/gpu2",
    ]


def test_a_name_that_nothing_has_is_exit_3_with_the_nearest(desk: Desk) -> None:
    save(desk, "lab%2Fgpu1", GPU1)
    ran = desk.nbtui("profile", "import", "putty", "lab/gpu")
    assert ran.status == ExitCode.NO_SUCH_PROFILE
    assert "try: the same with lab/gpu1" in ran.err


def test_where_there_is_nothing_it_says_where_it_looked(desk: Desk) -> None:
    (desk.home / ".putty" / "sessions").rmdir()
    ran = desk.nbtui("profile", "import", "putty")
    assert (ran.status, ran.out) == (0, "")
    assert "~/.putty/sessions" in ran.err
    assert desk.nbtui("profile", "import", "putty", "--json").json["imports"] == []


def test_names_from_elsewhere_cannot_paint_the_terminal(desk: Desk) -> None:
    save(desk, "%1B%5B31mred%0A2", GPU1)
    ran = desk.nbtui("profile", "import", "putty")
    assert ran.out == "new\tred 2\tcades@172.22.3.50\t\n"


@pytest.mark.parametrize("words", [("--from", "nowhere.reg"), ("--code-page", "cp0")])
def test_nonsense_is_told_so(desk: Desk, words: tuple[str, str]) -> None:
    ran = desk.nbtui("profile", "import", "putty", *words)
    assert ran.status in (ExitCode.FAILED, ExitCode.USAGE)
    assert words[1] in ran.err
    assert "Traceback" not in ran.err


def test_a_file_that_cannot_be_written_changes_nothing_and_is_named(desk: Desk) -> None:
    save(desk, "a", GPU1)
    (desk.config / "profiles.toml").write_text("[profiles.x\n")
    ran = desk.nbtui("profile", "import", "putty")
    assert ran.status == ExitCode.FAILED
    assert "profiles.toml:1:12" in ran.err
    assert profiles(desk) == "[profiles.x\n"


def test_renaming_a_profile_does_not_bring_it_twice(desk: Desk) -> None:
    save(desk, "a", GPU1)
    desk.nbtui("profile", "import", "putty")
    desk.nbtui("profile", "rename", "a", "b")
    assert desk.nbtui("profile", "import", "putty").out.startswith("unchanged\ta\t")
    names = desk.nbtui("profile", "list", "--json").json["profiles"]
    assert [one["name"] for one in names] == ["b"]


def test_what_was_removed_does_not_come_back_by_itself(desk: Desk) -> None:
    save(desk, "a", GPU1)
    desk.nbtui("profile", "import", "putty")
    desk.nbtui("profile", "remove", "a")
    ran = desk.nbtui("profile", "import", "putty")
    assert "you removed it" in ran.out
    assert json.loads(desk.nbtui("profile", "list", "--json").out)["profiles"] == []
