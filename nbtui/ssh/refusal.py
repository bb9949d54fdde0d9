"""What to say when a login failed: every way that was tried, and the one thing that helps most."""

from dataclasses import dataclass, field

from nbtui.errors import LoginError
from nbtui.keys.ondisk import Note
from nbtui.model.target import Target
from nbtui.model.text import clean_line
from nbtui.ssh.wrong_user import hint_for, right_user


@dataclass(kw_only=True, slots=True)
class Refusal:
    """Collected during one login."""

    where: str
    methods: tuple[str, ...] = ()
    """What the host would have allowed last."""

    passed: list[str] = field(default_factory=list)
    """Methods that were right and not enough."""

    keys: list[str] = field(default_factory=list)
    """Labels of keys that were refused."""

    notes: list[Note] = field(default_factory=list)
    password: bool = False
    """A password was refused."""

    answers: bool = False
    """Answers to the host's prompts were refused."""

    missing: str = ""
    """What nobody was there to say."""

    goodbye: str = ""
    """The host ended the connection, with these words or "-"."""

    banner: str = ""

    def error(self, target: Target) -> LoginError:
        """The error, with the hint that helps most."""
        user = right_user(self.banner)
        lines = [f"{self.where} did not let us in: {self._reason()}"]
        lines += [f"  {note.text}" for note in self.notes]
        if self.banner.strip():
            lines.append(f"  the host says: {clean_line(self.banner, limit=300)}")
        hint = hint_for(user) if user else self._hint()
        error = LoginError("\n".join(lines), host=target.host, hint=hint)
        error.passing = bool(self.goodbye) and not self._too_many
        return error

    @property
    def _too_many(self) -> bool:
        return "too many" in self.goodbye.lower()

    def _reason(self) -> str:
        if self._too_many:
            return f"too many keys were offered ({len(self.keys) + 1}), and the host hung up (MaxAuthTries)"
        if self.goodbye:
            said = "" if self.goodbye == "-" else f": {self.goodbye}"
            return f"the host ended the connection during the login{said}"
        if self.missing:
            return self._missing_reason()
        return (
            "; ".join(self._refused())
            or f"it takes only {', '.join(self.methods)}, and that is not set up here"
        )

    def _missing_reason(self) -> str:
        before = (
            f"the {_name(self.passed[-1])} was accepted, but it also"
            if self.passed
            else "it"
        )
        wants = "a code" if "answer" in self.missing and self.passed else self.missing
        return f"{before} needs {wants}, and nobody was there to give it"

    def _refused(self) -> list[str]:
        parts = [
            f"the {_name(method)} was accepted, but it also wants {', '.join(self.methods)}"
            for method in self.passed[-1:]
        ]
        if self.keys:
            parts.append(f"no key was accepted ({', '.join(self.keys)})")
        elif "publickey" in self.methods and not self.passed:
            parts.append("there was no key to offer")
        if self.answers:
            parts.append("the answers were refused")
        if self.password:
            parts.append("the password was refused")
        return parts

    def _hint(self) -> str:
        if self._too_many:
            return "name the right key, identity_file in the profile or IdentitiesOnly in ssh_config: nbtui profile edit NAME"
        if self.missing:
            return "connect once in a terminal: nbtui connect NAME"
        if hint := next((note.hint for note in self.notes if note.hint), ""):
            return hint
        if self.keys:
            return f"check the user, and that the host has your key: ssh-copy-id -i KEY {self.where}"
        return "name a key with identity_file: nbtui profile edit NAME"


def _name(method: str) -> str:
    return {"publickey": "key", "password": "password"}.get(method, "answer")
