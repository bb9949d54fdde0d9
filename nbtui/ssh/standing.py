"""What a connection that stands tells of each layer, for people."""

from collections.abc import Iterator

import paramiko

from nbtui.keys.known_hosts import fingerprint
from nbtui.model.text import clean_line
from nbtui.ssh.keychange import short_type
from nbtui.ssh.trust import HostProof


def standing(transport: paramiko.Transport) -> Iterator[tuple[str, str]]:
    """(layer, what can be said of it) for the layers that leave a trace."""
    yield "banner", greeting(transport)
    yield "key exchange", agreed(transport)
    yield "host key", shown_key(transport)


def greeting(transport: paramiko.Transport) -> str:
    """What the SSH server says it is."""
    return clean_line(transport.remote_version, limit=100)


def agreed(transport: paramiko.Transport) -> str:
    """The cipher, as ssh names it."""
    return clean_line(
        getattr(transport, "remote_cipher", ""), limit=60
    )  # the stubs leave it out


def shown_key(transport: paramiko.Transport) -> str:
    """Type and fingerprint of the host's key. Raises SSHException."""
    proof = HostProof.of(transport)
    by = "" if proof.certificate is None else ", in a certificate"
    return f"{short_type(proof.blob)} {fingerprint(proof.blob)}{by}"
