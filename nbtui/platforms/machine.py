"""`user_id()`: of who runs this, 0 where there is none. `system_ssh_config(environ)`: the file that OpenSSH reads after the user's."""

import sys

if sys.platform == "win32":
    from nbtui.platforms.windows.machine import system_ssh_config, user_id
else:
    from nbtui.platforms.posix.machine import system_ssh_config, user_id

__all__ = ["system_ssh_config", "user_id"]
