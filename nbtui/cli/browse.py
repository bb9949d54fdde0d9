"""Opening the notebook from the command line."""

import sys

from nbtui.cli import output
from nbtui.cli.shared import Shared
from nbtui.quoting import quote


def open_page(shared: Shared, name: str, *, url: str) -> bool:
    """Open the browser; where there is none, say how to get the URL with its token.

    Args: url: without token, for the message.
    """
    from nbtui.client.browser import has_browser, open_url

    engine, environ = shared.engine, shared.environ
    page = engine.url(name, shared.talk, sent=has_browser(environ))
    if open_url(page, environ=environ, clock=shared.clock):
        return True
    where = f"{url} " if url and not sys.stdout.isatty() else ""
    output.say(f"no browser here: {where}try: nbtui url {quote(name)}")
    return False
