"""What profiles.toml says, read and checked."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from nbtui.model.profile import Profile


class Saved(NamedTuple):
    """All of profiles.toml. Gaps are not filled: that is `nbtui.profiles.resolve`."""

    profiles: tuple[Profile, ...] = ()
    """In the order of the file."""

    defaults: Profile = Profile(name="")
    """What `[defaults]` says, as a profile without a name."""

    keys: Mapping[str, str] = MappingProxyType({})
    """What `[keys]` says: name of a binding of the dashboard -> its keys, as Textual writes them."""

    warnings: tuple[str, ...] = ()
    """Such as an unknown key, each with file, line and the nearest known one; said once by who loads."""

    def get(self, name: str) -> Profile | None:
        """The profile of this very name."""
        return next((one for one in self.profiles if one.name == name), None)

    def has_keyring(self, name: str) -> bool:
        """The system's keyring may hold what logs in to the profile of this name."""
        profile = self.get(name)
        return profile is not None and bool(profile.keyring or self.defaults.keyring)
