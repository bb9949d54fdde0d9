"""A proxy command that another program brought is run once a person has read it and said yes."""

from typing import Protocol

from nbtui.errors import Refused
from nbtui.model.question import Ask, Question
from nbtui.model.target import Target
from nbtui.model.text import clean_line


class Consents(Protocol):
    """Which commands have a yes, by their text as it was written."""

    def waits(self, command: str) -> bool:
        """It came by import, and nobody has said yes to it."""

    def given(self, command: str) -> bool:
        """Somebody has said yes to it."""

    def agree(self, command: str) -> None:
        """A person has read it and said yes."""


class NoImports:
    """See `Consents`; for who runs only what a person wrote."""

    def waits(self, _command: str) -> bool:
        """Nothing was imported."""
        return False

    def given(self, _command: str) -> bool:
        """Nobody was asked."""
        return False

    def agree(self, _command: str) -> None:
        """It is not kept."""


def check_command(target: Target, consents: Consents, ask: Ask) -> None:
    """Ask, unless a person wrote the command or has said yes to it before.

    Raises: Refused: nobody said yes.
    """
    command = target.proxy_written
    if command is None or not _needs_a_yes(target, command, consents):
        return
    shown = clean_line(command)
    question = Question(
        kind="confirm",
        text=f"The way to {target.where} is a command of this machine that was not written here. Run it?",
        detail=(shown,),
    )
    if ask(question) != "yes":
        raise Refused(
            f"the proxy command of {target.where} was not run, because nobody said yes to it: {shown}",
            host=target.host,
            layer="proxy",
            hint="read it, and connect in a terminal",
        )
    consents.agree(command)


def _needs_a_yes(target: Target, command: str, consents: Consents) -> bool:
    if target.proxy_foreign:
        return not consents.given(command)
    return consents.waits(command)
