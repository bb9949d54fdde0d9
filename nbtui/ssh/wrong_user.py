"""Images of clouds take any user's key for root and then only say whom to log in as.

Some say so in a banner before the login, most by a forced command in place of every command:
`Please login as the user "ubuntu" rather than the user "root".`, then ten seconds of nothing.
"""

import re

from nbtui.errors import LoginError
from nbtui.model.text import clean_line

_ANYWHERE = re.compile(
    r"log ?in as (?:(?:the )?(?:user )?[\"'`]|the user )([A-Za-z_][\w.-]*)", re.IGNORECASE
)
_SENTENCE = re.compile(
    r"[^\n]*" + _ANYWHERE.pattern + r"[^\n]*rather than[^\n]*", re.IGNORECASE
)


def right_user(banner: str) -> str | None:
    """The user that a banner says to log in as; None: it says none.

    >>> right_user('Please login as the user "ubuntu" rather than the user "root".')
    'ubuntu'
    """
    found = _ANYWHERE.search(banner)
    return found and found[1]


def hint_for(user: str) -> str:
    """What to do about it."""
    return f'set user = "{user}": nbtui profile edit NAME'


def refuse_wrong_user(said: bytes) -> None:
    """Raise LoginError when what came in place of a shell is the sentence above; else do nothing."""
    found = _SENTENCE.search(said.decode(errors="replace"))
    if found is not None:
        raise LoginError(
            f"the host took the login and gives no shell: {clean_line(found[0])}",
            hint=hint_for(found[1]),
        )
