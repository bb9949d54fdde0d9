"""What the dashboard needs of the desk it runs on; handed in by who starts it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from nbtui.model.profile import Profile
from nbtui.profiles.saved import Saved

if TYPE_CHECKING:
    from nbtui.client.engine import Talk
    from nbtui.profiles.ledger import Ledger


class Outside(NamedTuple):
    """Callables for what is not the agent's business. Each may raise `NbtuiError`."""

    open_url: Callable[[str], None]
    """Opens the browser on a URL that holds a token; called from a thread."""

    saved: Callable[[], Saved]
    """profiles.toml, read anew."""

    hosts: Callable[[], Sequence[str]] = tuple
    """Names that ssh_config knows; nothing may be resolved or run to tell them."""

    ledger: "Callable[[], Ledger] | None" = None
    """Saved profiles, for who changes them; None: they cannot be changed here."""

    key_files: Callable[[], Sequence[tuple[str, str]]] = tuple
    """Private keys of this user: the path of each and what it is; called from a thread."""

    demo: Callable[[], None] | None = None
    """The pretend VM and a dashboard on it, in this terminal; returns when the person leaves it. None: there is none."""
    putty: Callable[[], Sequence[Profile]] = tuple
    """What PuTTY has saved, as profiles; nothing is resolved or run. Called from a thread."""

    bring: "Callable[[str, tuple[str, ...], Talk], str] | None" = None
    """Makes profiles of what a source (putty, ssh_config) has of these names, or of all; says what was done. Called
    from a thread."""

    edit: Callable[[str | None], None] | None = None
    """Runs the editor on profiles.toml, at that profile; the terminal is free meanwhile. None: no editor."""

    new_window: Callable[[Sequence[str]], bool] | None = None
    """Runs `nbtui ARGUMENTS…` in a new window of the tmux around us, or in a new terminal; False: there is
    neither. Asked when inside tmux, and when the dashboard cannot be suspended."""

    inside_tmux: bool = False
    """A new window is better than suspending."""

    copy: Callable[[str], None] | None = None
    """Puts text on the clipboard; None: by the terminal (OSC 52)."""
