"""The workflow of the repository's host: what it promises, read as YAML reads it."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import needs_posix

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def job() -> dict[str, Any]:
    text = (ROOT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8")
    workflow: dict[str, Any] = yaml.safe_load(text)
    unit: dict[str, Any] = workflow["jobs"]["unit"]
    return unit


def test_three_systems_and_four_versions_run_the_suite(job: dict[str, Any]) -> None:
    matrix = job["strategy"]["matrix"]
    assert {one.partition("-")[0] for one in matrix["os"]} == {"ubuntu", "macos", "windows"}
    assert matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]
    assert job["strategy"]["fail-fast"] is False


def test_a_step_runs_everywhere_or_says_where_and_needs_no_make(
    job: dict[str, Any],
) -> None:
    for step in job["steps"]:
        command = step.get("run", "")
        assert "make" not in command.split()
        assert command.startswith("python -m") or not command or "runner.os" in step["if"]


def test_actions_are_pinned_to_a_major_version(job: dict[str, Any]) -> None:
    used = [step["uses"] for step in job["steps"] if "uses" in step]
    assert used
    assert all(one.rpartition("@")[2].removeprefix("v").isdecimal() for one in used)


def test_the_lowest_python_is_the_one_that_the_package_asks_for(
    job: dict[str, Any],
) -> None:
    lowest = job["strategy"]["matrix"]["python"][0]
    assert f'requires-python = ">={lowest}"' in (ROOT / "pyproject.toml").read_text()


def test_what_needs_posix_is_left_out_on_windows_and_the_rest_is_not() -> None:
    modules = {
        one.stem: needs_posix(one) for one in (ROOT / "tests" / "unit").glob("test_*.py")
    }
    posix = {name for name, needs in modules.items() if needs}
    assert {"test_files", "test_docs_commands", "test_shortcut"} <= posix
    assert {"test_machine", "test_platforms", "test_windows_permissions"}.isdisjoint(posix)
    assert len(posix) < len(modules) / 2
