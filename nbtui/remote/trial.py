"""One kernel, started to see that it can be, and deleted at once whatever happens.

Surprise: Jupyter calls a kernel "starting" until somebody opens its websocket, and then asks it by itself; so
it is opened, and never read. A kernel that dies is started five times over, in about 18 s, and then it is not
there any more.
"""

import base64
import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nbtui.clock import Clock
from nbtui.errors import Interrupted, NbtuiError, TimedOut
from nbtui.model.host import JupyterServer
from nbtui.model.shell import Reach
from nbtui.model.text import clean_line
from nbtui.remote.conversation import Answer
from nbtui.remote.jupyter import CLOSED, Api, api_of

SECONDS = 40.0
"""For a kernel to answer; a slow network disk takes its time over the imports."""

POLL_SECONDS = 0.2
_DELETE_SECONDS = 10.0
_CREATED, _OK = 201, 200
_HINT = "nbtui logs NAME"


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """Tries a server's kernels."""

    server: JupyterServer
    reach: Reach
    clock: Clock
    wanted: Callable[[], bool]
    """False: nobody waits for the result any more."""

    def run(self) -> str | None:
        """Start the default kernel, wait until it answers, delete it; its name. None: the API is closed to us.

        Raises:
            NbtuiError: it does not start, or could not be deleted.
            TimedOut: it does not answer.
            Interrupted: nobody wants it any more; it is deleted all the same.
            LinkLost, HostUnreachable: see `Reach`.
        """
        with api_of(self.server, self.reach, SECONDS + 10.0, self.clock) as api:
            made = _made(api.ask("POST", "api/kernels")())
            if made is None:
                return None
            try:
                self._await(api, made["id"])
            finally:
                self._delete(made["id"])
        return clean_line(str(made.get("name", "")), limit=100)

    def _await(self, api: Api, ident: str) -> None:
        deadline = self.clock.monotonic() + SECONDS
        with api_of(self.server, self.reach, SECONDS + 10.0, self.clock) as tab:
            tab.ask("GET", f"api/kernels/{ident}/channels", more=_upgrade())
            while not self._answers(api.ask("GET", f"api/kernels/{ident}")()):
                if not self.wanted():
                    raise Interrupted("cancelled")
                if self.clock.monotonic() >= deadline:
                    text = f"a kernel was started and does not answer in {SECONDS:.0f} s"
                    raise TimedOut(text, layer="kernel", hint=_HINT)
                self.clock.wait(POLL_SECONDS)

    def _answers(self, answer: Answer) -> bool:
        facts = _facts(answer) if answer.status == _OK else {"execution_state": "dead"}
        state = facts.get("execution_state")
        if state == "dead":
            raise NbtuiError("the kernel dies as it starts", layer="kernel", hint=_HINT)
        return state in ("idle", "busy")

    def _delete(self, ident: str) -> None:
        """One that is gone already is no error."""
        try:
            with api_of(self.server, self.reach, _DELETE_SECONDS, self.clock) as api:
                api.ask("DELETE", f"api/kernels/{ident}")()
        except NbtuiError as exc:
            text = f"kernel {ident} was started and could not be deleted: {exc.message}"
            raise NbtuiError(
                text, layer="kernel", hint="nbtui open NAME, and end it there"
            ) from exc


def _made(answer: Answer) -> dict[str, Any] | None:
    if answer.status in CLOSED:
        return None
    facts = _facts(answer)
    if answer.status == _CREATED and re.fullmatch(r"[\w-]{1,100}", str(facts.get("id"))):
        return facts
    said = clean_line(str(facts.get("message") or ""), limit=200)
    text = f"Jupyter cannot start a kernel: it answers {answer.status}{said and ': '}{said}"
    raise NbtuiError(text, layer="kernel", hint=_HINT)


def _facts(answer: Answer) -> dict[str, Any]:
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _upgrade() -> dict[str, str]:
    """Source: RFC 6455 section 4.1."""
    return {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(secrets.token_bytes(16)).decode(),
    }
