"""What the detail pane says about one host, as lines of a given width. Pure.

A column of labels, and the facts beside it; a section that has nothing to say is not there.
"""

from collections.abc import Callable, Iterable, Iterator

from textual.content import Content
from textual.style import Style

from nbtui.model.snapshot import Light, ServerInfo, Snapshot, StateName
from nbtui.tui.marks import (
    ALERT,
    BAD,
    CALL,
    FAINT,
    MUTED,
    TITLE,
    light_mark,
    state_mark,
)
from nbtui.tui.rows import SOURCES
from nbtui.tui.widgets.detail_tables import forward_lines, kernel_lines, usage_lines
from nbtui.tui.widgets.detail_view import LABEL, View, beside, ends, labelled
from nbtui.tui.widgets.hint_lines import headline_of
from nbtui.tui.words import age, brief, latency

WIDE = 92
"""Cells from which what is known of the server fits into one line."""


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
    lines = [ends(left, right, view.width)]
    doing = _doing(view)
    if one.url and one.state != "disconnected":
        lines.append(
            ends(_link(one.url), doing or _key(view, "host.open", "opens it"), view.width)
        )
    elif doing:
        lines.append(doing)
    return lines


def _doing(view: View) -> Content | None:
    one = view.snapshot
    if one.state == "reconnecting" and one.retry_in is not None:
        soon = Content.styled(f"next try in {brief(one.retry_in)}  ", ALERT)
        return soon + _key(view, "host.disconnect", "gives up")
    if one.state == "needs-input":
        asked = one.question.text if one.question else "a question waits"
        return Content.styled(f"{asked}  ", CALL) + _key(view, "host.enter", "answers")
    if one.doing:
        doing = Content.styled(f"{one.doing} …  ", ALERT)
        return doing + _key(view, "host.disconnect", "cancels")
    return None


def _key(view: View, name: str, words: str) -> Content:
    return Content.styled(f"{view.keys[name]} {words}", FAINT)


def _error(view: View) -> Iterator[Content]:
    error = view.snapshot.last_error
    if error is None:
        return
    where = f"{error.layer}: " if error.layer else ""
    yield from labelled("error", Content.styled(f"{where}{error.message}", BAD), view.width)
    if error.hint:
        hint = Content.assemble(("try: ", MUTED), (error.hint, "bold"))
        yield from labelled("", hint, view.width)


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
            (f"{shape} ", style),
            (f"{_word(label, light, one.state):<8}", style),
            (fact, MUTED),
        )
        yield beside(label, text)
        if label == "server" and one.server and view.width < WIDE:
            yield beside("", Content.styled(f"  {'':<8}{_place(one.server)}", MUTED))


_WORDS: dict[Light, str] = {
    "off": "off",
    "wait": "wait",
    "ok": "ok",
    "warn": "unsure",
    "bad": "bad",
}
_OK_WORDS = {"link": "up", "tunnel": "open", "server": "runs", "kernels": "ok"}
_BAD_WORDS = {"link": "lost", "tunnel": "closed", "server": "gone", "kernels": "bad"}
_NEVER_WORDS = {**_BAD_WORDS, "link": "none", "server": "none"}
"""After a first attempt, which lost nothing."""


def _word(label: str, light: Light, state: StateName) -> str:
    if light == "ok":
        return _OK_WORDS[label]
    if light == "bad":
        return (_NEVER_WORDS if state == "failed" else _BAD_WORDS)[label]
    return _WORDS[light]


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


def _hints(view: View) -> Iterator[Content]:
    for hint in view.hints[:2]:
        key = Content.styled(f" ({view.keys['host.hints']})", FAINT)
        yield from labelled("hint", headline_of(hint) + key, view.width)


def _notes(view: View) -> Iterator[Content]:
    for note in view.snapshot.notes:
        yield from labelled("note", Content.styled(note, MUTED), view.width)


_OFFERS = (
    ("host.enter", "connects and opens the notebook"),
    ("host.start", "only starts the server"),
    ("host.shell", "opens a shell"),
)
_STRANGER_OFFERS = (
    ("host.enter", "looks what is there, then asks"),
    ("host.shell", "opens a shell"),
)
_IMPORT_OFFER = ("profiles.import", "makes a profile of it")


def _offer(view: View) -> Iterator[Content]:
    """What to do with a host that nothing is known of yet."""
    one = view.snapshot
    if one.state != "disconnected" or one.last_error:
        return
    offers = _OFFERS if view.saved else _STRANGER_OFFERS
    known = not view.saved and one.source in SOURCES.values()
    for name, words in (*offers, _IMPORT_OFFER) if known else offers:
        key = view.keys[name].rjust(LABEL - 2)
        yield Content.assemble((f"{key}  ", CALL), (words, MUTED))
    if one.tags:
        yield Content("")
        yield beside("tags", Content.styled(" ".join(one.tags), MUTED))


_SECTIONS: tuple[Callable[[View], Iterable[Content]], ...] = (
    _error,
    _layers,
    usage_lines,
    _hints,
    kernel_lines,
    forward_lines,
    _notes,
    _offer,
)


def _address(one: Snapshot) -> str:
    return f"{one.user}@{one.host}" if one.user else one.host


def _link(url: str) -> Content:
    return Content.styled(
        url, Style(underline=True) + Style.from_meta({"@click": "screen.host('open')"})
    )
