"""nbtui beside the real PuTTY: plink's own files, its tunnel, its port."""

import base64
import os
import subprocess
from pathlib import Path

import pytest

from lab.sshd import free_port
from nbtui.profiles.putty.hostkeys import cached_keys
from nbtui.profiles.putty.source import RawHostKey

KINDS = {
    "rsa": ("-t", "rsa", "-b", "2048"),
    "ecdsa-256": ("-t", "ecdsa", "-b", "256"),
    "ecdsa-384": ("-t", "ecdsa", "-b", "384"),
    "ecdsa-521": ("-t", "ecdsa", "-b", "521"),
    "ed25519": ("-t", "ed25519"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_that_plink_has_cached_is_the_hosts_own(kind: str, tmp_path: Path) -> None:
    """plink asks sshd, a person says yes, and the line that plink writes is read."""
    key, port = tmp_path / "key", free_port()
    subprocess.run(["ssh-keygen", "-q", "-N", "", "-f", str(key), *KINDS[kind]], check=True)
    config = tmp_path / "sshd_config"
    config.write_text(f"Port {port}\nListenAddress 127.0.0.1\nHostKey {key}\nUsePAM no\n")
    (tmp_path / ".putty").mkdir()  # plink makes none
    home = {**os.environ, "HOME": str(tmp_path)}
    with subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", str(config)]) as sshd:
        try:
            line = cached_by_plink(port, home, tmp_path)
        finally:
            sshd.terminate()
    name, _blank, value = line.partition(" ")
    [found] = cached_keys([RawHostKey(name, value)])
    public = base64.b64decode(Path(f"{key}.pub").read_text().split()[1])
    assert (found.host, found.port, found.blob) == ("127.0.0.1", port, public)


def cached_by_plink(port: int, env: dict[str, str], home: Path) -> str:
    for _ in range(50):  # until sshd listens
        subprocess.run(
            ["plink", "-P", str(port), "nobody@127.0.0.1", "true"],
            input=b"y\n\n", env=env, capture_output=True, check=False, timeout=20,
        )  # fmt: skip
        file = next(home.rglob("sshhostkeys"), None)
        if file is not None and file.read_text():
            return file.read_text().strip()
    raise AssertionError("plink has cached nothing")
