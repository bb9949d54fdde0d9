"""How long 1,000 saved sessions of PuTTY take: to come in, to come in again, to be listed.

`python benchmarks/putty.py [ROUNDS]`: whole commands, from exec to the end of the process, beside `python -c pass`. The sessions
are as large as PuTTY writes them. Goals: an import of 1,000 takes at most 5 s, a second one that changes nothing at most 5 s.
"""

import sys
from pathlib import Path

from ground import arguments, scratch, timed
from table import Goal, Row, show

from lab.desk import Desk

MANY = 1000
SESSION = {
    "Protocol": "ssh",
    "PortNumber": "22",
    "PublicKeyFile": "C:/Users/ada/key.ppk",
    "PortForwardings": "L8889=127.0.0.1:8889,L27017=db:27017",
    **{f"Colour{n}": "187,187,187" for n in range(34)},
    **{f"Wordness{n}": "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,2,1,1,1,1,1,1" for n in range(0, 256, 32)},
    **{f"Other{n}": "0" for n in range(200)},
}  # fmt: skip
GOALS = {
    name: Goal(what=f"putty: {name}", bound=5000, unit="ms")
    for name in ("import from ~/.putty", "import again", "import from a .reg file")
}


def furnish(desk: Desk) -> Path:
    """Write the sessions as PuTTY on Unix has them, and as regedit exports them; the latter's path."""
    folder = desk.home / ".putty" / "sessions"
    folder.mkdir(parents=True)
    lines = ["Windows Registry Editor Version 5.00", ""]
    for number in range(MANY):
        said = {"HostName": f"ada@10.0.{number // 256}.{number % 256}", **SESSION}
        text = "".join(f"{key}={value}\n" for key, value in said.items())
        (folder / f"lab%2Fn{number}").write_text(text)
        lines.append(
            rf"[HKEY_CURRENT_USER\Software\SimonTatham\PuTTY\Sessions\lab%2Fn{number}]"
        )
        lines += [f'"{key}"="{value}"' for key, value in said.items()]
    file = desk.root / "putty.reg"
    file.write_text("\r\n".join([*lines, ""]), encoding="utf-16")
    return file


def forget(desk: Desk) -> None:
    """As if nothing had been imported."""
    for file in (*desk.config.iterdir(), *desk.state.glob("imports-*.json")):
        file.unlink()


def measure(rounds: int) -> None:
    """Take turns and print."""
    nbtui = [sys.executable, "-m", "nbtui", "profile"]
    with scratch() as root:
        desk = Desk(root=root)
        file = furnish(desk)
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "profile list": [*nbtui, "list"],
            "profile list --all": [*nbtui, "list", "--all"],
            "import from ~/.putty": [*nbtui, "import", "putty", "--json"],
            "import again": [*nbtui, "import", "putty", "--json"],
            "import from a .reg file": [*nbtui, "import", "putty", "--json", "--from", str(file)],
        }  # fmt: skip
        rows = {name: Row(name) for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                if name != "import again":
                    forget(desk)
                rows[name].times.append(timed(command, desk.env))
        show([*rows.values()], peer=rows["python -c pass"], goals=GOALS)


if __name__ == "__main__":
    measure(arguments(__doc__, rounds=5, quick=2).parse_args().rounds)
