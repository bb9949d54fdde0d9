"""All sessions together: rows, watchers, and what a new agent brings up."""

from threading import Event
from typing import cast

import pytest

from fakes import FakeClock
from lab.sessions import PlayedLink
from nbtui.errors import ConfigError, NoSuchProfile
from nbtui.model.profile import JupyterSettings, Profile
from nbtui.model.runner import Runner, Shells
from nbtui.model.snapshot import Snapshot
from nbtui.model.target import Resolved, Target
from nbtui.session.caller import Caller
from nbtui.session.jobs import Work
from nbtui.session.machine import Connected, Drop, Failed, Job, Level, Want, Wish
from nbtui.session.manager import Manager
from nbtui.session.reach import reach
from nbtui.session.rig import Rig
from nbtui.session.session import Session
from nbtui.session.wanted import Wanted
from nbtui.ssh.link import Link, LoginContext
from waiting import until


class Lab:
    """Saved profiles, and hosts on which all goes well."""

    def __init__(self) -> None:
        self.saved = [Profile(name="myvm", host="a"), Profile(name="gpu1", host="b")]
        self.broken = False
        self.meant: list[bool] = []
        self.hosts: list[str] = []
        self.remembered: list[tuple[str, Level]] = []
        self.manager = Manager(
            profiles=self.profiles,
            make_rig=self.make_rig,
            run_job=self.run_job,
            remember=lambda name, one: self.remembered.append((name, one.goal)),
            clock=FakeClock(),
        )

    def profiles(self) -> tuple[Profile, ...]:
        if self.broken:
            raise ConfigError("not TOML", file="profiles.toml", line=3)
        return tuple(self.saved)

    def make_rig(self, name: str, _caller: Caller) -> Rig:
        profile = next((one for one in self.profiles() if one.name == name), None)
        if profile is None and name == "typo":
            raise NoSuchProfile(name)
        host = profile.host if profile and profile.host else name
        self.hosts.append(host)
        resolved = Resolved(
            name=name,
            target=Target(host=host, port=22, user="ada"),
            jupyter=JupyterSettings(),
        )
        return Rig(
            resolved=resolved, link=cast("Link", PlayedLink()), release=lambda _link: None,
            runner=cast("Runner", None), shells=cast("Shells", None),
        )  # fmt: skip

    def run_job(self, _session: Session, _job: Job, _rig: Rig, work: Work) -> bool:
        self.meant.append(work.meant)
        return True

    def up(self, name: str) -> Session:
        self.manager.recover({name: Wanted(goal=Level.LINK)})
        session = self.manager.session(name)
        until(lambda: isinstance(session.state, Connected), what=f"{name} connected")
        return session

    @property
    def names(self) -> list[str]:
        return [row.name for row in self.manager.snapshots()]


@pytest.fixture
def lab() -> Lab:
    return Lab()


def test_rows_come_in_the_order_of_the_file_then_what_else_is_open(lab: Lab) -> None:
    bare = lab.up("ada@elsewhere")
    lab.up("gpu1")
    assert lab.names == ["myvm", "gpu1", "ada@elsewhere"]
    bare.post(Drop())
    assert lab.names == ["myvm", "gpu1"]
    assert [row.name for row in lab.manager.snapshots(("ada@elsewhere",))] == [bare.name]


def test_a_typing_error_leaves_no_row_and_is_not_tried_again(lab: Lab) -> None:
    lab.manager.recover({"typo": Wanted(goal=Level.TUNNEL)})
    session = lab.manager.session("typo")
    until(lambda: isinstance(session.state, Failed), what="the failure")
    assert lab.names == ["myvm", "gpu1"]


def test_the_first_command_of_a_new_agent_leaves_the_port_that_was_asked_for(
    lab: Lab,
) -> None:
    lab.manager.recover({"myvm": Wanted(goal=Level.LINK, local_port=9999)})
    session = lab.manager.session("myvm")
    nobody = Caller(asker=None, gone=Event(), login=LoginContext(auth_sock=None))
    reach(session, Wish(goal=Level.LINK), nobody)
    assert session.local_port == 9999


def test_a_profile_that_was_removed_while_connected_keeps_its_row(lab: Lab) -> None:
    lab.up("myvm")
    del lab.saved[0]
    assert lab.names == ["gpu1", "myvm"]
    lab.manager.session("myvm").post(Drop())
    assert lab.names == ["gpu1"]


def test_a_profile_that_was_edited_counts_after_a_disconnect(lab: Lab) -> None:
    session = lab.up("myvm")
    lab.saved[0] = Profile(name="myvm", host="other")
    session.post(Want(wish=Wish(goal=Level.LINK)))
    assert lab.hosts == ["a"]
    session.post(Drop())
    lab.up("myvm")
    assert lab.hosts == ["a", "other"]


def test_a_host_that_became_a_profile_is_meant(lab: Lab) -> None:
    session = lab.up("cluster")
    session.post(Drop())
    lab.saved.append(Profile(name="cluster"))
    lab.up("cluster")
    assert lab.meant == [False, True]


def test_a_broken_file_breaks_no_session(lab: Lab) -> None:
    session = lab.up("myvm")
    lab.broken = True
    assert lab.manager.snapshot(session).state == "connected"
    lab.manager.recover({"gpu1": Wanted(goal=Level.LINK)})
    with pytest.raises(ConfigError):
        lab.manager.snapshots()
    lab.broken = False
    assert "gpu1" in lab.names


def test_a_watcher_is_told_of_changes_until_it_leaves_and_may_leave_twice(lab: Lab) -> None:
    rows: list[Snapshot] = []
    end = lab.manager.watch(rows.append)
    session = lab.up("myvm")
    until(lambda: rows[-1].state == "connected", what="the last row")
    end()
    end()
    count = len(rows)
    session.post(Drop())
    assert len(rows) == count


def test_a_watcher_that_breaks_harms_nobody(lab: Lab) -> None:
    rows: list[Snapshot] = []

    def broken(_row: Snapshot) -> None:
        raise ZeroDivisionError

    lab.manager.watch(broken)
    lab.manager.watch(rows.append)
    lab.up("myvm")
    until(lambda: rows and rows[-1].state == "connected", what="the row behind it")


def test_what_holds_nothing_open_keeps_no_agent_alive(lab: Lab) -> None:
    counts = [lab.manager.active]
    session = lab.up("myvm")
    counts.append(lab.manager.active)
    session.post(Drop())
    counts.append(lab.manager.active)
    assert counts == [0, 1, 0]


def test_the_agents_end_waits_until_all_is_closed(lab: Lab) -> None:
    sessions = [lab.up("myvm"), lab.up("gpu1")]
    lab.manager.close(20.0)
    assert all(session.rig is None for session in sessions)
    assert lab.remembered == []
