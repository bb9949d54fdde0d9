"""What a .ppk of version 3 asks of this machine to be opened, and how much of that it is given."""

from dataclasses import dataclass

FLAVOURS = ("Argon2id", "Argon2i", "Argon2d")
MOST_MEMORY = 1 << 20
"""KiB: 1 GiB; PuTTY's own choice is 8 MiB."""
MOST_WORK = 16 << 20
"""KiB, all passes together: 16 GiB, which take ten to forty seconds; PuTTY's own choice is a tenth of one."""
MOST_LANES = 64
_LANE = 64
"""KiB that a pass over a lane counts for, however small: its threads are started four times."""
_LEAST_SALT = 8
_LEAST_MEMORY = 8
"""Bytes and KiB a lane, of Argon2 itself (RFC 9106, 3.1)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Argon2:
    """Parameters of a key derivation, as a file has them: nothing of them is true yet."""

    flavour: str
    memory: int
    """KiB."""

    passes: int
    lanes: int
    """Threads."""

    salt: bytes

    def refusal(self) -> str:
        """What it asks for and is not given, as a clause; empty: nothing.

        >>> Argon2(flavour="Argon2id", memory=64 << 20, passes=1, lanes=1, salt=bytes(16)).refusal()
        'asks for 64 GiB of memory (Argon2-Memory: 67108864); at most 1 GiB is given'
        """
        if self.flavour not in FLAVOURS:
            return f"derives its key by {self.flavour}, not known here"
        return self._too_much() or self._too_little()

    def _too_much(self) -> str:
        if self.memory > MOST_MEMORY:
            asked = f"asks for {self.memory / MOST_MEMORY:,.4g} GiB of memory"
            return f"{asked} (Argon2-Memory: {self.memory}); at most 1 GiB is given"
        if self.lanes > MOST_LANES:
            asked = f"asks for {self.lanes} threads (Argon2-Parallelism)"
            return f"{asked}; at most {MOST_LANES} are given"
        most = MOST_WORK // (self.memory + _LANE * self.lanes or 1)
        if self.passes > most:
            asked = f"asks for {self.passes} passes (Argon2-Passes)"
            return f"{asked}; at most {most} are made over so much memory"
        return ""

    def _too_little(self) -> str:
        if not self.passes or not self.lanes:
            return "asks for no passes or no threads of Argon2"
        if self.memory < _LEAST_MEMORY * self.lanes:
            least = _LEAST_MEMORY * self.lanes
            return f"gives Argon2 {self.memory} KiB of memory, which takes at least {least}"
        if len(self.salt) < _LEAST_SALT:
            return f"has a salt of {len(self.salt)} bytes, too short for Argon2"
        return ""
