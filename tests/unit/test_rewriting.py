"""One host's key is replaced in known_hosts, and everything else stays as it was; ssh-keygen is the judge."""

import base64
import subprocess
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from fakes import FakeClock
from nbtui.keys.known_hosts import hashed_name, line_for, parse
from nbtui.keys.rewriting import Moved, of_name, replace, rewritten
from nbtui.keys.wire import string


def blob(kind: str, filling: str) -> bytes:
    return string(kind) + string(filling * 32)


OLD, NEW, OTHER = (blob("ssh-ed25519", letter) for letter in "onx")
OLD_RSA, NEW_RSA = blob("ssh-rsa", "o"), blob("ssh-rsa", "n")
NAME = "[vm.example.org]:2222"


def key(one: bytes) -> str:
    return line_for("-", one).removeprefix("- ")


def check(before: str, after: str, *, new: bytes = NEW, name: str = NAME) -> None:
    assert rewritten(before, name, new) == after


def test_the_key_changes_and_names_comment_blanks_and_line_end_stay() -> None:
    check(f"  {NAME}\t{key(OLD)}  root@vm\r\n", f"  {NAME}\t{key(NEW)}  root@vm\r\n")
    check(f"[VM.example.org]:2222 {key(OLD)}", f"[VM.example.org]:2222 {key(NEW)}")


def test_other_lines_comments_and_broken_ones_stay_where_they_are() -> None:
    lines = [
        "# mine",
        "",
        f"a {key(OLD)}",
        f"{NAME} {key(OLD)}",
        "broken",
        f"b {key(NEW)} x",
        "",
    ]
    after = [*lines[:3], f"{NAME} {key(NEW)}", *lines[4:]]
    check("\n".join(lines), "\n".join(after))


def test_other_names_of_the_line_keep_the_old_key() -> None:
    check(
        f"a,{NAME},10.0.0.7 {key(OLD)} c\n", f"a,10.0.0.7 {key(OLD)} c\n{NAME} {key(NEW)}\n"
    )


def test_a_pattern_is_told_not_to_mean_this_host_any_more() -> None:
    check(
        f"[*.example.org]:2222 {key(OLD)} c\r\n",
        f"[*.example.org]:2222,!{NAME} {key(OLD)} c\r\n{NAME} {key(NEW)}\r\n",
    )


def test_a_hashed_name_stays_hashed() -> None:
    hashed = hashed_name(NAME, b"s" * 20)
    check(f"{hashed} {key(OLD)}\n", f"{hashed} {key(NEW)}\n")
    (line,) = of_name(rewritten(f"a,{NAME} {key(OLD)}", NAME, NEW, hashed=True), NAME)
    assert line.patterns.startswith("|1|")


def test_marked_lines_are_never_touched() -> None:
    marked = f"@revoked {NAME} {key(OLD)}\n@cert-authority {NAME} {key(OLD)}\n@revoked * {key(OLD)}\n"
    check(f"{marked}{NAME} {key(OLD)}\n", f"{marked}{NAME} {key(NEW)}\n")
    assert rewritten(marked, NAME, None) == marked


def test_the_new_key_takes_the_place_of_its_own_type_and_all_old_ones_go() -> None:
    old = f"{NAME} {key(OLD)}\n# rsa\n{NAME},a {key(OLD_RSA)}\n{hashed_name(NAME)} {key(OTHER)}\n"
    check(old, f"# rsa\na {key(OLD_RSA)}\n{NAME} {key(NEW_RSA)}\n", new=NEW_RSA)


def test_the_key_of_the_same_host_on_another_port_is_another_matter() -> None:
    text = f"vm.example.org {key(OLD)}\n[vm.example.org]:2223 {key(OLD)}\n"
    check(text, text)


# ---------------------------------------------------------------- any file

NAMES = [NAME, "vm.example.org", "a", "[10.0.0.7]:2222", "[::1]:2222"]
PATTERNS = [*NAMES, "*", "[*]:2222", "*.org", "[vm.example.?rg]:*", "!a", f"!{NAME}", ""]
FIELDS = st.one_of(
    st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=4).map(",".join),
    st.sampled_from(NAMES).map(hashed_name),
)
ENTRIES = st.builds(
    lambda marker, lead, names, one, rest: f"{marker}{lead}{names} {key(one)}{rest}",
    st.sampled_from(["", "", "", "@revoked ", "@cert-authority "]),
    st.sampled_from(["", " ", "\t"]),
    FIELDS,
    st.sampled_from([OLD, OTHER, OLD_RSA]),
    st.sampled_from(["", " comment", "\r", "  \udcff é\r"]),
)
LINES = st.one_of(
    ENTRIES, ENTRIES, st.sampled_from(["", "# note", "a b", "x ssh-ed25519 AAAA"])
)
FILES = st.lists(LINES, max_size=6).map("\n".join)


@settings(max_examples=300)
@given(FILES, st.sampled_from([NEW, NEW_RSA]), st.booleans())
def test_of_any_file_only_what_is_meant_changes(
    text: str,
    new: bytes,
    hashed: bool,  # noqa: FBT001  # drawn
) -> None:
    after = rewritten(text, NAME, new, hashed=hashed)
    touched = {one.line for one in of_name(text, NAME)}
    assert {one.blob for one in of_name(after, NAME)} == ({new} if touched else set())
    assert len(of_name(after, NAME)) <= 1
    kept = [
        line for number, line in enumerate(text.split("\n"), 1) if number not in touched
    ]
    left = iter(after.split("\n"))
    assert all(line in left for line in kept), "lines are gone, or in another order"
    for name, marker in product(NAMES, ("", "@revoked", "@cert-authority")):
        if (name, marker) != (NAME, ""):
            assert about(after, name, marker) == about(text, name, marker)
    assert {one.blob for one in of_name(rewritten(text, NAME, None), NAME)} == set()


def about(text: str, name: str, marker: str) -> list[bytes]:
    found = [one for one in parse(text) if one.marker == marker and one.matches(name)]
    return [one.blob for one in found]


@given(st.text(), st.text(min_size=1))
def test_no_text_and_no_name_breaks_it(text: str, name: str) -> None:
    rewritten(text, name, NEW)


# ---------------------------------------------------------------- the file itself


def make_key(folder: Path, name: str) -> tuple[bytes, str]:
    file = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file], check=True)
    fields = file.with_suffix(".pub").read_text().split()
    return base64.b64decode(fields[1]), " ".join(fields[:2])


def ssh_finds(file: Path, name: str) -> str:
    done = subprocess.run(
        ["ssh-keygen", "-F", name, "-f", file], check=False, capture_output=True, text=True
    )
    return done.stdout


@pytest.mark.parametrize("form", ["plain", "several", "pattern", "hashed"])
def test_ssh_finds_the_new_key_and_no_old_one(tmp_path: Path, form: str) -> None:
    (old, old_text), (new, new_text) = make_key(tmp_path, "old"), make_key(tmp_path, "new")
    names = {
        "plain": NAME,
        "several": f"other,{NAME}",
        "pattern": "other,[*.example.org]:*",
        "hashed": hashed_name(NAME),
    }
    file = tmp_path / "known_hosts"
    file.write_text(f"# mine\n{names[form]} {old_text}\nother {old_text}\n")
    replace(file, NAME, new, instead_of={old}, hashed=False, clock=FakeClock())
    assert new_text in ssh_finds(file, NAME)
    assert old_text not in ssh_finds(file, NAME)
    assert old_text in ssh_finds(file, "other")


def test_the_file_is_kept_beside_as_it_was_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    before = f"{NAME} {key(OLD)}\n# \udcff\r\n".encode(errors="surrogateescape")
    file.write_bytes(before)
    file.chmod(0o644)
    kept = replace(file, NAME, NEW, instead_of={OLD}, hashed=False, clock=FakeClock())
    again = replace(file, NAME, OLD, instead_of={NEW}, hashed=False, clock=FakeClock())
    assert kept.name.startswith("known_hosts.old-2023")
    assert kept.read_bytes() == file.read_bytes() == before
    assert kept != again
    assert kept.stat().st_mode & 0o777 == again.stat().st_mode & 0o777 == 0o600
    assert file.stat().st_mode & 0o777 == 0o644
    assert len(list(tmp_path.iterdir())) == 3


def test_a_symbolic_link_is_written_through(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "known"
    real.parent.mkdir()
    real.write_text(f"{NAME} {key(OLD)}\n")
    link = tmp_path / "known_hosts"
    link.symlink_to(real)
    kept = replace(link, NAME, NEW, instead_of={OLD}, hashed=False, clock=FakeClock())
    assert link.is_symlink()
    assert key(NEW) in real.read_text()
    assert kept.parent == real.parent


def test_a_file_that_says_something_else_by_now_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"{NAME} {key(OTHER)}\n")
    with pytest.raises(Moved):
        replace(file, NAME, NEW, instead_of={OLD}, hashed=False, clock=FakeClock())
    assert file.read_text() == f"{NAME} {key(OTHER)}\n"
    assert list(tmp_path.iterdir()) == [file]
