"""What a host prints is cleaned and bounded, and never taken for an answer."""

import json
import re
from collections.abc import Callable

import pytest

from lab.desk import Desk
from lab.sshd import SshHost, free_port
from waiting import until

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(120)]

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
EVIL = r"\033]0;pwned\007\033[31mred\033[2J\r\377\376"


def clean(text: str) -> bool:
    return CONTROL.search(text) is None


def test_a_noisy_rc_file_changes_nothing(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    vm = make_host("noisy")
    vm.give_jupyter()
    profile = (vm.home / ".profile").read_text()
    noise = f"printf '{EVIL}\\n'; echo tmux 99.9; echo uid 0\n"
    vm.write(".profile", profile + noise + "head -c 10000000 /dev/zero | tr '\\0' x\n")
    vm.write(".bashrc", noise + "head -c 10000000 /dev/zero | tr '\\0' y >&2\n")
    desk.knows(vm, port=free_port(), local_port=free_port())
    ran = desk.nbtui("connect", "myvm", "--no-browser", "--json")
    assert ran.status == 0, ran.err[-2000:] + desk.log()[-2000:]
    assert clean(ran.err)
    assert len(ran.err) < 10_000
    assert ran.json["lights"]["kernels"] == "ok"
    until(lambda: desk.nbtui("logs", "myvm", "-n", "20").out, what="the terminal's text")
    logs = desk.nbtui("logs", "myvm", "-n", "200")
    assert clean(logs.out)
    assert len(logs.out) < 200_000
    assert desk.nbtui("stop", "myvm", "--yes", "--json").json["left"] == []


def test_a_banner_of_bytes_that_are_no_text_is_cleaned(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    vm = make_host("banner")
    (vm.root / "banner").write_bytes(b"\xff\xfe\x1b]0;pwned\x07 welcome \x1b[31m\r\n" * 200)
    vm.stop()
    vm.config = f"Banner {vm.root}/banner"
    vm.start()
    desk.knows(vm)
    ran = desk.nbtui("connect", "myvm", "--no-start")
    assert ran.status == 7, ran.err
    assert clean(ran.err)
    assert clean(desk.log())
    file = desk.config / "profiles.toml"
    file.write_text(file.read_text().replace(str(vm.key), str(desk.root / "none")))
    ran = desk.nbtui("connect", "myvm", "--no-start")
    assert clean(ran.err)
    assert len(ran.err) < 20_000


def test_a_hostile_start_is_shown_without_its_control_sequences(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    vm = make_host("evil")
    vm.give_jupyter()
    desk.knows(vm, activate=f"printf '{EVIL}\\n'; echo good bye; exit 3", port=free_port())
    ran = desk.nbtui("start", "myvm")
    assert ran.status == 7
    assert "good bye" in ran.err
    assert clean(ran.err)
    status = desk.nbtui("status", "--json")
    assert clean(json.loads(status.out)["profiles"][0]["last_error"]["message"])


@pytest.mark.slow
def test_names_of_files_and_sessions_are_cleaned_too(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    vm = make_host("evil")
    vm.give_jupyter()
    port = free_port()
    desk.knows(
        vm, port=port, local_port=free_port(), directory="~/we;ird $(touch pwned) `id`"
    )
    ran = desk.nbtui("connect", "myvm", "--no-browser", "--json")
    assert ran.status == 0, ran.err
    assert ran.json["server"]["root_dir"].endswith("/we;ird $(touch pwned) `id`")
    assert list(vm.home.rglob("pwned")) == []
    assert desk.nbtui("shell", "myvm", "--", "pwd").out.strip().endswith("`id`")
    assert desk.nbtui("stop", "myvm", "--yes").status == 0


def test_a_shell_that_never_answers_is_given_up_in_time(
    make_host: Callable[..., SshHost], desk: Desk
) -> None:
    vm = make_host("mute", config="ForceCommand sleep 1000")
    desk.knows(vm)
    ran = desk.nbtui("connect", "myvm", "--wait", "2", timeout=30)
    assert ran.status in (1, 4, 6), ran.err
    assert "try: " in ran.err
    assert "NAME" not in ran.err
