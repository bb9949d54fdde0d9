"""Which forward of another program is the notebook's tunnel."""

import pytest

from nbtui.model.profile import ForwardSpec
from nbtui.profiles.notebook_forward import notebook_apart


def local(listen: str, to: str) -> ForwardSpec:
    return ForwardSpec(kind="local", listen=listen, to=to)


MONGO = local("localhost:27017", "localhost:27017")
SOCKS = ForwardSpec(kind="socks", listen="localhost:8888")
BACK = ForwardSpec(kind="remote", listen="localhost:8888", to="localhost:8888")

FOUND = {
    "the one of the issue": ([local("localhost:8889", "localhost:8889")], (8889, 8889)),
    "another port here": ([local("127.0.0.1:9000", "localhost:8888")], (8888, 9000)),
    "IPv6": ([local("[::1]:8890", "[::1]:8890")], (8890, 8890)),
    "beside others": (
        [MONGO, SOCKS, local("localhost:8889", "127.0.0.1:8889")],
        (8889, 8889),
    ),
    "the same port on both ends first": (
        [
            local("localhost:9001", "localhost:8888"),
            local("localhost:8889", "localhost:8889"),
        ],
        (8889, 8889),
    ),
    "the only one, on a port of its own": (
        [SOCKS, local("localhost:10123", "localhost:10123")],
        (10123, 10123),
    ),
}

NOT_FOUND = {
    "nothing": [],
    "a database": [MONGO],
    "two that could be": [
        local("localhost:10123", "localhost:10123"),
        local("localhost:10124", "localhost:10124"),
    ],
    "one that others can reach": [local("*:8889", "localhost:8889")],
    "one that leads to a third machine": [local("localhost:8889", "node17:8889")],
    "the only one, to another port": [local("localhost:9000", "localhost:10123")],
    "the other way round": [BACK],
    "a proxy": [SOCKS],
}


@pytest.mark.parametrize(("forwards", "ports"), FOUND.values(), ids=FOUND.keys())
def test_the_tunnel_is_told_from_the_other_forwards(
    forwards: list[ForwardSpec], ports: tuple[int, int]
) -> None:
    jupyter, others = notebook_apart(forwards)
    assert (jupyter.port, jupyter.local_port) == ports
    assert len(others) == len(forwards) - 1
    assert set(others) < set(forwards)


@pytest.mark.parametrize("forwards", NOT_FOUND.values(), ids=NOT_FOUND.keys())
def test_what_may_be_anything_else_stays_a_forward(forwards: list[ForwardSpec]) -> None:
    jupyter, others = notebook_apart(forwards)
    assert (jupyter.port, jupyter.local_port) == (None, None)
    assert others == tuple(forwards)
