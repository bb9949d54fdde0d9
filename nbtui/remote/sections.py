"""The answer of probe.sh, taken apart at the lines that start with its nonce.

What stands between two such lines is raw output of the host and may be anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """One section."""

    name: str
    words: str
    """The rest of the line that opened it."""

    body: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sections:
    """All of them, in the order in which they came; a name may come several times."""

    every: tuple[Section, ...]

    def named(self, name: str) -> Iterator[Section]:
        """Each section of that name."""
        return (section for section in self.every if section.name == name)

    def word(self, name: str) -> str:
        """The words of the first section of that name; empty when there is none."""
        return next((section.words for section in self.named(name)), "")

    def lines(self, name: str) -> list[str]:
        """The lines of all sections of that name."""
        return [line for one in self.named(name) for line in one.body.split("\n") if line]


def parse_sections(text: str, nonce: str) -> Sections:
    r"""Take an answer apart; what comes before the first section is noise.

    >>> parse_sections("motd\nN1 tmux /usr/bin/tmux\ntmux 3.3a\n\nN1 end\n", "N1").lines("tmux")
    ['tmux 3.3a']
    """
    return Sections(every=tuple(_sections(text, nonce)))


def _sections(text: str, nonce: str) -> Iterator[Section]:
    for part in f"\n{text}".split(f"\n{nonce} ")[1:]:
        head, _, body = part.partition("\n")
        name, _, words = head.partition(" ")
        yield Section(name=name, words=words.strip(), body=body)
