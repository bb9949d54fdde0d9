"""Programs that live on without us, and groups of programs that end together.

`DETACHED`: creation flags of a program that neither our end nor Ctrl-C in our terminal may touch; it is started in a
session of its own besides, where there are such. `end_group(process)` ends what was so started; it may have gone. Raises OSError.
"""

import sys

if sys.platform == "win32":
    from nbtui.platforms.windows.processes import DETACHED, end_group
else:
    from nbtui.platforms.posix.processes import DETACHED, end_group

__all__ = ["DETACHED", "end_group"]
