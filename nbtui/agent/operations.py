"""What a client can ask of the agent: one function an operation; `OPERATIONS` names them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from threading import Event as Flag
from typing import Any, Final

from nbtui.agent import relay
from nbtui.agent.handover import remember_all, ties
from nbtui.agent.peer import Peer
from nbtui.clock import Clock
from nbtui.errors import NoTerminal, UsageError
from nbtui.ipc import messages
from nbtui.model.check import Fix
from nbtui.model.profile import Profile
from nbtui.model.snapshot import Snapshot
from nbtui.profiles.places import dotted
from nbtui.profiles.schema import read_document
from nbtui.profiles.values import Wrong
from nbtui.session import commands, hostkeys, looking, stopping, terminals
from nbtui.session.caller import Caller
from nbtui.session.desk import Desk
from nbtui.session.doctor.exam import Doctor, Visit
from nbtui.session.hostkeys import Seen
from nbtui.session.manager import Manager
from nbtui.session.session import Session
from nbtui.session.shutdown import Permission
from nbtui.session.terminals import Screen
from nbtui.ssh.link import LoginContext

Value = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """What operations work on."""

    manager: Manager
    doctor: Doctor
    clock: Clock
    quit: Flag
    """Set: the agent ends."""

    about: Callable[[], Value]
    """Pid, version, links, profiles, started_at."""

    used: Callable[[str], None]
    """A person connected to this profile."""

    seen: Seen
    """When which host had which key."""

    erase: commands.Erase
    """Erases what is kept of the logins of a target."""

    requests: list[str] = field(default_factory=list)
    """What clients wait for now."""


Operation = Callable[[Service, Peer, Value], Value]


def perform(service: Service, peer: Peer) -> Value:
    """Do what the client's request says.

    Raises:
        NbtuiError: why it cannot be done.
        UsageError: there is no such operation.
    """
    operation = OPERATIONS.get(peer.request.op)
    if operation is None:
        raise UsageError(
            f"this agent cannot {peer.request.op!r}", hint="nbtui agent restart"
        )
    service.requests.append(peer.request.op)
    try:
        return operation(service, peer, peer.request.args)
    finally:
        service.requests.remove(peer.request.op)


def _on_session(
    work: Callable[[Service, Peer, Session, Caller, Value], Value],
) -> Operation:
    """An operation on one session: its changes and questions go to the client meanwhile."""

    def operation(service: Service, peer: Peer, args: Value) -> Value:
        session = service.manager.session(args["name"])
        peer.listen(answered=session.desk.answer)
        with peer.following(partial(_watch_one, service.manager, session.name)):
            return work(service, peer, session, _caller(service, peer, args), args)

    return operation


def _watch_one(
    manager: Manager, name: str, watcher: Callable[[Snapshot], None]
) -> Callable[[], None]:
    return manager.watch(lambda row: watcher(row) if row.name == name else None)


def _caller(service: Service, peer: Peer, args: Value) -> Caller:
    context, wait = peer.request.context, args.get("wait")
    return Caller(
        asker=peer if context.can_ask else None,
        gone=peer.gone,
        login=LoginContext(auth_sock=context.auth_sock),
        ssh_config=context.ssh_config,
        deadline=None if wait is None else service.clock.monotonic() + float(wait),
        local_port=args.get("local_port"),
    )


def _row(service: Service, session: Session) -> Value:
    return {"profile": service.manager.snapshot(session).to_json()}


def _ping(service: Service, _peer: Peer, _args: Value) -> Value:
    return service.about()


def _quit(service: Service, _peer: Peer, _args: Value) -> Value:
    service.quit.set()
    return {}


def _handover(service: Service, _peer: Peer, _args: Value) -> Value:
    found = ties(service.manager, tuple(service.requests))
    if not found:
        remember_all(service.manager)
        service.quit.set()
    return {"ties": list(found)}


def _snapshots(service: Service, _peer: Peer, args: Value) -> Value:
    names = args.get("names")
    rows = service.manager.snapshots(None if names is None else tuple(names))
    return {"profiles": [row.to_json() for row in rows]}


def _watch(service: Service, peer: Peer, args: Value) -> Value:
    names = args.get("names")
    wanted = None if names is None else frozenset(names)
    peer.listen()
    with peer.following(service.manager.watch) as feed:
        for row in service.manager.snapshots(None if wanted is None else tuple(wanted)):
            feed.put(row)
        peer.gone.wait()
    return {}


def _connect(
    service: Service, _peer: Peer, session: Session, caller: Caller, args: Value
) -> Value:
    commands.connect(session, caller, start=bool(args.get("start", True)))
    service.used(session.name)
    return _row(service, session)


def _start(
    service: Service, _peer: Peer, session: Session, caller: Caller, _args: Value
) -> Value:
    commands.start(session, caller)
    return _row(service, session)


def _stop(
    service: Service, peer: Peer, session: Session, caller: Caller, args: Value
) -> Value:
    may = Permission(
        ask=session.desk.ask if peer.request.context.can_ask else None,
        yes=bool(args.get("yes")),
        force=bool(args.get("force")),
    )
    peer.when_gone(session.desk.leave)  # nobody else looks while this thread asks
    with session.desk.attached(caller.asker):
        return asdict(stopping.stop(session, caller, may, service.clock))


def _replace_host_key(
    service: Service, peer: Peer, session: Session, caller: Caller, args: Value
) -> Value:
    offered = args.get("offered")
    peer.when_gone(session.desk.leave)  # nobody else looks while this thread asks
    done = hostkeys.replace_host_keys(session, caller, service.seen, offered=offered)
    return {"replaced": [asdict(one) for one in done]}


def _forget(
    service: Service, _peer: Peer, session: Session, caller: Caller, _args: Value
) -> Value:
    return {"erased": list(commands.forget(session, caller, service.erase))}


def _disconnect(service: Service, _peer: Peer, args: Value) -> Value:
    names = args.get("names")
    manager = service.manager
    mine = [one for one in manager.sessions() if names is None or one.name in names]
    commands.disconnect(*mine)
    return {"profiles": [manager.snapshot(session).to_json() for session in mine]}


def _url(_s: Service, _peer: Peer, session: Session, caller: Caller, _args: Value) -> Value:
    return {"url": commands.page(session, caller)}


def _open_page(
    _s: Service, _peer: Peer, session: Session, caller: Caller, _args: Value
) -> Value:
    return {"url": commands.browser_page(session, caller)}


def _probe(
    service: Service, _peer: Peer, session: Session, caller: Caller, _args: Value
) -> Value:
    looking.look(session, caller)
    return _row(service, session)


def _hints(service: Service, peer: Peer, args: Value) -> Value:
    names = args.get("names")
    if names is None:
        names = [session.name for session in service.manager.connected()]
    columns, rows = args.get("columns"), args.get("rows")
    terminal = (int(columns), int(rows)) if columns and rows else None
    found: list[Value] = []
    peer.listen(answered=partial(_answer_any, service.manager))
    for name in names:
        session = service.manager.session(name)
        hints = looking.hints(session, _caller(service, peer, args), terminal)
        found += [hint.to_json() for hint in hints]
    return {"hints": found}


def _answer_any(manager: Manager, question: str, value: str | None) -> None:
    for session in manager.sessions():
        session.desk.answer(question, value)


def _logs(_s: Service, peer: Peer, session: Session, caller: Caller, args: Value) -> Value:
    lines, follow = int(args.get("lines", 50)), bool(args.get("follow"))
    for part in looking.logs(session, caller, lines=lines, follow=follow):
        if part:
            peer.send(messages.Lines(lines=tuple(part)))
    return {}


def _drafted(args: Value) -> Profile | None:
    """A profile that is not saved; its table is read as one of the file would be."""
    table = args.get("table")
    if table is None:
        return None
    try:
        return read_document({"profiles": {args["name"]: table}}).profiles[0]
    except Wrong as wrong:
        what = dotted(wrong.path[2:]) or "name"
        raise UsageError(f"{what}: {wrong.why}", hint=wrong.hint) from None


@contextmanager
def _visit(service: Service, peer: Peer, args: Value) -> Iterator[Visit]:
    """A visit to the doctor. Its questions lie on a desk of their own: nothing of the session changes by them."""
    desk, caller = Desk(changed=lambda: None), _caller(service, peer, args)

    def when_gone(call: Callable[[], object]) -> None:
        def gone() -> None:
            call()
            desk.leave()

        peer.when_gone(gone)

    when_gone(lambda: None)
    peer.listen(answered=desk.answer)
    with desk.attached(caller.asker):
        yield Visit(
            name=args["name"],
            caller=caller,
            ask=desk.ask,
            report=lambda check: peer.send(messages.Checked(check=check)),
            when_gone=when_gone,
            mending=bool(args.get("mending")),
            draft=_drafted(args),
        )


def _doctor(service: Service, peer: Peer, args: Value) -> Value:
    with _visit(service, peer, args) as visit:
        service.doctor.examine(visit)
    return {}


def _mend(service: Service, peer: Peer, args: Value) -> Value:
    with _visit(service, peer, args) as visit:
        return {"done": service.doctor.mend(visit, Fix.unpacked(args["fix"]))}


def _screen(peer: Peer, args: Value) -> Screen:
    return Screen(
        term=peer.request.context.term or "xterm-256color",
        columns=int(args.get("columns") or 80),
        rows=int(args.get("rows") or 24),
    )


def _attach(
    _s: Service, peer: Peer, session: Session, caller: Caller, args: Value
) -> Value:
    rig = looking.look(session, caller)
    terminal, note = terminals.attach(rig, _screen(peer, args))
    return relay.serve(peer, terminal, note=note)


def _shell(_s: Service, peer: Peer, session: Session, caller: Caller, args: Value) -> Value:
    words, screen = args.get("command"), _screen(peer, args)
    rig = looking.look(session, caller)
    if words is None:
        if args.get("columns") is None:  # before a session is made for nobody
            raise NoTerminal("a shell needs a terminal, and this is none")
        terminal, note = terminals.shell(rig, screen)
        return relay.serve(peer, terminal, note=note)
    command = terminals.run(rig, [str(word) for word in words], screen)
    return relay.serve(peer, command)


def _answer(service: Service, _peer: Peer, args: Value) -> Value:
    session = service.manager.session(args["name"])
    commands.answer(session, str(args["id"]), args["value"])
    return {}


OPERATIONS: Final[dict[str, Operation]] = {
    "ping": _ping,
    "quit": _quit,
    "handover": _handover,
    "snapshots": _snapshots,
    "watch": _watch,
    "connect": _on_session(_connect),
    "start": _on_session(_start),
    "stop": _on_session(_stop),
    "replace_host_key": _on_session(_replace_host_key),
    "forget": _on_session(_forget),
    "disconnect": _disconnect,
    "url": _on_session(_url),
    "open_page": _on_session(_open_page),
    "probe": _on_session(_probe),
    "hints": _hints,
    "logs": _on_session(_logs),
    "doctor": _doctor,
    "doctor_draft": _doctor,
    "mend": _mend,
    "attach": _on_session(_attach),
    "shell": _on_session(_shell),
    "answer": _answer,
}
