"""What is offered to who starts without a profile: what was found here, and a new one."""

from collections.abc import Iterator

from textual.events import Key

from nbtui.model.question import Question
from nbtui.tui.keynames import KeyNames
from nbtui.tui.screens.dialogs import ChoiceDialog
from nbtui.tui.words import plural

Choices = tuple[tuple[str, str], ...]


class Welcome(ChoiceDialog):
    """See the module. The answer is a key of `offers`."""

    def __init__(self, *, choices: Choices, keys: KeyNames) -> None:
        text = "Notebooks on other machines, one key away. How do you want to begin?"
        question = Question(kind="choice", text=text, choices=choices)
        super().__init__(name="", question=question, keys=keys)

    def on_key(self, event: Key) -> None:
        """Who knows the dashboard's keys already has them: the welcome steps aside for any that is written."""
        if event.is_printable and event.key != "space":
            event.stop()
            self.dismiss(None)
            self.app.call_later(self.app.simulate_key, event.key)

    @property
    def title_text(self) -> str:
        """See `Dialog.title_text`."""
        return "Welcome to nbtui"


def offers(*, sessions: int, hosts: int, demo: bool) -> Choices:
    """What can be begun with, as (key, what is shown).

    >>> [key for key, _ in offers(sessions=0, hosts=2, demo=True)]
    ['new', 'hosts', 'demo']

    Args:
        sessions: PuTTY's saved ones.
        hosts: of ssh_config.
        demo: there is a pretend VM.
    """
    return tuple(_offers(sessions, hosts, demo=demo))


def _offers(sessions: int, hosts: int, *, demo: bool) -> Iterator[tuple[str, str]]:
    yield "new", _line("A new profile", "a form: a host, a user, a folder")
    if sessions:
        found = plural(sessions, "PuTTY session")
        yield "putty", _line(found, "import them: host, keys and tunnels")
    if hosts:
        yield "hosts", _line(plural(hosts, "host") + " of ssh", "choose one to save")
    if demo:
        yield "demo", _line("A pretend VM", "try everything; nothing leaves this machine")


def _line(what: str, how: str) -> str:
    return f"{what:<20} {how}"
