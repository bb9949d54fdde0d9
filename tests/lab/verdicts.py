"""What `nbtui doctor` said, for tests."""

import json
import subprocess
from dataclasses import dataclass
from typing import Any

from lab.desk import Desk
from nbtui.model.check import NEEDS


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One examination."""

    status: int
    """Exit status."""

    checks: dict[str, dict[str, Any]]
    """By layer."""

    err: str

    @property
    def blamed(self) -> str:
        """The first layer that is bad; empty: none is."""
        bad = (layer for layer, one in self.checks.items() if one["status"] == "bad")
        return next(bad, "")

    @property
    def found(self) -> tuple[str, int]:
        """The layer that is blamed, and the exit status."""
        return self.blamed, self.status

    def said(self, layer: str) -> str:
        """The evidence and what to try."""
        return f"{self.checks[layer]['evidence']}\ntry: {self.checks[layer]['try']}"

    def of(self, layer: str) -> str:
        """ok, warn, bad or skip."""
        status: str = self.checks[layer]["status"]
        return status


def verdict_of(process: "subprocess.Popen[str]") -> Verdict:
    """Of `nbtui doctor NAME --json`, begun; every layer has its say, in order."""
    out, err = process.communicate(timeout=110)
    checks = {one["layer"]: one for one in json.loads(out)["checks"]}
    assert list(checks) == list(NEEDS), err
    assert all(one["evidence"] for one in checks.values()), out
    for text in (out, err):
        assert "Traceback" not in text
        assert "NAME" not in text
    return Verdict(status=process.returncode, checks=checks, err=err)


def examine(desk: Desk, name: str = "myvm", **env: str) -> Verdict:
    """Run `nbtui doctor NAME --json` to its end."""
    return verdict_of(desk.begin("doctor", name, "--json", **env))
