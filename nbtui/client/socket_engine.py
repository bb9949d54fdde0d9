"""The `Engine` that asks the agent over its socket.

Each call has a connection of its own, so closing it, on Ctrl-C too, cancels that call and nothing else.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from nbtui import __version__
from nbtui.client.background import AgentKeeper
from nbtui.client.conversation import Said, ask, expected, result
from nbtui.client.dialing import Dialer
from nbtui.client.engine import (
    ConnectOptions,
    ReplacedKey,
    Rows,
    StopReport,
    StopStep,
    Talk,
    Unattended,
)
from nbtui.client.terminal import Console, this_console
from nbtui.client.watching import LogStream, SocketWatch
from nbtui.clock import Clock
from nbtui.errors import NoTerminal
from nbtui.ipc.messages import Context, Ready, Request
from nbtui.model.snapshot import Snapshot
from nbtui.paths import Paths

if TYPE_CHECKING:
    from nbtui.client.doctor.examination import Examination
    from nbtui.model.check import Fix
    from nbtui.model.hint import Hint
    from nbtui.model.profile import Profile

_NOBODY = Unattended()
_NO_TERMINAL = (80, 24)
"""Columns and rows to ask for when there is nothing to measure."""


class SocketEngine(AgentKeeper):
    """See `nbtui.client.engine.Engine`."""

    def __init__(
        self,
        *,
        dialer: Dialer,
        environ: Mapping[str, str],
        console: Callable[[], Console],
    ) -> None:
        super().__init__(dialer=dialer)
        self._environ, self._console = environ, console

    def snapshots(self, names: Sequence[str] | None = None) -> Rows:
        """See `Looking.snapshots`."""
        line = self._dialer.current()
        if line is None:
            # reading TOML costs more than asking a running agent
            from nbtui.client.offline import rows_without_agent  # noqa: PLC0415

            rows = rows_without_agent(self._dialer.paths, names)
            if rows is not None:
                return rows
        request = self._request("snapshots", _NOBODY, names=_listed(names))
        line = line or self._dialer.line()
        return _rows("snapshots", result(ask(line.channel, request, _NOBODY)))

    def watch(self, names: Sequence[str] | None = None) -> SocketWatch:
        """See `Looking.watch`."""
        request = self._request("watch", _NOBODY, names=_listed(names))
        return SocketWatch(self._dialer.line().channel, request)

    def probe(self, name: str, talk: Talk) -> Snapshot:
        """See `Looking.probe`."""
        return _row("probe", self._value("probe", talk, name=name))

    def hints(self, names: Sequence[str] | None, talk: Talk) -> "tuple[Hint, ...]":
        """See `Looking.hints`."""
        from nbtui.model.hint import Hint  # noqa: PLC0415  # only here

        columns, rows = self._console().size() or (None, None)
        value = self._value("hints", talk, names=_listed(names), columns=columns, rows=rows)
        with expected("hints"):
            return tuple(Hint.from_json(one) for one in value["hints"])

    def url(self, name: str, talk: Talk, *, sent: bool = False) -> str:
        """See `Looking.url`."""
        value = self._value("open_page" if sent else "url", talk, name=name)
        with expected("url"):
            return str(value["url"])

    def doctor(
        self,
        name: str | None,
        mending: bool,  # noqa: FBT001  # see `Looking.doctor`
        talk: Talk,
        *,
        draft: "Profile | None" = None,
    ) -> "Examination":
        """See `Looking.doctor`."""
        from nbtui.client.doctor.examination import Examination  # noqa: PLC0415  # only here

        request = self._request("doctor", talk, name=name, mending=mending)
        if draft is not None:
            from nbtui.profiles.schema import to_table  # noqa: PLC0415  # only here

            # another operation, so that an older agent does not look at what is saved instead
            request = self._request("doctor_draft", talk, name=name, table=to_table(draft))
        return Examination(
            dialer=self._dialer,
            environ=self._environ,
            request=None if name is None else request,
            talk=talk,
        )

    def logs(self, name: str, lines: int, follow: bool, talk: Talk) -> LogStream:  # noqa: FBT001  # see `Looking.logs`
        """See `Looking.logs`; nothing is asked before the first line is taken."""
        request = self._request("logs", talk, name=name, lines=lines, follow=follow)
        channel = self._dialer.line().channel
        return LogStream(ask(channel, request, talk), channel)

    def connect(self, name: str, options: ConnectOptions, talk: Talk) -> Snapshot:
        """See `Acting.connect`."""
        value = self._value(
            "connect",
            talk,
            name=name,
            start=options.start,
            local_port=options.local_port,
            wait=options.wait,
        )
        return _row("connect", value)

    def start(self, name: str, wait: float | None, talk: Talk) -> Snapshot:
        """See `Acting.start`."""
        return _row("start", self._value("start", talk, name=name, wait=wait))

    def stop(self, name: str, yes: bool, force: bool, talk: Talk) -> StopReport:  # noqa: FBT001  # see `Acting.stop`
        """See `Acting.stop`."""
        value = self._value("stop", talk, name=name, yes=yes, force=force)
        with expected("stop"):
            return StopReport(
                name=value["name"],
                steps=tuple(StopStep(**step) for step in value["steps"]),
                left=tuple(value["left"]),
            )

    def mend(self, name: str | None, fix: "Fix", talk: Talk) -> str:
        """See `Acting.mend`."""
        from nbtui.client.doctor.mending import HERE  # noqa: PLC0415  # only here
        from nbtui.model.check import HOST_KEY  # noqa: PLC0415  # likewise

        if fix.name in HERE:
            return HERE[fix.name](self._dialer.paths, fix)
        if fix.name == HOST_KEY and name is not None:
            return "\n".join(map(str, self.replace_host_key(name, fix.about, talk)))
        value = self._value("mend", talk, name=name, fix=fix.packed(), mending=True)
        with expected("mend"):
            return str(value["done"])

    def disconnect(self, names: Sequence[str] | None) -> Rows:
        """See `Acting.disconnect`."""
        return _rows("disconnect", self._value("disconnect", _NOBODY, names=_listed(names)))

    def replace_host_key(
        self, name: str, offered: str | None, talk: Talk
    ) -> tuple[ReplacedKey, ...]:
        """See `Acting.replace_host_key`."""
        value = self._value("replace_host_key", talk, name=name, offered=offered)
        with expected("replace_host_key"):
            return tuple(
                ReplacedKey(**{**one, "kept": tuple(one["kept"])})
                for one in value["replaced"]
            )

    def forget(self, name: str, talk: Talk) -> tuple[str, ...]:
        """See `Acting.forget`."""
        value = self._value("forget", talk, name=name)
        with expected("forget"):
            return tuple(map(str, value["erased"]))

    def answer(self, name: str, question_id: str, value: str | None) -> None:
        """See `Acting.answer`."""
        self._value("answer", _NOBODY, name=name, id=question_id, value=value)

    def attach(self, name: str, talk: Talk) -> int:
        """See `Terminals.attach`."""
        return self._terminal("attach", talk, interactive=True, name=name)

    def shell(self, name: str, command: Sequence[str] | None, talk: Talk) -> int:
        """See `Terminals.shell`."""
        interactive = command is None
        argv = _listed(command)
        return self._terminal(
            "shell", talk, interactive=interactive, name=name, command=argv
        )

    def _terminal(self, op: str, talk: Talk, *, interactive: bool, **args: Any) -> int:
        from nbtui.client.terminal.relay import relay  # noqa: PLC0415  # only here

        console = self._console()
        nothing = (None, None) if interactive else _NO_TERMINAL
        columns, rows = console.size() or nothing
        request = self._request(op, talk, columns=columns, rows=rows, **args)
        channel = self._dialer.line().channel
        said = _announced(ask(channel, request, talk), talk, args["name"])
        try:
            return relay(said, channel, console=console, interactive=interactive)
        except NoTerminal as exc:
            raise NoTerminal(
                exc.message, hint=exc.hint.replace("NAME", args["name"])
            ) from None

    def _value(self, op: str, talk: Talk, **args: Any) -> Mapping[str, Any]:
        request = self._request(op, talk, **args)
        return result(ask(self._dialer.line().channel, request, talk))

    def _request(self, op: str, talk: Talk, **args: Any) -> Request:
        context = Context.of(self._environ, can_ask=talk.can_ask)
        return Request(op=op, args=args, context=context)


def socket_engine(
    *, paths: Paths, environ: Mapping[str, str], clock: Clock
) -> SocketEngine:
    """The engine of a command that runs in the terminal around this process."""
    dialer = Dialer(paths=paths, environ=environ, clock=clock, version=__version__)
    return SocketEngine(dialer=dialer, environ=environ, console=this_console)


def _announced(
    said: Generator[Said, None, None], talk: Talk, name: str
) -> Generator[Said, None, None]:
    """Before the streams begin, `talk` hears that nothing is waited for any more."""
    with closing(said):
        for one in said:
            if isinstance(one, Ready):
                talk.progress(Snapshot(name=name, host=""))
            yield one


def _listed(names: Sequence[str] | None) -> list[str] | None:
    return None if names is None else list(names)


def _row(op: str, value: Mapping[str, Any]) -> Snapshot:
    with expected(op):
        return Snapshot.from_json(value["profile"])


def _rows(op: str, value: Mapping[str, Any]) -> Rows:
    with expected(op):
        return tuple(Snapshot.from_json(one) for one in value["profiles"])
