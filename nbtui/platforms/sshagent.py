"""The way to an ssh-agent.

`BY_SOCKET`: it is found at SSH_AUTH_SOCK. `connect(path, patience=…, pageant=…)`: a connection, None when there is none; raises OSError:
nobody answers at `path`, or not within `patience` seconds. `pageant()` asks for the agents that only Windows has.
"""

import sys

if sys.platform == "win32":
    from nbtui.platforms.windows.sshagent import BY_SOCKET, connect
else:
    from nbtui.platforms.posix.sshagent import BY_SOCKET, connect

__all__ = ["BY_SOCKET", "connect"]
