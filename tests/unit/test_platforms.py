"""What differs between platforms: that it has twins, and those of Windows without a Windows."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import nbtui.platforms
from nbtui.platforms.windows.locking import Locking

FOLDER = Path(nbtui.platforms.__path__[0])
SUBJECTS = sorted(path.name for path in (FOLDER / "posix").glob("[!_]*.py"))


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
    assert (FOLDER / "windows" / subject).exists()
    picks = (FOLDER / subject).read_text()
    stem = subject.removesuffix(".py")
    assert f"nbtui.platforms.posix.{stem} import" in picks
    assert f"nbtui.platforms.windows.{stem} import" in picks
    assert set(offered(FOLDER / subject))


def test_a_lock_of_windows_that_somebody_has_is_not_taken() -> None:
    held = set[int]()

    def lock(handle: int) -> None:
        if handle in held:
            raise PermissionError
        held.add(handle)

    locking = Locking(lock=lock)
    assert [locking.taken(3), locking.taken(3), locking.taken(4)] == [True, False, True]
