"""`owning_user(port)`: whose process listens on a port where the system hides which; empty: nobody says."""

import sys

if sys.platform == "win32":
    from nbtui.platforms.windows.ports import owning_user
else:
    from nbtui.platforms.posix.ports import owning_user

__all__ = ["owning_user"]
