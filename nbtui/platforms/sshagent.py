"""The way to an ssh-agent.

`BY_SOCKET`: it is found at SSH_AUTH_SOCK. `connect(path, patience=…, pageant=…)`: a connection, None when there is none; raises OSError:
nobody answers at `path` (of a socket, on Windows of a pipe), or not within `patience` seconds. `pageant()` asks for the agents that
only Windows has.
"""

import sys

if sys.platform == "win32":
    from nbtui.platforms.windows.sshagent import BY_SOCKET, Agents

    connect = Agents(open_pipe=lambda name: open(name, "r+b", buffering=0)).connect  # noqa: PTH123, SIM115  # a pipe is no path; kept open
else:
    from nbtui.platforms.posix.sshagent import BY_SOCKET, connect

__all__ = ["BY_SOCKET", "connect"]
