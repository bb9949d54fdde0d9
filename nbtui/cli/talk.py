"""Questions and progress on stderr; a spinner and colours only when it is a terminal."""

import getpass
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TextIO

import click

from nbtui.model.question import Question
from nbtui.model.snapshot import Snapshot

CLEAR = "\r\x1b[K"


@dataclass(kw_only=True)
class TerminalTalk:
    """See `nbtui.client.engine.Talk`."""

    err: TextIO
    can_ask: bool
    """stdin and stderr are terminals."""

    color: bool
    _shown: str = field(default="", init=False)
    _noted: set[str] = field(default_factory=set, init=False)

    def progress(self, snapshot: Snapshot) -> None:
        """Say what is being waited for, once; on a terminal the line is written over."""
        self.note(snapshot.notes)
        text = snapshot.doing
        if not text:
            self.done()
        elif text != self._shown:
            self._shown = text
            self._write(f"{snapshot.name}: {text} …")

    def _write(self, text: str) -> None:
        if self.err.isatty():
            self.err.write(f"{CLEAR}{click.style(text, dim=True) if self.color else text}")
        else:
            self.err.write(f"{text}\n")
        self.err.flush()

    def done(self) -> None:
        """Take the progress line away."""
        if self._shown and self.err.isatty():
            self.err.write(CLEAR)
            self.err.flush()
        self._shown = ""

    def note(self, lines: Iterable[str]) -> None:
        """What is worth knowing and no error, such as an unknown key of profiles.toml; once."""
        for line in lines:
            if line not in self._noted:
                self.done()
                click.echo(f"nbtui: {line}", file=self.err)
                self._noted.add(line)

    def ask(self, question: Question) -> str | None:
        """Put a question; None is a refusal."""
        self.done()
        for line in question.detail:
            click.echo(f"  {line}", err=True)
        try:
            return self._ask(question)
        except (EOFError, click.Abort) as exc:
            click.echo("", err=True)
            if isinstance(exc.__context__, KeyboardInterrupt):
                raise KeyboardInterrupt from exc  # click makes one thing of Ctrl-C and Ctrl-D
            return None

    def _ask(self, question: Question) -> str | None:
        match question.kind:
            case "changed-key" if question.typed:
                return self._typed(question)
            case "confirm" | "host-key" | "changed-key":
                return (
                    "yes" if click.confirm(question.text, default=False, err=True) else "no"
                )
            case "choice":
                return self._choose(question)
            case "password" | "passphrase" | "code":
                return self._secret(question)

    def _typed(self, question: Question) -> str:
        click.echo(question.text, err=True)
        text = f"Type {question.typed} for yes"
        said: str = click.prompt(text, default="no", err=True)
        return said

    def _secret(self, question: Question) -> str:
        prompt = question.text.rstrip(": ") + ": "
        if question.echo:
            self.err.write(prompt)
            self.err.flush()
            return sys.stdin.readline().rstrip("\n")
        return getpass.getpass(prompt, stream=self.err)

    def _choose(self, question: Question) -> str | None:
        for number, (_key, label) in enumerate(question.choices, 1):
            click.echo(f"  {number}  {label}", err=True)
        numbers = click.IntRange(0, len(question.choices))
        number = click.prompt(
            f"{question.text} (0: none)", type=numbers, default=0, err=True
        )
        return question.choices[number - 1][0] if number else None
