"""Ten rounds of the same leave nothing at either end; `make soak` does a hundred."""

from collections.abc import Callable

import pytest

from lab.cycles import Cycles, left
from lab.desk import Desk
from lab.sshd import SshHost, free_port

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(300)]

ROUNDS = 10
GROWTH = 1.05
"""Of the agent's memory, at most, from the third round on."""


@pytest.mark.parametrize(
    "undo", [("stop", "myvm", "--yes"), ("disconnect", "myvm")], ids=["stop", "disconnect"]
)
def test_ten_rounds_leave_nothing_at_either_end(
    make_host: Callable[..., SshHost], desk: Desk, undo: tuple[str, ...]
) -> None:
    host = make_host("vm")
    host.give_jupyter()
    desk.knows(host, port=free_port(), local_port=free_port())
    samples = list(Cycles(host=host, desk=desk, undo=undo).rounds(ROUNDS))
    assert left(samples[1], samples[-1]) == []
    assert samples[-1].resident < GROWTH * samples[2].resident
