"""Windows Terminal where it is, else a console of its own (conhost)."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

CREATE_NEW_CONSOLE: Final = 0x00000010


@dataclass(frozen=True, kw_only=True, slots=True)
class Desktop:
    """See `nbtui.platforms.desktop`."""

    popen: Callable[[list[str], Mapping[str, str], int], object]
    """Starts a program: arguments, environment, creation flags."""

    which: Callable[[str, str | None], str | None] = lambda name, path: shutil.which(
        name, path=path
    )
    """Where a program of that name is, in that PATH."""

    def new_window(
        self,
        argv: Sequence[str],
        *,
        told: Mapping[str, str],  # noqa: ARG002  # a new console inherits all of ours
        environ: Mapping[str, str],
        start: Callable[[list[str]], object],  # noqa: ARG002  # what is detached has no window
    ) -> bool:
        """See `nbtui.platforms.desktop`."""
        terminal = self.which("wt", environ.get("PATH"))
        if terminal is None:
            self.popen(list(argv), environ, CREATE_NEW_CONSOLE)
        else:  # it takes `;` for its own
            words = (word.replace(";", "\\;") for word in argv)
            self.popen([terminal, "new-tab", *words], environ, 0)
        return True
