"""When silence means that a link is lost."""

from dataclasses import dataclass, field
from threading import Event

from nbtui.clock import Naps
from nbtui.ssh.heartbeat import DEAF, DOUBT, EVERY, LOOK, SILENCE, Heart
from waiting import until


class Clock:
    now = 1000.0
    asleep = 0.0
    """Seconds that the monotonic clock did not see."""

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return self.now + self.asleep

    def wait(self, seconds: float) -> None:
        self.now += seconds


@dataclass(eq=False)
class Patient:
    last_heard: float = 1000.0
    moved: float = 0.0
    waiting_since: float | None = None
    verdicts: list[str] = field(default_factory=list)
    pulses: int = 0
    fails: bool = False
    left_behind: bool = False
    another_way: bool = False
    blocks: Event | None = None

    @property
    def last_sign(self) -> float:
        return max(self.last_heard, self.moved)

    def look(self) -> None: ...

    def stranded(self) -> bool:
        return self.left_behind

    def rerouted(self) -> bool:
        said, self.another_way = self.another_way, False
        return said

    def pulse(self) -> None:
        self.pulses += 1
        if self.fails:
            raise OSError
        waits = self.waiting_since is not None
        self.waiting_since = self.waiting_since or 1000.0
        if self.blocks is not None and not waits:
            self.blocks.wait(20)

    def pronounce(self, reason: str) -> None:
        self.verdicts.append(reason)


class Ward:
    """A heart whose threads never run on their own in a test: time is moved by hand."""

    def __init__(self, *patients: Patient, every: float = 3600.0) -> None:
        self.clock = Clock()
        self.heart = Heart(clock=self.clock, every=every, look=3600.0)
        self.heart._pause = LOOK  # noqa: SLF001  # looks are made by hand, every second
        self.heart._naps = Naps(self.clock, worth=5.0)  # noqa: SLF001
        for patient in patients:
            self.heart.add(patient)

    def pass_time(self, seconds: float) -> None:
        for _ in range(int(seconds)):
            self.clock.wait(1.0)
            self.heart.look()


def test_silence_with_a_heartbeat_under_way_is_a_loss() -> None:
    patient = Patient()
    ward = Ward(patient)
    ward.pass_time(EVERY)
    ward.heart.beat()
    ward.pass_time(SILENCE - EVERY - 1)
    assert patient.verdicts == []
    ward.pass_time(1)
    assert patient.verdicts == ["no byte for 15 s"]


def test_silence_that_nothing_provoked_is_none() -> None:
    patient = Patient()
    Ward(patient).pass_time(SILENCE * 2)
    assert patient.verdicts == []


def test_an_answer_that_queues_behind_a_transfer_is_no_fault() -> None:
    patient = Patient()
    ward = Ward(patient)
    ward.heart.beat()
    for _ in range(10):
        ward.pass_time(10)
        patient.last_heard = ward.clock.now
    assert patient.verdicts == []


def test_a_heartbeat_that_queues_behind_what_is_sent_is_no_fault_for_a_minute() -> None:
    patient = Patient()
    ward = Ward(patient)
    ward.heart.beat()
    for _ in range(int(DEAF) - 1):
        ward.pass_time(1)
        patient.moved = ward.clock.now
    assert patient.verdicts == []
    ward.pass_time(1)
    assert patient.verdicts == ["no byte for 60 s"]


def test_time_in_which_we_slept_does_not_count_but_then_an_answer_is_due_soon() -> None:
    for clock in ("runs on", "stands still"):
        patient = Patient()
        ward = Ward(patient)
        ward.heart.beat()
        if clock == "runs on":
            ward.clock.wait(3600.0)
        else:
            ward.clock.asleep = 3600.0
        ward.heart.look()
        ward.pass_time(DOUBT - 1)
        assert patient.verdicts == []
        ward.pass_time(1)
        assert patient.verdicts == ["no byte since we slept"]


def test_after_a_sleep_a_heartbeat_goes_out_at_once() -> None:
    patient = Patient()
    ward = Ward(patient)
    ward.clock.asleep = 3600.0
    ward.heart.look()
    until(lambda: patient.pulses == 1, what="a heartbeat out of turn")


def test_a_link_that_answers_after_a_sleep_is_doubted_no_more() -> None:
    patient = Patient()
    ward = Ward(patient)
    ward.clock.asleep = 3600.0
    ward.heart.look()
    ward.clock.wait(1.0)
    patient.last_heard = ward.clock.now
    ward.heart.look()
    patient.waiting_since = ward.clock.now
    ward.pass_time(SILENCE - 1)
    assert patient.verdicts == []


def test_bytes_that_lay_here_while_we_slept_are_no_answer() -> None:
    patient = Patient()
    ward = Ward(patient)
    ward.heart.beat()
    ward.clock.asleep = 3600.0
    ward.heart.look()
    patient.last_heard = ward.clock.now + 0.1
    ward.pass_time(DOUBT)
    assert len(patient.verdicts) == 1


def test_a_link_whose_address_is_gone_is_lost_at_once() -> None:
    patient = Patient(left_behind=True)
    Ward(patient).pass_time(1)
    assert patient.verdicts == ["the address of this machine changed"]


def test_a_link_whose_way_changed_has_a_moment_to_answer_on_the_old_one() -> None:
    patient = Patient(another_way=True)
    ward = Ward(patient)
    ward.pass_time(1)
    until(lambda: patient.pulses == 1, what="a heartbeat out of turn")
    ward.pass_time(DOUBT - 1)
    assert patient.verdicts == []
    ward.pass_time(1)
    assert patient.verdicts == ["no byte since the way to it changed"]


def test_one_links_trouble_is_not_the_others() -> None:
    bad, good = Patient(fails=True), Patient()
    ward = Ward(bad, good)
    ward.heart.beat()
    assert good.waiting_since is not None


def test_a_host_that_takes_nothing_does_not_keep_the_others_from_their_heartbeat() -> None:
    free = Event()
    stuck, good = Patient(blocks=free), Patient()
    ward = Ward(stuck, good, every=0.01)
    until(lambda: stuck.pulses == 1, what="the thread is stuck")
    assert good.pulses == 0
    ward.pass_time(3)
    until(lambda: good.pulses > 1, what="the others' heartbeat")
    free.set()
    for patient in (stuck, good):
        ward.heart.remove(patient)
