"""What the keys are called on the screen, for texts that name one: a remapped key is named as it is now."""

from collections.abc import Mapping

from textual.keys import format_key

from nbtui.model.keys import KEYS

KeyNames = Mapping[str, str]
"""Name of a binding -> what its first key is called."""


def key_name(key: str) -> str:
    """A key as one would say it.

    >>> key_name("dollar_sign"), key_name("enter"), key_name("ctrl+r"), key_name("shift+f5")
    ('$', 'enter', '^r', 'shift+f5')
    """
    *modifiers, last = key.split("+")
    name = "enter" if last == "enter" else format_key(last)
    return "".join("^" if one == "ctrl" else f"{one}+" for one in modifiers) + name


def key_names(said: Mapping[str, str]) -> KeyNames:
    """The names in force.

    Args: said: what `[keys]` says, see `nbtui.profiles.saved.Saved.keys`.
    """
    now = {**KEYS, **said}
    return {name: key_name(keys.partition(",")[0]) for name, keys in now.items()}


AS_BUILT = key_names({})
"""Where nobody said otherwise."""
