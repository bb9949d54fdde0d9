"""The parts of the dashboard that draw nothing, or draw without an app."""

from threading import Thread

from textual.content import Content

from fakes import FakeClock, FakeEngine, Stream
from nbtui.errors import AgentError
from nbtui.model.profile import Profile
from nbtui.model.snapshot import Lights, Snapshot
from nbtui.tui.board import Board
from nbtui.tui.headline import Scene, headline
from nbtui.tui.marks import ALERT, CALL, MUTED
from nbtui.tui.rows import SSH_CONFIG, UNSAVED, GroupRow, HostRow, arrange
from nbtui.tui.watch import Inbox, Watch
from nbtui.tui.widgets.detail_lines import detail_lines
from nbtui.tui.widgets.detail_view import View
from nbtui.tui.widgets.host_cells import Columns, cells, heading
from scenes import GPU1, HINT, LAB, LARGE, MYVM, NOW, OLD_WS
from waiting import until


def plain(lines: list[Content]) -> str:
    return "\n".join(line.plain for line in lines)


def words(scene: Scene) -> list[str]:
    return [text for text, _style in headline(scene)]


def test_what_is_urgent_comes_before_the_counts_and_money_last() -> None:
    asks = MYVM._replace(name="hpc", state="needs-input")
    scene = Scene(snapshots=(*LAB, asks), now=NOW, flavors={"gpu1": (LARGE,)})
    said = words(scene)
    assert said[0] == "hpc needs you"
    assert said[1:4] == [
        "old-ws lost, retry in 4 s",
        "ci-runner failed",
        "3 of 7 connected",
    ]
    assert said[-1].startswith("gpu1 idle since")
    assert said[-1].endswith("(11 $)")


def test_several_hosts_in_trouble_are_counted_and_only_they_are_coloured() -> None:
    lost = [OLD_WS._replace(name=f"h{n}", retry_in=float(n)) for n in range(2, 40)]
    asks = [MYVM._replace(name=f"a{n}", state="needs-input") for n in range(2)]
    said = headline(Scene(snapshots=(*lost, *asks), now=NOW, flavors={}))
    assert said[:3] == (
        ("2 need you", CALL),
        ("38 lost, retry in 2 s", ALERT),
        ("2 of 40 connected", MUTED),
    )


def test_an_agent_that_is_gone_is_the_only_thing_to_know() -> None:
    assert words(Scene(snapshots=LAB, now=NOW, flavors={}, agent_gone="no answer")) == [
        "agent: no answer"
    ]


def test_without_a_price_an_idle_machine_is_named_without_one() -> None:
    assert words(Scene(snapshots=(GPU1,), now=NOW, flavors={}))[-1].count("$") == 0


def test_groups_keep_their_order_and_strangers_come_last() -> None:
    hosts = [
        Snapshot(name=name, host=name, group=group)
        for name, group in (
            ("a", SSH_CONFIG),
            ("b", "lab"),
            ("c", ""),
            ("d", UNSAVED),
            ("e", "aws"),
        )
    ]
    keys = [row.key[1] for row in arrange(hosts, folded=set(), needle="")]
    assert keys == ["c", "lab", "b", "aws", "e", UNSAVED, "d", SSH_CONFIG, "a"]


def test_a_filter_opens_folded_groups_and_hides_empty_ones() -> None:
    rows = arrange(LAB, folded={"lab", "cades"}, needle="slurm")
    assert [row.key for row in rows] == [("group", "lab"), ("host", "cluster")]
    assert isinstance(rows[0], GroupRow)
    assert rows[0].total == 1


def test_the_board_lists_saved_ones_in_their_order_whatever_the_agent_says_first() -> None:
    board = Board(clock=FakeClock())
    board.seed([Profile(name="b"), Profile(name="a")])
    board.add_hosts(["h", "a"])
    board.update([Snapshot(name="a", host="x", state="connected")])
    assert [one.name for one in board.snapshots()] == ["b", "a", "h"]
    assert board.snapshots()[1].state == "connected"


def test_what_the_file_says_now_counts_before_what_the_agent_knew_of_it() -> None:
    board = Board(clock=FakeClock())
    board.update([Snapshot(name="a", host="x", group="old", tags=("old",))])
    board.update([Snapshot(name="b", host="x", group="old", state="connected")])
    saved = Profile(name="a", host="y", group="new", tags=("new",))
    board.seed([saved, saved._replace(name="b")])
    quiet, busy = board.snapshots()
    assert (quiet.host, quiet.group, quiet.tags) == ("y", "new", ("new",))
    assert (busy.host, busy.group, busy.tags) == ("x", "new", ("new",))


def test_a_removed_profile_goes_once_it_is_quiet() -> None:
    board = Board(clock=FakeClock())
    board.seed([Profile(name="a")])
    board.update([Snapshot(name="a", host="x", state="connected")])
    board.seed([])
    assert [one.group for one in board.snapshots()] == [UNSAVED]
    board.update([Snapshot(name="a", host="x")])
    assert board.snapshots() == ()


def test_a_countdown_goes_on_between_two_snapshots() -> None:
    clock = FakeClock()
    board = Board(clock=clock)
    board.update([OLD_WS])
    clock.now = 2.5
    assert [one.retry_in for one in board.snapshots()] == [1.5]
    clock.now = 60
    assert [one.retry_in for one in board.snapshots()] == [0.0]


def test_the_inbox_keeps_the_newest_and_knocks_once() -> None:
    knocks: list[None] = []
    inbox = Inbox(knock=lambda: knocks.append(None))
    inbox.put(MYVM, GPU1)
    inbox.put(MYVM._replace(state="reconnecting"))
    assert [(one.name, one.state) for one in inbox.take()] == [
        ("myvm", "reconnecting"),
        ("gpu1", "connected"),
    ]
    assert len(knocks) == 1
    assert inbox.take() == ()


class DeafEngine(FakeEngine):
    """An agent that cannot be started at first."""

    attempts = 0

    def watch(self, _names: object = None) -> Stream:
        self.attempts += 1
        if self.attempts == 1:
            message = "the agent does not start"
            raise AgentError(message)
        return super().watch()


def test_the_watch_says_why_it_hears_nothing_and_tries_again() -> None:
    heard: list[str] = []
    inbox = Inbox(knock=lambda: None)
    watch = Watch(engine=DeafEngine(snapshots_now=LAB), inbox=inbox, heard=heard.append)
    thread = Thread(target=watch.run)
    thread.start()
    until(lambda: "" in heard, what="the agent's first word")
    watch.close()
    watch.close()
    thread.join(timeout=10)
    assert not thread.is_alive()
    assert heard[0] == "the agent does not start"


def test_hints_and_long_errors_are_folded_into_their_column() -> None:
    view = View(snapshot=LAB[4], now=NOW, width=50, hints=(HINT,))
    lines = detail_lines(view)
    assert all(line.cell_length <= 50 for line in lines)
    assert "saves 61 $ a month" in " ".join(plain(lines).split())


def test_with_too_few_lines_the_blank_ones_go_first() -> None:
    roomy = detail_lines(View(snapshot=MYVM, now=NOW, width=80, height=40))
    tight = detail_lines(View(snapshot=MYVM, now=NOW, width=80, height=12))
    assert plain(tight).splitlines() == [line for line in plain(roomy).splitlines() if line]


def test_a_sparkline_comes_with_the_second_measurement() -> None:
    assert MYVM.usage
    one = View(snapshot=MYVM, now=NOW, width=80, history=(MYVM.usage,))
    two = one._replace(history=(MYVM.usage, MYVM.usage._replace(load=(9, 9, 9))))
    assert "█" not in plain(detail_lines(one))
    assert "█" in plain(detail_lines(two))


def test_columns_stand_under_their_titles_at_every_width() -> None:
    for width in (30, 40, 67, 68, 80, 120):
        columns = Columns.fitting(width)
        row = cells(HostRow(snapshot=MYVM), columns).plain
        title = heading(columns).plain
        assert row.index("●") == title.index("L T S K"), width
        assert row.index("8889") + 4 == title.index("port") + 4, width
        assert len(row) <= max(width, 32), width


def test_a_name_that_is_too_long_ends_in_dots_and_wide_letters_keep_the_columns() -> None:
    columns = Columns.fitting(40)
    for name in ("a-very-long-name-of-a-host", "東京大学の計算機その一", "e\u0301t\u0301e"):
        row = cells(HostRow(snapshot=MYVM._replace(name=name)), columns)
        assert row.truncate(columns.name + 4).cell_length == columns.name + 4
        assert Content(row.plain.split("●")[0]).cell_length == columns.name + 4


def test_lights_differ_in_shape_not_only_in_colour() -> None:
    lights = Lights(link="ok", tunnel="warn", server="bad", kernels="off")
    row = cells(HostRow(snapshot=MYVM._replace(lights=lights)), Columns.fitting(40)).plain
    assert "● ▲ ✖ ○" in row


def test_an_idle_kernel_says_since_when() -> None:
    assert "idle 2 d" in plain(detail_lines(View(snapshot=MYVM, now=NOW, width=80)))
