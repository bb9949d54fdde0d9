"""Where the agent of this user and configuration folder is met.

`open_door(address) -> Entrance`: become the one who opens. Raises `Occupied` when a live one has the address (of two that start at once, one),
`AgentError` when the folder is not private. What a dead one left is no obstacle.

`knock(address, timeout=…) -> Visit`: `timeout` in seconds bounds the connection, not the talk. Raises OSError when nobody opens, `AgentError`
when whoever does is another user.
"""

import sys

if sys.platform == "win32":
    from functools import partial

    from nbtui.platforms import permissions
    from nbtui.platforms.windows import doors

    open_door = partial(doors.Door.open, guard=permissions)
    knock = partial(doors.knock, guard=permissions)
else:
    from nbtui.platforms.posix.doors import Door, knock

    open_door = Door.open

__all__ = ["knock", "open_door"]
