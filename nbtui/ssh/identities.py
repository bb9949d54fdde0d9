"""The keys to offer, in order; see `Identities`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeGuard

import paramiko

from nbtui.keys.certificate import is_certificate, plain_key
from nbtui.keys.ondisk import (
    KeyFile,
    Note,
    PublicOnly,
    certificate_beside,
    look_at,
    read_public,
)
from nbtui.keys.ppk.text import is_ppk
from nbtui.keys.wire import Malformed
from nbtui.model.question import Question
from nbtui.model.target import Target
from nbtui.model.text import clean_line
from nbtui.quoting import quote
from nbtui.ssh.agentkeys import AgentFailed, KeyAgent
from nbtui.ssh.attempt import Attempt
from nbtui.ssh.privatekey import Unreadable, WrongPassphrase, load
from nbtui.ssh.remembered import Kept

PASSPHRASE_TRIES = 3
_COPY_AGAIN = "copy it again from where it works"


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """One key to offer."""

    label: str
    """For people: the path, or the agent's comment."""

    blob: bytes
    """What is offered: a public key or a certificate."""

    sign: Callable[[bytes, str], bytes]
    """(data, algorithm) -> signature. May ask a person. Raises Unusable."""

    at_once: bool
    """Signing asks nobody, so the host need not be asked first."""


class Unusable(Exception):
    """A key that the host would take cannot sign; carries a Note."""

    def __init__(self, note: Note) -> None:
        super().__init__(note.text)
        self.note = note


@dataclass(frozen=True, kw_only=True, slots=True)
class _AgentKey:
    blob: bytes
    comment: str


class Identities:
    """Yields identities lazily, so that nobody is asked for what is not needed.

    Order, after ssh: keys that were named, each first as its certificate and by the agent if that holds it;
    the agent's others; the default files.
    """

    def __init__(
        self, target: Target, *, agent: KeyAgent | None, secrets: Kept, attempt: Attempt
    ) -> None:
        self._target = target
        self._agent = agent
        self._secrets = secrets
        self._attempt = attempt
        on_file = (read_public(path) for path in target.certificate_files)
        self._certificates_on_file = [blob for blob in on_file if blob is not None]
        self._loaded: dict[str, paramiko.PKey] = {}
        self._offered: set[bytes] = set()
        self.notes: list[Note] = []
        """Why keys were left out, for the message at the end."""

    def __iter__(self) -> Iterator[Identity]:
        for identity in self._all():
            if identity.blob not in self._offered:
                self._offered.add(identity.blob)
                yield identity

    def _all(self) -> Iterator[Identity]:
        held = self._agent_keys()
        files = list(self._files())
        if self._target.identities_explicit:
            yield from self._of_files(files, held)
        for key in self._wanted_of_agent(held, files):
            for blob in (*self._named_certificates(key.blob), key.blob):
                yield self._by_agent(key, blob, key.comment)
        if not self._target.identities_explicit:
            yield from self._of_files(files, held)

    def _agent_keys(self) -> list[_AgentKey]:
        if self._agent is None:
            return []
        try:
            return [
                _AgentKey(blob=blob, comment=clean_line(comment, limit=100))
                for blob, comment in self._agent.identities()
            ]
        except AgentFailed as exc:
            self.notes.append(
                Note(text=f"the ssh-agent does not answer: {exc}", hint="ssh-add -l")
            )
            return []

    def _files(self) -> Iterator[KeyFile | PublicOnly]:
        for path in self._target.identity_files:
            found = look_at(path)
            if isinstance(found, Note):
                self.notes.append(found)
            elif found is not None:
                yield found
            elif self._target.identities_explicit:
                self.notes.append(
                    Note(text=f"{path} does not exist", hint="nbtui profile edit NAME")
                )

    def _wanted_of_agent(
        self, held: list[_AgentKey], files: list[KeyFile | PublicOnly]
    ) -> list[_AgentKey]:
        if not self._target.identities_only:
            return held
        named = {file.public for file in files}
        return [
            key
            for key in held
            if _plain(key.blob) in named or self._named_certificates(key.blob)
        ]

    def _of_files(
        self, files: list[KeyFile | PublicOnly], held: list[_AgentKey]
    ) -> Iterator[Identity]:
        for file in files:
            holder = next((key for key in held if key.blob == file.public), None)
            if holder is None and isinstance(file, PublicOnly):
                self.notes.append(file.note)
            else:
                yield from self._of_file(file, holder)

    def _of_file(
        self, file: KeyFile | PublicOnly, holder: _AgentKey | None
    ) -> Iterator[Identity]:
        """The key's certificates, then the key itself."""
        public = file.public
        if public is None and isinstance(file, KeyFile):
            public = self._public_by_opening(file)
        if public is None:
            return
        for blob in (*self._certificates(file, public), public):
            if holder is not None:
                yield self._by_agent(holder, blob, file.path)
            elif isinstance(file, KeyFile):
                yield self._by_file(file, blob)

    def _public_by_opening(self, file: KeyFile) -> bytes | None:
        """Old formats hide the public half too."""
        try:
            return self._open(file).asbytes()
        except Unusable as exc:
            self.notes.append(exc.note)
            return None

    def _certificates(self, file: KeyFile | PublicOnly, public: bytes) -> list[bytes]:
        """Those that ssh_config names, the one beside the file, and the one in it."""
        inside = file.certificate if isinstance(file, KeyFile) else None
        found = (certificate_beside(file.path), inside)
        return [
            *self._named_certificates(public),
            *(blob for blob in found if _certifies(blob, public)),
        ]

    def _named_certificates(self, public: bytes) -> list[bytes]:
        """Of ssh's CertificateFile: those for this key."""
        return [blob for blob in self._certificates_on_file if _certifies(blob, public)]

    def _by_agent(self, key: _AgentKey, blob: bytes, label: str) -> Identity:
        def sign(data: bytes, algorithm: str) -> bytes:
            assert self._agent is not None  # noqa: S101  # it listed the key
            try:
                with self._attempt.person():
                    return self._agent.sign(key.blob, data, algorithm)
            except AgentFailed as exc:
                note = f"the ssh-agent did not sign with {label}: {exc}"
                raise Unusable(Note(text=note, hint="ssh-add -l")) from exc

        return Identity(label=f"{label} (agent)", blob=blob, sign=sign, at_once=False)

    def _by_file(self, file: KeyFile, blob: bytes) -> Identity:
        def sign(data: bytes, algorithm: str) -> bytes:
            return self._open(file).sign_ssh_data(data, algorithm).asbytes()

        opened = not file.encrypted or file.path in self._loaded
        return Identity(label=file.path, blob=blob, sign=sign, at_once=opened)

    def _open(self, file: KeyFile) -> paramiko.PKey:
        """The private key, opened once. Raises Unusable."""
        if file.path not in self._loaded:
            try:
                self._loaded[file.path] = (
                    self._decrypt(file) if file.encrypted else load(file.data, None)
                )
            except Unreadable as exc:
                text = f"{file.path} cannot be read: {clean_line(str(exc))}"
                hint = _COPY_AGAIN if is_ppk(file.data) else "ssh-keygen -t ed25519"
                raise Unusable(Note(text=text, hint=hint)) from exc
        return self._loaded[file.path]

    def _decrypt(self, file: KeyFile) -> paramiko.PKey:
        for passphrase in self._passphrases(file):
            try:
                with self._attempt.person():  # seconds, if the key's owner wanted it so
                    key = load(file.data, passphrase)
            except WrongPassphrase:
                self._secrets.forget("passphrase", file.path, passphrase)
                continue
            self._secrets.proved("passphrase", file.path, passphrase)
            return key
        raise Unusable(_none_opens(file))

    def _passphrases(self, file: KeyFile) -> Iterator[str]:
        """Those that are remembered, then what a person says. Raises Unusable: nobody answers."""
        path = file.path
        while (known := self._remembered(path)) is not None:
            yield known
        for count in range(PASSPHRASE_TRIES):
            again = " (that was not it; once more)" if count else ""
            text = f"Passphrase of the key {path}, for {self._target.where}{again}"
            answer = self._attempt.ask(Question(kind="passphrase", text=text, echo=False))
            if answer is None:
                raise Unusable(_nobody_opens(file))
            yield answer

    def _remembered(self, path: str) -> str | None:
        with self._attempt.person():  # a keyring may want to be unlocked
            known = self._secrets.get("passphrase", path)
        self._attempt.personal |= known is not None
        return known


def _nobody_opens(file: KeyFile) -> Note:
    text = f"{file.path} is encrypted, and nobody was there to give its passphrase"
    in_terminal = "connect once in a terminal: nbtui connect NAME"  # ssh-add knows no .ppk
    hint = in_terminal if is_ppk(file.data) else f"ssh-add {quote(file.path)}"
    return Note(text=text, hint=hint)


def _none_opens(file: KeyFile) -> Note:
    text = f"{file.path}: none of the passphrases opens it"
    if is_ppk(file.data):
        return Note(text=f"{text}, or the file was changed", hint=_COPY_AGAIN)
    return Note(text=text, hint=f"ssh-keygen -y -f {quote(file.path)}")


def _certifies(blob: bytes | None, public: bytes) -> TypeGuard[bytes]:
    return (
        blob is not None
        and blob != public
        and is_certificate(blob)
        and _plain(blob) == public
    )


def _plain(blob: bytes) -> bytes:
    try:
        return plain_key(blob)
    except Malformed:
        return blob
