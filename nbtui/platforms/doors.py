"""Where the agent of this user and configuration folder is met.

`Door.open(address)`: become the one who opens. Raises `Occupied` when a live one has the address (of two that start at once, one),
`AgentError` when the folder is not private. What a dead one left is no obstacle.

`knock(address, timeout=…) -> Visit`: `timeout` in seconds bounds the connection, not the talk. Raises OSError when nobody opens, `AgentError`
when whoever does is another user.
"""

import sys

if sys.platform == "win32":
    from nbtui.platforms.windows.doors import Door, knock
else:
    from nbtui.platforms.posix.doors import Door, knock

__all__ = ["Door", "knock"]
