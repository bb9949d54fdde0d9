"""The form of a profile: its pages and fields, in words for people.

What a field may hold is `schema`'s business; here stands only how it is asked for.
"""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from nbtui.profiles.unknown import RUNNERS

Kind = Literal["text", "number", "list", "lines", "flag", "choice"]
"""Of what is typed: one line, a number, words between commas, several lines, yes or no, one of a few."""


class Field(NamedTuple):
    """One value of a profile."""

    key: str
    """Below the profile's table, with a dot for `jupyter`; `name` is the table's own."""

    label: str
    about: str
    """What it is for, or what holds when nothing is written."""

    kind: Kind = "text"
    choices: tuple[str, ...] = ()
    """Of a choice; the empty one means: not said."""

    @property
    def path(self) -> tuple[str, ...]:
        """The keys below the profile's table."""
        return tuple(self.key.split("."))


class Rows(NamedTuple):
    """A list of tables, each a row of cells."""

    key: str
    label: str
    """Of one row."""

    about: str
    columns: tuple[Field, ...]
    """Their keys are those of a row's table."""

    first: tuple[str, ...]
    """The cells of a new row."""

    @property
    def path(self) -> tuple[str, ...]:
        """See `Field.path`."""
        return tuple(self.key.split("."))


class Page(NamedTuple):
    """What is shown together."""

    title: str
    fields: tuple[Field, ...] = ()
    rows: tuple[Rows, ...] = ()


_SAID = ("", "yes", "no")

FORWARDS: Final = Rows(
    key="forwards",
    label="forward",
    about="local: as -L of ssh, a port here that leads there · remote: as -R · socks: as -D",
    columns=(
        Field("kind", "kind", "", "choice", ("local", "remote", "socks")),
        Field("listen", "listens at", "port or host:port"),
        Field("to", "leads to", "host:port, as seen from there"),
    ),
    first=("local", "", ""),
)
FLAVORS: Final = Rows(
    key="machine.flavors",
    label="size",
    about="The sizes that this machine could have; resize hints propose them and tell the savings",
    columns=(
        Field("name", "name", "as the cloud calls it"),
        Field("cores", "cores", "4", "number"),
        Field("memory_gb", "GiB", "16", "number"),
        Field("hourly", "an hour", "price", "number"),
    ),
    first=("", "", "", ""),
)
PAGES: Final = (
    Page(
        "Session",
        (
            Field("name", "Name", "What you type: nbtui connect NAME"),
            Field("host", "Host", "Address; empty: ssh_config knows the name"),
            Field("port", "Port", "Of sshd; empty: as ssh_config says, else 22", "number"),
            Field("group", "Group", "Where the dashboard lists it"),
            Field("tags", "Tags", "Words to filter by, commas between them", "list"),
            Field("favourite", "Favourite", "Stands at the top of the list", "flag", _SAID),
        ),
    ),
    Page(
        "Login",
        (
            Field("user", "User", "Empty: as ssh_config says, else yours here"),
            Field(
                "identity_file",
                "Key files",
                "Tried in this order; empty: those of ssh",
                "list",
            ),
            Field("certificate_file", "Certificates", "Empty: KEY-cert.pub", "list"),
            Field("identity_agent", "ssh-agent", "Its socket, or none"),
            Field("jump", "Jump hosts", "[user@]host[:port], nearest first"),
            Field("proxy_command", "Proxy command", "A line whose streams lead to %h:%p"),
            Field(
                "address_family",
                "Addresses",
                "inet: IPv4 alone, inet6: IPv6 alone",
                "choice",
                ("", "any", "inet", "inet6"),
            ),
            Field("host_key_alias", "Host key alias", "Its name in known_hosts"),
            Field(
                "keyring",
                "Keyring",
                "Right passwords go to the system's keyring",
                "flag",
                _SAID,
            ),
        ),
    ),
    Page(
        "Jupyter",
        (
            Field("jupyter.directory", "Folder", "On the host; empty: your home there"),
            Field("jupyter.port", "Port there", "Empty: 8889 or the next free", "number"),
            Field(
                "jupyter.local_port",
                "Port here",
                "Empty: the same, else the next free one",
                "number",
            ),
            Field(
                "jupyter.activate",
                "Activate",
                "Shell lines that make jupyter available",
                "lines",
            ),
            Field("jupyter.command", "Command", "Empty: what the host has, lab first"),
            Field(
                "jupyter.runner",
                "Runner",
                "What keeps it alive; not said: tmux",
                "choice",
                ("", *RUNNERS),
            ),
        ),
    ),
    Page("Forwards", rows=(FORWARDS,)),
    Page("Machine", rows=(FLAVORS,)),
)

FIELDS: Final[Mapping[str, Field]] = {
    field.key: field for page in PAGES for field in page.fields
}
LISTS: Final[Mapping[str, Rows]] = {rows.key: rows for page in PAGES for rows in page.rows}


def page_of(key: str) -> int:
    """The place of the page that has a field, a list or a row of it.

    >>> page_of("jupyter.port"), page_of("forwards.0")
    (2, 3)
    """
    for number, page in enumerate(PAGES):
        keys = [*(one.key for one in page.fields), *(one.key for one in page.rows)]
        if any(key == one or key.startswith(f"{one}.") for one in keys):
            return number
    return 0
