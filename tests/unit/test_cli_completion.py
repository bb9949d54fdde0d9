"""The completion scripts, evaluated by the shells that they are for."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from lab.desk import Desk

BASH = """
eval "$(nbtui completion bash)"
while IFS= read -r typed; do
    eval "COMP_WORDS=(nbtui $typed)"; COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 )); COMPREPLY=()
    _nbtui_completion nbtui
    echo "$typed: $(echo ${COMPREPLY[@]})"
done
"""
# outside of the line editor the builtin that offers words cannot be called
ZSH = """
compdef() { :; }
_describe() { print -l ${completions_with_descriptions%%:*} }
compadd() { print -l $completions }
eval "$(nbtui completion zsh)"
while IFS= read -r typed; do
    eval "words=(nbtui $typed)"; CURRENT=${#words}
    echo "$typed: $(echo $(_nbtui_completion))"
done
"""
FISH = """
nbtui completion fish | source
while read -l typed
    set found (complete -C "nbtui "(string replace "''" "" $typed) | cut -f1)
    echo "$typed: $found"
end
"""
SHELLS = {
    "bash": ["--norc", "-c", BASH],
    "zsh": ["-f", "-c", ZSH],
    "fish": ["--no-config", "-c", FISH],
}


@pytest.fixture
def desk_with_profiles(desk: Desk) -> Desk:
    """`nbtui` on the PATH, three profiles."""
    names = "[profiles.alpha]\n[profiles.alps]\n[profiles.beta]\n"
    (desk.config / "profiles.toml").write_text(names)
    return desk


def complete(desk: Desk, shell: str, *typed: str) -> list[str]:
    """What the shell offers for each; a last word that is empty is written as ''."""
    program = shutil.which(shell)
    assert program, f"{shell} is needed: apt-get install {shell}"
    done = subprocess.run(
        [program, *SHELLS[shell]], env=desk.env, input="".join(f"{one}\n" for one in typed),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize("shell", SHELLS)
def test_commands_and_profile_names_are_completed(
    desk_with_profiles: Desk, shell: str
) -> None:
    desk = desk_with_profiles
    typed = ("disc", "doc", "doctor al", "profile rena", "connect al", "status ''")
    assert complete(desk, shell, *typed) == [
        "disc: disconnect",
        "doc: doctor",
        "doctor al: alpha alps",
        "profile rena: rename",
        "connect al: alpha alps",
        "status '': alpha alps beta",
    ]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_broken_file_completes_to_nothing_without_a_word(desk: Desk, shell: str) -> None:
    (desk.config / "profiles.toml").write_text("[profiles.")
    assert complete(desk, shell, "connect a") == ["connect a: "]


def test_the_powershell_script_asks_the_program_for_its_words(
    desk_with_profiles: Desk,
) -> None:
    script = desk_with_profiles.nbtui("completion", "powershell").out
    assert "Register-ArgumentCompleter -Native -CommandName nbtui" in script
    # what the script runs, run here: there is no PowerShell on this machine
    asked = {
        "_NBTUI_COMPLETE": "bash_complete",
        "COMP_WORDS": "nbtui connect al",
        "COMP_CWORD": "2",
    }
    done = subprocess.run(
        ["nbtui"],
        env={**desk_with_profiles.env, **asked},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["plain,alpha", "plain,alps"]
    for word in asked:
        assert word in script


def test_completion_of_a_name_runs_nothing_of_ssh_config(
    desk: Desk, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    (desk.home / ".ssh" / "config").write_text(f'Match exec "touch {ran}"\n  User ada\n')
    complete(desk, "bash", "connect a")
    assert not os.path.lexists(ran)
