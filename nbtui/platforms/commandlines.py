"""Lines that a person wrote for this machine: of a shell, of $EDITOR or $BROWSER.

`split(line) -> list[str]`: program and arguments; raises ValueError. `shell(command, environ)`: what runs a line as ssh has it run,
for `subprocess`. `only(command)`: the same line, so that the shell leaves no second process behind. `EDITOR`: what there is without $EDITOR.
"""

import sys

if sys.platform == "win32":
    from nbtui.platforms.windows.commandlines import EDITOR, only, shell, split
else:
    from nbtui.platforms.posix.commandlines import EDITOR, only, shell, split

__all__ = ["EDITOR", "only", "shell", "split"]
