"""The tables of profiles.toml and what they become: `Profile` and what hangs on it, there and back.

`PROFILE` and the other mappings are the list of keys that there are; `unknown` reads it too.
"""

from collections.abc import Callable, Mapping
from typing import Any

from nbtui.model.profile import Flavor, ForwardSpec, JupyterSettings, Profile
from nbtui.profiles.saved import Saved
from nbtui.profiles.values import (
    Wrong,
    address,
    alias,
    amount,
    cores,
    each,
    family,
    flag,
    host,
    jump,
    label,
    labels,
    lines,
    listen,
    port,
    profile_name,
    shown,
    text,
    texts,
    user,
    within,
)

Table = Mapping[str, Any]
Read = Callable[[object], Any]


def read_document(document: Table) -> Saved:
    """Everything but the warnings.

    Raises:
        Wrong: a value that cannot be used, with its path from the root.
    """
    return Saved(**_table(DOCUMENT, document))


def to_table(profile: Profile) -> dict[str, Any]:
    """What `read_document` reads as this profile; what is not said is not there."""
    document: dict[str, Any] = _said(
        {key: getattr(profile, key) for key in PROFILE if hasattr(profile, key)}
    )
    document["jupyter"] = _said(profile.jupyter._asdict())
    document["forwards"] = [_said(one._asdict()) for one in profile.forwards]
    document["machine"] = _said(
        {"flavors": [_said(one._asdict()) for one in profile.flavors]}
    )
    return _said(document)


def _profiles(value: object) -> tuple[Profile, ...]:
    tables = _any_table(value)
    return tuple(within(name, _profile(name), one) for name, one in tables.items())


def _defaults(value: object) -> Profile:
    return Profile(name="", **_fields(value))


def _profile(name: str) -> Callable[[object], Profile]:
    return lambda value: Profile(name=profile_name(name), **_fields(value))


def _fields(value: object) -> dict[str, Any]:
    known = _table(PROFILE, value)
    known["flavors"] = known.pop("machine", ())
    return known


def _jupyter(value: object) -> JupyterSettings:
    return JupyterSettings(**_table(JUPYTER, value))


def forward(value: object) -> ForwardSpec:
    """One table of `forwards`."""
    known = _table(FORWARD, value, needed=("kind", "listen"))
    if known["kind"] == "socks" and "to" in known:
        raise Wrong(
            "must not be there: socks leads wherever it is asked to",
            hint="remove the line",
            path=("to",),
        )
    if known["kind"] != "socks" and "to" not in known:
        raise Wrong(
            "to is missing: where the forward leads", hint='add to = "localhost:27017"'
        )
    return ForwardSpec(**known)


def _kind(value: object) -> str:
    if value not in ("local", "remote", "socks"):
        raise Wrong(f"must be local, remote or socks, not {shown(value)}")
    return str(value)


def _machine(value: object) -> tuple[Flavor, ...]:
    flavors: tuple[Flavor, ...] = _table(MACHINE, value).get("flavors", ())
    return flavors


def flavor(value: object) -> Flavor:
    """One table of `machine.flavors`."""
    return Flavor(**_table(FLAVOR, value, needed=("name", "cores", "memory_gb")))


def _keys(value: object) -> dict[str, str]:
    from nbtui.profiles.keymap import keymap  # noqa: PLC0415  # few files have keys

    return keymap(value)


def _list_of(read: Read) -> Read:
    return lambda value: each(read, value)


def _any_table(value: object) -> Table:
    if not isinstance(value, dict):
        raise Wrong(f"must be a table, not {shown(value)}")
    return value


def _table(
    fields: Mapping[str, Read], value: object, *, needed: tuple[str, ...] = ()
) -> dict[str, Any]:
    given = _any_table(value)
    for key in needed:
        if key not in given:
            raise Wrong(f"{key} is missing", hint=f"add {key} = …")
    return {
        key: within(key, read, given[key]) for key, read in fields.items() if key in given
    }


def _said(table: Table) -> dict[str, Any]:
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in table.items()
        if value not in (None, (), [], {}) and (key, value) != ("group", "")
    }


JUPYTER: Mapping[str, Read] = {
    "runner": label,
    "directory": text,
    "port": port,
    "local_port": port,
    "activate": lines,
    "command": text,
}
FORWARD: Mapping[str, Read] = {"kind": _kind, "listen": listen, "to": address}
FLAVOR: Mapping[str, Read] = {
    "name": label,
    "cores": cores,
    "memory_gb": amount,
    "hourly": amount,
}
MACHINE: Mapping[str, Read] = {"flavors": _list_of(flavor)}
PROFILE: Mapping[str, Read] = {
    "host": host,
    "user": user,
    "port": port,
    "identity_file": texts,
    "certificate_file": texts,
    "identity_agent": text,
    "jump": jump,
    "proxy_command": text,
    "address_family": family,
    "host_key_alias": alias,
    "keyring": flag,
    "favourite": flag,
    "group": label,
    "tags": labels,
    "jupyter": _jupyter,
    "forwards": _list_of(forward),
    "machine": _machine,
}
DOCUMENT: Mapping[str, Read] = {"profiles": _profiles, "defaults": _defaults, "keys": _keys}
SUBTABLES: Mapping[str, Mapping[str, Read]] = {
    "jupyter": JUPYTER,
    "forwards": FORWARD,
    "machine": MACHINE,
    "flavors": FLAVOR,
}
