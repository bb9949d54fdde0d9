"""PuTTY's keys, made and judged by the real puttygen."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from lab.sshd import keygen

PHRASE = "open sesame"
KINDS = {
    "rsa": ("rsa", "-b", "2048"),
    "ecdsa-256": ("ecdsa", "-b", "256"),
    "ecdsa-384": ("ecdsa", "-b", "384"),
    "ecdsa-521": ("ecdsa", "-b", "521"),
    "ed25519": ("ed25519",),
}
"""By name: what ssh-keygen is told."""
FORMS = {
    "v2": "version=2",
    "v3": "version=3",
    "v3 Argon2id": "version=3,kdf=argon2id,memory=64,passes=2",
    "v3 Argon2i": "version=3,kdf=argon2i,memory=64,passes=1",
    "v3 Argon2d": "version=3,kdf=argon2d,memory=64,passes=1,parallelism=2",
}
"""By name: puttygen's --ppk-param."""


def puttygen(*words: str | Path) -> str:
    """What it prints."""
    done = subprocess.run(["puttygen", *words], check=True, capture_output=True, text=True)
    return done.stdout


@dataclass(frozen=True, kw_only=True)
class Putty:
    """A folder of keys."""

    folder: Path

    def phrase(self, secret: str) -> Path:
        """A file that holds a passphrase, as puttygen wants it; empty: none."""
        file = self.folder / f"phrase-{secret.encode().hex()}"
        file.write_text(secret)
        return file

    def plain(self, kind: str) -> Path:
        """An OpenSSH key without a passphrase, made once."""
        file = self.folder / kind
        if not file.exists():
            name, *options = KINDS[kind]
            keygen(file, *options, kind=name)
        return file

    def ppk(
        self, kind: str, *, form: str = "v3", secret: str = "", comment: str = "lab key"
    ) -> Path:
        """The same key as PuTTY's, made once."""
        of = f"{kind}-{form}-{secret}-{comment}".encode().hex()
        file = self.folder / f"{of}.ppk"
        if not file.exists():
            as_told = ("-C", comment, "--ppk-param", FORMS[form])
            phrase = ("--new-passphrase", self.phrase(secret))
            puttygen(self.plain(kind), "-O", "private", "-o", file, *phrase, *as_told)
        return file

    def as_openssh(self, file: Path, secret: str = "") -> bytes:
        """What puttygen makes of one of PuTTY's: OpenSSH's, without a passphrase."""
        out = self.folder / "theirs"
        out.unlink(missing_ok=True)
        old = ("--old-passphrase", self.phrase(secret))
        new = ("--new-passphrase", self.phrase(""))
        puttygen(file, "-O", "private-openssh-new", "-o", out, *old, *new)
        return out.read_bytes()
