"""What threads say to the interface: posting a message is safe from any of them.

Plain classes: making a dataclass of each took 10 ms of the first frame.
"""

from typing import TYPE_CHECKING, Literal

from textual.message import Message

if TYPE_CHECKING:
    from nbtui.model.failure import Failure
    from nbtui.model.hint import Hint
    from nbtui.model.profile import Profile
    from nbtui.model.question import Question
    from nbtui.model.snapshot import Snapshot
    from nbtui.profiles.ledger import Reading, Step
    from nbtui.tui.questions import Reply

Takeover = Literal["attach", "shell"]
"""What the terminal is given away for."""


class FromThreads(Message):
    """What they share, for one handler; see `News`."""


class ForClerk(Message):
    """What is about saved profiles, from threads and from the form; see `nbtui.tui.editor.clerk`."""


class ProfilesRead(ForClerk):
    """profiles.toml has changed."""

    def __init__(self, reading: "Reading") -> None:
        super().__init__()
        self.reading = reading


class ProfilesOpened(ForClerk):
    """The file was read for what somebody wants to do.

    Args: snapshot: of the host it is about; None: of none.
    """

    def __init__(
        self, purpose: str, snapshot: "Snapshot | None", reading: "Reading"
    ) -> None:
        super().__init__()
        self.purpose, self.snapshot, self.reading = purpose, snapshot, reading


class Stepped(ForClerk):
    """The file was written.

    Args: what: saved, set, deleted or undone.
    """

    def __init__(self, what: str, step: "Step", reading: "Reading") -> None:
        super().__init__()
        self.what, self.step, self.reading = what, step, reading


class Overtaken(ForClerk):
    """A form was not saved: somebody else changed the same meanwhile."""

    def __init__(self, reading: "Reading", failure: "Failure") -> None:
        super().__init__()
        self.reading, self.failure = reading, failure


class NotSaved(ForClerk):
    """A form was not saved; why is said elsewhere."""


class ChoicesArrived(ForClerk):
    """What can be chosen for a field: a text and what is shown for it, each."""

    def __init__(self, key: str, choices: "tuple[tuple[str, str], ...]") -> None:
        super().__init__()
        self.key, self.choices = key, choices


class TomlArrived(ForClerk):
    """What the file says of a profile, and what it would say."""

    def __init__(self, before: str, after: str) -> None:
        super().__init__()
        self.before, self.after = before, after


class WelcomeWanted(ForClerk):
    """Nobody has begun yet. Args: choices: what can be begun with."""

    def __init__(self, choices: "tuple[tuple[str, str], ...]") -> None:
        super().__init__()
        self.choices = choices


class TestArrived(ForClerk):
    """Findings about an unsaved profile wait."""


class TestOver(ForClerk):
    """Nobody looks at the findings about an unsaved profile any more."""


class Arrived(FromThreads):
    """Snapshots wait in the inbox."""


class LogArrived(FromThreads):
    """Lines wait in the tail."""


class ChecksArrived(FromThreads):
    """Findings of the doctor wait."""


class AgentHeard(FromThreads):
    """The agent speaks, or does not.

    Args: reason: why it cannot be heard; empty: it can.
    """

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class Said(FromThreads):
    """Something worth a toast."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class Complained(FromThreads):
    """Something went wrong.

    Args: name: of the profile; empty: of none.
    """

    def __init__(self, name: str, failure: "Failure") -> None:
        super().__init__()
        self.name, self.failure = name, failure


class SessionsArrived(FromThreads):
    """What PuTTY has saved now."""

    def __init__(self, sessions: "tuple[Profile, ...]") -> None:
        super().__init__()
        self.sessions = sessions


class Imported(Message):
    """profiles.toml has more in it.

    Args: text: what came in.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class Asked(FromThreads):
    """A command waits for an answer."""

    def __init__(self, name: str, question: "Question", reply: "Reply") -> None:
        super().__init__()
        self.name, self.question, self.reply = name, question, reply


class HintsArrived(FromThreads):
    """Hints to show."""

    def __init__(self, name: str, hints: "tuple[Hint, ...]") -> None:
        super().__init__()
        self.name, self.hints = name, hints


class CopyWanted(FromThreads):
    """Text for the clipboard."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class TerminalWanted(FromThreads):
    """The terminal should be given away."""

    def __init__(self, name: str, kind: Takeover) -> None:
        super().__init__()
        self.name, self.kind = name, kind


News = (
    Arrived
    | LogArrived
    | ChecksArrived
    | SessionsArrived
    | AgentHeard
    | Said
    | Complained
    | Asked
    | HintsArrived
    | CopyWanted
    | TerminalWanted
)
"""Every one of them, for a match that forgets none."""
