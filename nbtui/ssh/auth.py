"""Logging in: which way is tried after which, who is asked for what, and what to say when none worked.

Order as ssh: keys (see `Identities`), keyboard-interactive, password, unless PreferredAuthentications says
otherwise. A step that was right but not enough (partial success) starts the order anew with what the host
then allows. Surprise: keyboard-interactive answers are asked for each time and never kept.
"""

import re
from collections.abc import Callable

from nbtui.errors import LoginError
from nbtui.keys.certificate import SUFFIX
from nbtui.keys.wire import key_type
from nbtui.model.question import Question
from nbtui.model.target import Target
from nbtui.quoting import quote
from nbtui.ssh.attempt import Attempt
from nbtui.ssh.identities import Identities, Identity, Unusable
from nbtui.ssh.refusal import Refusal
from nbtui.ssh.remembered import Kept
from nbtui.ssh.userauth import (
    Accepted,
    Denied,
    Expired,
    Gone,
    KeyWelcome,
    Prompts,
    Reply,
    Userauth,
)

TRIES = 3
"""Wrong passwords or codes until it is given up (ssh's NumberOfPasswordPrompts)."""
DEFAULT_ORDER = ("publickey", "keyboard-interactive", "password")
ONE_CODE = "one code now, none again until you disconnect"
_PASSWORD = re.compile(r"pass(word|code)|kennwort|passwort|mot de passe", re.IGNORECASE)
_WORDS = {
    "publickey": "a key",
    "keyboard-interactive": "answers to its questions",
    "password": "password",
}
Way = Callable[[], Reply | None]


class Login:
    """One login; `run` returns when we are in."""

    def __init__(
        self,
        target: Target,
        *,
        userauth: Userauth,
        identities: Identities,
        secrets: Kept,
        attempt: Attempt,
    ) -> None:
        self._target = target
        self._userauth = userauth
        self._identities = identities
        self._keys = iter(identities)
        self._secrets = secrets
        self._attempt = attempt
        self.by = "no secret at all"
        """What let us in, for people; known once `run` returned."""
        self._spent: set[str] = set()
        self._refusal = Refusal(where=target.where)
        self._ways: dict[str, Way] = {
            "publickey": self._by_key,
            "keyboard-interactive": self._by_prompts,
            "password": self._by_password,
        }

    def run(self) -> None:
        """Log in.

        Raises:
            LoginError: the host does not let us in; says why, way by way.
            Gone: the host hung up while a person thought.
            HostUnreachable: it stopped answering (layer `login`).
            Interrupted: the try was cancelled.
        """
        try:
            reply = self._userauth.begin()
            while not isinstance(reply, Accepted):
                reply = self._next(reply)
        except Gone as exc:
            self._attempt.check()
            if self._attempt.slow and not self._refusal.answers:
                raise
            raise self._error(goodbye=self._userauth.transport.goodbye or "-") from exc

    def _next(self, reply: Reply) -> Reply:
        """Try one way in."""
        if not isinstance(reply, Denied):
            raise self._error()
        self._refusal.methods = reply.methods
        for method in self._order():
            if method in reply.methods and method not in self._spent:
                self.by = _WORDS[method]
                answer = self._ways[method]()
                if isinstance(answer, Denied) and answer.partial:
                    self._refusal.passed.append(method)
                    return answer
                if answer is not None and not isinstance(answer, Denied):
                    return answer
                self._spent.add(method)
                return answer or reply
        raise self._error()

    def _order(self) -> list[str]:
        allowed = {
            "publickey": self._target.pubkey_authentication,
            "keyboard-interactive": self._target.kbd_interactive_authentication,
            "password": self._target.password_authentication,
        }
        order = self._target.preferred_authentications or DEFAULT_ORDER
        return [method for method in order if allowed.get(method)]

    def _by_key(self) -> Reply | None:
        """Offer keys until one is right; None: there was none to offer."""
        reply: Reply | None = None
        for identity in self._keys:
            try:
                answer = self._offer(identity)
            except Unusable as exc:
                self._refusal.notes.append(exc.note)
                continue
            reply = answer or reply
            self.by = f"the key {identity.label}"
            if isinstance(answer, Accepted) or (
                isinstance(answer, Denied) and answer.partial
            ):
                return answer
            self._refusal.keys.append(identity.label)
        return reply

    def _offer(self, identity: Identity) -> Reply | None:
        algorithm = self._algorithm(identity.blob)
        if algorithm is None:
            return None
        if not identity.at_once:
            welcome = self._userauth.probe(identity.blob, algorithm)
            if not isinstance(welcome, KeyWelcome):
                return welcome
        return self._userauth.offer(
            identity.blob, algorithm, lambda data: identity.sign(data, algorithm)
        )

    def _algorithm(self, blob: bytes) -> str | None:
        """How to sign with a key; None: the host takes RSA with SHA-1 only."""
        kind = key_type(blob)
        if not kind.startswith("ssh-rsa"):
            return kind
        suffix = SUFFIX if kind.endswith(SUFFIX) else ""
        taken = self._userauth.signature_algorithms()
        both = ("rsa-sha2-512", "rsa-sha2-256")
        return next((x + suffix for x in both if not taken or x in taken), None)

    def _by_prompts(self) -> Reply | None:
        reply: Reply | None = None
        for attempt in range(TRIES):
            reply = self._userauth.interactive()
            asked = False
            while isinstance(reply, Prompts):
                asked = asked or bool(reply.prompts)
                answers = [
                    self._ask_prompt(reply, *row, again=attempt > 0)
                    for row in reply.prompts
                ]
                reply = self._userauth.answer(answers)
            if not asked or not isinstance(reply, Denied) or reply.partial:
                return reply
            self._refusal.answers = True
        return reply

    def _ask_prompt(self, prompts: Prompts, text: str, echo: bool, *, again: bool) -> str:  # noqa: FBT001  # a row of the request
        said = " ".join(filter(None, (prompts.title, text)))
        note = "" if _PASSWORD.search(text) else f" ({ONE_CODE})"
        head = "that was not it; " if again else ""
        return self._ask(
            Question(
                kind="code", text=f"{self._target.where}: {head}{said}{note}", echo=echo
            ),
            missing="the answer to its question",
        )

    def _by_password(self) -> Reply | None:
        owner = self._target.where
        reply: Reply | None = None
        while (known := self._known_password(owner)) is not None:
            reply = self._try_password(known)
            if not isinstance(reply, Denied) or reply.partial:
                return reply
        for attempt in range(TRIES):
            again = " (the last one was refused)" if attempt else ""
            question = Question(
                kind="password", text=f"Password of {owner}{again}", echo=False
            )
            password = self._ask(question, missing="the password")
            self._secrets.keep(
                "password", owner, password
            )  # before it is known to be right, see Gone
            reply = self._try_password(password)
            if not isinstance(reply, Denied) or reply.partial:
                return reply
        return reply

    def _known_password(self, owner: str) -> str | None:
        with self._attempt.person():  # a keyring may want to be unlocked
            known = self._secrets.get("password", owner)
        self._attempt.personal |= known is not None
        return known

    def _try_password(self, password: str) -> Reply:
        owner, reply = self._target.where, self._userauth.offer_password(password)
        with self._attempt.person():  # see above
            if isinstance(reply, Denied) and not reply.partial:
                self._secrets.forget("password", owner, password)
            elif not isinstance(reply, Expired):
                self._secrets.proved("password", owner, password)
        if isinstance(reply, Expired):
            raise LoginError(
                f"the password of {self._target.where} has expired and must be changed first",
                host=self._target.host,
                hint=f"ssh {quote(f'{self._target.user}@{self._target.host}')}",
            )
        self._refusal.password = True
        return reply

    def _ask(self, question: Question, *, missing: str) -> str:
        answer = self._attempt.ask(question)
        if answer is None:
            self._refusal.missing = missing
            raise self._error()
        return answer

    def _error(self, *, goodbye: str = "") -> LoginError:
        self._refusal.goodbye = goodbye
        self._refusal.banner = self._userauth.banner_text
        self._refusal.notes.extend(self._identities.notes)
        return self._refusal.error(self._target)
