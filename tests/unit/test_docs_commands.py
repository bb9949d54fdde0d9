"""docs/commands.md says what comes out: the keys of its tables are the keys of the documents."""

import re
from pathlib import Path

from lab.desk import Desk
from nbtui.cli.main import EXIT_STATUS
from nbtui.client.engine import AgentInfo, StopReport, StopStep
from nbtui.errors import ExitCode
from nbtui.model.check import NEEDS, STATUSES
from nbtui.model.failure import Failure
from nbtui.model.hint import Hint
from nbtui.model.question import Question
from nbtui.model.snapshot import (
    ForwardState,
    Kernel,
    KernelCount,
    Lights,
    ServerInfo,
    Snapshot,
)

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "commands.md").read_text(encoding="utf-8")
LAYERS = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")
ROW = dict(
    re.findall(
        r"^\| (`.+?) \| (.*) \|$",
        PAGE.partition("### `status")[2].partition("###")[0],
        re.MULTILINE,
    )
)
"""Of the table of `status --json`: keys of the row -> what it says of them."""


def names(text: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", text))


def of(key: str) -> set[str]:
    return names(next(said for keys, said in ROW.items() if key in names(keys)))


def keys(kind: type) -> set[str]:
    return set(kind.__annotations__)


def test_a_row_has_the_keys_of_the_page(desk: Desk) -> None:
    (desk.config / "profiles.toml").write_text("[profiles.vm]\n")
    [row] = desk.nbtui("status", "--json").json["profiles"]
    assert set(row) == set().union(*(names(key) for key in ROW))
    assert set(row) == set(Snapshot(name="vm", host="vm").to_json())


def test_what_is_inside_of_a_row_has_the_keys_of_the_page() -> None:
    failure = Failure(code=1, message="m").to_json()
    question = Question(kind="confirm", text="t").to_json()
    assert of("lights") == keys(Lights)
    assert of("server") == keys(ServerInfo)
    assert of("kernels") == keys(KernelCount)
    assert of("kernel_list") == keys(Kernel)
    assert of("forwards") == keys(ForwardState)
    assert of("question") == set(question)
    assert of("last_error") == set(failure)


def document(command: str) -> set[str]:
    """All keys that the page gives the document of a command, whatever their depth."""
    [said] = re.findall(rf"^\| `{re.escape(command)}` \| (.*) \|$", PAGE, re.MULTILINE)
    return set(re.findall(r'"(\w+)"', said))


def test_the_other_documents_have_the_keys_of_the_page(desk: Desk) -> None:
    (desk.config / "profiles.toml").write_text("[profiles.vm]\n")
    listed = desk.nbtui("profile", "list", "--json").json
    assert document("profile list --json") == {"profiles", *listed["profiles"][0]}
    assert document("stop --json") == {*StopReport._fields, *StopStep._fields}
    assert document("agent status --json") == {"agent", *AgentInfo._fields}
    hint = Hint(
        profile="vm",
        kind="keep",
        to="",
        confidence=1.0,
        evidence={},
        saves_per_month=None,
        text="t",
    ).to_json()
    assert document("hints --json") == {"hints", *hint}


def test_the_doctors_document_has_the_keys_of_the_page_and_its_layers_are_listed(
    desk: Desk,
) -> None:
    section = PAGE.partition("### `doctor --json`")[2].partition("###")[0]
    listed = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    ran = desk.nbtui("doctor", "--json").json
    assert {tuple(check) for check in ran["checks"]} == {tuple(listed)}
    layers = re.findall(r"^\| `([\w -]+)` \|", LAYERS, re.MULTILINE)
    assert layers == list(NEEDS)
    statuses = set(STATUSES) - {"wait"}
    assert statuses == set(
        re.findall(r"\w+", re.findall(r"`status` \| text \| (.*) \|", section)[0])
    )


def test_every_exit_status_is_on_the_page_and_in_the_help() -> None:
    on_page = {int(code) for code in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)}
    in_help = {int(code) for code in re.findall(r"\d+", EXIT_STATUS)}
    assert on_page == in_help == {int(code) for code in ExitCode}
