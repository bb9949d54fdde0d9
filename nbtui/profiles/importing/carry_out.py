"""The deed: one write of profiles.toml under its lock, and then what is to be remembered of it.

Surprise: it is planned again under the lock, because somebody may have written since the person chose. Where the
process ends between the two writes, the next import finds profiles that say what the source says, and knows them.
"""

from collections.abc import Iterable, Sequence

from nbtui.errors import NbtuiError
from nbtui.profiles.changes import Put, Remove
from nbtui.profiles.consents import Consents
from nbtui.profiles.importing.candidates import Candidate, Skipped
from nbtui.profiles.importing.plan import Choose, Plan, plan
from nbtui.profiles.importing.remembered import Imports
from nbtui.profiles.saved import Saved
from nbtui.profiles.store import Store
from nbtui.quoting import quote


def carry_out(
    candidates: Iterable[Candidate | Skipped],
    *,
    store: Store,
    imports: Imports,
    consents: Consents,
    choose: Choose = lambda _name: None,
) -> Plan:
    """Import; what was done.

    Raises:
        ConfigError: profiles.toml does not load or cannot be written; nothing was changed.
        NbtuiError: it could not be kept which commands need a yes; nothing was changed.
    """
    wanted, before, made = tuple(candidates), imports.read(), list[Plan]()

    def decide(saved: Saved) -> Sequence[Put | Remove]:
        made.append(plan(wanted, saved=saved, memories=before, choose=choose))
        _hold(made[-1], consents)
        return made[-1].changes

    store.change(decide)
    imports.remember(made[-1].memories, instead_of=before)
    return made[-1]


def _hold(planned: Plan, consents: Consents) -> None:
    """Before they can be run, it stands fast that they need a yes."""
    commands = {line for one in planned.outcomes if one.profile for line in one.commands}
    if not consents.hold(commands):
        raise NbtuiError(
            f"{consents.path} cannot be written, and it has to hold which commands wait for a yes",
            layer="config",
            hint=f"look at it: ls -lad {quote(str(consents.path))}",
        )
