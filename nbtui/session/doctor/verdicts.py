"""From what was found to a verdict. Pure: a verdict's time is the chart's business."""

from collections.abc import Iterator, Sequence

from nbtui.errors import ExitCode, HostKeyChanged, NbtuiError
from nbtui.model.check import HOST_KEY, Check, Fix
from nbtui.model.target import Resolved


def bad(layer: str, error: NbtuiError) -> Check:
    """What ended a look at a layer."""
    return Check.of(layer, error)._replace(fix=_replace_key(error))


def _replace_key(error: NbtuiError) -> Fix | None:
    if not isinstance(error, HostKeyChanged):
        return None
    place = f"{error.file}:{error.line}"
    return Fix(
        name=HOST_KEY,
        text=f"Replace the key of {error.host} in {place}",
        about=error.offered,
        detail=(
            f"on file  {error.stored}  ({place})",
            f"offered  {error.offered_type} {error.offered}",
        ),
        asks=True,
    )


def tolerable(check: Check) -> Check:
    """The same as a warning: it is wrong, and does not keep anybody from the notebook now."""
    return check._replace(status="warn", code=0) if check.status == "bad" else check


def profile(resolved: Resolved) -> Check:
    """The name stands for a host, from wherever its parts come."""
    way = f" by {resolved.jump}" if resolved.jump else ""
    where = f"{resolved.target.where}{way}, from {resolved.source}"
    # what is odd about profiles.toml itself was said by the look at the file
    warnings = [one for one in resolved.warnings if "profiles.toml:" not in one]
    if not warnings:
        return Check(layer="profile", status="ok", evidence=where)
    evidence = "\n".join((where, *warnings))
    return Check(layer="profile", status="warn", evidence=evidence)


def settled(keys: Check, later: Sequence[Check]) -> Iterator[Check]:
    """The key files and what came after them: if the login failed, unusable keys are why.

    Args:
        keys: with a fault.
        later: up to the login.
    """
    refused = any(one.layer == "login" and one.status == "bad" for one in later)
    if not refused:
        yield keys
        yield from later
        return
    yield keys._replace(status="bad", code=int(ExitCode.LOGIN))
    for one in later:
        blamed = one.layer == "login"
        yield one._replace(status="skip", code=0, hint="") if blamed else one


def ssh_agent(path: str | None, keys: Sequence[str] | None, trouble: str = "") -> Check:
    """The ssh-agent (on Windows Pageant) of who asks.

    Args:
        path: of its socket; None: none is named, "none": ssh_config wants none.
        keys: comments of the keys that it holds; None: it does not answer.
        trouble: why it does not.
    """
    layer = "ssh-agent"
    if keys is not None:
        names = ", ".join(keys)
        count = f"{len(keys)} keys: {names}" if keys else "no key"
        return Check(layer=layer, status="ok", evidence=f"holds {count}")
    if path is None:
        return Check(layer=layer, status="skip", evidence="there is none")
    if path == "none":
        said = "ssh_config says IdentityAgent none"
        return Check(layer=layer, status="skip", evidence=said)
    evidence = f"nobody answers at {path}{trouble and ': '}{trouble}"
    hint = "start one: eval $(ssh-agent); ssh-add"
    return Check(layer=layer, status="warn", evidence=evidence, hint=hint)
