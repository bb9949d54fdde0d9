"""What only a person can say: a password, a code, yes or no, one of several."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, Self

QuestionKind = Literal[
    "password", "passphrase", "code", "host-key", "changed-key", "confirm", "choice"
]


class Question(NamedTuple):
    """One question. The answer is text; None is a refusal.

    password, passphrase: the secret. code: one answer to one prompt of keyboard-interactive.
    host-key, confirm: "yes" or "no". changed-key: the same, or `typed` as the yes. choice: one of `choices`' keys.
    """

    kind: QuestionKind
    text: str
    """Clean of control sequences; names the hop it comes from."""

    echo: bool = True
    """False: what is typed is not shown."""

    detail: tuple[str, ...] = ()
    """Lines that help to decide, such as the kernels that would be lost."""

    choices: tuple[tuple[str, str], ...] = ()
    """(key, label) of each; only for choice."""

    typed: str = ""
    """What has to be typed for a yes, such as the host's name; empty: a yes will do. Only for changed-key."""

    id: str = ""
    """Set by the agent; an answer names it."""

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(
            **{
                **document,
                "detail": tuple(document.get("detail", ())),
                "choices": tuple(
                    (key, label) for key, label in document.get("choices", ())
                ),
            }
        )

    def to_json(self) -> dict[str, Any]:
        """As it travels to the faces; `kind` and `text` stand in `status --json`."""
        return self._asdict()


Ask = Callable[[Question], str | None]
"""Puts the question to whoever sits there and waits; None: nobody there, or they said no."""

Tell = Callable[[str], None]
"""Says what is being waited for now, in a few words: "logging in to myvm"."""


def nobody(_question: Question) -> None:
    """An `Ask` for when nobody is there: the answer is no."""


def silent(_text: str) -> None:
    """A `Tell` that says nothing."""
