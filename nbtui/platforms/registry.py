r"""What the registry keeps for this user, below HKEY_CURRENT_USER.

`REGISTRY.keys(key)` yields the names of the keys below one, `REGISTRY.values(key)` its values: name and text or
number; other sorts are left out. A key is written `Software\SimonTatham\PuTTY`; one that is not there has nothing.
"""

import sys

if sys.platform == "win32":
    import winreg

    from nbtui.platforms.windows.registry import Registry

    REGISTRY = Registry(
        open_key=lambda key: winreg.OpenKey(winreg.HKEY_CURRENT_USER, key),
        enum_key=winreg.EnumKey,
        enum_value=winreg.EnumValue,
    )
else:
    from nbtui.platforms.posix.registry import Registry

    REGISTRY = Registry()

__all__ = ["REGISTRY", "Registry"]
