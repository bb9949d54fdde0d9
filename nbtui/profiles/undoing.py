"""What was taken out of a text goes back to its place, in a text that others may have changed meanwhile. Pure."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher


def put_back(now: str, *, before: str, after: str) -> str:
    r"""The text as it is now, with the lines that lie between `after` and `before`.

    >>> put_back("x\na\nc\n", before="a\nb\nc\n", after="a\nc\n")
    'x\na\nb\nc\n'

    Args:
        before: the text with them.
        after: the text without.
    """
    lines = now.splitlines(keepends=True)
    for place, taken in sorted(_places(now, before, after), reverse=True):
        if place == len(lines) and lines and not lines[-1].endswith("\n"):
            lines[-1] += "\n"
        lines[place:place] = taken
    return "".join(lines)


def _places(now: str, before: str, after: str) -> Iterator[tuple[int, list[str]]]:
    with_them, without = before.splitlines(keepends=True), after.splitlines(keepends=True)
    today = _line_map(without, now.splitlines(keepends=True))
    for tag, start, end, place, _ in _opcodes(with_them, without):
        if tag in ("delete", "replace"):
            yield today[place], with_them[start:end]


def _line_map(old: list[str], new: list[str]) -> list[int]:
    """For each place between two old lines the place in the new text: behind what the line above has become."""
    places = [0] * (len(old) + 1)
    for _, start, end, there, last in _opcodes(old, new):
        for place in range(start + 1, end):
            places[place] = min(there + place - start, last)
        if end > start:
            places[end] = last
    return places


def _opcodes(old: list[str], new: list[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
