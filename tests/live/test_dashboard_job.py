"""The whole job through the dashboard: Textual's pilot, the real agent, a real host with Jupyter."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from textual.pilot import Pilot

from lab.desk import Desk
from lab.kernel import rest
from lab.logins import LoginServer, PasswordServer
from lab.sshd import SshHost, free_port
from nbtui.client.socket_engine import socket_engine
from nbtui.clock import SystemClock
from nbtui.paths import Paths
from nbtui.profiles.reading import Reader
from nbtui.tui.app import NbtuiApp
from nbtui.tui.outside import Outside
from nbtui.tui.widgets.picker import Picker
from waiting import until

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(120)]

SMALLEST, USUAL = (80, 24), (120, 40)


@dataclass
class Front:
    """What a person sees and presses."""

    pilot: Pilot[str]
    opened: list[str] = field(default_factory=list)

    @property
    def screen(self) -> str:
        strips = self.pilot.app.screen._compositor.render_strips()  # noqa: SLF001  # the only plain text there is
        return "\n".join(strip.text.rstrip() for strip in strips)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def shows(self, *texts: str) -> str:
        return await self.until(lambda: all(text in self.screen for text in texts), texts)

    async def hides(self, text: str) -> str:
        return await self.until(lambda: text not in self.screen, f"no {text}")

    async def until(self, ready: Callable[[], bool], what: object) -> str:
        clock = SystemClock()
        deadline = clock.monotonic() + 40
        while not ready():
            assert clock.monotonic() < deadline, (
                f"{what} never came; the screen:\n{self.screen}"
            )
            await self.pilot.pause(0.05)
        return self.screen

    async def select(self, name: str) -> None:
        await self.press("g")
        for _ in range(20):
            host = self.pilot.app.query_one(Picker).host
            if host and host.name == name:
                return
            await self.press("j")
        pytest.fail(f"{name} is not in the list:\n{self.screen}")


@asynccontextmanager
async def dashboard(desk: Desk, size: tuple[int, int] = SMALLEST) -> AsyncIterator[Front]:
    """The dashboard of a desk as `nbtui` puts it together, but for the browser."""
    paths = Paths(
        config_dir=desk.config, state_dir=desk.state, runtime_dir=desk.runtime / "nbtui"
    )
    clock = SystemClock()
    opened: list[str] = []
    app = NbtuiApp(
        engine=lambda: socket_engine(paths=paths, environ=desk.env, clock=clock),
        outside=Outside(open_url=opened.append, saved=Reader(paths).load),
        clock=clock,
    )
    async with app.run_test(size=size, notifications=True) as pilot:
        yield Front(pilot=pilot, opened=opened)


@pytest.fixture(scope="module")
def vm(make_shared_host: Callable[..., SshHost]) -> SshHost:
    host = make_shared_host("vm")
    host.give_jupyter()
    return host


@pytest.mark.parametrize("size", [SMALLEST, pytest.param(USUAL, marks=pytest.mark.slow)])
async def test_the_whole_job_by_keys(
    vm: SshHost, desk: Desk, size: tuple[int, int]
) -> None:
    local = free_port()
    desk.knows(vm, port=free_port(), local_port=local)
    async with dashboard(desk, size) as front:
        await front.select("myvm")
        await front.press("c")
        await front.shows("1 of 1 connected", f"localhost:{local}")
        server = f"pid {desk.row()['server']['pid']}"
        page = desk.nbtui("url", "myvm").out.strip()
        await front.shows(server)
        await kernels_come_and_the_page_opens(front, page)
        await logs_and_hints_open_and_close(front, page)
        await front.press("d")
        screen = await front.shows("0 of 1 connected")
        assert "is down" not in screen  # nobody follows the log any more
        assert any("jupyter" in line for line in vm.processes())
        await front.press("c")
        await front.shows("1 of 1 connected", server)
        await a_stop_is_asked_refused_and_granted(front)
    until(lambda: vm.processes() == [], what="an empty process list on the host")
    assert desk.row()["state"] == "disconnected"


async def kernels_come_and_the_page_opens(front: Front, page: str) -> None:
    kernel = {"kernel": {"name": "python3"}, "name": "", "path": "fit.ipynb"}
    rest(page, "POST", "api/sessions", {**kernel, "type": "notebook"})
    await front.shows("fit.ipynb", "python3")
    await front.press("o")
    await front.until(lambda: front.opened == [page], "the page in the browser")


async def logs_and_hints_open_and_close(front: Front, page: str) -> None:
    await front.press("l")
    screen = await front.shows("Jupyter Server")
    assert page.partition("token=")[2] not in screen
    await front.press("escape")
    await front.hides("Jupyter Server")
    await front.press("r")
    await front.shows("hints")
    await front.press("escape")


async def a_stop_is_asked_refused_and_granted(front: Front) -> None:
    await front.press("x")
    await front.shows("Are you sure?", "fit.ipynb", "1 kernel would end", "n  No", "y  Yes")
    await front.press("x", "n")
    await front.hides("Are you sure?")
    await front.shows("1 of 1 connected")
    await front.press("x")
    await front.shows("Are you sure?")
    await front.press("y")
    await front.shows("0 of 1 connected", "myvm is shut down")


async def test_an_unknown_host_key_is_asked_in_a_dialog_and_kept(
    vm: SshHost, desk: Desk
) -> None:
    desk.knows(vm, local_port=free_port())
    known_hosts = desk.home / ".ssh" / "known_hosts"
    known_hosts.unlink()
    async with dashboard(desk) as front:
        await front.select("myvm")
        await front.press("R")
        await front.shows("Unknown host key", "SHA256:", "ED25519")
        await front.press("R", "n")
        await front.hides("Unknown host key")
        await front.shows("is not known", "try: ")
        assert not known_hosts.exists()
        await front.press("R")
        await front.shows("Unknown host key", "n  No", "y  Yes")
        await front.press("y")
        await front.shows("1 of 1 connected")
        assert known_hosts.read_text()


async def test_a_host_that_is_down_says_why_and_what_to_try(
    vm: SshHost, desk: Desk
) -> None:
    desk.knows(vm)
    file = desk.config / "profiles.toml"
    file.write_text(file.read_text().replace(str(vm.port), str(free_port())))
    async with dashboard(desk) as front:
        await front.select("myvm")
        await front.press("c")
        screen = await front.shows("myvm failed", "refused", "try: ")
        assert "Traceback" not in screen


@pytest.fixture
def password_host() -> Iterator[LoginServer]:
    server = LoginServer(lambda: PasswordServer("right"))
    yield server
    server.close()


async def test_a_password_is_asked_in_a_dialog_and_a_wrong_one_again(
    password_host: LoginServer, desk: Desk
) -> None:
    (desk.config / "profiles.toml").write_text(
        f'[profiles.pw]\nhost = "127.0.0.1"\nport = {password_host.port}\nuser = "ada"\n'
    )
    (desk.home / ".ssh" / "config").write_text(
        f"Host 127.0.0.1\n  StrictHostKeyChecking accept-new\n  IdentityFile {desk.root}/none\n"
    )
    async with dashboard(desk) as front:
        await front.select("pw")
        await front.press("c")
        await front.shows("Password of ada@127.0.0.1", "esc gives up")
        await front.press(*"wr0ng")
        assert "wr0ng" not in await front.shows("•••••")
        await front.press("enter")
        await front.shows("the last one was refused")
        await front.press(*"right", "enter")
        # what is behind the login gives no shell: the failure is of that, not of the login
        screen = await front.shows("failed", "try: ")
        assert "Password of" not in screen
        assert desk.row("pw")["last_error"]["code"] not in (0, 4)
    assert "wr0ng" not in desk.log()
