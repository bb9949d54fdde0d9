"""OpenSSH's format of private keys, written.

Source: PROTOCOL.key of OpenSSH. cryptography writes it as well, but not the comment.
"""

import base64
import os

import bcrypt
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CTR

from nbtui.keys.wire import OPENSSH_MAGIC, string

_ROUNDS = 24
"""Of bcrypt, as ssh-keygen has it."""
_COLUMNS = 70


def container(*, public: bytes, section: bytes, comment: bytes, passphrase: str) -> bytes:
    """A private key file.

    Args:
        public: the key as it travels.
        section: type and fields of the private half.
        comment: any bytes.
        passphrase: empty: not encrypted.
    """
    check = os.urandom(4)
    body = check + check + section + string(comment)
    if passphrase:
        salt = os.urandom(16)
        options = string(salt) + _ROUNDS.to_bytes(4, "big")
        how = string("aes256-ctr") + string("bcrypt") + string(options)
        body = _encrypted(_padded(body, 16), passphrase, salt)
    else:
        how = string("none") + string("none") + string("")
        body = _padded(body, 8)
    return _armoured(OPENSSH_MAGIC + how + b"\0\0\0\1" + string(public) + string(body))


def _padded(body: bytes, block: int) -> bytes:
    r"""To whole blocks, by counting.

    >>> _padded(b"hello", 8)
    b'hello\x01\x02\x03'
    """
    return body + bytes(range(1, -len(body) % block + 1))


def _encrypted(body: bytes, passphrase: str, salt: bytes) -> bytes:
    secret = passphrase.encode(errors="surrogatepass")
    made = bcrypt.kdf(secret, salt, 48, _ROUNDS, ignore_few_rounds=True)
    encryptor = Cipher(AES256(made[:32]), CTR(made[32:])).encryptor()
    return encryptor.update(body) + encryptor.finalize()


def _armoured(data: bytes) -> bytes:
    text = base64.b64encode(data)
    lines = [text[at : at + _COLUMNS] for at in range(0, len(text), _COLUMNS)]
    mark = b"-----%s OPENSSH PRIVATE KEY-----"
    return b"\n".join((mark % b"BEGIN", *lines, mark % b"END", b""))
