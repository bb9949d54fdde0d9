"""What the keys do: each errand is a blocking call of the engine, run in a thread of the crew.

An errand returns what the toast says; an empty text says nothing, because the lights do.
"""

from collections.abc import Callable
from dataclasses import dataclass

from nbtui.client.engine import ConnectOptions, Engine, StopReport, Talk
from nbtui.errors import NbtuiError, Refused
from nbtui.model.hint import Hint
from nbtui.model.question import Question
from nbtui.model.snapshot import Snapshot
from nbtui.tui.messages import Takeover


@dataclass(frozen=True, kw_only=True, slots=True)
class Kit:
    """What an errand may use."""

    engine: Engine
    talk: Talk
    open_url: Callable[[str], None]
    take_over: Callable[[str, Takeover], object]
    """Gives the terminal away until the person comes back; returns then."""

    show_hints: Callable[[str, tuple[Hint, ...]], object]
    copy: Callable[[str], object]
    """Puts text on the clipboard."""


Errand = Callable[[Kit, Snapshot], str]


def enter(kit: Kit, one: Snapshot) -> str:
    """Connect and open the notebook; a host nobody saved is looked at first."""
    if one.source != "profiles.toml":
        seen = kit.engine.probe(one.name, kit.talk)
        if seen.server is None:
            return _ask_what_for(kit, one)
    return _connect_and_open(kit, one)


def connect(kit: Kit, one: Snapshot) -> str:
    """Connect, without the browser."""
    seen = kit.engine.connect(one.name, ConnectOptions(), kit.talk)
    return f"{seen.name} is at {seen.url}" if seen.url else ""


def disconnect(kit: Kit, one: Snapshot) -> str:
    """Close the tunnel and the link."""
    kit.engine.disconnect((one.name,))
    return f"{one.name}: tunnel and link are closed, what runs there goes on"


def start(kit: Kit, one: Snapshot) -> str:
    """Start the server, no tunnel."""
    kit.engine.start(one.name, None, kit.talk)
    return f"{one.name}: Jupyter runs, connect opens the tunnel"


def stop(kit: Kit, one: Snapshot) -> str:
    """Shut down cleanly; the agent asks with everything that would be lost."""
    return _told(kit.engine.stop(one.name, False, False, kit.talk))


def open_page(kit: Kit, one: Snapshot) -> str:
    """Open the browser."""
    kit.open_url(kit.engine.url(one.name, kit.talk, sent=True))
    return ""


def probe(kit: Kit, one: Snapshot) -> str:
    """Look again what lives there."""
    kit.engine.probe(one.name, kit.talk)
    return ""


def hints(kit: Kit, one: Snapshot) -> str:
    """Resize hints with fresh figures."""
    kit.show_hints(one.name, kit.engine.hints((one.name,), kit.talk))
    return ""


def attach(kit: Kit, one: Snapshot) -> str:
    """This terminal becomes the server's. The link is opened first, while dialogs can still be shown."""
    kit.engine.probe(one.name, kit.talk)
    kit.take_over(one.name, "attach")
    return ""


def shell(kit: Kit, one: Snapshot) -> str:
    """A shell on the host, over the same link."""
    kit.engine.probe(one.name, kit.talk)
    kit.take_over(one.name, "shell")
    return ""


def copy(kit: Kit, one: Snapshot) -> str:
    """The URL without its token, for a mail or a bookmark."""
    if not one.url:
        message = f"{one.name} has no URL before its tunnel is open"
        raise NbtuiError(message, host=one.name, hint="connect, then copy it again")
    kit.copy(one.url)
    return f"copied {one.url}"


ERRANDS: dict[str, Errand] = {
    "enter": enter,
    "connect": connect,
    "disconnect": disconnect,
    "start": start,
    "stop": stop,
    "open": open_page,
    "probe": probe,
    "hints": hints,
    "attach": attach,
    "shell": shell,
    "copy": copy,
}
"""By the name that the key bindings use."""


def perform(verb: str, kit: Kit, one: Snapshot) -> str:
    """Do an errand; where a host key that changed is in the way, ask for it, and begin anew once it is replaced."""
    try:
        return ERRANDS[verb](kit, one)
    except NbtuiError as error:
        if not error.offered or not kit.engine.replace_host_key(
            one.name, error.offered, kit.talk
        ):
            raise
    return ERRANDS[verb](kit, one)


def _connect_and_open(kit: Kit, one: Snapshot) -> str:
    kit.engine.connect(one.name, ConnectOptions(), kit.talk)
    return open_page(kit, one)


def _ask_what_for(kit: Kit, one: Snapshot) -> str:
    choices = (
        ("jupyter", "Jupyter: start a server there and open it"),
        ("shell", "a shell"),
        ("tunnel", "the link and its forwards only"),
    )
    text = f"No Jupyter runs on {one.name}, and it is no profile. What do you want there?"
    match kit.talk.ask(Question(kind="choice", text=text, choices=choices)):
        case "jupyter":
            return _connect_and_open(kit, one)
        case "shell":
            return shell(kit, one)
        case "tunnel":
            return f"{one.name}: the link is up, nothing was started"
        case _:
            message = f"{one.name}: nothing was started"
            raise Refused(message, host=one.name, hint="disconnect closes the link")


def _told(report: StopReport) -> str:
    """The steps with their ticks.

    An empty report says that nothing ran.
    """
    ticks = [f"{'✔' if step.ok else '✖'} {step.step}" for step in report.steps]
    left = [f"left: {what}" for what in report.left]
    return "\n".join(
        (f"{report.name} is shut down" if not left else f"{report.name}:", *ticks, *left)
    )
