"""Threads that do what blocks, and the way their results come back.

Daemon threads, and not Textual's thread workers: those run in the event loop's executor, which is joined at
the end, so that `q` would wait for the slowest host. Nothing that happens in one of them ends the app.
"""

import logging
from collections.abc import Callable
from threading import Thread

from nbtui.errors import NbtuiError
from nbtui.model.failure import Failure

log = logging.getLogger(__name__)


class Crew:
    """Starts threads; `complain` is called in them and must be safe there."""

    def __init__(self, *, complain: Callable[[str, Failure], None]) -> None:
        self._complain = complain

    def start(self, about: str, job: Callable[[], object]) -> None:
        """Run the job; what it raises is complained about under the name of a host (or empty)."""
        Thread(
            target=self._run, args=(about, job), name=f"tui {about}", daemon=True
        ).start()

    def _run(self, about: str, job: Callable[[], object]) -> None:
        try:
            job()
        except NbtuiError as error:
            self._complain(about, Failure.of(error))
        except (
            Exception
        ) as error:  # the end of a thread: a bug must be seen, and must not pass as silence
            log.exception("%s", about)
            text = f"{type(error).__name__}: {error}"
            self._complain(about, Failure(code=1, message=text, layer="dashboard"))
