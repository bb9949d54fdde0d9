"""OpenSSH certificates, parsed; whether one is to be trusted is decided by who asks.

Source: PROTOCOL.certkeys of OpenSSH. Surprise: the fields of the key itself differ per type and stand
in the middle; all of them are strings, so that their number is all one needs to know.
"""

from dataclasses import dataclass, field
from typing import Literal

from nbtui.keys.wire import Malformed, Reader, string

SUFFIX = "-cert-v01@openssh.com"
_KEY_FIELDS = {
    "ssh-rsa": 2,
    "ssh-ed25519": 1,
    "ecdsa-sha2-nistp256": 2,
    "ecdsa-sha2-nistp384": 2,
    "ecdsa-sha2-nistp521": 2,
    "sk-ssh-ed25519@openssh.com": 2,
    "sk-ecdsa-sha2-nistp256@openssh.com": 3,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Certificate:
    """What a certificate says."""

    plain: bytes
    """The public key it is about, as a plain key."""

    kind: Literal["user", "host"]
    key_id: str
    """What the signer calls it; hostile text."""

    principals: tuple[str, ...]
    """Users or hosts that it is for; in full, a pattern among them means nothing."""

    valid_after: int
    """Seconds since 1970 UTC."""

    valid_before: int
    """Seconds since 1970 UTC; 2**64 - 1 is for ever."""

    critical_options: tuple[str, ...]
    """Names; who does not know one must refuse."""

    authority: bytes
    """Public key of the signer."""

    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    def covers(self, host: str) -> bool:
        """One of the principals is this host, in full as for ssh; one for nobody in particular is for nobody."""
        return host.lower() in {name.lower() for name in self.principals}


def is_certificate(blob: bytes) -> bool:
    """The blob is a certificate and not a plain public key."""
    return Reader(blob).text().endswith(SUFFIX)


def plain_key(blob: bytes) -> bytes:
    """The public key of a certificate, or the blob itself when it is one."""
    return parse(blob).plain if is_certificate(blob) else blob


def parse(blob: bytes) -> Certificate:
    """Read a certificate. Raises Malformed."""
    reader = Reader(blob)
    plain_type = reader.text().removesuffix(SUFFIX)
    if plain_type not in _KEY_FIELDS:
        raise Malformed(f"a certificate of an unknown type: {plain_type}")
    reader.string()  # nonce
    fields = [reader.string() for _ in range(_KEY_FIELDS[plain_type])]
    reader.number(8)  # serial
    kind = reader.number()
    key_id = reader.text()
    principals = reader.strings()
    valid_after, valid_before = reader.number(8), reader.number(8)
    critical_options = reader.strings()[::2]  # names and values take turns
    reader.string()  # extensions
    reader.string()  # reserved
    authority = reader.string()
    signed = blob[: reader.at]
    return Certificate(
        plain=string(plain_type) + b"".join(string(part) for part in fields),
        kind="host" if kind == 2 else "user",  # noqa: PLR2004  # SSH_CERT_TYPE_HOST
        key_id=key_id,
        principals=tuple(name.decode(errors="replace") for name in principals),
        valid_after=valid_after,
        valid_before=valid_before,
        critical_options=tuple(x.decode(errors="replace") for x in critical_options),
        authority=authority,
        signed=signed,
        signature=reader.string(),
    )
