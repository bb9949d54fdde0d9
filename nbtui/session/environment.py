"""Which Jupyter of the host serves a profile."""

from typing import NamedTuple

from nbtui.errors import HostLacks
from nbtui.model.host import HostReport
from nbtui.model.question import Ask, Question
from nbtui.session.rig import Rig


class Way(NamedTuple):
    """How a server comes by its Jupyter."""

    activate: str = ""
    """Lines for the login shell."""

    jupyter: str = ""
    """Path, for where the PATH has none after that."""


def environment(rig: Rig, report: HostReport, ask: Ask) -> Way:
    """The profile's own, else what the login shell has, else what there is; of several the person chooses.

    Raises: HostLacks: several, and none was chosen.
    """
    activate, first = rig.resolved.jupyter.activate, next(iter(report.jupyters), "")
    ways = _ways(report)
    if activate or report.jupyter_on_path or (len(ways) < 2 and not report.modules):  # noqa: PLR2004
        return Way(activate=activate or "", jupyter=first)
    if rig.chosen_jupyter not in ways:
        rig.chosen_jupyter = _asked(tuple(ways), ask)
    return ways[rig.chosen_jupyter]


def _ways(report: HostReport) -> dict[str, Way]:
    loads = (f"module load {name}" for name in report.modules)
    paths = {path: Way(jupyter=path) for path in report.jupyters}
    return paths | {line: Way(activate=line) for line in loads}


def _asked(ways: tuple[str, ...], ask: Ask) -> str:
    choices = tuple((way, way) for way in ways)
    text = "no jupyter on the PATH; use which one?"
    answer = ask(Question(kind="choice", text=text, choices=choices))
    if answer not in ways:
        raise HostLacks(
            "the login shell has no `jupyter`; there is " + ", ".join(ways),
            hint="nbtui profile edit NAME  # set jupyter.activate",
        )
    return answer
