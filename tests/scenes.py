"""Hosts to draw: a lab on an ordinary Thursday. Used by tests, the README's picture and the benchmark."""

from nbtui.model.failure import Failure
from nbtui.model.hint import Hint
from nbtui.model.profile import Flavor, JupyterSettings, Profile
from nbtui.model.snapshot import (
    ForwardState,
    Kernel,
    KernelCount,
    Lights,
    ServerInfo,
    Snapshot,
    Usage,
)

NOW = 1_700_000_000.0
GIB = 1024**3
HOUR, DAY = 3600.0, 86400.0
ALL_OK = Lights(link="ok", tunnel="ok", server="ok", kernels="ok")
LARGE = Flavor(name="m1.xlarge", cores=16, memory_gb=64, hourly=0.11)


def usage(load: float = 0.7, memory: float = 2.1) -> Usage:
    """A machine of 16 cores and 64 GB."""
    return Usage(
        cores=16,
        load=(load, load, load),
        memory_total=64 * GIB,
        memory_used=int(memory * GIB),
        disk_total=200 * GIB,
        disk_used=82 * GIB,
        uptime=6 * DAY,
    )


MYVM = Snapshot(
    name="myvm",
    host="172.22.3.50",
    user="cades",
    group="cades",
    tags=("gpu",),
    state="connected",
    lights=ALL_OK,
    local_port=8889,
    remote_port=8889,
    url="http://localhost:8889/lab",
    server=ServerInfo(
        pid=4711,
        version="2.21.1",
        root_dir="~/workspace",
        started_at=NOW - 6 * DAY,
        session="nbtui-myvm",
        ours=True,
    ),
    kernels=KernelCount(total=3, busy=1, idle_since=None),
    kernel_list=(
        Kernel(
            id="a",
            name="python3",
            path="analysis.ipynb",
            busy=True,
            last_activity=NOW - 41,
            memory=int(2.1 * GIB),
        ),
        Kernel(
            id="b",
            name="python3",
            path="fits/fit.ipynb",
            busy=False,
            last_activity=NOW - 3 * HOUR,
            memory=40 * GIB,
        ),
        Kernel(
            id="c",
            name="julia-1.10",
            path="scratch/Untitled.ipynb",
            busy=False,
            last_activity=NOW - 2 * DAY,
            memory=412 * 1024**2,
        ),
    ),
    forwards=(
        ForwardState(kind="local", listen="localhost:27017", to="localhost:27017", open=3),
    ),
    since=NOW - 134 * 60,
    latency=0.012,
    usage=usage(),
)
GPU1 = Snapshot(
    name="gpu1",
    host="172.22.3.61",
    user="cades",
    group="cades",
    tags=("gpu", "a100"),
    state="connected",
    lights=ALL_OK,
    local_port=8890,
    remote_port=8889,
    url="http://localhost:8890/lab",
    server=ServerInfo(
        pid=912,
        version="2.21.1",
        root_dir="~",
        started_at=NOW - 9 * DAY,
        session="nbtui-gpu1",
    ),
    kernels=KernelCount(total=2, busy=0, idle_since=NOW - 4 * DAY),
    since=NOW - 5 * HOUR,
    latency=0.031,
    usage=usage(load=0.05, memory=3),
)
OLD_WS = Snapshot(
    name="old-ws",
    host="old-ws.lab.example.org",
    user="ada",
    group="lab",
    state="reconnecting",
    lights=Lights(link="wait", tunnel="ok", server="wait", kernels="off"),
    local_port=8891,
    since=NOW - 12,
    retry_in=4.0,
    doing="waiting to try again",
    last_error=Failure(
        code=6,
        message="no answer from old-ws.lab.example.org for 15 s",
        hint="check its network cable",
        layer="link",
    ),
)
CLUSTER = Snapshot(
    name="cluster", host="login.hpc.example.org", user="ada", group="lab", tags=("slurm",)
)
CI = Snapshot(
    name="ci-runner",
    host="10.0.4.7",
    user="build",
    group="lab",
    state="failed",
    lights=Lights(link="bad"),
    last_error=Failure(
        code=4,
        message="build@10.0.4.7 did not accept any of 2 keys (~/.ssh/id_ed25519, ~/.ssh/id_rsa)",
        hint="ssh-copy-id -i ~/.ssh/id_ed25519.pub build@10.0.4.7",
        layer="login",
    ),
)
STARTING = Snapshot(
    name="fitbox",
    host="10.0.4.9",
    user="ada",
    group="lab",
    state="starting",
    lights=Lights(link="ok", tunnel="off", server="wait", kernels="off"),
    since=NOW - 3,
    doing="waiting for Jupyter's runtime file",
    latency=0.2,
)
LAB = (MYVM, GPU1, CLUSTER, OLD_WS, CI, STARTING)
HINT = Hint(
    profile="myvm",
    kind="down",
    to="m1.small",
    confidence=0.8,
    evidence={"cpu_peak": "9 %", "memory_peak": "2.4 GB", "days": 6},
    saves_per_month=61,
    text="m1.small would do: cpu peak 9 %, memory peak 2.4 GB in 6 days",
    hint="nbtui stop myvm, then resize to m1.small",
)


def profile_of(one: Snapshot) -> Profile:
    """The profile that a snapshot could come from."""
    return Profile(
        name=one.name,
        host=one.host,
        user=one.user,
        group=one.group,
        tags=one.tags,
        jupyter=JupyterSettings(),
        flavors=(LARGE,),
    )
