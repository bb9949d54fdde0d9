"""Puts the clerk and the archive together, from what the dashboard was handed."""

from collections.abc import Callable, Sequence

from textual.app import App

from nbtui.client.engine import Engine
from nbtui.model.failure import Failure
from nbtui.profiles.ledger import Ledger
from nbtui.profiles.saved import Saved
from nbtui.tui.editor.archive import Archive
from nbtui.tui.editor.clerk import Clerk
from nbtui.tui.editor.hands import Hands
from nbtui.tui.keynames import KeyNames
from nbtui.tui.outside import Outside
from nbtui.tui.talk import DialogTalk


def clerk_for(
    app: App[str],
    *,
    ledger: Ledger,
    engine: Engine,
    outside: Outside,
    talk: Callable[[str], DialogTalk],
    seeded: Callable[[Saved, str], object],
    complain: Callable[[str, Failure], object],
    keys: Callable[[], KeyNames],
    demo: Callable[[], object],
    bring: Callable[[], object],
    up: Callable[[str], bool],
) -> Clerk:
    """The clerk of a dashboard. The arguments are those of `Archive` and `Hands`."""

    def sources(key: str) -> Callable[[], Sequence[tuple[str, str]]] | None:
        if key == "identity_file":
            return outside.key_files
        if key in ("host", "jump"):
            return lambda: [(one, one) for one in outside.hosts()]
        return None

    def offered() -> Sequence[tuple[str, str]]:
        from nbtui.tui.screens.welcome import offers  # noqa: PLC0415  # once in a lifetime

        return offers(
            sessions=len(outside.putty()),
            hosts=len(outside.hosts()),
            demo=outside.demo is not None,
        )

    archive = Archive(ledger=ledger, engine=engine, talk=talk, post=app.post_message)
    hands = Hands(
        app=app,
        archive=archive,
        keys=keys,
        seeded=seeded,
        complain=complain,
        sources=sources,
        offers=offered,
        demo=demo,
        bring=bring,
        up=up,
    )
    return Clerk(hands)
