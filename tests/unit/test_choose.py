"""Which server a profile means."""

import dataclasses

from nbtui.model.host import HostReport, JupyterServer, TmuxSession
from nbtui.remote.choose import Found, NoServer, Several, choose

EMPTY = HostReport(hostname="h", user="u", uid=1, home="/", login_shell="/bin/sh")


def server(port: int, session: str = "") -> JupyterServer:
    return JupyterServer(
        pid=port, port=port, address="127.0.0.1", token="", session=session
    )


def report(*servers: JupyterServer, **marks: str) -> HostReport:
    sessions = tuple(
        TmuxSession(id=f"${at}", name=name, profile=profile)
        for at, (name, profile) in enumerate(marks.items())
    )
    return dataclasses.replace(EMPTY, servers=servers, sessions=sessions)


def test_the_one_in_a_session_marked_for_the_profile_goes_before_all_others() -> None:
    ours, other = server(8890, "a"), server(8889)
    assert choose(report(ours, other, a="myvm"), "myvm", 8889) == Found(server=ours)


def test_a_session_of_the_right_name_without_the_mark_is_not_ours() -> None:
    byhand = server(8890, "nbtui-myvm")
    assert choose(report(byhand), "myvm", 8889) == NoServer()


def test_the_port_decides_between_two_in_our_sessions() -> None:
    one, two = server(8889, "a"), server(8890, "b")
    assert choose(report(one, two, a="myvm", b="myvm"), "myvm", 8890) == Found(server=two)
    assert choose(report(one, two, a="myvm", b="myvm"), "myvm", None) == Several(
        servers=(one, two)
    )  # fmt: skip


def test_the_one_on_the_profile_s_port_is_taken_wherever_it_lives() -> None:
    byhand = server(8889, "work")
    assert choose(report(server(8888), byhand), "myvm", 8889) == Found(server=byhand)


def test_with_a_port_nothing_on_another_port_is_taken() -> None:
    assert choose(report(server(8888)), "myvm", 8889) == NoServer()


def test_without_a_port_the_only_one_is_taken_and_of_several_the_user_chooses() -> None:
    one, two = server(8888), server(8889)
    assert choose(report(), "myvm", None) == NoServer()
    assert choose(report(one), "myvm", None) == Found(server=one)
    assert choose(report(one, two), "myvm", None) == Several(servers=(one, two))


def test_the_only_one_is_asked_about_when_it_is_marked_for_another_profile() -> None:
    colleague = server(8888, "a")
    assert choose(report(colleague, a="bobs"), "myvm", None) == Several(
        servers=(colleague,)
    )
