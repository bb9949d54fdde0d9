"""What threads say to the interface: posting a message is safe from any of them."""

from dataclasses import dataclass, field

from textual.message import Message

from nbtui.model.failure import Failure
from nbtui.model.hint import Hint
from nbtui.model.question import Question
from nbtui.tui.errands import Takeover
from nbtui.tui.questions import Reply


@dataclass
class Arrived(Message):
    """Snapshots wait in the inbox."""


@dataclass
class LogArrived(Message):
    """Lines wait in the tail."""


@dataclass
class AgentHeard(Message):
    """The agent speaks, or does not."""

    reason: str
    """Why it cannot be heard; empty: it can."""


@dataclass
class Said(Message):
    """Something worth a toast."""

    text: str


@dataclass
class Complained(Message):
    """Something went wrong."""

    name: str
    """Of the profile; empty: of none."""

    failure: Failure


@dataclass
class Asked(Message):
    """A command waits for an answer."""

    name: str
    question: Question = field(repr=False)
    reply: Reply = field(repr=False)


@dataclass
class HintsArrived(Message):
    """Hints to show."""

    name: str
    hints: tuple[Hint, ...]


@dataclass
class CopyWanted(Message):
    """Text for the clipboard."""

    text: str


@dataclass
class TerminalWanted(Message):
    """The terminal should be given away."""

    name: str
    kind: Takeover
