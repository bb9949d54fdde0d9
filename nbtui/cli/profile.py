"""`nbtui profile …`: editing a file needs no agent."""

import importlib
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypedDict, TypeVar, Unpack

import click

from nbtui.cli import output
from nbtui.cli.arguments import as_json, name, names_of, pass_shared
from nbtui.cli.import_openssh import openssh
from nbtui.cli.profile_import import group as import_group
from nbtui.cli.shared import Shared
from nbtui.errors import UsageError
from nbtui.model.profile import JupyterSettings, Profile
from nbtui.quoting import quote

if TYPE_CHECKING:
    from nbtui.profiles.hops import Hop
    from nbtui.profiles.importing.remembered import Imports
    from nbtui.profiles.memory import Memory

ELSEWHERE = {"export": "nbtui.cli.profile_export"}
"""Name of a command -> its module."""


class Profiles(click.Group):
    """Its larger commands have modules of their own, which are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Those of this module first."""
        return [*super().list_commands(ctx), *ELSEWHERE]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """See `click.Group.get_command`."""
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        found: click.Command = importlib.import_module(ELSEWHERE[cmd_name]).command
        found.epilog = self.epilog
        return found


@click.group(cls=Profiles)
def command() -> None:
    """Saved profiles: hosts with all that is needed to reach them and to run Jupyter there.

    \b
    Example: nbtui profile add myvm cades@172.22.3.50 --key ~/.ssh/id_rsa
    """


command.add_command(import_group)
import_group.add_command(openssh)


@command.command("list")
@as_json
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Hosts of ssh_config and sessions of PuTTY too.",
)
@pass_shared
def list_profiles(shared: Shared, *, as_json: bool, everything: bool) -> None:
    """A line a profile.

    \b
    Example: nbtui profile list --json
    """
    saved = shared.store.load()
    shared.talk.note(saved.warnings)
    rows = [*saved.profiles, *(_others(shared, saved.profiles) if everything else ())]
    if as_json:
        output.document({"profiles": [_listed(one) for one in rows]})
        return
    for one in rows:
        output.line("\t".join((one.name, _where(one), one.group, " ".join(one.tags))))


def _others(shared: Shared, saved: tuple[Profile, ...]) -> list[Profile]:
    """Concrete names of ssh_config, then PuTTY's sessions; nothing is resolved or run to list them."""
    from nbtui.profiles.here import config_files
    from nbtui.profiles.openssh.hosts import hosts
    from nbtui.profiles.putty.sessions import listed
    from nbtui.profiles.world import putty_sources

    names = hosts(config_files(shared.environ))
    found = [Profile(name=one, source="ssh_config") for one in names]
    found += listed(putty_sources(shared.environ))
    first = {one.name: one for one in reversed([*saved, *found])}
    return [one for one in found if first[one.name] is one]


def _listed(one: Profile) -> dict[str, object]:
    return {
        "name": one.name,
        "host": one.host or one.name,
        "user": one.user,
        "port": one.port,
        "group": one.group,
        "tags": list(one.tags),
        "source": one.source,
    }


def _where(one: Profile) -> str:
    return (f"{one.user}@" if one.user else "") + (one.host or one.name)


@command.command()
@name
@as_json
@pass_shared
def show(shared: Shared, *, name: str, as_json: bool) -> None:
    """The resolved profile: every gap filled, from wherever it comes.

    \b
    Example: nbtui profile show myvm --json
    """
    from nbtui.profiles.resolve import resolve, show as shown
    from nbtui.profiles.world import this_world

    saved = shared.store.load()
    resolved = resolve(name, saved=saved, world=this_world(shared.environ))
    shared.talk.note((*saved.warnings, *resolved.warnings))
    document = shown(resolved)
    if as_json:
        output.document(document)
        return
    for key, value in _flat(document):
        output.line(f"{key}\t{value}")


def _flat(document: Mapping[str, object], prefix: str = "") -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for key, value in document.items():
        if isinstance(value, dict):
            rows += _flat(value, f"{prefix}{key}.")
        elif isinstance(value, list):
            rows += [(prefix + key, _one_line(one)) for one in value]
        elif value not in (None, "", False):
            rows.append((prefix + key, value))
    return rows


def _one_line(one: object) -> str:
    """An element of a list; a table as its words.

    >>> _one_line({"name": "m1.small", "cores": 1, "hourly": None})
    'name=m1.small cores=1'
    """
    if not isinstance(one, dict):
        return str(one)
    return " ".join(f"{key}={value}" for key, value in one.items() if value is not None)


class Given(TypedDict):
    """The options of `add`, as click has checked them."""

    host: str | None
    user: str | None
    port: int | None
    keys: tuple[str, ...]
    jump: str | None
    group: str
    tags: tuple[str, ...]
    directory: str | None
    activate: str | None
    jupyter_port: int | None
    local_port: int | None


@command.command()
@click.argument("name")
@click.argument("where", required=False, metavar="[[user@]host[:port]]")
@click.option(
    "--from-command",
    metavar="LINE",
    help="An ssh command line that does it today; it is read, not run.",
)
@click.option("--host", help="Address or name.")
@click.option("--user", help="Login name.")
@click.option(
    "--key", "keys", multiple=True, metavar="FILE", help="Private key; repeatable."
)
@click.option("--port", type=click.IntRange(1, 65535), help="TCP port of sshd.")
@click.option("--jump", metavar="HOST[,HOST…]", help="ProxyJump chain.")
@click.option("--group", default="", help="Where the dashboard lists it.")
@click.option("--tag", "tags", multiple=True, help="Repeatable.")
@click.option("--directory", metavar="DIR", help="Folder on the host.")
@click.option("--activate", metavar="LINE", help="Makes `jupyter` available there.")
@click.option("--jupyter-port", type=click.IntRange(1, 65535), help="Port on the host.")
@click.option(
    "--local-port", type=click.IntRange(1, 65535), help="Port of the tunnel here."
)
@pass_shared
def add(
    shared: Shared,
    /,
    name: str,
    where: str | None,
    from_command: str | None,
    **given: Unpack[Given],
) -> None:
    """Save a profile.

    \b
    Example: nbtui profile add myvm cades@172.22.3.50 --key ~/.ssh/id_rsa
             nbtui profile add myvm --from-command 'ssh -i key.pem -N -L 8889:localhost:8889 cades@172.22.3.50'
    """
    base = _base(shared, name, where, from_command)
    profile = base._replace(
        host=_one(given["host"], base.host, "host"),
        user=_one(given["user"], base.user, "user"),
        port=_one(given["port"], base.port, "port"),
        identity_file=(*given["keys"], *base.identity_file),
        jump=_one(given["jump"], base.jump, "jump"),
        group=given["group"],
        tags=given["tags"],
        jupyter=_jupyter(given, base.jupyter),
    )
    shared.store.add(profile)
    if sys.stderr.isatty():
        output.say(f"saved; now: nbtui connect {quote(name)}")


def _base(shared: Shared, name: str, where: str | None, line: str | None) -> Profile:
    """What the destination or the ssh command says, before the options."""
    if line is not None and where is not None:
        raise UsageError(f"two values for host: {where} and that of --from-command")
    if line is not None:
        from nbtui.cli.pasting import pasted

        return pasted(shared, name, line)
    if where is None:
        return Profile(name=name)
    hop = _hop(where)
    return Profile(name=name, host=hop.host, user=hop.user, port=hop.port)


def _jupyter(given: Given, base: JupyterSettings) -> JupyterSettings:
    return JupyterSettings(
        directory=given["directory"],
        activate=given["activate"],
        port=_one(given["jupyter_port"], base.port, "the port of Jupyter"),
        local_port=_one(given["local_port"], base.local_port, "the local port"),
    )


def _hop(where: str) -> "Hop":
    from nbtui.profiles.hops import parse_hop

    try:
        return parse_hop(where)
    except ValueError as exc:
        raise UsageError(str(exc)) from None


T = TypeVar("T")


def _one(option: T | None, part: T | None, what: str) -> T | None:
    if option is not None and part is not None and option != part:
        raise UsageError(f"two values for {what}: {option} and {part}")
    return part if option is None else option


@command.command()
@name
@pass_shared
def remove(shared: Shared, *, name: str) -> None:
    """Forget a profile, and what the keyring holds of it; the host is left alone.

    \b
    Example: nbtui profile remove myvm
    """
    if shared.store.load().has_keyring(name):
        shared.engine.forget(name, shared.talk)
    shared.store.remove(name)
    _memory(shared).forget(name)


@command.command()
@name
@pass_shared
def forget(shared: Shared, *, name: str) -> None:
    """Erase what is kept of the logins to NAME: passwords and passphrases, in the agent and in the keyring.

    A line for each that there was; the profile stays.

    \b
    Example: nbtui profile forget myvm
    """
    for one in shared.engine.forget(name, shared.talk):
        output.line(one)


@command.command()
@click.argument("old", shell_complete=names_of)
@click.argument("new")
@pass_shared
def rename(shared: Shared, *, old: str, new: str) -> None:
    """Give a profile another name; all else in the file stays as it is.

    \b
    Example: nbtui profile rename myvm gpu1
    """
    shared.store.rename(old, new)
    _memory(shared).rename(old, new)
    _imports(shared).rename(old, new)


def _memory(shared: Shared) -> "Memory":
    """What is remembered of a profile goes where the profile goes."""
    from nbtui.profiles.memory import Memory

    return Memory(shared.paths.state_json)


def _imports(shared: Shared) -> "Imports":
    """So does what an import remembers of it; of one that was removed it knows that, and leaves it out."""
    from nbtui.profiles.importing.remembered import Imports

    return Imports(shared.paths.imports_json)


@command.command()
@click.argument("name", required=False, shell_complete=names_of)
@pass_shared
def edit(shared: Shared, *, name: str | None) -> None:
    """Edit profiles.toml in your editor; what does not load is refused.

    The editor is $VISUAL, else $EDITOR.

    \b
    Example: nbtui profile edit
    """
    from nbtui.cli.editing import edit_profiles

    edit_profiles(shared, name)
