"""Is the host who it should be? Decided before anything of the login is sent.

Source: sshconnect.c and hostfile.c of OpenSSH. Surprises: any other key on file for the name means "changed",
whatever its type, which is why the types on file are offered first; a host on another port than 22 is also
believed when its key is on file without the port; and all checks of a certificate but that of paramiko's
signature over the key exchange are ours.
"""

from dataclasses import dataclass
from pathlib import Path

import paramiko

from nbtui.clock import Clock
from nbtui.errors import HostKeyError, HostKeyRevoked, HostKeyUnknown
from nbtui.keys import known_hosts
from nbtui.keys.certificate import SUFFIX, Certificate, parse
from nbtui.keys.known_hosts import KEY_TYPES, KnownKey, lookup_name
from nbtui.keys.wire import Malformed, key_type
from nbtui.model.question import Ask, Question, Tell
from nbtui.model.target import Target
from nbtui.model.text import clean_line
from nbtui.ssh.keychange import KeyChange, name_of, short_type


@dataclass(frozen=True, kw_only=True, slots=True)
class HostProof:
    """What a host proved to have: paramiko has checked its signature over the key exchange."""

    blob: bytes
    """Plain public key."""

    certificate: bytes | None = None
    """The certificate that it was shown in."""

    @classmethod
    def of(cls, transport: paramiko.Transport) -> "HostProof":
        """The proof of a finished key exchange. Raises SSHException."""
        key = transport.get_remote_server_key()
        public = key.public_blob
        return cls(
            blob=key.asbytes(), certificate=None if public is None else public.key_blob
        )


class Trust:
    """The known_hosts files of one target."""

    def __init__(self, target: Target, *, clock: Clock) -> None:
        self._target = target
        self._clock = clock
        self._name = name_of(target)
        self._place = lookup_name(target.host, target.port)
        files = (*target.user_known_hosts, *target.global_known_hosts)
        lines = known_hosts.read(file for file in files if file.lower() != "none")
        self._ours = [one for one in lines if one.matches(self._name)]
        plain = lookup_name(target.host, known_hosts.SSH_PORT)
        other = not target.host_key_alias and target.port != known_hosts.SSH_PORT
        self._without_port = [one for one in lines if other and one.matches(plain)]

    def key_types(self) -> tuple[str, ...]:
        """Host key algorithms in the order to offer: certificates that could be checked, types on file, the rest."""
        known = {key.key_type for key in self._marked("")}
        plain = sorted(KEY_TYPES, key=lambda name: name not in known)
        algorithms = [name for kind in plain for name in _algorithms(kind)]
        certified = [f"{name}{SUFFIX}" for name in algorithms if self._authorities()]
        return (*certified, *algorithms)

    def check(self, proof: HostProof, *, ask: Ask, tell: Tell) -> None:
        """Return when the host is to be trusted.

        Raises:
            HostKeyUnknown: not on file, and nobody said yes.
            HostKeyChanged: another key is on file.
            HostKeyRevoked: the key, or the one that signed it, is revoked.
            HostKeyError: its certificate does not hold.
        """
        if self.holds(proof):
            return
        if change := self.change(proof):
            raise change.error()
        self._take_unknown(proof, ask=ask, tell=tell)

    def holds(self, proof: HostProof) -> bool:
        """Its key, or the authority that certified it, is on file.

        Raises: HostKeyRevoked, HostKeyError: see `check`.
        """
        self._refuse_revoked(proof.blob)
        if proof.certificate is not None and self._certified(proof.certificate):
            return True
        known = (one.blob for one in self._marked(""))
        return proof.blob in known or self._known_without_port(proof)

    def change(self, proof: HostProof) -> KeyChange | None:
        """What is on file in place of a key that does not hold; None: nothing, the host is not known."""
        plain = self._marked("")
        if not plain:
            return None
        kind = key_type(proof.blob)
        return KeyChange(
            target=self._target,
            name=self._name,
            place=self._place,
            offered=proof.blob,
            stored=tuple(sorted(plain, key=lambda one: one.key_type != kind)),
        )

    def _marked(self, marker: str) -> list[KnownKey]:
        return [known for known in self._ours if known.marker == marker]

    def _refuse_revoked(self, blob: bytes) -> None:
        for known in (*self._ours, *self._without_port):
            if known.marker == "@revoked" and known.blob == blob:
                raise HostKeyRevoked(
                    host=self._place,
                    fingerprint=known.fingerprint,
                    file=known.file,
                    line=known.line,
                )

    def _known_without_port(self, proof: HostProof) -> bool:
        """Only to say yes; a key without a port that differs says nothing about this port."""
        return any(not one.marker and one.blob == proof.blob for one in self._without_port)

    def _authorities(self) -> set[bytes]:
        """Those on file for the host, with its port or without one."""
        lines = (*self._ours, *self._without_port)
        return {one.blob for one in lines if one.marker == "@cert-authority"}

    def _certified(self, blob: bytes) -> bool:
        """False: no authority on file signed it, so that its plain key is looked up.

        Raises: HostKeyError: one did, and the certificate is not good.
        """
        try:
            certificate = parse(blob)
        except Malformed as exc:
            raise self._bad_certificate(exc.message) from exc
        self._refuse_revoked(certificate.authority)
        if certificate.authority not in self._authorities():
            return False
        if fault := self._fault(certificate):
            raise self._bad_certificate(fault)
        return True

    def _fault(self, certificate: Certificate) -> str:
        name = self._target.host_key_alias or self._target.host
        now = self._clock.wall()
        if certificate.kind != "host":
            return "it is a user's certificate"
        if not certificate.valid_after <= now < certificate.valid_before:
            return "it is not valid at this time (see this machine's clock)"
        if not certificate.covers(name):
            names = clean_line(", ".join(certificate.principals)) or "nobody"
            return f"it is for {names}, not for {name}"
        if certificate.critical_options:
            return f"it has an option that is not known: {clean_line(certificate.critical_options[0])}"
        return "" if signed_by_authority(certificate) else "its signature does not hold"

    def _bad_certificate(self, fault: str) -> HostKeyError:
        return HostKeyError(
            f"the host certificate of {self._place} is not good: {fault}",
            host=self._place,
            hint="ask the host's owner to renew its certificate",
        )

    def _take_unknown(self, proof: HostProof, *, ask: Ask, tell: Tell) -> None:
        print_ = known_hosts.fingerprint(proof.blob)
        policy = self._target.strict_host_key_checking
        if policy not in ("accept-new", "no", "off"):
            hint = (
                ""
                if policy != "yes"
                else "StrictHostKeyChecking is yes: add the key to known_hosts first"
            )
            answer = None if policy == "yes" else ask(self._question(proof, print_))
            if (answer or "").strip() not in ("yes", "y", print_):
                raise HostKeyUnknown(
                    host=self._place,
                    key_type=short_type(proof.blob),
                    fingerprint=print_,
                    hint=hint,
                )
        self._keep(proof, tell)

    def _question(self, proof: HostProof, fingerprint: str) -> Question:
        file = self._file()
        kept = (
            f"Yes writes it to {file}."
            if file
            else "It is not kept: there is no known_hosts file."
        )
        return Question(
            kind="host-key",
            text=f"{self._target.where} is not known yet. Its {short_type(proof.blob)} key is {fingerprint}. Trust it?",
            detail=(
                "Compare it with what the host's owner or the cloud's console says.",
                kept,
            ),
        )

    def _file(self) -> Path | None:
        files = [file for file in self._target.user_known_hosts if file.lower() != "none"]
        return Path(files[0]) if files else None

    def _keep(self, proof: HostProof, tell: Tell) -> None:
        file = self._file()
        if file is None:
            return
        line = known_hosts.line_for(
            self._name, proof.blob, hashed=self._target.hash_known_hosts
        )
        try:
            known_hosts.append(file, line)
        except OSError as exc:  # as ssh: the link is good, only the memory is not
            tell(f"the host key could not be written to {file}: {exc.strerror}")


def signed_by_authority(certificate: Certificate) -> bool:
    """The signature is that of the certificate's authority, which may not be a certificate itself."""
    try:
        kind = key_type(certificate.authority)
        if kind not in KEY_TYPES:
            return False
        key = paramiko.PKey.from_type_string(kind, certificate.authority)
        return key.verify_ssh_sig(
            certificate.signed, paramiko.Message(certificate.signature)
        )
    except (paramiko.SSHException, paramiko.pkey.UnknownKeyType, Malformed, ValueError):
        return False


def _algorithms(kind: str) -> tuple[str, ...]:
    """Signature algorithms of a key type; SHA-1 is none."""
    return ("rsa-sha2-512", "rsa-sha2-256") if kind == "ssh-rsa" else (kind,)
