"""Which processes on the host are ours, and how to end them once nobody can reach them any more.

A link that froze leaves its sshd on the host, with the channels to Jupyter open; Jupyter keeps the output of a
running cell only once it knows that the other side is gone. So the next link ends that sshd, after checking that it
is still the same process: pid, user, start and boot of the machine. On Linux these come from /proc, which busybox
has too; elsewhere from ps (POSIX, and lstart as BSD and macOS have it).
"""

from dataclasses import dataclass

from nbtui.quoting import quote

_ABOUT = r"""
about() {
  if { read -r s; } 2>/dev/null <"/proc/$1/stat"; then
    while read -r k u x; do [ "$k" = Uid: ] && break; done <"/proc/$1/status"
    c=${s#*"("}; c=${c%")"*}
    set -- ${s##*") "}
    echo "$2 $3 $u ${20} $c"
  else
    set -- $(ps -o ppid= -o pgid= -o uid= -o lstart= -o comm= -p "$1" 2>/dev/null)
    [ $# -ge 9 ] && echo "$1 $2 $3 $4-$5-$6-$7-$8 ${9##*/}"
  fi
}
boot() {
  cat /proc/sys/kernel/random/boot_id 2>/dev/null || sysctl -n kern.boottime 2>/dev/null
}
"""
"""`about PID` says: parent, group, user, start, name."""

WHO_AM_I = (
    _ABOUT
    + r"""
echo "boot $(boot)"
a=$(about $$); echo "shell $$ $a"
n=0; p=${a%% *}
while [ $n -lt 6 ] && [ "${p:-0}" -gt 1 ]; do
  a=$(about "$p")
  case ${a##* } in sshd*|dropbear*) echo "sshd $p $a"; break;; esac
  n=$((n+1)); p=${a%% *}
done
"""
)
"""Read its output with `parse_ours`. The sshd is an ancestor of the sh, mostly its parent."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HostProcess:
    """A process on the host, told apart from one that has its pid later."""

    pid: int
    group: int
    """Process group."""

    identity: str
    """User, start and name in the host's own words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ours:
    """What one connection has running on the host."""

    boot: str
    """Names this run of the machine; empty: it does not say."""

    shell: HostProcess | None = None
    sshd: HostProcess | None = None
    """Our own connection's; None: not found."""


def parse_ours(text: str) -> Ours:
    r"""Read what `WHO_AM_I` wrote; lines that make no sense are left out.

    >>> parse_ours("boot b1\nshell 7 6 7 0 99 sh\nsshd 6 1 6 0 98 sshd").sshd
    HostProcess(pid=6, group=6, identity='0 98 sshd')
    """
    facts = dict(line.split(" ", 1) for line in text.splitlines() if " " in line)
    return Ours(
        boot=facts.get("boot", "").strip(),
        shell=_process(facts.get("shell", "")),
        sshd=_process(facts.get("sshd", "")),
    )


def _process(row: str) -> HostProcess | None:
    pid, _parent, group, identity = [*row.split(" ", 3), "", "", "", ""][:4]
    if not (pid.isdecimal() and group.isdecimal() and identity):
        return None
    return HostProcess(pid=int(pid), group=int(group), identity=identity)


def end_script(left: Ours) -> str:
    """A script that ends what a connection left on the host; it prints a line for each that it ended.

    The sh goes with its whole process group, and so does what a script of it is stuck in. What took a group of
    its own, such as tmux, lives on.
    """
    lines = [f'{_ABOUT}\n[ "$(boot)" = {quote(left.boot)} ] || exit 0', _END]
    if left.sshd is not None:
        who = f"{left.sshd.pid} {quote(left.sshd.identity)}"
        lines.append(f"end {who} {left.sshd.pid} && echo sshd")
    if left.shell is not None:
        who = f"{left.shell.pid} {quote(left.shell.identity)}"
        lines.append(f"end {who} {_whole(left, left.shell)} && echo shell")
    return "\n".join([*lines, "exit 0"])


def _whole(left: Ours, shell: HostProcess) -> int:
    """The sh's process group for kill; only the sh where the group may be that of the SSH server itself."""
    own = shell.group == shell.pid or (left.sshd and left.sshd.group != shell.group)
    return -shell.group if own and shell.group > 1 else shell.pid


_END = r"""
is() { a=$(about "$1"); [ "${a#* * }" = "$2" ] && [ "${2%% *}" = "$(id -u)" ]; }
end() {
  is "$1" "$2" || return 1
  kill -s TERM -- "$3" 2>/dev/null || return 1
  n=0
  while is "$1" "$2" && [ $n -lt 5 ]; do n=$((n+1)); sleep 0.1 2>/dev/null || sleep 1; done
  kill -s KILL -- "$3" 2>/dev/null
  return 0
}
"""
"""`end PID IDENTITY TARGET`: TERM, then KILL, if it is that process and ours."""
