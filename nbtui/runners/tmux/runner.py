"""The runner: what the session rooms ask of tmux on a host."""

from collections.abc import Sequence
from dataclasses import replace

import libtmux

from nbtui import __version__
from nbtui.errors import HostLacks, NbtuiError
from nbtui.model.host import HostReport, TmuxSession
from nbtui.model.runner import LaunchOrder
from nbtui.model.shell import Shell
from nbtui.runners.tmux import reading, startfile
from nbtui.runners.tmux.command import attach_line, command_line, shell_line
from nbtui.runners.tmux.making import check_tmux, make, names
from nbtui.runners.tmux.reason import reason
from nbtui.runners.tmux.seam import HostTmux, led


class TmuxRunner:
    """See `nbtui.model.runner.Runner` and `Shells`: Jupyter in a session of the user's own tmux server."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._path = "tmux"

    def launch(self, order: LaunchOrder, report: HostReport) -> TmuxSession:
        """See `Runner.launch`."""
        tmux = self._on(report)
        text = startfile.start_text(order, report)
        path = startfile.write(self._shell, text, host=report.hostname)
        try:
            session = make(
                tmux,
                names("nbtui", order.profile, report),
                ("sh", path),
                {
                    "@nbtui_profile": order.profile,
                    "@nbtui_port": str(order.port),
                    "@nbtui_version": __version__,
                },
            )
        except NbtuiError:
            startfile.remove(self._shell, path)
            raise
        return replace(session, profile=order.profile)

    def state(
        self, session: TmuxSession, *, lines: int = 50
    ) -> tuple[TmuxSession | None, str]:
        """See `Runner.state`."""
        script = reading.state_script(self._path, session, lines)
        limit = (lines + 100) * reading.LINE_BYTES
        return reading.parse_state(self._shell.run(script, limit=limit), session, lines)

    def interrupt(self, session: TmuxSession) -> None:
        """See `Runner.interrupt`."""
        self._shell.run(reading.interrupt_script(self._path, session))

    def end(self, session: TmuxSession) -> None:
        """See `Runner.end`. After a reboot of the host its id may be another's: the name must fit too."""
        with led(self._tmux) as server:
            if _name_of(server, session) == session.name:
                server.cmd("kill-session", target=session.id)

    def attach_command(self, session: TmuxSession, *, note: str = "") -> str:
        """See `Runner.attach_command`; sound under any login shell."""
        return attach_line(self._path, session, note)

    def explain(self, text: str, session: TmuxSession) -> NbtuiError:
        """See `Runner.explain`."""
        why = reason(text, session.exit_status)
        return HostLacks(
            f"Jupyter did not start: {why.message}",
            layer=why.layer,
            hint=why.hint.replace("NAME", session.profile or "NAME"),
        )

    def shell_session(
        self, *, profile: str, directory: str, activate: str, report: HostReport
    ) -> TmuxSession:
        """See `Shells.shell_session`."""
        tmux = self._on(report)
        for one in report.sessions:
            if one.shell_of == profile and not one.dead:
                return one
        session = make(
            tmux,
            names("nbtui-sh", profile, report),
            shell_line(report.login_shell, directory),
            {"@nbtui_shell": profile},
        )
        self._type(session, activate)
        return replace(session, shell_of=profile)

    def run_command(
        self, argv: Sequence[str] | str, *, directory: str, activate: str, mark: str = ""
    ) -> str:
        """See `Shells.run_command`; sound under any login shell."""
        return command_line(argv, directory=directory, activate=activate, mark=mark)

    @property
    def _tmux(self) -> HostTmux:
        return HostTmux(shell=self._shell, path=self._path)

    def _on(self, report: HostReport) -> HostTmux:
        check_tmux(self._shell, report)
        self._path = report.tmux_path
        return self._tmux

    def _type(self, session: TmuxSession, lines: str) -> None:
        """Type lines into a shell, as its user would: what they define stays."""
        if typed := "\r".join(line for line in lines.splitlines() if line.strip()):
            self._shell.run(reading.prompt_script(self._path, session))
            with led(self._tmux) as server:
                server.cmd("send-keys", "-l", "--", f"{typed}\r", target=session.id)


def _name_of(server: libtmux.Server, session: TmuxSession) -> str:
    said = server.cmd("display-message", "-p", "#{session_name}", target=session.id).stdout
    return said[0] if said else ""
