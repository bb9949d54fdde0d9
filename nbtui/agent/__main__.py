"""`python -m nbtui.agent`: puts the rooms together and serves until nobody needs it."""

import getpass
import logging
import os
import signal
import sys
from dataclasses import dataclass
from functools import partial
from threading import Event as Flag, Thread
from typing import Any

from nbtui import __version__
from nbtui.agent import wiring
from nbtui.agent.log import start_log
from nbtui.agent.operations import Service
from nbtui.agent.pulse import Pulse
from nbtui.agent.server import Server
from nbtui.agent.wiring import Outfitter, Profiles
from nbtui.clock import SystemClock
from nbtui.errors import NbtuiError
from nbtui.ipc.address import Listener, listen
from nbtui.ipc.errors import AgentRunning
from nbtui.paths import Paths, user_paths
from nbtui.profiles.consents import Consents
from nbtui.profiles.memory import Memory
from nbtui.profiles.sightings import Sightings
from nbtui.profiles.store import Store
from nbtui.session import neighbours
from nbtui.session.crew import Crew
from nbtui.session.doctor.exam import Doctor
from nbtui.session.manager import Manager
from nbtui.ssh.keyring import SystemKeyring
from nbtui.ssh.links import Links
from nbtui.ssh.remembered import Secrets

log = logging.getLogger("nbtui.agent")

CLOSE_SECONDS = 5.0
"""For all sessions to give back ports and links, and for a launch to undo itself."""


def main() -> int:
    """Serve; the exit status."""
    paths = user_paths()
    try:
        start_log(paths.agent_log, debug=bool(os.environ.get("NBTUI_DEBUG")))
        listener = listen(paths)
    except AgentRunning:
        return 0  # of two that start at once, one serves: that is well
    except (NbtuiError, OSError) as exc:
        log.error("cannot start: %s", exc)  # noqa: TRY400  # a person reads it, no trace helps
        return 1
    serve(paths, listener)
    return 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Rooms:
    """What the agent is made of."""

    clock: SystemClock
    memory: Memory
    sightings: Sightings
    links: Links
    crew: Crew
    manager: Manager
    doctor: Doctor


def build(paths: Paths) -> Rooms:
    """Put the rooms together; nothing is opened and nothing runs yet."""
    clock, memory = SystemClock(), Memory(paths.state_json)
    sightings = Sightings(paths.state_json)
    secrets = Secrets(SystemKeyring())
    consents = Consents(paths.state_json)
    links = Links(clock=clock, sightings=sightings, secrets=secrets, consents=consents)
    profiles = Profiles(store=Store(paths))
    crew = Crew(
        ports=memory,
        jupyters=memory,
        open_forward=wiring.Forwards().make,
        clock=clock,
        neighbours=partial(neighbours.logged_in, getpass.getuser()),
    )
    outfitter = Outfitter(profiles=profiles, links=links)
    manager = Manager(
        profiles=profiles.profiles,
        make_rig=outfitter.rig,
        run_job=crew.run,
        remember=wiring.remember(memory),
        clock=clock,
    )
    doctor = Doctor(
        manager=manager,
        draft_rig=outfitter.draft_rig,
        ports=memory,
        open_forward=crew.open_forward,
        clock=clock,
    )
    return Rooms(
        clock=clock,
        memory=memory,
        sightings=sightings,
        links=links,
        crew=crew,
        manager=manager,
        doctor=doctor,
    )


def serve(paths: Paths, listener: Listener) -> None:
    """Run the agent until it is told to quit or nobody needs it."""
    rooms, over = build(paths), Flag()
    server = _open_door(rooms, listener, over)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    log.info("nbtui %s serves as pid %d", __version__, os.getpid())
    auth_sock = os.environ.get("SSH_AUTH_SOCK")
    rooms.manager.recover(wiring.wanted(rooms.memory, auth_sock))
    pulse = Pulse(manager=rooms.manager, crew=rooms.crew, clock=rooms.clock, quit=over)
    pulse.run(seen=server.seen)
    server.close()
    rooms.manager.close(CLOSE_SECONDS)
    rooms.links.close()
    log.info("ended")


def _open_door(rooms: Rooms, listener: Listener, over: Flag) -> Server:
    """Let clients in, on a thread of its own; one of them may say that it is over."""
    clock, links, manager, memory = rooms.clock, rooms.links, rooms.manager, rooms.memory
    started = clock.wall()

    def about() -> dict[str, Any]:
        names = [session.name for session in manager.sessions()]
        facts = {"pid": os.getpid(), "version": __version__, "links": links.count}
        return {**facts, "profiles": names, "started_at": started}

    service = Service(
        manager=manager,
        doctor=rooms.doctor,
        clock=clock,
        quit=over,
        about=about,
        used=lambda name: memory.used(name, clock.wall()),
        seen=rooms.sightings,
        erase=links.erase,
    )
    server = Server(
        listener=listener, service=service, links=lambda: links.count, clock=clock
    )
    Thread(target=server.run, name="door", daemon=True).start()
    return server


if __name__ == "__main__":
    sys.exit(main())
