"""`python -m nbtui.demo FOLDER`: the pretend VM, from its first key to the removal of its folder.

Prints its port on one line, then serves until standard input ends.
"""

import logging
import os
import signal
import sys
from pathlib import Path
from threading import Thread

import paramiko

from nbtui.clock import SystemClock
from nbtui.demo.folder import Folder
from nbtui.demo.furnish import NAME, furnish
from nbtui.demo.residents import power_off

assert sys.platform != "win32"  # noqa: S101  # tells mypy what `nbtui.demo.needs` sees to

from nbtui.demo.sshd import Sshd  # noqa: E402  # see above


def main(root: str) -> int:
    """Be the VM; the exit status: 0 when nothing of it is left."""
    logging.getLogger("paramiko").addHandler(logging.NullHandler())
    os.umask(0o077)
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(1)
    )  # else nothing would be cleaned up
    folder = Folder(root=Path(root))
    try:
        serve(folder)
    finally:
        gone = power_off(folder, clock=SystemClock())
        folder.remove()
    return 0 if gone else 1


def serve(folder: Folder) -> None:
    """Furnish and serve until standard input ends."""
    host_key, key = paramiko.ECDSAKey.generate(), paramiko.ECDSAKey.generate()
    key.write_private_key_file(str(folder.key))
    folder.known_hosts.write_text(f"{NAME} {host_key.get_name()} {host_key.get_base64()}\n")
    furnish(folder)
    sshd = Sshd(folder=folder, host_key=host_key, key=key)
    Thread(target=sshd.serve, name="sshd", daemon=True).start()
    print(sshd.port, flush=True)  # noqa: T201  # the one word that who started us waits for
    sys.stdin.read()
    sshd.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
