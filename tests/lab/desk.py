"""The user's side: a home of its own, profiles, and `nbtui` as a program."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab.sshd import SshHost
from lab.tty import Terminal

BROWSER = """\
#!{python} -S
import re, sys, urllib.request
page = open(sys.argv[1].removeprefix("file://")).read()
open("{browsed}", "a").write(page)
[url] = re.findall('url=([^"]+)"', page)
urllib.request.urlopen(url, timeout=10).read()
"""
"""What a browser does with the redirect file: read it while it is there, and follow it."""


@dataclass(frozen=True, kw_only=True)
class Ran:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """stdout as one document, of a command that did what it was asked."""
        assert self.status == 0, f"exit status {self.status}: {self.out}{self.err}"
        return json.loads(self.out)


@dataclass(kw_only=True)
class Desk:
    """A user without anything: folders, and the program."""

    root: Path
    env: dict[str, str] = field(default_factory=dict)
    inside: list[str] = field(default_factory=list)
    """Words before the command lines of programs without a terminal, such as those that enter a network namespace."""

    begun: "list[subprocess.Popen[str]]" = field(default_factory=list)

    def __post_init__(self) -> None:
        for folder in (self.home / ".ssh", self.config, self.state, self.runtime):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
        self.browsed = self.root / "browsed"
        browser = self.root / "browser"
        browser.write_text(BROWSER.format(python=sys.executable, browsed=self.browsed))
        browser.chmod(0o755)
        self.env = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "XDG_RUNTIME_DIR": str(self.runtime),
            "NBTUI_CONFIG_DIR": str(self.config),
            "NBTUI_STATE_DIR": str(self.state),
            "BROWSER": str(browser),
            **(
                {"COVERAGE_PROCESS_START": x}
                if (x := os.environ.get("COVERAGE_PROCESS_START"))
                else {}
            ),
            **self.env,
        }

    @property
    def home(self) -> Path:
        """HOME."""
        return self.root / "home"

    @property
    def config(self) -> Path:
        """Holds profiles.toml."""
        return self.root / "config"

    @property
    def state(self) -> Path:
        """Holds state.json and the log."""
        return self.root / "state"

    @property
    def runtime(self) -> Path:
        """XDG_RUNTIME_DIR."""
        return self.root / "run"

    def knows(self, host: SshHost, name: str = "myvm", **jupyter: object) -> None:
        """Save a profile for a host of the lab, and trust its key."""
        lines = [
            f"[profiles.{name}]",
            f'host = "{host.address}"',
            f"port = {host.port}",
            f'identity_file = "{host.key}"',
            f"[profiles.{name}.jupyter]",
            *(f"{key} = {json.dumps(value)}" for key, value in jupyter.items()),
        ]
        with (self.config / "profiles.toml").open("a") as file:
            file.write("\n".join(lines) + "\n")
        with (self.home / ".ssh" / "known_hosts").open("a") as file:
            file.write(host.known_hosts.read_text())

    def nbtui(self, *words: str, timeout: float = 60.0, **env: str) -> Ran:
        """Run one command without a terminal."""
        done = subprocess.run(
            [*self.inside, sys.executable, "-m", "nbtui", *words], env={**self.env, **env}, cwd=self.home,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip
        return Ran(status=done.returncode, out=done.stdout, err=done.stderr)

    def begin(self, *words: str, **env: str) -> "subprocess.Popen[str]":
        """Start a command without a terminal and leave it running."""
        process = subprocess.Popen(
            [*self.inside, sys.executable, "-m", "nbtui", *words], env={**self.env, **env}, cwd=self.home,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.begun.append(process)
        return process

    def leave(self) -> None:
        """End what was begun, and the agent."""
        for process in self.begun:
            if process.poll() is None:
                process.kill()
            if process.stdout and not process.stdout.closed:
                process.communicate()
        self.nbtui("agent", "stop")

    def terminal(self, *words: str, **env: str) -> Terminal:
        """A terminal in which one command runs."""
        script = "import runpy; runpy.run_module('nbtui', run_name='__main__')"
        return Terminal(script=script, arguments=[*words], env={**self.env, **env})

    def row(self, name: str = "myvm") -> dict[str, Any]:
        """The row of `status --json`."""
        row: dict[str, Any] = self.nbtui("status", name, "--json").json["profiles"][0]
        return row

    def log(self) -> str:
        """The agent's log."""
        return "\n".join(one.read_text() for one in self.state.glob("agent-*.log"))
