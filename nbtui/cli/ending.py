"""How whatever fails ends: what happened on stderr, and the exit status."""

import os

from nbtui.errors import Interrupted, NbtuiError


def failed(exc: BaseException) -> int:
    """Say what happened; a trace is shown only to who asked for it."""
    if os.environ.get("NBTUI_DEBUG") == "1":
        raise exc
    from nbtui.cli import output  # click, which the dashboard starts without

    error = _for_people(exc)
    output.error(error)
    return int(error.code)


def _for_people(exc: BaseException) -> NbtuiError:
    if isinstance(exc, NbtuiError):
        return exc
    if isinstance(exc, KeyboardInterrupt):
        return Interrupted("interrupted")
    what = f"internal error: {type(exc).__name__}: {exc}"
    return NbtuiError(what, hint="the same command with NBTUI_DEBUG=1 tells where")
