"""`nbtui profile add --from-command`: an ssh command line becomes a profile."""

import re
from pathlib import Path

from nbtui.cli.shared import Shared
from nbtui.model.profile import Profile
from nbtui.profiles.pasted import pasted as pasted_profile


def pasted(shared: Shared, name: str, line: str) -> Profile:
    """The profile; says what of the command is not kept. Raises: UsageError."""
    profile, notes = pasted_profile(name, line, environ=shared.environ, key_path=_lasting)
    shared.talk.note((*notes, *_missing(profile.identity_file), *_tunnel(profile)))
    return profile


def _lasting(path: str) -> str:
    """A key's path that does not depend on this folder, from the home where it can be."""
    if "%" in path or re.match(r"~|[A-Za-z]:\\", path):
        return path
    here, known = Path(path).absolute(), Path.home() / ".ssh" / path
    found = known if known.exists() and not here.exists() else here
    try:
        return f"~/{found.relative_to(Path.home()).as_posix()}"
    except ValueError:
        return str(found)


def _missing(paths: tuple[str, ...]) -> list[str]:
    return [
        f"there is no key {path} yet"
        for path in paths
        if "%" not in path and not Path(path).expanduser().exists()
    ]


def _tunnel(profile: Profile) -> list[str]:
    if profile.jupyter.port is None:
        return []
    here, there = profile.jupyter.local_port, profile.jupyter.port
    return [f"the notebook's tunnel: port {here} here to port {there} of the host"]
