"""The layers up to the login: the keys, and one dial of which each step is put down as it passes.

A link that is up already is not dialled anew: what it can tell is told. With jumps, a step is put down when the
last hop passed it; what the hops before it found stands in its evidence.
"""

from collections.abc import Iterator

from nbtui.errors import Interrupted, LoginError, NbtuiError
from nbtui.keys.checkup import KeyFact, key_files
from nbtui.keys.ondisk import look_at
from nbtui.model.check import Check
from nbtui.model.question import Tell, silent
from nbtui.model.text import clean_line
from nbtui.session.doctor import verdicts
from nbtui.session.doctor.patient import Patient
from nbtui.session.jobs import LINK_SECONDS
from nbtui.ssh.agentkeys import AgentFailed, open_agent
from nbtui.ssh.attempt import Attempt
from nbtui.ssh.stage import Passed, Stage, unnoticed
from nbtui.ssh.standing import standing

STEPS = ("name", "tcp", "banner", "key exchange", "host key", "login")
"""Of a dial, in their order."""

_UP = "the link is up already; nothing was dialled"
_LAYERS = {"proxy": "tcp", "forward": "tcp", "link": "tcp"}
"""Layers of a dial's errors that have no check of their own."""


def open_link(patient: Patient, *, tell: Tell = silent, notice: Passed = unnoticed) -> None:
    """Open the link unless it is up; ends when who asked goes away. Raises: see `Link.open`."""
    link = patient.rig.link
    attempt = Attempt(
        where=link.target.where,
        seconds=LINK_SECONDS,
        clock=patient.clock,
        ask=patient.ask,
        tell=tell,
        notice=notice,
    )
    with patient.until_gone(attempt.cancel):
        link.open(
            ask=patient.ask,
            tell=tell,
            timeout=LINK_SECONDS,
            context=patient.caller.login,
            within=attempt,
        )


class WayIn:
    """See the module."""

    def __init__(self, patient: Patient) -> None:
        self._patient = patient
        self._chart = patient.chart
        self._target = patient.rig.resolved.target
        self._hops: dict[str, list[str]] = {}
        self._login: Stage | None = None

    def look(self) -> None:
        """Put down the layers from the key files to the login, up to the first that is bad."""
        held, agent = self._ssh_agent()
        keys = key_files(tuple(self._key_facts()), held)
        keys = keys._replace(seconds=self._chart.lap())
        if keys.status != "warn":
            self._chart.add(keys)
            self._chart.add(agent)
            self._dial()
            return
        self._chart.hold()
        self._chart.add(agent)
        try:
            self._dial()
        finally:
            self._chart.release(lambda later: verdicts.settled(keys, later))

    def _key_facts(self) -> Iterator[KeyFact]:
        seen: set[str] = set()
        for hop in (*self._target.jumps, self._target):
            for path in hop.identity_files if hop.pubkey_authentication else ():
                if path not in seen:
                    seen.add(path)
                    named = hop.identities_explicit
                    yield KeyFact(path=path, named=named, found=look_at(path))

    def _ssh_agent(self) -> tuple[frozenset[bytes], Check]:
        """The public keys that it holds, and the verdict."""
        path = self._target.identity_agent or self._patient.caller.login.auth_sock
        agent = open_agent(path)
        if agent is None:
            return frozenset(), self._timed(verdicts.ssh_agent(path, None))
        try:
            keys = agent.identities()
        except AgentFailed as exc:
            return frozenset(), self._timed(
                verdicts.ssh_agent(path or "the system's place", None, str(exc))
            )
        finally:
            agent.close()
        comments = [clean_line(comment, limit=60) for _, comment in keys]
        verdict = verdicts.ssh_agent(path, comments)
        return frozenset(blob for blob, _ in keys), self._timed(verdict)

    def _timed(self, check: Check) -> Check:
        return check._replace(seconds=self._chart.lap())

    def _dial(self) -> None:
        was_up = self._patient.rig.link.up
        self._chart.begin(STEPS[0])
        try:
            open_link(self._patient, tell=self._tell, notice=self._passed)
            self._enter()
        except Interrupted:
            raise
        except NbtuiError as exc:
            self._broke(exc)
        else:
            self._stands(_UP if was_up else "another command dialled meanwhile")

    def _enter(self) -> None:
        """Open the shell: a host may take any user's key and only then say who should have come."""
        try:
            self._patient.rig.link.shell.open()
        except LoginError:
            raise
        except NbtuiError as exc:
            self._patient.shell_error = exc

    def _tell(self, text: str) -> None:
        self._chart.begin(self._next(), text)

    def _next(self) -> str:
        return next((layer for layer in STEPS if not self._chart.has(layer)), "login")

    def _passed(self, stage: Stage) -> None:
        """A step of a hop, or of the target itself, went well."""
        if stage.where != self._target.where:
            said = f"{stage.where}: {stage.evidence}"
            self._hops.setdefault(stage.layer, []).append(said)
        elif stage.layer == "login":
            self._login = stage
        else:
            self._put(stage.layer, stage.evidence, at=stage.at)

    def _put(self, layer: str, evidence: str, *, at: float | None = None) -> None:
        lines = (*self._hops.get(layer, ()), evidence)
        text = "\n".join(filter(None, lines))
        self._chart.put(Check(layer=layer, status="ok", evidence=text), at=at)

    def _stands(self, why: str) -> None:
        """The rest is ok; what was not dialled now is told from the link that is there."""
        facts = dict(standing(self._patient.rig.link.transport(0)))
        facts["login"] = (
            self._login.evidence if self._login else f"{self._target.where}; {why}"
        )
        at = self._login.at if self._login else None
        for layer in STEPS:
            if not self._chart.has(layer):
                self._put(layer, facts.get(layer, why), at=at)

    def _broke(self, error: NbtuiError) -> None:
        """The dial ended here: what the hops had passed before is ok."""
        layer = _LAYERS.get(error.layer, error.layer)
        layer = layer if layer in STEPS else self._next()
        for before in STEPS[: STEPS.index(layer)]:
            if not self._chart.has(before):
                self._put(before, "")
        self._chart.put(verdicts.bad(layer, error))
