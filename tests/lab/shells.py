"""A `Shell` by the system's ssh, one connection a script: for tests of what asks a host."""

import os
import secrets
import subprocess
from threading import Timer

from lab.sshd import SshHost
from nbtui.model.shell import Completed


class SshShell:
    """See `nbtui.model.shell.Shell`. Standard error is not kept."""

    def __init__(self, host: SshHost, *, command: str = "exec sh -s") -> None:
        self._argv = [
            "ssh", "-F", "/dev/null", "-T", "-i", str(host.key), "-p", str(host.port),
            "-o", f"UserKnownHostsFile={host.known_hosts}", "-o", "BatchMode=yes",
            "-o", "IdentitiesOnly=yes", "127.0.0.1", command,
        ]  # fmt: skip

    def run(self, script: str, *, timeout: float = 10.0, limit: int = 1 << 20) -> Completed:
        """See `Shell.run`; ends at a mark, because a daemon of an rc file may hold the channel open."""
        mark = secrets.token_hex(8)
        text = f"printf {mark}\n(\n{script}\n) < /dev/null\nprintf '{mark}%d{mark}' $?\n"
        pipe = subprocess.PIPE
        with subprocess.Popen(
            self._argv, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
        ) as ssh:  # fmt: skip
            watchdog = Timer(timeout, ssh.kill)
            watchdog.start()
            assert ssh.stdin is not None
            assert ssh.stdout is not None
            ssh.stdin.write(text.encode())
            ssh.stdin.flush()
            said = _until(ssh.stdout.fileno(), mark.encode(), times=3)
            watchdog.cancel()
            ssh.kill()
        parts = said.split(mark.encode())
        assert len(parts) == 4, f"no answer in {timeout:g} s"
        return Completed(status=int(parts[2]), out=parts[1][:limit], err=b"")


def _until(fd: int, mark: bytes, *, times: int) -> bytes:
    """All that comes, until a mark was seen so often or nothing comes any more."""
    chunks, tail = [], b""
    while times > 0 and (more := os.read(fd, 1 << 20)):
        window = tail + more
        times -= window.count(mark)
        tail = window[-len(mark) + 1 :]
        chunks.append(more)
    return b"".join(chunks)
