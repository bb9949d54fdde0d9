"""Where the agent of this user and configuration folder is, on every platform.

`listen(paths) -> Listener`: become the agent. Raises `AgentRunning` when a live one has the address
(of two that start at once, one), `AgentError` when the folder is not private. A stale address is no
obstacle. `Listener.accept() -> Channel | None` waits for a client of this user; None: it was closed.

`dial(paths, *, timeout) -> Channel`: talk to it; `timeout` in seconds bounds the connection, not the
talk. Raises `NoAgent` when nobody listens, `AgentError` when whoever does is another user.
"""

import sys

if sys.platform == "win32":
    from nbtui.ipc.windows import Listener, dial
else:
    from nbtui.ipc.unix import Listener, dial

listen = Listener.open

__all__ = ["Listener", "dial", "listen"]
