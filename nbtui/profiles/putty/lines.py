r"""The files of a session: `Key=value` of PuTTY on Unix, `Key\value\` of KiTTY's portable folder. Pure.

Source: read_setting_s of PuTTY's unix/storage.c; LoadFile of KiTTY's kitty_store.c.
"""

from collections.abc import Iterator

from nbtui.profiles.putty.names import unescaped
from nbtui.profiles.putty.source import RawHostKey

Setting = tuple[str, str]


def parse_settings(text: str) -> Iterator[Setting]:
    r"""Yield the settings of a file of ~/.putty/sessions; a line without `=` is none.

    >>> dict(parse_settings("HostName=a\nnonsense\nEmpty=\nUserName=x=y\r\n"))
    {'HostName': 'a', 'Empty': '', 'UserName': 'x=y'}
    """
    for line in text.split("\n"):
        key, equals, value = line.rstrip("\r").partition("=")
        if equals and key.strip():
            yield key.strip(), value


def parse_kitty_settings(text: str, code_page: str) -> Iterator[Setting]:
    r"""Yield the settings of a file of KiTTY's folder Sessions.

    >>> dict(parse_kitty_settings("HostName\\a%20b\\\nnonsense\nPortNumber\\22\\\r\n", "cp1252"))
    {'HostName': 'a b', 'PortNumber': '22'}
    """
    for line in text.split("\n"):
        key, slash, value = line.strip().partition("\\")
        if slash and key:
            yield key, unescaped(value.removesuffix("\\"), code_page)


def parse_host_keys(text: str) -> Iterator[RawHostKey]:
    r"""Yield the keys of ~/.putty/sshhostkeys.

    >>> [key.name for key in parse_host_keys("rsa2@22:myvm 0x10001,0xab\n\nnonsense\n")]
    ['rsa2@22:myvm']
    """
    for line in text.split("\n"):
        name, blank, value = line.strip().partition(" ")
        if blank:
            yield RawHostKey(name, value.strip())
