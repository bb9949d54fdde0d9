"""One real sshd as a host of its own: hostname, process list, home, tmux server.

The host is a mount, UTS and PID namespace, so that killing its first process is a power cut and
nothing of it can outlive the test. Its home is set by SetEnv and a ForceCommand wrapper (the real
home stays visible, because the interpreter under test may live there).
"""

import contextlib
import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil

from lab.network import into
from lab.ports import next_port
from lab.shaper import Shaper
from nbtui.model.target import Target
from waiting import until

SSHD = shutil.which("sshd") or "/usr/sbin/sshd"
BIN = Path(sys.executable).parent
"""Holds the `jupyter` that the lab's hosts may use."""

WRAP = """\
#!/bin/sh
SHELL=$LAB_SHELL; export SHELL
cd "$HOME" || exit 97
case "$SSH_ORIGINAL_COMMAND" in
  "") exec $LAB_SHELL -l ;;
  internal-sftp|*/sftp-server) exec /usr/lib/openssh/sftp-server ;;
  *) exec $LAB_SHELL -c "$SSH_ORIGINAL_COMMAND" ;;
esac
"""


def free_port() -> int:
    """A TCP port that no other test takes; see `lab.ports`."""
    return next_port()


def keygen(path: Path, *options: str, kind: str = "ed25519", passphrase: str = "") -> Path:
    """Make a key pair; returns the private half's path."""
    subprocess.run(
        [
            "ssh-keygen",
            "-q",
            "-t",
            kind,
            "-N",
            passphrase,
            "-C",
            "lab",
            "-f",
            path,
            *options,
        ],
        check=True,
    )
    return path


def _alive(process: psutil.Process) -> bool:
    """It runs; one that nobody has waited for does not."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@dataclass(kw_only=True)
class SshHost:
    """A host. Use `start` and `stop`, or the `host` fixture."""

    name: str
    root: Path
    """Folder of the host's files; short, because Unix sockets live below it."""

    key: Path
    """The user's private key, accepted by the host."""

    port: int = field(default_factory=free_port)
    address: str = "127.0.0.1"
    """Where it listens."""

    namespace: str = ""
    """Network namespace that it lives in; empty: this machine's own."""

    config: str = ""
    """More lines of sshd_config."""

    env: dict[str, str] = field(default_factory=dict)
    shell: str = "/bin/bash"
    """Login shell."""

    boot: str = ""
    """Shell lines that root runs in the host's own namespaces before sshd, such as a bind mount."""

    process: subprocess.Popen[bytes] | None = None

    @property
    def home(self) -> Path:
        """The user's home on the host."""
        return self.root / "home"

    @property
    def known_hosts(self) -> Path:
        """A known_hosts file of the client that trusts this host."""
        return self.root / "known_hosts"

    def prepare(self) -> None:
        """Write all files; keeps what is there, so that a host can be booted again."""
        for folder in (self.home, self.root / "tmux"):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
        if not (self.root / "hostkey").exists():
            keygen(self.root / "hostkey")
        shutil.copy(self.key.with_suffix(".pub"), self.root / "authorized_keys")
        (self.root / "wrap").write_text(WRAP)
        (self.root / "wrap").chmod(0o755)
        (self.root / "boot_id").write_text(f"{uuid.uuid4()}\n")
        (self.root / "sshd_config").write_text(self._sshd_config())
        public = (self.root / "hostkey.pub").read_text()
        self.known_hosts.write_text(f"[{self.address}]:{self.port} {public}")

    def _sshd_config(self) -> str:
        env = {
            "HOME": str(self.home),
            "TMUX_TMPDIR": str(self.root / "tmux"),
            "LAB_SHELL": self.shell,
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            **self.env,
        }
        # the first value wins in sshd_config, so a test's own lines come first
        return f"""{self.config}
ListenAddress {self.address}
Port {self.port}
HostKey {self.root}/hostkey
AuthorizedKeysFile {self.root}/authorized_keys
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PrintMotd no
PrintLastLog no
MaxStartups 100
Subsystem sftp internal-sftp
ForceCommand {self.root}/wrap
SetEnv {" ".join(f'"{key}={value}"' for key, value in env.items())}
"""

    def start(self) -> "SshHost":
        """Boot; returns when sshd listens."""
        self.prepare()
        user = [] if os.getuid() == 0 else ["--user", "--map-current-user", "--keep-caps"]
        boot = (
            f"{self.boot or ':'}; hostname {self.name};"
            f" mount --bind {self.root}/boot_id /proc/sys/kernel/random/boot_id;"
            f" exec {SSHD} -D -f {self.root}/sshd_config -E {self.root}/log"
        )
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(parents=True, exist_ok=True)
        else:  # without it a pty cannot be had where /dev/pts is mounted without gid=5
            group = self.root / "group"
            lines = Path("/etc/group").read_text().splitlines()
            group.write_text("\n".join(x for x in lines if not x.startswith("tty:")) + "\n")
            boot = f"mount --bind {group} /etc/group; {boot}"
        self.process = subprocess.Popen(
            [
                *(into(self.namespace) if self.namespace else ()),
                "unshare",
                *user,
                "--mount",
                "--uts",
                "--pid",
                "--fork",
                "--kill-child",
                "--mount-proc",
                "sh",
                "-c",
                boot,
            ],
            stdin=subprocess.DEVNULL,
        )
        until(self._listens, what=f"sshd of {self.name} listening (see {self.root}/log)")
        return self

    def _listens(self) -> bool:
        if self.namespace:
            log = self.root / "log"
            return log.exists() and "Server listening" in log.read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        """Power cut: sshd, tmux, Jupyter, kernels are gone."""
        if self.process is not None:
            inside = psutil.Process(self.process.pid).children()
            self.process.kill()
            self.process.wait()
            self.process = None
            until(lambda: not any(map(_alive, inside)), what=f"the end of {self.name}")

    @property
    def init_pid(self) -> int:
        """Pid of the host's first process (its sshd listener), as seen from outside."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return int(children.read_text().split()[0])

    @property
    def enter(self) -> list[str]:
        """Words before a command line that is to run on the host; not its cgroup, which only root may enter."""
        user = [] if os.getuid() == 0 else ["--user", "--preserve-credentials"]
        return ["nsenter", "-t", str(self.init_pid), *user, "--mount", "--uts", "--pid"]

    def run(self, script: str, *, check: bool = True) -> str:
        """Run sh on the host as the user, without ssh; returns its standard output."""
        env = {
            **os.environ,
            "HOME": str(self.home),
            "TMUX_TMPDIR": str(self.root / "tmux"),
            "SHELL": self.shell,
        }
        env.pop("TMUX", None)
        done = subprocess.run(
            [*self.enter, "sh", "-c", script],
            env=env,
            check=check,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout

    def processes(self) -> list[str]:
        """`pid args` of every process of the host but its sshd listener and zombies."""
        out = self.run("ps -wweo pid=,stat=,args=")
        rows = [line.split(None, 2) for line in out.splitlines()]
        return [
            f"{pid} {args}"
            for pid, stat, args in rows
            if pid != "1" and "Z" not in stat and "ps -wweo" not in args
        ]

    @contextlib.contextmanager
    def freezing(self) -> Iterator[None]:
        """While inside, sshd is stopped, its listener and every connection: TCP answers, and nobody speaks."""
        os.kill(self.init_pid, signal.SIGSTOP)
        self.kill_sessions(signal.SIGSTOP)
        try:
            yield
        finally:
            self.kill_sessions(signal.SIGCONT)
            os.kill(self.init_pid, signal.SIGCONT)

    def behind(self, wire: Shaper) -> "SshHost":
        """The same host as who comes through `wire` sees it; the profile of a desk may name it."""
        public = (self.root / "hostkey.pub").read_text()
        with self.known_hosts.open("a") as file:
            file.write(f"[127.0.0.1]:{wire.port} {public}")
        return replace(self, port=wire.port)

    def kill_sessions(self, sig: int = signal.SIGKILL) -> None:
        """Signal the sshd processes of every connection: for a user who is not root there are two each."""
        for process in psutil.Process(self.init_pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):  # it followed the one before it
                if process.name().startswith("sshd"):
                    process.send_signal(sig)

    def give_jupyter(self) -> None:
        """Put the development environment's `jupyter` on the login shell's PATH."""
        (self.home / ".profile").write_text(f'export PATH="{BIN}:$PATH"\n')
        self.write("/.jupyter/.keep")

    def write(self, path: str, text: str = "", mode: int = 0o600) -> Path:
        """Write a file below the home."""
        file = self.home / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)
        return file

    def target(self, **changes: object) -> Target:
        """A resolved target for the link, that trusts the host and uses the key."""
        facts: dict[str, object] = {
            "host": self.address,
            "port": self.port,
            "user": getpass.getuser(),
            "identity_files": (str(self.key),),
            "identities_explicit": True,
            "identities_only": True,
            "identity_agent": "none",
            "user_known_hosts": (str(self.known_hosts),),
        }
        return Target(**{**facts, **changes})  # type: ignore[arg-type]  # facts of a test
