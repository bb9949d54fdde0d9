"""The rules of one session: state and event in, state and effects out.

No clock, no thread, no socket: `now` is handed in and effects are data that `session.Session` runs.
One job is under way at a time and its outcome comes back as `Done` or `Broke`; what an abandoned job
says later must not be fed in. A pair that makes no sense leaves things as they are.
"""

from dataclasses import dataclass, replace
from enum import Enum, IntEnum

from nbtui.model.failure import Failure

LONGEST_PAUSE = 30.0
"""Seconds between two attempts, at most."""

HURRY = 0.1
"""The part of a pause that is left when a program here wants the link."""


class Level(IntEnum):
    """How much of the way to a notebook is there."""

    NOTHING = 0
    LINK = 1
    SERVER = 2
    TUNNEL = 3


class Job(Enum):
    """Work that takes time and may fail."""

    DIAL = "dial"
    FIND = "find"
    LAUNCH = "launch"
    TUNNEL = "tunnel"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What somebody wants to be up."""

    goal: Level
    start: bool = False
    """A server may be started when none is found."""

    def joined(self, other: "Wish") -> "Wish":
        """What satisfies both."""
        return Wish(goal=max(self.goal, other.goal), start=self.start or other.start)


@dataclass(frozen=True, kw_only=True, slots=True)
class Disconnected:
    """Nothing is up and nobody wants it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Connected:
    """`level` is up; `wish.goal` was, and may be above it once the server has died."""

    wish: Wish
    level: Level
    server_lost: bool = False
    """There was a server, and it ended while the link stayed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Working:
    """On the way; `job` is under way."""

    wish: Wish
    level: Level
    job: Job
    attempt: int = 0
    """Attempts that failed since the link was last up."""

    was_up: bool = False
    """It has been connected: failure means trying again, not giving up."""

    before: Connected | None = None
    """What is still up and stays so if this fails."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """The link was lost; the next attempt is due."""

    wish: Wish
    since: float
    """On the clock of `now`, as `due`."""

    due: float
    hurried: bool = False
    """A program here wanted the link meanwhile."""

    attempt: int
    failure: Failure


@dataclass(frozen=True, kw_only=True, slots=True)
class Parked:
    """Only a person can go on, and nobody is there."""

    wish: Wish
    failure: Failure
    was_up: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Stopping:
    """A clean shutdown is under way; `back` is what stands if it is refused."""

    back: Connected


@dataclass(frozen=True, kw_only=True, slots=True)
class Failed:
    """A first attempt failed; nothing is up, and nothing is tried until somebody asks."""

    failure: Failure


State = Disconnected | Connected | Working | Waiting | Parked | Stopping | Failed


@dataclass(frozen=True, kw_only=True, slots=True)
class Want:
    """Somebody wants something to be up."""

    wish: Wish
    recover: bool = False
    """It was up before the agent ended: failure means trying again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """The job ended well."""

    found: bool = True
    """Of FIND: there is a server to use."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Broke:
    """The job failed."""

    failure: Failure
    lasting: bool = False
    """Trying again cannot help before something else changes."""

    human: bool = False
    """A question had nobody to answer it."""

    silent: bool = False
    """The first machine on the way did not answer, so that it can be watched for."""

    jitter: float = 1.0
    """0.5 to 1.0; the caller's dice."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lost:
    """The link went away."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerGone:
    """The link is well, and the server is no more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    """Time has passed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Nudge:
    """A reason to try at once: a key, a browser, a wake-up, another network, a host that answers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hurry:
    """A program here wants the link, such as a page in the browser: it may ask every second for hours."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Helped:
    """What only a person could do may be done: there is an answer, or a machine on the way let somebody in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cancel:
    """Who wanted it has gone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Drop:
    """Close tunnel, forwards and link."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StopBegins:
    """A clean shutdown starts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StopRefused:
    """Nothing was stopped after all."""


Event = (
    Want | Done | Broke | Lost | ServerGone | Tick | Nudge | Hurry | Helped | Cancel | Drop
    | StopBegins | StopRefused
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Do:
    """Start this job."""

    job: Job
    start: bool
    """The wish allows a server to be started."""

    again: bool
    """It has been connected: what a lost link left on the host is ended first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Abandon:
    """The job under way is of no interest any more: undo what it makes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HangUp:
    """Close tunnel, forwards and link."""

    launching: bool = False
    """A launch is under way, and has to undo what it made on the host before the link goes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Remember:
    """What a new agent should bring up again."""

    goal: Level


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """Tell, by a nudge, when the first machine on the way answers again, for as long as we wait."""


Effect = Do | Abandon | HangUp | Remember | Watch
Step = tuple[State, tuple[Effect, ...]]


def pause(attempt: int, jitter: float) -> float:
    """Seconds before attempt number `attempt` (1 is the first repeat).

    >>> [pause(n, 1.0) for n in (1, 2, 3, 9)]
    [0.5, 1.0, 2.0, 30.0]
    """
    return min(LONGEST_PAUSE, 0.25 * float(2 ** min(attempt, 10))) * jitter


def next_step(state: State, event: Event, *, now: float) -> Step:
    """What becomes of a state when something happens, and what is to be done about it."""
    match event:
        case Want():
            return _wanted(state, event)
        case Done():
            return _done(state, event)
        case Broke():
            return _broke(state, event, now)
        case Lost() | ServerGone():
            return _gone(state, event)
        case Tick() | Nudge() | Hurry() | Helped():
            return _due(state, event, now)
        case Cancel() | Drop():
            return _given_up(state, event)
        case StopBegins() | StopRefused():
            return _stopping(state, event)


def _work(wish: Wish, level: Level, **more: object) -> Step:
    job = {Level.NOTHING: Job.DIAL, Level.LINK: Job.FIND, Level.SERVER: Job.TUNNEL}[level]
    state = Working(wish=wish, level=level, job=job, **more)  # type: ignore[arg-type]  # fields of Working
    return state, (_do(state),)


def _do(state: Working) -> Do:
    return Do(job=state.job, start=state.wish.start, again=state.was_up)


def _wanted(state: State, event: Want) -> Step:
    match state:
        case Working():
            return replace(state, wish=state.wish.joined(event.wish)), ()
        case Connected(level=level) if level >= event.wish.goal:
            return state, ()
        case Connected(wish=wish, level=level):
            return _work(wish.joined(event.wish), level, before=state)
        case Stopping():
            return state, ()
        case Waiting(wish=wish) | Parked(wish=wish, was_up=True):
            return _work(wish.joined(event.wish), Level.NOTHING, was_up=True)
        case Disconnected() | Failed() | Parked():
            return _work(event.wish, Level.NOTHING, was_up=event.recover)


def _done(state: State, event: Done) -> Step:
    match state:
        case Working(job=Job.DIAL):
            return _arrived(state, Level.LINK)
        case Working(job=Job.FIND) if not event.found:
            return _nothing_found(state)
        case Working(job=Job.FIND | Job.LAUNCH):
            return _arrived(state, Level.SERVER)
        case Working(job=Job.TUNNEL):
            return _arrived(state, Level.TUNNEL)
        case _:
            return state, ()


def _arrived(state: Working, level: Level) -> Step:
    if level >= state.wish.goal:
        return Connected(wish=state.wish, level=level), _remembered(state.wish.goal)
    return _work(
        state.wish, level,
        attempt=state.attempt, was_up=state.was_up, before=state.before,
    )  # fmt: skip


def _remembered(goal: Level) -> tuple[Effect, ...]:
    """A link that was opened for a shell or a look is nobody's loss when the agent ends."""
    return (Remember(goal=goal),) if goal > Level.LINK else ()


def _nothing_found(state: Working) -> Step:
    """No server is there: start one if that is meant, else live with the link.

    After a reconnect nothing is started: a server that ended had its reason.
    """
    if state.was_up or not state.wish.start:
        return Connected(wish=state.wish, level=Level.LINK, server_lost=state.was_up), ()
    work = replace(state, job=Job.LAUNCH)
    return work, (_do(work),)


def _broke(state: State, event: Broke, now: float) -> Step:
    match state:
        case Working(before=Connected() as before):
            return before, ()
        case Working(was_up=was_up) if event.human:
            parked = Parked(wish=state.wish, failure=event.failure, was_up=was_up)
            return parked, () if was_up else (HangUp(),)  # the local port stays bound
        case Working(was_up=True) if not event.lasting:
            return _wait(state, event, now), (Watch(),) if event.silent else ()
        case Working():
            return Failed(failure=event.failure), (HangUp(), Remember(goal=Level.NOTHING))
        case _:
            return state, ()


def _wait(state: Working, event: Broke, now: float) -> Waiting:
    attempt = state.attempt + 1
    due = now + pause(attempt, event.jitter)
    return Waiting(
        wish=state.wish, since=now, due=due, attempt=attempt, failure=event.failure
    )


def _gone(state: State, event: Lost | ServerGone) -> Step:
    match state, event:
        case Connected(wish=wish), Lost():
            return _work(wish, Level.NOTHING, was_up=True)
        case Connected(level=level), ServerGone() if level > Level.LINK:
            return replace(state, level=Level.LINK, server_lost=True), ()
        case Working(before=Connected()), Lost():
            redial, effects = _work(state.wish, Level.NOTHING, was_up=True)
            return redial, (Abandon(), *effects)
        case _:
            return state, ()


def _due(state: State, event: Tick | Nudge | Hurry | Helped, now: float) -> Step:
    """Whoever waits for a person is not nudged: each try would be one more half login."""
    match state, event:
        case Waiting(hurried=False), Hurry():
            return _hurried(state, now)
        case Waiting(due=due), Tick() if now >= due:
            return _dial_again(state)
        case Waiting(), Nudge():
            return _dial_again(state)
        case Parked(wish=wish, was_up=was_up), Helped():
            return _work(wish, Level.NOTHING, was_up=was_up)
        case _:
            return state, ()


def _dial_again(state: Waiting) -> Step:
    return _work(state.wish, Level.NOTHING, attempt=state.attempt, was_up=True)


def _hurried(state: Waiting, now: float) -> Step:
    """Wait no longer than a part of the pause: at once after a short outage, and no storm in a long one."""
    due = state.since + (state.due - state.since) * HURRY
    return _due(replace(state, hurried=True, due=due), Tick(), now)


def _given_up(state: State, event: Cancel | Drop) -> Step:
    launching = isinstance(state, Working) and state.job is Job.LAUNCH
    over = (HangUp(launching=launching), Remember(goal=Level.NOTHING))
    match state, event:
        case Working(before=Connected() as before), Cancel():
            return before, (Abandon(),)
        case Working(was_up=True), Cancel():
            return state, ()
        case Working(), _:
            return Disconnected(), (Abandon(), *over)
        case (_, Drop()) | (Parked(was_up=False), Cancel()):
            return Disconnected(), over
        case _:
            return state, ()


def _stopping(state: State, event: StopBegins | StopRefused) -> Step:
    match state, event:
        case Connected(), StopBegins():
            return Stopping(back=state), ()
        case Stopping(back=back), StopRefused():
            return back, ()
        case _:
            return state, ()
