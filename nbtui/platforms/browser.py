"""What opens a web page here.

`candidates(environ)`: lines to try where $BROWSER says nothing. `OPENS_ITSELF`: there is always a browser, which
`open_page(page)` opens. `folders(environ)`: where a file lies best that a browser is to read, the best first; none: in the temporary folder.
"""

import sys

if sys.platform == "win32":
    import os

    from nbtui.platforms.windows.browser import OPENS_ITSELF, Pages, candidates, folders

    open_page = Pages(startfile=os.startfile).open_page
else:
    from nbtui.platforms.posix.browser import OPENS_ITSELF, candidates, folders, open_page

__all__ = ["OPENS_ITSELF", "candidates", "folders", "open_page"]
