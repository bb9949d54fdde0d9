"""What is fuzzed: each target takes any bytes and gives a result, or an error that it may give.

Used by the property tests (tests/unit/test_any_bytes.py) and by `make fuzz`.
"""

import contextlib
import functools
import json
import socket
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread

import paramiko

from lab.ssh_oracle import lab_world
from nbtui.errors import ConfigError, KeyUnusable, NbtuiError, NoSuchProfile, UsageError
from nbtui.ipc.errors import ProtocolError
from nbtui.ipc.framing import Channel, Data
from nbtui.ipc.messages import from_agent, from_client
from nbtui.keys import certificate, keyfile, known_hosts
from nbtui.keys.ppk.opening import opened
from nbtui.keys.ppk.text import BadPpk, parse
from nbtui.keys.rewriting import rewritten
from nbtui.keys.wire import Malformed, key_type, string
from nbtui.model.host import JupyterServer, TmuxSession
from nbtui.model.shell import Completed, Stream
from nbtui.model.text import clean, clean_line, mask
from nbtui.platforms.posix.sockets import SocketWire
from nbtui.profiles.hops import parse_chain
from nbtui.profiles.importing.candidates import Candidate, Skipped
from nbtui.profiles.importing.plan import plan
from nbtui.profiles.memory import Memory
from nbtui.profiles.openssh.blocks import Blocks
from nbtui.profiles.openssh.hosts import hosts
from nbtui.profiles.pasted import pasted
from nbtui.profiles.profiles_toml import ProfilesText
from nbtui.profiles.putty.fields import WANTED, candidates
from nbtui.profiles.putty.folders import KittyFolder, UnixFolder
from nbtui.profiles.putty.hostkeys import cached_keys
from nbtui.profiles.putty.registry import RegFile
from nbtui.profiles.putty.source import Source
from nbtui.profiles.resolve import resolve
from nbtui.profiles.saved import Saved
from nbtui.profiles.sightings import Sightings
from nbtui.profiles.ssh_hosts import SshHosts
from nbtui.profiles.store import checked
from nbtui.profiles.world import World
from nbtui.remote import jupyter
from nbtui.remote.hints import hints_for
from nbtui.remote.listening import Holders
from nbtui.remote.parse import parse_probe
from nbtui.remote.servers import Evidence, server_of
from nbtui.runners.tmux.reading import parse_state
from nbtui.runners.tmux.reason import reason
from nbtui.ssh.dialogue import _Catch
from nbtui.ssh.left_behind import end_script, parse_ours
from nbtui.ssh.privatekey import Unreadable, WrongPassphrase, load
from nbtui.ssh.socks import negotiate
from nbtui.ssh.trust import signed_by_authority
from nbtui.ssh.userauth import _prompts

N = "0123456789abcdef"
"""The nonce that the made-up answers of a probe may use."""
_ENOUGH_KIB = 1 << 12


@dataclass(frozen=True, kw_only=True)
class Target:
    """One way in."""

    run: Callable[[bytes], object]
    may: tuple[type[Exception], ...] = ()
    """Errors that it may give."""

    seeds: tuple[bytes, ...] = (b"",)
    """What it is usually given, and what broke it once."""

    def __call__(self, data: bytes) -> None:
        with contextlib.suppress(*self.may):
            self.run(data)


@functools.cache
def folder() -> Path:
    """Where files are put; goes away with the process."""
    kept = tempfile.TemporaryDirectory(prefix="nb-fuzz-")
    folders.append(kept)
    (Path(kept.name) / ".ssh").mkdir(mode=0o700)
    return Path(kept.name)


folders: list["tempfile.TemporaryDirectory[str]"] = []


def profiles(data: bytes) -> None:
    text = ProfilesText.decode(data, file="profiles.toml")
    for one in text.saved().profiles:
        assert one.name


@functools.cache
def world() -> World:
    """Nothing of a made-up file is run, and no name server is asked."""
    return replace(lab_world(folder() / ".ssh" / "config"), run=lambda _command: 0)


def ssh_config(data: bytes) -> None:
    file = folder() / ".ssh" / "config"
    file.write_bytes(data)
    file.chmod(0o600)
    with contextlib.suppress(ConfigError, NoSuchProfile, UsageError):
        resolve("gpu1", saved=Saved(), world=world())
    list(hosts(world().config))
    for heeded in (True, False):
        found = SshHosts(blocks=Blocks(world().config), heeded=heeded, environ={})
        each_comes_in(tuple(found.candidates(found.blocks.names())))


def an_ssh_command(data: bytes) -> None:
    """By itself, and as what follows the program's name."""
    said = data.decode(errors="surrogateescape")
    for line in (said, f"ssh {said} vm"):
        with contextlib.suppress(UsageError):
            checked(pasted("vm", line, environ={"HOME": "/home/me"}).profile)


def a_reg_file(data: bytes) -> None:
    path = folder() / "putty.reg"
    path.write_bytes(data)
    comes_in(RegFile(path=path, code_page="cp1251", wanted=WANTED))


def a_session_file(data: bytes) -> None:
    """The same bytes as each kind of file that PuTTY and KiTTY have."""
    top = folder() / "putty"
    for path in ("sessions/a", "Sessions/lab/b", "SshHostKeys/rsa2@22%3Avm", "sshhostkeys"):
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_bytes(data)
    comes_in(UnixFolder(folder=top, code_page="utf-8"))
    comes_in(KittyFolder(folder=top, code_page="cp932"))


def comes_in(source: Source) -> None:
    """What does is something that profiles.toml can hold."""
    each_comes_in(tuple(candidates(source)))
    for key in cached_keys(source.host_keys()):
        assert key_type(key.blob)


def each_comes_in(found: tuple[Candidate | Skipped, ...]) -> None:
    for one in plan(found, saved=Saved(), memories={}).outcomes:
        assert one.action in ("new", "skipped"), one
        assert one.name == clean_line(one.name)


def state(data: bytes) -> None:
    path = folder() / "state.json"
    path.write_bytes(data)
    memory, sightings = Memory(path), Sightings(path)
    memory.should_be_up()
    memory.last_used("a")
    memory.local_port("a")
    sightings.last("vm", "SHA256:a")
    sightings.saw("vm", "SHA256:a")
    assert sightings.last("vm", "SHA256:a") is not None


def keys_of_hosts(data: bytes) -> None:
    text = data.decode(errors="surrogateescape")
    for known in known_hosts.parse(text):
        known.matches("[vm.example.org]:2222")
        assert known.fingerprint.startswith("SHA256:")
    for key in (None, string("ssh-ed25519") + string(bytes(32))):
        rewritten(text, "[vm.example.org]:2222", key)


def a_key_file(data: bytes) -> None:
    keyfile.inspect(data)
    keyfile.public_key(data)
    for passphrase in (None, "x"):
        with contextlib.suppress(Unreadable, WrongPassphrase):
            load(data, passphrase)


def a_putty_key(data: bytes) -> None:
    """What takes Argon2 long is left out: it is not more of our code."""
    ppk = parse(data)
    if ppk.argon2 is None or ppk.argon2.memory * ppk.argon2.passes < _ENOUGH_KIB:
        for passphrase in ("", "x"):
            with contextlib.suppress(KeyUnusable):
                assert opened(ppk, passphrase).public == ppk.key


def a_certificate(data: bytes) -> None:
    one = certificate.parse(data)
    one.covers("vm.example.org")
    signed_by_authority(one)
    certificate.plain_key(data)


def frames(data: bytes) -> None:
    """Bytes on the agent's socket, read to their end."""
    ours, theirs = socket.socketpair()
    with Channel(SocketWire(ours)) as channel, theirs:
        writer = Thread(target=_write, args=(theirs, data))
        writer.start()
        try:
            while (said := channel.recv()) is not None:
                assert isinstance(said, dict | Data)
        finally:
            channel.close()
            writer.join()


def _write(sock: socket.socket, data: bytes) -> None:
    with contextlib.suppress(OSError):
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)


def a_message(data: bytes) -> None:
    document = json.loads(data)
    if isinstance(document, dict):
        for read in (from_client, from_agent):
            with contextlib.suppress(ProtocolError):
                read(document)


def a_probe(data: bytes) -> None:
    report = parse_probe(data.decode(errors="replace"), N, ports=(8889, 8890))
    hints_for("vm", report)
    for server in report.servers:
        jupyter.page_url(server, 8889, token=True)


def a_runtime_file(data: bytes) -> None:
    evidence = Evidence(processes={}, sockets=(), holders=Holders(), panes=())
    server = server_of(77, "/run/jpserver-77.json", data.decode(errors="replace"), evidence)
    if server is not None:
        page = jupyter.page_url(server, 8889, token=True)
        assert page.startswith(("http://localhost:8889/", "https://localhost:8889/"))
        assert page.isprintable()


class _Said:
    """A stream that says what it was given, and then ends."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def recv(self, size: int, /) -> bytes:
        data, self._data = self._data[:size], self._data[size:]
        return data

    def sendall(self, _data: bytes, /) -> None: ...

    def settimeout(self, _seconds: float | None, /) -> None: ...

    def close(self) -> None: ...


def an_api(data: bytes) -> None:
    """What answers on Jupyter's port."""

    def reach(_host: str, _port: int, _seconds: float) -> Stream:
        return _Said(data)

    server = JupyterServer(pid=7, port=1, address="127.0.0.1", token="t", verified=True)  # noqa: S106  # of a test
    for ask in (jupyter.ready, jupyter.status, jupyter.kernels, jupyter.shutdown):
        with contextlib.suppress(NbtuiError):
            ask(server, reach, timeout=5.0)


def a_terminal(data: bytes) -> None:
    """What tmux and a server's terminal say."""
    done = Completed(status=data[0] % 2 if data else 0, out=data, err=data)
    with contextlib.suppress(NbtuiError):
        parse_state(done, TmuxSession(id="$1", name="x"), 20)
    assert reason(data.decode(errors="replace"), 1).message


def a_script(data: bytes) -> None:
    """What the control shell hears."""
    catch = _Catch(N, 1000)
    for at in range(0, len(data), 13):
        catch.feed(data[at : at + 13])
    assert len(catch.kept) <= 1000
    assert len(catch._held) <= max(1000, len(data))  # noqa: SLF001  # what it keeps
    end_script(parse_ours(data.decode(errors="replace")))


def a_prompt(data: bytes) -> None:
    """The host asks at the login."""
    found = _prompts(paramiko.Message(data))
    assert len(found.prompts) <= 20


def a_socks_client(data: bytes) -> None:
    left = [data]

    def read(size: int) -> bytes:
        taken, left[0] = left[0][:size], left[0][size:]
        if len(taken) < size:
            raise ConnectionResetError
        return taken

    negotiate(read, lambda _data: None)


def text(data: bytes) -> None:
    """What is shown of anything."""
    for cleaned in (clean(data), clean_line(data)):
        assert not any(one in cleaned for one in "\x1b\x9b\r\x07\x00")
    mask(data.decode(errors="replace"), "secret")
    with contextlib.suppress(ValueError):
        parse_chain(data.decode(errors="replace"))


def _section(name: str, body: str = "") -> str:
    return f"\n{N} {name}\n{body}"


_PANE = "".join(f"{N}|{one}" for one in ("", "$1", "55", "0", "", "", "0", "80", "24", "latest", "C-b", "/dev/pts/1", "myvm", "", "nb", ""))  # fmt: skip
_PROBE = "".join(
    _section(name, body)
    for name, body in (
        ("now 1700000000", ""),
        ("facts", "cpu  10 0 10 70 10 0\nbtime 1000\nMemTotal: 1000 kB\n0: 0100007F:22B9 00000000:0000 0A 0:0 00:0 0 1000 0 4711 1 x"),
        ("limits", "/g cpu.max 150000 100000\n/g memory.max 1000"),
        ("uid 1000", ""), ("user ada", ""), ("host vm", ""), ("uptime 5", ""), ("load 0 0 0 1/2 3", ""),
        ("who", "ada pts/0"), ("disks", "x 100 40 60 40% /"), ("tmux /usr/bin/tmux", "tmux 3.3a"),
        ("panes", _PANE), ("server 77 /run/jpserver-77.json", '{"pid": 77, "port": 8889, "token": "t"}'),
        ("stat", "77 (python) S 55 77 55 34817 0 0 0 0 0 0 0 0 0 0 0 0 0 0 500 0 0"),
        ("processes", " 7 1 2 01:00 python -m jupyterlab"), ("lsof", "p7\ncpython\nLada\nn127.0.0.1:8889"),
        ("sockets", "/proc/77/fd:\nl 1 0 0 64 -> socket:[4711]"), ("kernel 7 0a-1b 9", ""),
        ("sysctl", "hw.ncpu: 2"), ("vm_stat", "Pages free: 2."), ("passwd", "ada:x:1000:"), ("end", ""),
    )
)  # fmt: skip
_HTTP = b'HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n{"version": "2.21"}'
_KEY = known_hosts.line_for("vm", string("ssh-ed25519") + string(bytes(32)))
_SSH = b'Host gpu*\n  HostName %h.example.org\n  ProxyJump ada@gw:22\nMatch final host x exec "true"\n  User "a b"\n  LocalForward 1 h:2\nInclude *.conf\n'

_REG = (
    b'[HKEY_CURRENT_USER\\Software\\SimonTatham\\PuTTY\\Sessions\\lab%20box]\r\n"HostName"="10.0.0.7"\r\n"PortNumber"=dword:00000016\r\n'
    b'"PortForwardings"="L8889=127.0.0.1:8889,4D1080="\r\n"Wordness0"=hex(7):30,00,\\\r\n  31,00,00,00\r\n'
    b'[HKEY_CURRENT_USER\\Software\\SimonTatham\\PuTTY\\SshHostKeys]\r\n"rsa2@22:vm"="0x10001,0xab"\r\n'
)


_PPK = (
    b"PuTTY-User-Key-File-2: ssh-ed25519\n"
    b"Encryption: none\n"
    b"Comment: lab\n"
    b"Public-Lines: 2\n"
    b"AAAAC3NzaC1lZDI1NTE5AAAAIIV87bePHeYDRff9Whmf/3/plGdYkXCmIB1ny+8+\n"
    b"7s8X\n"
    b"Private-Lines: 1\n"
    b"AAAAIK40ZfGWlUSX2WvntbrNytswAnsKJMOIgKGnM0s2+3P+\n"
    b"Private-MAC: 09282e1eb94b5f8acfab20312bf7eb71885dfe18\n"
)
_PPK_LOCKED = (
    b"PuTTY-User-Key-File-3: ssh-ed25519\n"
    b"Encryption: aes256-cbc\n"
    b"Comment: lab\n"
    b"Public-Lines: 2\n"
    b"AAAAC3NzaC1lZDI1NTE5AAAAIIV87bePHeYDRff9Whmf/3/plGdYkXCmIB1ny+8+\n"
    b"7s8X\n"
    b"Key-Derivation: Argon2id\n"
    b"Argon2-Memory: 8\n"
    b"Argon2-Passes: 1\n"
    b"Argon2-Parallelism: 1\n"
    b"Argon2-Salt: e54062855c6fe0ee18e05dd3936384dd\n"
    b"Private-Lines: 1\n"
    b"Z3fSOI34xIerpEfMoUFDGVQcgtTouW63I2Z6x/idfFRYmFQxGDvKXfpicFJCYiu1\n"
    b"Private-MAC: 5330d0ad451ecc8fcd6550d715d9362f008a1344cb6211f182dc1734696c59c4\n"
)
"""A key that opens nothing, once without a passphrase and once with x as one."""

TARGETS: dict[str, Target] = {
    "profiles": Target(
        run=profiles,
        may=(ConfigError,),
        seeds=(
            (b'[defaults]\nuser = "a"\n[profiles."a b"]\nhost = "h"\nport = 22\njupyter.port = 1\n'
            b'[[profiles."a b".forwards]]\nkind = "local"\nlisten = 1\nto = "h:2"\n'
            b'[profiles."a b".machine]\nflavors = [{ name = "m", cores = 1, memory_gb = 2 }]\n'),
        ),
    ),
    "ssh_config": Target(run=ssh_config, may=(ConfigError,), seeds=(_SSH, b"Include *\nHost *\n LocalForward x\0y h:2\n")),
    "ssh command": Target(
        run=an_ssh_command,
        may=(),
        seeds=(
            b"ssh -i 'my key' -NfL [::1]:8889:localhost:8889 -oPort=22 -J a,b@c ada@vm -v top",
            b'ssh.exe -i "C:\\k" -o "ProxyCommand ssh -W %h:%p $HOME@gw" ssh://ada@vm:22 &',
        ),
    ),
    "reg file": Target(
        run=a_reg_file,
        may=(ConfigError,),
        seeds=(
            b"REGEDIT4\r\n\r\n" + _REG,
            b"\xff\xfe" + ("Windows Registry Editor Version 5.00\r\n\r\n" + _REG.decode()).encode("utf-16-le"),
        ),
    ),
    "session file": Target(
        run=a_session_file,
        seeds=(
            b"HostName=ada@[::1]\nPortNumber=2222\nProxyMethod=6\nProxyHost=gw\nPortForwardings=L8889=127.0.0.1:8889,6D1080=,R[::1]:9=a:9\n",
            b"HostName\\a%20b\\\nProxyMethod\\5\\\nProxyTelnetCommand\\nc %25host %port\\\nFolder\\lab\\\n",
            b"rsa2@22:vm 0x10001,0xab\nssh-ed25519@2222:vm 0x1,0x2\necdsa-sha2-nistp256@22:::1 nistp256,0x1,0x2\n",
        ),
    ),
    "state": Target(run=state, seeds=(b'{"profiles": {"a": {"up": "tunnel", "used": 1.5}}, "host_keys": {"vm SHA256:a": 1}}',)),
    "known_hosts": Target(
        run=keys_of_hosts,
        seeds=(f"# x\n{_KEY}\n@revoked *,!a {_KEY[3:]}\n[vm.example.org]:2222,b {_KEY[3:]} c\r\n".encode(),),
    ),
    "key file": Target(
        run=a_key_file,
        seeds=(
            b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU=\n-----END OPENSSH PRIVATE KEY-----\n",
            b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            b"PuTTY-User-Key-File-3: ssh-ed25519\n",
            _PPK,
        ),
    ),
    "PuTTY key": Target(run=a_putty_key, may=(BadPpk,), seeds=(_PPK, _PPK_LOCKED)),
    "certificate": Target(
        run=a_certificate,
        may=(Malformed,),
        seeds=(string("ssh-ed25519-cert-v01@openssh.com") + string(bytes(32)) * 2 + bytes(8) + b"\0\0\0\2" + string("id") + string(string("vm")) + bytes(16) + string(b"") * 3 + string(string("ssh-ed25519") + string(bytes(32))) + string(string("ssh-ed25519") + string(bytes(64))),),
    ),
    "frames": Target(run=frames, may=(ProtocolError,), seeds=(b"\0\0\0\x0e" + b'{"type":"eof"}', b"\0\0\0\3\1hi")),
    "message": Target(
        run=a_message,
        may=(ValueError, RecursionError),
        seeds=(
            b'{"type":"request","op":"connect","args":{"name":"vm"},"context":{"can_ask":true}}',
            b'{"type":"snapshots","profiles":[{"name":"vm","host":"h","lights":{"link":"ok"},"usage":{"load":[1,2,3]}}]}',
            b'{"type":"question","question":{"kind":"confirm","text":"?","detail":["x"],"choices":[["a","b"]]}}',
            b'{"type":"failed","failure":{"code":1,"message":"m","try":"t"}}',
        ),
    ),
    "probe": Target(run=a_probe, may=(NbtuiError,), seeds=(_PROBE.encode(),)),
    "runtime file": Target(run=a_runtime_file, seeds=(b'{"pid": 77, "port": 8889, "token": "t", "base_url": "/x/", "hostname": "::1", "secure": true}',)),
    "api": Target(run=an_api, seeds=(_HTTP, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n")),
    "terminal": Target(run=a_terminal, seeds=(b"pane_dead=1 pane_dead_status=3 pane_dead_signal= pane_pid=7 session_attached=0\nbye\n", b"Traceback (most recent call last)\nModuleNotFoundError: No module named 'x'\n")),
    "script": Target(run=a_script, may=(NbtuiError,), seeds=(f"noise\n{N}b\nout\n{N}e0\n".encode(), b"boot b1\nshell 7 6 7 0 99 sh\nsshd 6 1 6 0 98 sshd")),
    "prompt": Target(run=a_prompt, seeds=(string("title") + string("x") + string("") + b"\0\0\0\1" + string("Code: ") + b"\0",)),
    "socks": Target(run=a_socks_client, may=(OSError,), seeds=(b"\5\1\0\5\1\0\1\x7f\0\0\1\0\x50", b"\4\1\0\x50\x7f\0\0\1x\0")),
    "text": Target(run=text, seeds=(b"\x1b]0;evil\x07ok\x1b[31m red\x1b[0m\r\n token=abc", b"ada@gw:22,ssh://x")),
}  # fmt: skip
"""By name."""


def names() -> Iterator[str]:
    """In order."""
    yield from TARGETS
