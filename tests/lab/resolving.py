"""Resolving a name where profiles, ssh_config and defaults are all in a test's hand."""

from dataclasses import replace
from pathlib import Path

from lab.ssh_oracle import lab_world
from nbtui.model.profile import Profile
from nbtui.model.target import Resolved
from nbtui.profiles.resolve import resolve
from nbtui.profiles.saved import Saved

NOBODY = Profile(name="")


class LookUp:
    """Resolves names; the only host that has an address is known.example.org."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "config"
        self.config.touch(mode=0o600)
        self.world = replace(
            lab_world(self.config), lookup=lambda host: host == "known.example.org"
        )

    @property
    def me(self) -> str:
        """The login name here."""
        return self.world.here.user

    def __call__(
        self,
        name: str,
        *profiles: Profile,
        ssh: str = "",
        defaults: Profile = NOBODY,
        overrides: Profile = NOBODY,
    ) -> Resolved:
        """Resolve a name with that text as ssh_config."""
        self.config.write_text(ssh)
        saved = Saved(profiles=profiles, defaults=defaults)
        return resolve(name, saved=saved, overrides=overrides, world=self.world)
