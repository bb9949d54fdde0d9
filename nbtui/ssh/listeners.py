"""Who wants to be told of something, and telling them."""

import contextlib
import logging
from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")
log = logging.getLogger(__name__)


class Listeners(Generic[P]):
    """Callbacks; one's trouble is not the others'."""

    def __init__(self) -> None:
        self._all: list[Callable[P, object]] = []

    def add(self, callback: Callable[P, object]) -> Callable[[], None]:
        """Be told from now on.

        Returns: what takes the callback away again; safe to call twice.
        """
        self._all.append(callback)

        def forget() -> None:
            with contextlib.suppress(ValueError):
                self._all.remove(callback)

        return forget

    def tell(self, *facts: P.args, **more: P.kwargs) -> None:
        """Call all of them, on this thread."""
        for callback in list(self._all):
            try:
                callback(*facts, **more)
            except Exception:
                log.exception("a listener failed")
