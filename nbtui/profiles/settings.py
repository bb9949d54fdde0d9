"""The single settings of a `Target`, out of ssh_config and with OpenSSH's own defaults."""

from pathlib import Path
from typing import Literal

from nbtui.model.target import Target
from nbtui.profiles.openssh.host import HostConfig
from nbtui.profiles.openssh.tokens import absolute
from nbtui.profiles.openssh.values import port_of, seconds_of

AddressFamily = Literal["any", "inet", "inet6"]

_STRICT = {"true": "yes", "false": "no"} | {
    word: word for word in ("ask", "yes", "no", "off", "accept-new")
}
_PUBKEY = {"no": False, "false": False} | dict.fromkeys(
    ("yes", "true", "unbound", "host-bound"), True
)
_FAMILIES: dict[str, AddressFamily] = {"any": "any", "inet": "inet", "inet6": "inet6"}
_DEFAULT_KEYS = ("id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk")
"""Source: fill_default_options of OpenSSH's readconf.c."""


def target_of(
    config: HostConfig,
    *,
    keys: tuple[str, ...],
    default_keys: tuple[str, ...],
    certificates: tuple[str, ...],
    default_certificates: tuple[str, ...],
    system_folder: Path,
) -> Target:
    """A target without its way there: no jumps, no proxy command.

    Args:
        keys: private keys that count in place of those of ssh_config.
        default_keys: those that count when ssh_config names none.
        certificates: certificates that count in place of those of ssh_config.
        default_certificates: those that count when ssh_config names none.
        system_folder: where the global known_hosts files are.

    Raises:
        ConfigError: a value that cannot be used.
    """
    options, home = config.options, config.here.home
    identities, explicit = _identities(config, keys, default_keys)
    timeout = options.first("connecttimeout")
    return Target(
        host=config.host,
        port=port_of(options),
        user=config.user,
        identity_files=identities,
        identities_explicit=explicit,
        identities_only=options.flag("identitiesonly", default=False),
        certificate_files=_certificates(config, certificates, default_certificates),
        identity_agent=_identity_agent(config),
        host_key_alias=(options.text("hostkeyalias") or "").lower() or None,
        user_known_hosts=_known_hosts(config, "user", str(home / ".ssh" / "known_hosts")),
        global_known_hosts=_known_hosts(
            config, "global", str(system_folder / "ssh_known_hosts")
        ),
        strict_host_key_checking=_STRICT[
            options.choice("stricthostkeychecking", _STRICT) or "ask"
        ],
        hash_known_hosts=options.flag("hashknownhosts", default=False),
        connect_timeout=seconds_of(timeout) if timeout else None,
        address_family=_family(config),
        preferred_authentications=_methods(config),
        pubkey_authentication=_PUBKEY[
            options.choice("pubkeyauthentication", _PUBKEY) or "yes"
        ],
        password_authentication=options.flag("passwordauthentication", default=True),
        kbd_interactive_authentication=options.flag(
            "kbdinteractiveauthentication", default=True
        ),
    )


def _identities(
    config: HostConfig, keys: tuple[str, ...], default_keys: tuple[str, ...]
) -> tuple[tuple[str, ...], bool]:
    """The private keys, and whether somebody named them."""
    home = config.here.home
    if not keys and config.options.gathered("identityfile"):
        return _gathered_paths(config, "identityfile"), True
    if keys or default_keys:
        return tuple(absolute(key, home) for key in keys or default_keys), True
    return tuple(str(home / ".ssh" / key) for key in _DEFAULT_KEYS), False


def _certificates(
    config: HostConfig, asked: tuple[str, ...], default: tuple[str, ...]
) -> tuple[str, ...]:
    if not asked and config.options.gathered("certificatefile"):
        return _gathered_paths(config, "certificatefile")
    return tuple(absolute(one, config.here.home) for one in asked or default)


def _gathered_paths(config: HostConfig, keyword: str) -> tuple[str, ...]:
    return tuple(
        path
        for line in config.options.gathered(keyword)
        if line.args[0].lower() != "none"
        for path in config.paths(line)
    )


def _known_hosts(config: HostConfig, whose: str, default: str) -> tuple[str, ...]:
    line = config.options.first(f"{whose}knownhostsfile")
    if line is None:
        return default, f"{default}2"
    if "none" not in map(str.lower, line.args):
        return config.paths(line)
    if len(line.args) > 1:
        raise line.wrong("none must stand alone")
    return ()


def _identity_agent(config: HostConfig) -> str | None:
    line = config.options.first("identityagent")
    if line is None or line.args[0] in (
        "SSH_AUTH_SOCK",
        "$SSH_AUTH_SOCK",
        "${SSH_AUTH_SOCK}",
    ):
        return None
    word = line.args[0]
    if word == "none":
        return word
    if word.startswith("$") and not word.startswith("${"):
        return config.here.environ.get(word[1:]) or "none"
    return config.paths(line)[0]


def _family(config: HostConfig) -> AddressFamily:
    word = config.options.choice("addressfamily", _FAMILIES)
    return _FAMILIES[word or "any"]


def _methods(config: HostConfig) -> tuple[str, ...]:
    words = (config.options.text("preferredauthentications") or "").split(",")
    return tuple(word.strip() for word in words if word.strip())
