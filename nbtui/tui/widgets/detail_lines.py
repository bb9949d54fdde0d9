"""What the detail pane says about one host, as lines of a given width. Pure.

A column of labels, and the facts beside it; a section that has nothing to say is not there.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from rich.cells import set_cell_size
from textual.content import Content
from textual.style import Style

from nbtui.model.hint import Hint
from nbtui.model.snapshot import ForwardState, Kernel, Light, ServerInfo, Snapshot, Usage
from nbtui.tui.marks import (
    ALERT,
    BAD,
    CALL,
    FAINT,
    GOOD,
    MUTED,
    TITLE,
    light_mark,
    share_style,
    state_mark,
)
from nbtui.tui.widgets.hint_lines import headline_of
from nbtui.tui.words import age, brief, latency, part_of, size, spark

LABEL = 10
"""Cells of the column of labels."""

WIDE = 92
"""Cells from which what is known of the server fits into one line."""

BAR = 16
SPARK = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """All that the pane is drawn from."""

    snapshot: Snapshot
    now: float
    """Seconds since 1970 UTC."""

    width: int
    """Cells."""

    history: tuple[Usage, ...] = ()
    hints: tuple[Hint, ...] = ()
    saved: bool = True
    """It is a profile of the user's."""

    height: int = 99
    """Lines that can be seen; with too few of them the blank ones go."""

    beat: int = 0


def detail_lines(view: View) -> list[Content]:
    """The pane, from the title to the notes."""
    sections = [_title(view), *(list(make(view)) for make in _SECTIONS)]
    there = [section for section in sections if section]
    roomy = sum(map(len, there)) + len(there) - 1 <= view.height
    lines: list[Content] = []
    for section in there:
        lines += [Content(""), *section] if lines and roomy else section
    return lines


def _title(view: View) -> list[Content]:
    one = view.snapshot
    shape, style, words = state_mark(one.state, view.beat)
    since = (
        f" {age(view.now - one.since)}" if one.since and one.state != "disconnected" else ""
    )
    left = Content.assemble((one.name, f"bold {TITLE}"), "  ", (_address(one), MUTED))
    right = Content.assemble((f"{shape} {words}", style), (since, MUTED))
    lines = [_ends(left, right, view.width)]
    doing = _doing(view)
    if one.url and one.state != "disconnected":
        lines.append(
            _ends(_link(one.url), doing or Content.styled("o opens it", FAINT), view.width)
        )
    elif doing:
        lines.append(doing)
    return lines


def _doing(view: View) -> Content | None:
    one = view.snapshot
    if one.state == "reconnecting" and one.retry_in is not None:
        return Content.assemble(
            (f"next try in {brief(one.retry_in)}", ALERT), ("  d gives up", FAINT)
        )
    if one.state == "needs-input":
        asked = one.question.text if one.question else "a question waits"
        return Content.assemble((asked, CALL), ("  enter answers", FAINT))
    if one.doing:
        return Content.assemble((f"{one.doing} …", ALERT), ("  d cancels", FAINT))
    return None


def _error(view: View) -> Iterator[Content]:
    error = view.snapshot.last_error
    if error is None:
        return
    where = f"{error.layer}: " if error.layer else ""
    yield from _labelled(
        "error", Content.styled(f"{where}{error.message}", BAD), view.width
    )
    if error.hint:
        hint = Content.assemble(("try: ", MUTED), (error.hint, "bold"))
        yield from _labelled("", hint, view.width)


def _layers(view: View) -> Iterator[Content]:
    one = view.snapshot
    if one.state == "disconnected" and one.lights.link == "off":
        return
    facts = {
        "link": (one.lights.link, latency(one.latency) if one.latency is not None else ""),
        "tunnel": (one.lights.tunnel, _tunnel(one)),
        "server": (one.lights.server, _server(one.server, view)),
        "kernels": (one.lights.kernels, _count(one, view.now)),
    }
    for label, (light, fact) in facts.items():
        shape, style = light_mark(light, view.beat)
        text = Content.assemble(
            (f"{shape} ", style), (f"{_word(label, light):<8}", style), (fact, MUTED)
        )
        yield _label(label, text)
        if label == "server" and one.server and view.width < WIDE:
            yield _label("", Content.styled(f"  {'':<8}{_place(one.server)}", MUTED))


_WORDS: dict[Light, str] = {
    "off": "off",
    "wait": "wait",
    "ok": "ok",
    "warn": "unsure",
    "bad": "bad",
}
_OK_WORDS = {"link": "up", "tunnel": "open", "server": "runs", "kernels": "ok"}
_BAD_WORDS = {"link": "lost", "tunnel": "closed", "server": "gone", "kernels": "bad"}


def _word(label: str, light: Light) -> str:
    if light == "ok":
        return _OK_WORDS[label]
    return _BAD_WORDS[label] if light == "bad" else _WORDS[light]


def _tunnel(one: Snapshot) -> str:
    if not one.local_port:
        return ""
    return f"localhost:{one.local_port}" + (
        f" → {one.remote_port}" if one.remote_port else ""
    )


def _server(server: ServerInfo | None, view: View) -> str:
    if server is None:
        return ""
    up = f"up {age(view.now - server.started_at)}" if server.started_at else ""
    place = _place(server) if view.width >= WIDE else ""
    facts = (f"jupyter {server.version}", f"pid {server.pid}", up, place)
    return " · ".join(filter(None, facts))


def _place(server: ServerInfo) -> str:
    session = f"tmux {server.session}" if server.session else "no session"
    return " · ".join(filter(None, (server.root_dir, session)))


def _count(one: Snapshot, now: float) -> str:
    count = one.kernels
    if count is None:
        return ""
    if count.busy:
        return f"{count.busy} of {count.total} busy"
    idle = f", idle {age(now - count.idle_since)}" if count.idle_since else ""
    return f"{count.total} running{idle}" if count.total else "none running"


def _usage(view: View) -> Iterator[Content]:
    usage = view.snapshot.usage
    if usage is None or not usage.cores:
        return
    loads = tuple(one.load[0] / max(1, one.cores) for one in view.history)
    memories = tuple(one.memory_used / max(1, one.memory_total) for one in view.history)
    load = usage.load[0] / usage.cores
    yield _gauge("cpu", loads, load, f"{load:.0%} of {usage.cores} cores", view.width)
    yield _gauge(
        "memory", memories, *_share(usage.memory_used, usage.memory_total), view.width
    )
    yield _gauge("disk", (), *_share(usage.disk_used, usage.disk_total), view.width)


def _share(used: int, total: int) -> tuple[float, str]:
    return used / max(1, total), part_of(used, total)


def _gauge(
    label: str, past: tuple[float, ...], share: float, words: str, width: int
) -> Content:
    length = BAR if width >= LABEL + BAR + SPARK + 24 else BAR // 2
    full = min(length, max(1 if share > 0 else 0, round(share * length)))
    style = share_style(share)
    bar = Content.assemble(("━" * full, style), ("━" * (length - full), FAINT))
    trail = (_trail(past), "$secondary")
    return _label(label, Content.assemble(bar, "  ", (f"{words:<18}", ""), trail))


def _trail(past: tuple[float, ...]) -> str:
    """The course of it; small loads are drawn larger, for their shape to be seen."""
    top = max((0.2, *past))
    return spark(tuple(share / top for share in past), SPARK) if len(past) > 1 else ""


def _hints(view: View) -> Iterator[Content]:
    for hint in view.hints[:2]:
        text = Content.assemble(headline_of(hint), (" (r)", FAINT))
        yield from _labelled("hint", text, view.width)


def _kernels(view: View) -> Iterator[Content]:
    kernels = sorted(view.snapshot.kernel_list, key=lambda one: (not one.busy, one.path))
    if not kernels:
        return
    room = min(48, max(12, view.width - 36))
    yield Content.styled(
        f"{_fit('notebook', room)} {_fit('kernel', 11)}{_fit('', 13)}{'memory':>9}", FAINT
    )
    for kernel in kernels:
        yield _kernel(kernel, room, view.now)


def _kernel(kernel: Kernel, room: int, now: float) -> Content:
    ago = f" {age(now - kernel.last_activity)}" if kernel.last_activity else ""
    busy = Content.styled(
        _fit("busy" if kernel.busy else f"idle{ago}", 13), GOOD if kernel.busy else MUTED
    )
    memory = size(kernel.memory) if kernel.memory is not None else ""
    name = _fit(kernel.path or "(no notebook)", room)
    return Content.assemble(
        (name, "" if kernel.busy else MUTED),
        " ",
        (_fit(kernel.name, 11), MUTED),
        busy,
        (f"{memory:>9}", MUTED),
    )


def _forwards(view: View) -> Iterator[Content]:
    for place, forward in enumerate(view.snapshot.forwards):
        yield _label("" if place else "forwards", _forward(forward))


def _forward(forward: ForwardState) -> Content:
    arrow = {"local": "→", "remote": "←"}.get(forward.kind, "→")
    target = forward.to or "SOCKS"
    state = (forward.error, BAD) if forward.error else (f"{forward.open} open", MUTED)
    return Content.assemble(forward.listen, (f" {arrow} ", MUTED), target, "   ", state)


def _notes(view: View) -> Iterator[Content]:
    for note in view.snapshot.notes:
        yield from _labelled("note", Content.styled(note, MUTED), view.width)


_OFFERS = (
    ("enter", "connects and opens the notebook"),
    ("s", "only starts the server"),
    ("$", "opens a shell"),
)
_STRANGER_OFFERS = (("enter", "looks what is there, then asks"), ("$", "opens a shell"))


def _offer(view: View) -> Iterator[Content]:
    """What to do with a host that nothing is known of yet."""
    one = view.snapshot
    if one.state != "disconnected" or one.last_error:
        return
    for key, words in _OFFERS if view.saved else _STRANGER_OFFERS:
        yield Content.assemble((f"{key:>{LABEL - 2}}  ", CALL), (words, MUTED))
    if one.tags:
        yield Content("")
        yield _label("tags", Content.styled(" ".join(one.tags), MUTED))


_SECTIONS: tuple[Callable[[View], Iterable[Content]], ...] = (
    _error,
    _layers,
    _usage,
    _hints,
    _kernels,
    _forwards,
    _notes,
    _offer,
)


def _address(one: Snapshot) -> str:
    return f"{one.user}@{one.host}" if one.user else one.host


def _link(url: str) -> Content:
    return Content.styled(
        url, Style(underline=True) + Style.from_meta({"@click": "screen.host('open')"})
    )


def _label(label: str, text: Content) -> Content:
    return Content.assemble((f"{label:<{LABEL}}", FAINT), text)


def _labelled(label: str, text: Content, width: int) -> Iterator[Content]:
    """The text folded into the column beside its label."""
    for place, line in enumerate(text.wrap(max(20, width - LABEL))):
        yield _label("" if place else label, line)


def _ends(left: Content, right: Content, width: int) -> Content:
    """One text at each end of the line; the left one gives way."""
    room = max(0, width - right.cell_length - 2)
    return Content.assemble(left.truncate(room, ellipsis=True, pad=True), "  ", right)


def _fit(text: str, width: int) -> str:
    fitted = set_cell_size(text, width)
    return (
        fitted if fitted.rstrip() == text.rstrip() else set_cell_size(text, width - 1) + "…"
    )
