"""Who else can get at a file of ours, and how they are kept out. `path` is a string or a Path.

`readable(path, facts) -> Opening | None`: others can read this file of ours; None: they cannot, or it is not ours.
`writable(path) -> Opening | None`: others can write to it. `enterable(path) -> Opening | None`: others can look into that folder.
`foreign(path, facts) -> Opening | None`: somebody else could have written it, by the rules that ssh has for its configuration.
`facts` is the `stat_result` of the open file.

`shut(path) -> str`: leaves it to this user alone. `keep_writers_out(path) -> str`: others may read on. Both return what was done, as a command.
`as_before(temporary, path)`: a file that takes the place of another is open to the same people; of none: to this user alone. All raise OSError.
"""

import sys

if sys.platform == "win32":
    from nbtui.platforms.windows.advapi32 import Advapi32
    from nbtui.platforms.windows.permissions import Permissions

    _here = Permissions(calls=Advapi32())
    readable, writable, enterable = _here.readable, _here.writable, _here.enterable
    foreign, shut = _here.foreign, _here.shut
    keep_writers_out, as_before = _here.keep_writers_out, _here.as_before
else:
    from nbtui.platforms.posix.permissions import (
        as_before,
        enterable,
        foreign,
        keep_writers_out,
        readable,
        shut,
        writable,
    )

__all__ = [
    "as_before",
    "enterable",
    "foreign",
    "keep_writers_out",
    "readable",
    "shut",
    "writable",
]
