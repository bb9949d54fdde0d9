"""What stands in the list: profiles in their groups, folded and filtered. Pure.

Favourites come first, then profiles without a group, which have no heading where they stand at the top; hosts that are not saved come last.
"""

from collections.abc import Iterable, Mapping, Set as AbstractSet
from typing import NamedTuple

from nbtui.model.snapshot import Snapshot

FAVOURITES = "favourites"
"""The group at the top; who is in it is not listed in a group of its own as well."""

UNGROUPED = "no group"
"""What the profiles without a group are called below favourites; elsewhere they have no heading."""

SSH_CONFIG = "ssh_config"
"""The group of hosts that ssh knows and nobody saved here; read-only, folded at first."""

PUTTY = "PuTTY"
"""The group of PuTTY's saved sessions that nobody imported; read-only, folded at first."""

SOURCES: Mapping[str, str] = {SSH_CONFIG: "ssh_config", PUTTY: "putty"}
"""The groups of what other programs know -> what its rows have as their source."""

UNSAVED = "not saved"
"""The group of hosts that are in use without being a profile."""


class GroupRow(NamedTuple):
    """The heading of a group."""

    name: str
    total: int
    """Profiles in it that the filter lets through."""

    up: int
    """How many of them are connected."""

    folded: bool

    @property
    def key(self) -> tuple[str, str]:
        """What the selection holds on to."""
        return ("group", self.name)


class HostRow(NamedTuple):
    """One profile or host."""

    snapshot: Snapshot

    @property
    def key(self) -> tuple[str, str]:
        """What the selection holds on to."""
        return ("host", self.snapshot.name)


Row = GroupRow | HostRow


def arrange(
    snapshots: Iterable[Snapshot],
    *,
    folded: AbstractSet[str],
    needle: str,
    favourites: AbstractSet[str] = frozenset(),
) -> tuple[Row, ...]:
    """The rows of the list, in the order of `snapshots`, group by group.

    A filter opens every group: what was typed for should be seen.

    >>> hosts = [Snapshot(name="a", host="h", group="lab"), Snapshot(name="b", host="h")]
    >>> [row.key for row in arrange(hosts, folded={"lab"}, needle="")]
    [('host', 'b'), ('group', 'lab')]
    """
    groups: dict[str, list[Snapshot]] = {"": []}
    for snapshot in snapshots:
        if matches(snapshot, needle):
            group = FAVOURITES if snapshot.name in favourites else snapshot.group
            groups.setdefault(group, []).append(snapshot)
    if FAVOURITES in groups and groups[""]:
        groups[UNGROUPED] = groups.pop("")
    rows: list[Row] = []
    for name in sorted(groups, key=_rank):
        rows.extend(_section(name, groups[name], folded=not needle and name in folded))
    return tuple(rows)


def matches(snapshot: Snapshot, needle: str) -> bool:
    """Whether each word of the filter is found in name, host, user, tags or group.

    >>> matches(Snapshot(name="gpu1", host="10.0.0.7", tags=("A100",)), "gpu a1")
    True
    """
    if not needle:
        return True
    facts = (snapshot.name, snapshot.host, snapshot.user, snapshot.group, *snapshot.tags)
    hay = "\n".join(facts).casefold()
    return all(word in hay for word in needle.casefold().split())


def _section(name: str, members: list[Snapshot], *, folded: bool) -> Iterable[Row]:
    if name:
        up = sum(one.up for one in members)
        yield GroupRow(name=name, total=len(members), up=up, folded=folded)
    if not folded:
        yield from (HostRow(snapshot=one) for one in members)


def _rank(group: str) -> int:
    """Groups keep their order of appearance (sorting is stable); these stand apart."""
    apart = {FAVOURITES: -1, UNGROUPED: 0, "": 0, UNSAVED: 2, SSH_CONFIG: 3, PUTTY: 4}
    return apart.get(group, 1)
