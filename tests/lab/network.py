"""A desk, a router and a host in network namespaces of their own: addresses and routes come and go. Needs root.

Nothing leads out of them, and none of their addresses is reachable from the machine itself.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

HOST = "10.81.9.2"
"""Where the host is."""
WIFI, VPN = "10.81.1.2", "10.81.2.2"
"""Addresses that the desk may have."""


def ip(*words: str) -> None:
    """Run ip(8)."""
    subprocess.run(["ip", *words], check=True)


def into(namespace: str) -> list[str]:
    """Words before a command line that is to run in a network namespace."""
    return ["nsenter", f"--net=/run/netns/{namespace}"]


class Network:
    """Three namespaces; the desk has no address before `join`."""

    _made = 0

    def __init__(self) -> None:
        Network._made += 1
        name = f"nb{os.getpid()}-{Network._made}"  # an interface's name has 15 characters at most
        self.desk, self.router, self.host = f"{name}d", f"{name}r", f"{name}h"

    def __enter__(self) -> Self:
        for space in (self.desk, self.router, self.host):
            ip("netns", "add", space)
            ip("-n", space, "link", "set", "lo", "up")
        forward = ["sysctl", "-qw", "net.ipv4.ip_forward=1"]
        subprocess.run([*into(self.router), *forward], check=True)
        self._lay("wifi", self.desk, WIFI)
        self._lay("vpn", self.desk, VPN)
        self._lay("host", self.host, HOST)
        ip("-n", self.host, "addr", "add", f"{HOST}/24", "dev", "host")
        ip("-n", self.host, "route", "add", "default", "via", _gateway(HOST))
        return self

    def __exit__(self, *_exc: object) -> None:
        for space in (self.desk, self.router, self.host):
            subprocess.run(["ip", "netns", "del", space], check=False)

    def _lay(self, name: str, space: str, address: str) -> None:
        """A cable from the router; its far end has no address yet."""
        router = ("-n", self.router)
        ip(
            *router,
            "link",
            "add",
            name,
            "type",
            "veth",
            "peer",
            "name",
            name,
            "netns",
            space,
        )
        ip(*router, "addr", "add", f"{_gateway(address)}/24", "dev", name)
        ip(*router, "link", "set", name, "up")
        ip("-n", space, "link", "set", name, "up")

    def join(self, name: str) -> None:
        """The desk gets the address of `wifi` or `vpn`, and the way to the host leads through it from now on."""
        address = {"wifi": WIFI, "vpn": VPN}[name]
        ip("-n", self.desk, "addr", "add", f"{address}/24", "dev", name)
        ip("-n", self.desk, "route", "replace", f"{HOST}/32", "via", _gateway(address), "dev", name)  # fmt: skip

    def leave(self, name: str) -> None:
        """The desk's address is gone, and with it every way that led through it."""
        ip("-n", self.desk, "addr", "flush", "dev", name)

    @contextmanager
    def without_way(self) -> Iterator[None]:
        """While inside, the desk on `wifi` keeps its address and has no way to the host."""
        way = (f"{HOST}/32", "via", _gateway(WIFI), "dev", "wifi")
        ip("-n", self.desk, "route", "del", *way)
        try:
            yield
        finally:
            ip("-n", self.desk, "route", "add", *way)

    @contextmanager
    def swallowing(self, address: str) -> Iterator[None]:
        """While inside, the router drops what is for `address`, without a word."""
        ip("-n", self.router, "route", "add", "blackhole", f"{address}/32")
        try:
            yield
        finally:
            ip("-n", self.router, "route", "del", "blackhole", f"{address}/32")


def _gateway(address: str) -> str:
    return address.rpartition(".")[0] + ".1"
