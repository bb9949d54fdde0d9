"""From the answer of probe.sh to a `HostReport`. Pure; any text gives a report or a clear error."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from nbtui.errors import NbtuiError
from nbtui.model.host import HostReport, JupyterServer, Listener
from nbtui.model.text import clean_line
from nbtui.remote import machine
from nbtui.remote.listening import Socket, parse_holders, parse_lsof, parse_tcp
from nbtui.remote.machine import number, whole
from nbtui.remote.panes import Pane, parse_panes, sessions_of
from nbtui.remote.processes import kernel_of, parse_ps, parse_stat
from nbtui.remote.sections import Sections, parse_sections
from nbtui.remote.servers import Evidence, server_of, unique

NAME, PATH = 200, 4096
"""Characters that are kept of a name and of a path."""

MODULES = 20


def parse_probe(text: str, nonce: str, *, ports: tuple[int, ...] = ()) -> HostReport:
    """Read what probe.sh printed.

    Args:
        text: its standard output; noise before the first section does no harm.
        nonce: the one that it was given.
        ports: those that `listeners` tells about.

    Raises:
        NbtuiError: it did not get to its end.
    """
    answer = parse_sections(text, nonce)
    if not answer.every or answer.every[-1].name != "end":
        raise NbtuiError(
            "the host's answer to the probe is not complete",
            layer="shell",
            hint="nbtui shell NAME -- sh -c 'echo ok'  # should print ok and nothing else",
        )
    return _report(answer, nonce, ports)


def _report(answer: Sections, nonce: str, ports: tuple[int, ...]) -> HostReport:
    report = _person(answer)
    report = (
        _sized_linux(report, answer) if _any(answer, "facts") else _sized(report, answer)
    )
    return _inhabited(_stored(report, answer), answer, nonce, ports)


def _person(answer: Sections) -> HostReport:
    """Whose login on which machine."""
    uid = whole(answer.word("uid"))
    settings, lingers = answer.lines("logind"), _any(answer, "linger")
    return HostReport(
        hostname=clean_line(answer.word("host"), limit=NAME),
        user=clean_line(answer.word("user"), limit=NAME),
        uid=uid,
        home=_path(answer.word("home")),
        login_shell=_path(answer.word("shell")),
        now=number(answer.word("now")),
        login_node=_any(answer, "queue"),
        kills_at_logout=machine.kills_at_logout(settings, lingers=lingers, uid=uid),
        other_users=machine.others(answer.lines("who"), answer.word("user")),
    )


def _sized_linux(report: HostReport, answer: Sections) -> HostReport:
    lines = answer.lines("facts")
    facts = machine.key_values(lines)
    share, allowed, used = machine.limits(answer.lines("limits"))
    total, available = _memory(facts)
    processors = machine.count_cpus(facts.get("Cpus_allowed_list", ""))
    if allowed and allowed < total:
        total, available = allowed, min(available, max(0, allowed - (used or 0)))
    return replace(
        report,
        boot_id=clean_line(answer.word("boot_id"), limit=NAME),
        uptime=number(answer.word("uptime").split(" ")[0]),
        cores=min(processors, max(1, round(share))) if share else processors,
        load=machine.load(answer.word("load")),
        idle=machine.idle_share(lines),
        memory_total=total,
        memory_available=available,
    )


def _memory(facts: dict[str, str]) -> tuple[int, int]:
    """Bytes (total, available); kernels before 3.14 do not say MemAvailable."""

    def kib(key: str) -> int:
        return whole(facts.get(key, "").removesuffix(" kB")) * machine.KIB

    available = kib("MemAvailable") or kib("MemFree") + kib("Buffers") + kib("Cached")
    return kib("MemTotal"), available


def _sized(report: HostReport, answer: Sections) -> HostReport:
    """For macOS and the BSDs."""
    facts = machine.key_values(answer.lines("sysctl"))
    booted = re.search(r"sec = (\d+)", facts.get("kern.boottime", ""))
    boot = number(booted[1]) if booted else 0.0
    return replace(
        report,
        boot_id=str(int(boot)) if boot else "",
        uptime=max(0.0, report.now - boot) if boot else 0.0,
        cores=whole(facts.get("hw.ncpu", "")),
        load=machine.load(facts.get("vm.loadavg", "")),
        memory_total=whole(facts.get("hw.memsize", "") or facts.get("hw.physmem", "")),
        memory_available=machine.mac_memory(answer.lines("vm_stat")),
    )


def _stored(report: HostReport, answer: Sections) -> HostReport:
    """The script asks df for the folder and then for the home; two rows, or one if they were the same."""
    rows = machine.disks(answer.lines("disks"))
    if not rows:
        return report
    return replace(
        report, disk_total=rows[0][0], disk_free=rows[0][1], home_free=rows[-1][1]
    )  # fmt: skip


def _inhabited(
    report: HostReport, answer: Sections, nonce: str, ports: tuple[int, ...]
) -> HostReport:
    panes = tuple(parse_panes("\n".join(answer.lines("panes")), nonce))
    evidence = _evidence(answer, panes, now=report.now)
    has = [one.words for one in answer.named("has") if one.words]
    path = answer.word("tmux") or next((one for one in has if one.endswith("/tmux")), "")
    return replace(
        report,
        tmux_path=_path(path),
        tmux_version=clean_line(" ".join(answer.lines("tmux")), limit=40).removeprefix(
            "tmux "
        ),
        sessions=sessions_of(panes),
        servers=_servers(answer, evidence),
        jupyters=_jupyters(answer),
        jupyter_on_path=bool(answer.word("path")),
        modules=tuple(_modules(answer)),
        listeners=tuple(_listeners(answer, evidence, ports)),
        login_node=report.login_node or any(not one.endswith("/tmux") for one in has),
        kernel_memory=tuple(_kernels(answer, evidence)),
    )


def _evidence(answer: Sections, panes: tuple[Pane, ...], *, now: float) -> Evidence:
    boot = next((line for line in answer.lines("facts") if line.startswith("btime ")), "")
    known = [
        *parse_stat(answer.lines("stat"), boot=number(boot.removeprefix("btime "))),
        *parse_ps(answer.lines("processes"), now=now),
    ]
    return Evidence(
        processes={one.pid: one for one in known},
        sockets=(*parse_tcp(answer.lines("facts")), *parse_lsof(answer.lines("lsof"))),
        holders=parse_holders(answer.lines("sockets")),
        panes=panes,
    )


def _servers(answer: Sections, evidence: Evidence) -> tuple[JupyterServer, ...]:
    def each() -> Iterator[JupyterServer | None]:
        for section in answer.named("server"):
            pid, _, path = section.words.partition(" ")
            yield server_of(whole(pid), path, section.body, evidence)

    return unique(each())


def _jupyters(answer: Sections) -> tuple[str, ...]:
    """The one of the login shell's PATH first, each once."""
    found = [answer.word("path"), *(one.words for one in answer.named("jupyter"))]
    return tuple(dict.fromkeys(_path(one) for one in found if one.startswith("/")))


def _modules(answer: Sections) -> Iterator[str]:
    """They go into a shell line, so anything but a plain name is passed over."""
    names = dict.fromkeys(one.words for one in answer.named("module"))
    plain = (name for name in names if re.fullmatch(r"[\w.+/-]{1,200}", name, re.ASCII))
    return islice((name for name in plain if not name.startswith("-")), MODULES)


def _listeners(
    answer: Sections, evidence: Evidence, ports: tuple[int, ...]
) -> Iterator[Listener]:
    users = dict(_users(answer))
    for port in ports:
        bound = [one for one in evidence.sockets if one.port == port]
        if not bound:
            continue
        holders = [one.pid or evidence.holders.by_inode.get(one.inode) for one in bound]
        pid = next((one for one in holders if one), None)
        yield Listener(
            port=port,
            pid=pid,
            command=clean_line(_command(pid, bound[0], answer, evidence), limit=NAME),
            user=clean_line(bound[0].user or users.get(bound[0].uid, ""), limit=NAME),
        )


def _command(pid: int | None, socket: Socket, answer: Sections, evidence: Evidence) -> str:
    names = dict(one.words.partition(" ")[::2] for one in answer.named("command"))
    known = evidence.processes.get(pid or 0)
    return socket.command or names.get(str(pid), "") or (known.args if known else "")


def _users(answer: Sections) -> Iterator[tuple[int | None, str]]:
    """(uid, name) of the owner of this login and of those who hold ports."""
    for line in answer.lines("passwd"):
        name, *rest = line.split(":")
        if len(rest) > 1 and rest[1].isdecimal():
            yield whole(rest[1]), name
    yield whole(answer.word("uid")), answer.word("user")


def _kernels(answer: Sections, evidence: Evidence) -> Iterator[tuple[str, int]]:
    for section in answer.named("kernel"):
        match section.words.split():
            case [_, ident, kib] if kernel_of(f"kernel-{ident}.json") == ident:
                yield ident, whole(kib) * machine.KIB
    for process in evidence.processes.values():
        if process.args and (ident := kernel_of(process.args)):
            yield ident, process.resident


def _path(text: str) -> str:
    return clean_line(text, limit=PATH)


def _any(answer: Sections, name: str) -> bool:
    return next(answer.named(name), None) is not None
