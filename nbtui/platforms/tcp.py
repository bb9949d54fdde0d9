"""What systems offer beyond plain TCP.

`REUSE`: whether a listener may take an address whose last connections still linger. `claim(sock)`, before it is bound: keep other
programs out. `reserved(number, port)`: whether an errno of bind means that the system keeps the port for itself.
`send_some(sock, data, patience=…) -> int`: as much as goes in at once; a queue that is full is waited for, TimeoutError after `patience`
seconds of a socket that has none of its own. `acknowledge(sock)`: at once, for once. `unsent(sock)`: bytes that the peer's system
did not confirm, 0 where ours does not say; raises OSError, ValueError when it was closed.
"""

import sys

if sys.platform == "win32":
    import socket

    from nbtui.platforms.windows.tcp import (
        REUSE,
        Claims,
        acknowledge,
        reserved,
        send_some,
        unsent,
    )

    claim = Claims(option=socket.SO_EXCLUSIVEADDRUSE).claim
else:
    from nbtui.platforms.posix.tcp import (
        REUSE,
        acknowledge,
        claim,
        reserved,
        send_some,
        unsent,
    )

__all__ = ["REUSE", "acknowledge", "claim", "reserved", "send_some", "unsent"]
