"""What one probe tells about a host."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class JupyterServer:
    """A live Jupyter server of this user on this node, from its runtime file."""

    pid: int
    port: int
    address: str
    """Literal address it listens on, for the far end of the tunnel: 127.0.0.1, ::1, …"""

    token: str = field(repr=False)
    """Secret; empty when it runs without one, or with a password only."""

    base_url: str = "/"
    root_dir: str = ""
    version: str = ""
    password: bool = False
    """It asks for a password; with no token its API is closed to us."""

    secure: bool = False
    """It speaks HTTPS."""

    started_at: float | None = None
    """Seconds since 1970 UTC."""

    session: str = ""
    """Name of the tmux session that it lives in; empty: none."""

    pane_pid: int = 0
    """Process of the pane of that session that it lives in; 0: none."""

    verified: bool = False
    """The listener on `port` was seen to belong to `pid`: the token may be sent to it."""

    runtime_file: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TmuxSession:
    """One session of the user's tmux server, with our marks."""

    id: str
    """tmux's own, such as $3; unlike the name it cannot be mistaken for a pattern."""

    name: str
    profile: str = ""
    """`@nbtui_profile`; empty: not made by nbtui."""

    pane_pid: int = 0
    """Process of the pane that is meant; 0: whichever is current."""

    dead: bool = False
    """What ran in its pane has ended and the pane was kept to be read."""

    exit_status: int | None = None
    attached: int = 0
    """Clients."""

    width: int = 0
    height: int = 0
    prefix: str = ""
    """The prefix key of this tmux, such as C-b; empty: not told."""

    shell_of: str = ""
    """`@nbtui_shell`; the profile for which `nbtui shell` made it."""

    fixed_size: bool = False
    """tmux's option window-size is manual: the window does not follow the terminal."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listener:
    """Somebody who listens on a TCP port of the host."""

    port: int
    pid: int | None = None
    """None: of another user."""

    command: str = ""
    user: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class HostReport:
    """All that one round trip tells."""

    hostname: str
    user: str
    uid: int
    home: str
    login_shell: str
    boot_id: str = ""
    """Changes at every boot; empty where the host does not say."""

    uptime: float = 0.0
    """Seconds."""

    now: float = 0.0
    """The host's clock, seconds since 1970 UTC."""

    cores: int = 0
    load: tuple[float, float, float] = (0.0, 0.0, 0.0)
    idle: float | None = None
    """Share of all processor time since boot that was idle, 0 to 1."""

    memory_total: int = 0
    """Bytes."""

    memory_available: int = 0
    disk_total: int = 0
    """Bytes, of the file system that holds the asked folder (or the home)."""

    disk_free: int = 0
    home_free: int = 0
    """Bytes free where the home is."""

    tmux_path: str = ""
    """Empty: there is none."""

    tmux_version: str = ""
    sessions: tuple[TmuxSession, ...] = ()
    servers: tuple[JupyterServer, ...] = ()
    jupyters: tuple[str, ...] = ()
    """Absolute paths of `jupyter` commands, the one of the login shell's PATH first."""

    jupyter_on_path: bool = False
    """The first of them is on the login shell's PATH; only a probe with `environments` can tell."""

    modules: tuple[str, ...] = ()
    """Environment modules whose name speaks of Jupyter, where the PATH has none; asked as `jupyter_on_path`."""

    listeners: tuple[Listener, ...] = ()
    """On the ports that were asked for."""

    login_node: bool = False
    """sbatch, qsub or bsub is there."""

    kills_at_logout: bool = False
    """KillUserProcesses without linger."""

    kernel_memory: tuple[tuple[str, int], ...] = ()
    """(kernel id, resident bytes) of this user's kernels."""

    other_users: int = 0
    """Other users who are logged in."""
