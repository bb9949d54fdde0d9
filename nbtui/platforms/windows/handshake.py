"""Both ends prove that they know the same key, and say it neither in clear nor twice the same.

Three messages: a nonce of the client's; a nonce of the agent's with its proof; the client's proof. A
proof is HMAC-SHA256 over the prover's role and both nonces (HMAC: RFC 2104), so that neither end's
proof can be played back as the other's.
"""

import hmac
import os

from nbtui.errors import AgentError
from nbtui.platforms.wires import Wire

_SIZE = 32
"""Bytes of a nonce and of a proof."""


def prove_as_client(wire: Wire, key: bytes) -> None:
    """Take the client's part.

    Raises:
        AgentError: the other end does not know the key.
        OSError: it went away.
    """
    mine = os.urandom(_SIZE)
    wire.send(mine)
    reply = _received(wire, 2 * _SIZE)
    theirs, proof = reply[:_SIZE], reply[_SIZE:]
    _check(proof, _proof(key, b"agent", mine, theirs))
    wire.send(_proof(key, b"client", mine, theirs))


def prove_as_agent(wire: Wire, key: bytes) -> None:
    """Take the agent's part; see `prove_as_client`."""
    theirs = _received(wire, _SIZE)
    mine = os.urandom(_SIZE)
    wire.send(mine + _proof(key, b"agent", theirs, mine))
    _check(_received(wire, _SIZE), _proof(key, b"client", theirs, mine))


def _proof(key: bytes, role: bytes, client: bytes, agent: bytes) -> bytes:
    return hmac.digest(key, role + client + agent, "sha256")


def _received(wire: Wire, size: int) -> bytes:
    payload = wire.recv()
    if payload is None or len(payload) != size:
        message = "whoever is at the agent's address does not take part in the handshake"
        raise AgentError(message)
    return payload


def _check(proof: bytes, expected: bytes) -> None:
    if not hmac.compare_digest(proof, expected):
        message = "whoever is at the agent's address does not know the key of this user"
        raise AgentError(message)
