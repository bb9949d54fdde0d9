"""What a saved session of PuTTY becomes, field by field, wherever it was saved."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

import pytest

from nbtui.errors import ConfigError
from nbtui.model.profile import JupyterSettings, Profile
from nbtui.platforms.windows.registry import Registry
from nbtui.profiles.importing.candidates import Candidate, Skipped
from nbtui.profiles.putty.fields import WANTED, candidates
from nbtui.profiles.putty.here import source_at, sources_here
from nbtui.profiles.putty.registry import RegFile
from nbtui.profiles.putty.source import RawHostKey, RawSession, Source, Unreadable

REG = r"""Windows Registry Editor Version 5.00

[HKEY_CURRENT_USER\Software\SimonTatham\PuTTY]

[HKEY_CURRENT_USER\Software\SimonTatham\PuTTY\Sessions]

[HKEY_CURRENT_USER\Software\SimonTatham\PuTTY\Sessions\Default%20Settings]
"UserName"="cades"
"HostName"="never.example.org"

[HKEY_CURRENT_USER\Software\SimonTatham\PuTTY\Sessions\lab%2Fgpu1]
"HostName"="172.22.3.50"
"Protocol"="ssh"
"PortNumber"=dword:000008ae
"PublicKeyFile"="C:\\Users\\ada\\key.ppk"
"PortForwardings"="L8889=127.0.0.1:8889"
"WinTitle"="say \"hi\""
"Wordness0"=hex(7):30,00,2c,00,31,00,00,00,\
  32,00,00,00,00,00
"Font"="Consolas"

[HKEY_CURRENT_USER\Software\SimonTatham\PuTTY\SshHostKeys]
"rsa2@22:myvm"="0x10001,0xab"
"""
GPU1 = Profile(
    name="lab/gpu1",
    host="172.22.3.50",
    user="cades",
    port=2222,
    identity_file=(r"C:\Users\ada\key.ppk",),
    group="lab",
    jupyter=JupyterSettings(port=8889, local_port=8889),
)


class Lines:
    """A place that holds what a test writes; see `Source`."""

    place = "here"

    def __init__(self, **sessions: str) -> None:
        self._sessions = sessions

    def sessions(self) -> Iterator[RawSession | Unreadable]:
        for name, text in self._sessions.items():
            pairs = [line.partition("=") for line in text.split("; ") if line]
            settings = {key: value for key, _equals, value in pairs}
            yield RawSession(name.replace("_", " "), settings)

    def host_keys(self) -> Iterable[RawHostKey]:
        return ()


def came(source: Source) -> dict[str, Candidate | Skipped]:
    return {one.name: one for one in candidates(source)}


def session(text: str, **others: str) -> Candidate:
    found = came(Lines(it=f"HostName=h; {text}", **others))["it"]
    assert isinstance(found, Candidate), found
    return found


def why(text: str, **others: str) -> str:
    found = came(Lines(it=text, **others))["it"]
    assert isinstance(found, Skipped), found
    return found.why


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", Profile(name="it", host="h")),
        ("UserName=ada", Profile(name="it", host="h", user="ada")),
        ("HostName=eve@h; UserName=ada", Profile(name="it", host="h", user="eve")),
        ("HostName=a@b@h", Profile(name="it", host="h", user="a@b")),
        ("HostName=[::1]", Profile(name="it", host="::1")),
        ("PortNumber=22", Profile(name="it", host="h")),
        ("PortNumber=2222", Profile(name="it", host="h", port=2222)),
        ("PublicKeyFile=/k.ppk", Profile(name="it", host="h", identity_file=("/k.ppk",))),
        ("DetachedCertificate=/c", Profile(name="it", host="h", certificate_file=("/c",))),
        ("TryAgent=0", Profile(name="it", host="h", identity_agent="none")),
        ("TryAgent=1", Profile(name="it", host="h")),
        ("AddressFamily=1", Profile(name="it", host="h", address_family="inet")),
        ("AddressFamily=2", Profile(name="it", host="h", address_family="inet6")),
        ("LogHost=VM", Profile(name="it", host="h", host_key_alias="vm")),
        ("Folder=lab", Profile(name="it", host="h", group="lab")),
        (
            "ProxyMethod=6; ProxyHost=gw; ProxyPort=22",
            Profile(name="it", host="h", jump="gw"),
        ),
        (
            "ProxyMethod=6; ProxyHost=10.0.0.1; ProxyPort=2200; ProxyUsername=eve",
            Profile(name="it", host="h", jump="eve@[10.0.0.1]:2200"),
        ),
        (
            r"ProxyMethod=5; ProxyTelnetCommand=plink.exe -nc %host:%port -P %proxyport gw\n",
            Profile(name="it", host="h", proxy_command="plink.exe -nc %h:%p -P 80 gw"),
        ),
        (
            r"ProxyType=4; ProxyTelnetCommand=C:\\nc %host 100%% %x \x25",
            Profile(name="it", host="h", proxy_command=r"C:\nc %h 100%% %%x %%"),
        ),
    ],
)
def test_a_field_comes_along(text: str, wanted: Profile) -> None:
    assert session(text).profile == wanted
    assert session(text).notes == () or "yes" in session(text).notes[0]


FORWARDS = {
    "L8889=127.0.0.1:8889": (("8889", "8889"), []),
    "L9999=localhost:8889": (("8889", "9999"), []),
    "L8889=127.0.0.1:8889,L27017=db:27017": (
        ("8889", "8889"),
        [("local", "localhost:27017", "db:27017")],
    ),
    "4L27017=db:27017": (None, [("local", "127.0.0.1:27017", "db:27017")]),
    "6L27017=db:27017": (None, [("local", "[::1]:27017", "db:27017")]),
    "L10.0.0.1:5000=[::1]:5001": (None, [("local", "10.0.0.1:5000", "[::1]:5001")]),
    "L[fe80::1]:5000=db:5001": (None, [("local", "[fe80::1]:5000", "db:5001")]),
    "R9000=localhost:9000": (None, [("remote", "localhost:9000", "localhost:9000")]),
    "4R10.1.1.1:9000=x:9000": (None, [("remote", "10.1.1.1:9000", "x:9000")]),
    "D1080=": (None, [("socks", "localhost:1080", None)]),
    "6D1080": (None, [("socks", "[::1]:1080", None)]),
    "D127.0.0.1:1080=,": (None, [("socks", "127.0.0.1:1080", None)]),
    r"L1=a\,b:2": (None, [("local", "localhost:1", "a,b:2")]),
}


@pytest.mark.parametrize("text", FORWARDS)
def test_forwards_come_in_all_their_forms_and_the_notebooks_is_the_tunnel(
    text: str,
) -> None:
    profile = session(f"PortForwardings={text}").profile
    ports, rest = FORWARDS[text]
    jupyter = (
        JupyterSettings(port=int(ports[0]), local_port=int(ports[1])) if ports else None
    )
    assert profile.jupyter == (jupyter or JupyterSettings())
    assert [tuple(one) for one in profile.forwards] == rest


@pytest.mark.parametrize(
    ("family", "where"),
    [("", "*"), ("4", "0.0.0.0"), ("6", "[::]")],  # noqa: S104  # what it says
)
def test_ports_that_accept_all_listen_everywhere(family: str, where: str) -> None:
    found = session(f"LocalPortAcceptAll=1; PortForwardings={family}L5000=db:5000")
    assert found.profile.forwards[0].listen == f"{where}:5000"


@pytest.mark.parametrize(
    "odd", ["X1=a:1", "L=a:1", "Lno-such-service=a:1", "L99999=a:1", "L1=a", "L1=:2", "L1="]
)
def test_a_forward_that_nobody_can_parse_is_named_and_left_out(odd: str) -> None:
    found = session(f"PortForwardings={odd},L27017=db:27017")
    assert [one.listen for one in found.profile.forwards] == ["localhost:27017"]
    assert found.notes == (
        f"the forward {odd} cannot be read ({found.notes[0].partition('(')[2].partition(')')[0]}) and is left out",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("HostName=", "it has no host"),
        ("UserName=a", "it has no host"),
        ("HostName=a; Protocol=telnet", "its protocol is telnet, not ssh"),
        ("HostName=a; Protocol=serial", "its protocol is serial, not ssh"),
        ("HostName=a; PortNumber=x", "its port is x, which is no number"),
        ("HostName=a; SshProt=0", "SSH-1"),
        ("HostName=a; ProxyMethod=3; ProxyHost=p", "a proxy (HTTP at p)"),
        ("HostName=a; ProxyMethod=2; ProxyHost=p", "a proxy (SOCKS 5 at p)"),
        ("HostName=a; ProxyMethod=99", "a proxy (an unknown one"),
        ("HostName=a; ProxyMethod=6", "does not say to which"),
        ("HostName=a; ProxyMethod=5", "does not say which"),
        (
            "HostName=a; ProxyMethod=5; ProxyTelnetCommand=x %pass; ProxyPassword=s3cret",
            "the proxy's password, and nbtui keeps none",
        ),
    ],
)
def test_what_cannot_be_reached_is_skipped_with_the_reason(text: str, said: str) -> None:
    assert said in why(text)
    assert "s3cret" not in why(text)


def test_what_has_no_place_in_a_profile_is_a_note() -> None:
    found = session(
        "RemoteCommand=tmux attach; AgentFwd=1; Compression=1; PingIntervalSecs=30"
    )
    assert [note.partition(" ")[0] for note in found.notes] == [
        "its",
        "agent",
        "its",
        "compression",
    ]
    assert "nbtui shell it -- sh -c 'tmux attach'" in found.notes[0]


def test_a_proxy_command_waits_for_a_yes() -> None:
    found = session("ProxyMethod=5; ProxyTelnetCommand=nc %host %port")
    assert found.commands == ("nc %h %p",)
    assert "needs your yes" in found.notes[0]


def test_a_jump_may_be_another_session_which_comes_along() -> None:
    source = Lines(
        it="HostName=h; ProxyMethod=6; ProxyHost=gw", gw="HostName=g", x="HostName=x"
    )
    found = list(candidates(source, names=["it"]))
    assert [one.name for one in found] == ["it", "gw"]
    assert isinstance(found[0], Candidate)
    assert found[0].profile.jump == "gw"


def test_a_proxy_that_is_switched_off_brings_nothing_along() -> None:
    source = Lines(it="HostName=h; ProxyMethod=0; ProxyHost=gw", gw="HostName=g")
    assert [one.name for one in candidates(source, names=["it"])] == ["it"]


def test_a_jump_through_a_session_in_a_folder_is_written_as_its_address() -> None:
    inner = {"lab/gw": "HostName=eve@10.0.0.1; PortNumber=2200"}
    found = session("ProxyMethod=6; ProxyHost=lab/gw", **inner)
    assert found.profile.jump == "eve@[10.0.0.1]:2200"


def test_default_settings_count_where_a_session_says_nothing() -> None:
    defaults = "HostName=never; UserName=ada; PortNumber=2222"
    found = came(Lines(Default_Settings=defaults, it="HostName=h; PortNumber=23", no=""))
    assert isinstance(one := found["it"], Candidate)
    assert one.profile == Profile(name="it", host="h", user="ada", port=23)
    assert isinstance(found["no"], Skipped)
    assert "Default Settings" not in found


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1252"])
def test_an_exported_file_is_read_in_every_encoding(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "putty.reg"
    text = (
        REG
        if encoding != "cp1252"
        else REG.replace(REG.split("\n", maxsplit=1)[0], "REGEDIT4")
    )
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    [source] = source_at(path, code_page=None)
    [one] = came(source).values()
    assert isinstance(one, Candidate)
    assert one.profile == GPU1
    assert [key.name for key in source.host_keys()] == ["rsa2@22:myvm"]


def test_names_are_of_unicode_or_of_the_code_page(tmp_path: Path) -> None:
    path = tmp_path / "putty.reg"
    key = r"[HKEY_CURRENT_USER\Software\SimonTatham\PuTTY\Sessions"
    names = ["b%FCro", "b%C3%BCro 2", "%F0%9F%90%8D", "n" * 300, "a%2Fb%2Fc", "büro 3"]
    text = "REGEDIT4\n" + "".join(f'{key}\\{name}]\n"HostName"="h"\n' for name in names)
    path.write_bytes(text.encode("cp1252"))
    [source] = source_at(path, code_page="cp1252")
    found = came(source)
    assert list(found) == ["büro", "büro 2", "🐍", "n" * 300, "a/b/c", "büro 3"]
    assert isinstance(nested := found["a/b/c"], Candidate)
    assert nested.profile.group == "a/b"


HOSTILE = {
    "cut in a value": (r'"HostName"="10.0', "the value of HostName cannot be read"),
    "cut in a name": (r'"HostNa', "this line is no value"),
    "quotes": (r'"HostName"="a"b"c"', "the value of HostName cannot be read"),
    "odd hex": (r'"HostName"=hex(1):6q,00', "the value of HostName cannot be read"),
    "no number": (r'"PortNumber"=dword:zz', "the value of PortNumber cannot be read"),
}


@pytest.mark.parametrize("line", HOSTILE)
def test_a_broken_session_is_named_with_file_and_line_and_all_else_comes_in(
    line: str, tmp_path: Path
) -> None:
    path = tmp_path / "putty.reg"
    bad = r"[HKEY_CURRENT_USER\Software\SimonTatham\PuTTY\Sessions\bad]"
    path.write_text(f"{REG}\n{bad}\n{HOSTILE[line][0]}\n", encoding="utf-16")
    [source] = source_at(path, code_page=None)
    found = came(source)
    assert isinstance(skipped := found["bad"], Skipped)
    number = REG.count("\n") + 3
    assert skipped.why == f"{path}:{number}: {HOSTILE[line][1]}"
    assert isinstance(found["lab/gpu1"], Candidate)


def test_a_broken_value_that_does_not_matter_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "putty.reg"
    path.write_text(REG + '"WinTitle"="a"b\n', encoding="utf-16")
    [source] = source_at(path, code_page=None)
    assert isinstance(came(source)["lab/gpu1"], Candidate)


def test_texts_in_hexadecimal_are_texts(tmp_path: Path) -> None:
    path = tmp_path / "putty.reg"
    key = r"[HKEY_CURRENT_USER\Software\SimonTatham\PuTTY\Sessions\it]"
    raw = ",".join(f"{byte:02x}" for byte in "10.0.0.7\0".encode("utf-16-le"))
    value = f'"HostName"=hex(2):{raw[:11]}\\\n  {raw[11:]}'
    path.write_text(f"{REG.splitlines()[0]}\n{key}\n{value}\n", encoding="utf-16")
    [source] = source_at(path, code_page=None)
    assert isinstance(one := came(source)["it"], Candidate)
    assert one.profile.host == "10.0.0.7"


@pytest.mark.parametrize("content", [b"", b"hello", b"\xff\xfe", b"\0" * 100])
def test_what_regedit_has_not_exported_is_told_so(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.reg"
    path.write_bytes(content)
    [source] = source_at(path, code_page=None)
    with pytest.raises(ConfigError, match=r"x\.reg: is no file that regedit has exported"):
        list(candidates(source))


def test_a_file_of_a_hundred_megabytes_is_read_piece_by_piece(tmp_path: Path) -> None:
    path = tmp_path / "all.reg"
    junk = b'[HKEY_CURRENT_USER\\Software\\X]\r\n"a"="' + b"x" * (1 << 20) + b'"\r\n'
    with path.open("wb") as file:
        file.write(REG.replace(REG.split("\n", maxsplit=1)[0], "REGEDIT4").encode())
        for _ in range(100):
            file.write(junk)
        file.write(b'"endless"="' + b"y" * (8 << 20))
    assert path.stat().st_size > 100 << 20
    source = RegFile(path=path, code_page="cp1252", wanted=WANTED)
    assert list(came(source)) == ["lab/gpu1"]


@pytest.fixture
def dot_putty(tmp_path: Path) -> Path:
    sessions = tmp_path / ".putty" / "sessions"
    sessions.mkdir(parents=True)
    (sessions / "lab%20box").write_text("HostName=ada@vm\nPortNumber=2222\nnonsense\n")
    (sessions / "Default%20Settings").write_text("TryAgent=0\n")
    (tmp_path / ".putty" / "sshhostkeys").write_text("rsa2@22:vm 0x1,0x2\n")
    return tmp_path / ".putty"


@pytest.mark.parametrize("where", [".", "sessions"])
def test_the_folder_of_unix_is_read(dot_putty: Path, where: str) -> None:
    [source] = source_at(dot_putty / where, code_page=None)
    [one] = came(source).values()
    assert isinstance(one, Candidate)
    assert one.profile == Profile(
        name="lab box", host="vm", user="ada", port=2222, identity_agent="none"
    )
    assert [key.name for key in source.host_keys()] == ["rsa2@22:vm"]


def test_a_session_that_cannot_be_read_is_named(dot_putty: Path) -> None:
    (dot_putty / "sessions" / "huge").write_bytes(b"x" * (2 << 20))
    [source] = source_at(dot_putty, code_page=None)
    assert isinstance(bad := came(source)["huge"], Skipped)
    assert bad.why.startswith(str(dot_putty / "sessions" / "huge"))
    assert "larger than 1 MiB" in bad.why


def test_the_portable_folder_of_kitty_is_read(tmp_path: Path) -> None:
    sessions = tmp_path / "Sessions"
    (sessions / "lab").mkdir(parents=True)
    (tmp_path / "kitty.ini").write_text("[KiTTY]\nsavemode=dir\n")
    (sessions / "lab" / "gpu%201").write_text("HostName\\a%2Db\\\nPortNumber\\2222\\\n")
    (sessions / "old").write_text("HostName\\h\\\nFolder\\office\\\nProtocol\\ssh\\\n")
    keys = tmp_path / "SshHostKeys"
    keys.mkdir()
    (keys / "rsa2%4022%3Avm").write_text("0x10001,0xab")
    [source] = source_at(tmp_path, code_page=None)
    profiles = [one.profile for one in came(source).values() if isinstance(one, Candidate)]
    assert profiles == [
        Profile(name="lab/gpu 1", host="a-b", port=2222, group="lab"),
        Profile(name="old", host="h", group="office"),
    ]
    assert list(source.host_keys()) == [RawHostKey("rsa2@22:vm", "0x10001,0xab")]


def test_a_folder_with_nothing_in_it_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no sessions of PuTTY"):
        list(source_at(tmp_path, code_page=None))
    with pytest.raises(ConfigError, match="there is no such file or folder"):
        list(source_at(tmp_path / "x", code_page=None))


class Hive:
    """Keys of a registry, with the calls of winreg."""

    def __init__(self, tree: dict[str, dict[str, object]]) -> None:
        self.tree = tree

    def registry(self) -> Registry:
        return Registry(
            open_key=self.open, enum_key=Hive.enum_key, enum_value=Hive.enum_value
        )

    def open(self, key: str) -> "Opened":
        below = {one for one in self.tree if one.startswith(f"{key}\\")}
        if key not in self.tree and not below:
            raise FileNotFoundError(2, "no such key")
        names = dict.fromkeys(one[len(key) + 1 :].split("\\")[0] for one in sorted(below))
        return Opened(list(names), list(self.tree.get(key, {}).items()))

    @staticmethod
    def enum_key(key: "Opened", index: int) -> str:
        if index >= len(key.names):
            raise OSError(259, "no more data")
        return key.names[index]

    @staticmethod
    def enum_value(key: "Opened", index: int) -> tuple[str, object, int]:
        if index >= len(key.values):
            raise OSError(259, "no more data")
        return (*key.values[index], 1)


class Opened:
    """An open key."""

    def __init__(self, names: list[str], values: list[tuple[str, object]]) -> None:
        self.names, self.values = names, values

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def test_the_registry_is_read_by_the_calls_of_winreg(tmp_path: Path) -> None:
    top = r"Software\SimonTatham\PuTTY"
    hive = Hive(
        {
            rf"{top}\Sessions\lab%2Fgpu1": {
                "HostName": "172.22.3.50",
                "UserName": "cades",
                "PortNumber": 2222,
                "PublicKeyFile": r"C:\Users\ada\key.ppk",
                "PortForwardings": "L8889=127.0.0.1:8889",
                "Blob": b"\0",
            },
            rf"{top}\SshHostKeys": {"rsa2@22:myvm": "0x10001,0xab"},
        }
    )
    [source] = sources_here({}, registry=hive.registry(), home=tmp_path)
    [one] = came(source).values()
    assert isinstance(one, Candidate)
    assert one.profile == GPU1
    assert [key.name for key in source.host_keys()] == ["rsa2@22:myvm"]


def test_without_sessions_there_is_no_source(tmp_path: Path) -> None:
    empty = Hive({}).registry()
    assert list(sources_here({}, registry=empty, home=tmp_path)) == []


@pytest.mark.parametrize(
    ("folder", "environ"),
    [
        (".putty", {}),
        (".config/putty", {}),
        ("conf/putty", {"XDG_CONFIG_HOME": "{home}/conf"}),
        ("mine", {"PUTTYDIR": "{home}/mine"}),
    ],
)
def test_putty_on_unix_has_several_places(
    folder: str, environ: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / folder / "sessions").mkdir(parents=True)
    here = {key: value.format(home=tmp_path) for key, value in environ.items()}
    [source] = sources_here(here, registry=Hive({}).registry(), home=tmp_path)
    assert source.place == str(tmp_path / folder / "sessions")


@pytest.mark.parametrize("between", ["", '[{top}\\other]\n"HostName"="c"\n'])
def test_two_keys_that_stand_for_one_name_are_not_mixed(
    tmp_path: Path, between: str
) -> None:
    top = r"HKEY_CURRENT_USER\Software\SimonTatham\PuTTY\Sessions"
    first = f'[{top}\\lab%2Fgpu1]\n"HostName"="ada@a"\n"PortNumber"=dword:000008ae\n'
    last = f'[{top}\\lab/gpu1]\n"HostName"="b"\n'
    path = tmp_path / "two.reg"
    path.write_text("REGEDIT4\n" + first + between.format(top=top) + last)
    found = candidates(RegFile(path=path, code_page="cp1252", wanted=WANTED))
    again, came = [one for one in found if one.name == "lab/gpu1"]
    assert isinstance(again, Skipped)
    assert "another one of this name" in again.why
    assert isinstance(came, Candidate)
    assert came.profile == Profile(name="lab/gpu1", host="b", group="lab")
