"""The document of `profile show --json`: a resolved profile under the keys of profiles.toml."""

from typing import Any

from nbtui.model.target import Resolved

_JUPYTER_PORT = 8889


def show(resolved: Resolved) -> dict[str, Any]:
    """Every key that a profile may have, its gaps filled; null where only the host can tell.

    Secrets are not in it: a profile has none. The keys only ever grow.
    """
    target = resolved.target
    return {
        "name": resolved.name,
        "source": resolved.source,
        "host": target.host,
        "user": target.user,
        "port": target.port,
        "identity_file": list(target.identity_files),
        "certificate_file": list(target.certificate_files),
        "identity_agent": target.identity_agent,
        "jump": resolved.jump,
        "proxy_command": target.proxy_command,
        "address_family": target.address_family,
        "host_key_alias": target.host_key_alias,
        "keyring": resolved.keyring,
        "favourite": resolved.favourite,
        "group": resolved.group,
        "tags": list(resolved.tags),
        "jupyter": _jupyter(resolved),
        "forwards": [one._asdict() for one in resolved.forwards],
        "machine": {"flavors": [one._asdict() for one in resolved.flavors]},
    }


def _jupyter(resolved: Resolved) -> dict[str, Any]:
    said = resolved.jupyter._asdict()
    port = said["port"] or _JUPYTER_PORT
    filled = {"directory": "~", "port": port, "local_port": port}
    return {key: filled.get(key) if value is None else value for key, value in said.items()}
