"""The desktop around us.

`new_window(argv, told=…, environ=…, start=…) -> bool`: run a program in a new terminal; False: there is nowhere to open one.
`told` are the variables that it has to be told apart, where a terminal that runs already gives it its own environment.
`start(argv)` starts a program that lives on without us.
"""

import sys

if sys.platform == "win32":
    import subprocess

    from nbtui.platforms.windows.desktop import Desktop

    new_window = Desktop(
        popen=lambda argv, environ, flags: subprocess.Popen(  # noqa: S603  # no shell
            argv, env=dict(environ), creationflags=flags
        )
    ).new_window
else:
    from nbtui.platforms.posix.desktop import new_window

__all__ = ["new_window"]
