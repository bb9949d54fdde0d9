"""When silence means that a link is lost."""

from dataclasses import dataclass, field

from nbtui.ssh.heartbeat import EVERY, LOOK, SILENCE, Heart


class Clock:
    now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


@dataclass(eq=False)
class Patient:
    last_heard: float = 1000.0
    waiting_since: float | None = None
    verdicts: list[str] = field(default_factory=list)
    fails: bool = False

    def pulse(self) -> None:
        if self.fails:
            raise OSError
        self.waiting_since = self.waiting_since or 1000.0

    def pronounce(self, reason: str) -> None:
        self.verdicts.append(reason)


class Ward:
    """A heart whose threads never run on their own in a test: time is moved by hand."""

    def __init__(self, *patients: Patient) -> None:
        self.clock = Clock()
        self.heart = Heart(clock=self.clock, every=3600.0, look=3600.0)
        self.heart._pause = LOOK  # noqa: SLF001  # looks are made by hand, every second
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


def test_time_in_which_the_machine_slept_does_not_count() -> None:
    patient = Patient()
    ward = Ward(patient)
    ward.heart.beat()
    ward.clock.wait(3600.0)
    ward.heart.look()
    ward.pass_time(SILENCE - 1)
    assert patient.verdicts == []
    ward.pass_time(1)
    assert len(patient.verdicts) == 1


def test_one_links_trouble_is_not_the_others() -> None:
    bad, good = Patient(fails=True), Patient()
    ward = Ward(bad, good)
    ward.heart.beat()
    assert good.waiting_since is not None
