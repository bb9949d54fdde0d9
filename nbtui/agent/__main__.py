"""`python -m nbtui.agent`: puts the rooms together and serves until nobody needs it."""

import logging
import os
import signal
import sys
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
from nbtui.ipc.address import listen
from nbtui.ipc.errors import AgentRunning
from nbtui.paths import Paths, user_paths
from nbtui.profiles.memory import Memory
from nbtui.profiles.store import Store
from nbtui.session.crew import Crew
from nbtui.session.manager import Manager
from nbtui.ssh.link import LoginContext
from nbtui.ssh.links import Links

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


def serve(paths: Paths, listener: Any) -> None:
    """Build the agent and run it until it is told to quit or nobody needs it."""
    clock, quit_flag, memory = SystemClock(), Flag(), Memory(paths.state_json)
    links = Links(clock=clock)
    profiles = Profiles(store=Store(paths))
    crew = Crew(ports=memory, open_forward=wiring.Forwards().make, clock=clock)
    manager = Manager(
        profiles=profiles.profiles,
        make_rig=Outfitter(profiles=profiles, links=links).rig,
        run_job=crew.run,
        remember=wiring.remember(memory),
        clock=clock,
    )
    started = clock.wall()

    def about() -> dict[str, Any]:
        names = [session.name for session in manager.sessions()]
        facts = {"pid": os.getpid(), "version": __version__, "links": links.count}
        return {**facts, "profiles": names, "started_at": started}

    service = Service(
        manager=manager,
        clock=clock,
        quit=quit_flag,
        about=about,
        used=lambda name: memory.used(name, clock.wall()),
    )
    server = Server(
        listener=listener, service=service, links=lambda: links.count, clock=clock
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: quit_flag.set())
    Thread(target=server.run, name="door", daemon=True).start()
    log.info("nbtui %s serves as pid %d", __version__, os.getpid())
    manager.recover(
        wiring.wanted(memory), LoginContext(auth_sock=os.environ.get("SSH_AUTH_SOCK"))
    )
    Pulse(manager=manager, crew=crew, clock=clock, quit=quit_flag).run(seen=server.seen)
    server.close()
    manager.close(CLOSE_SECONDS)
    links.close()
    log.info("ended")


if __name__ == "__main__":
    sys.exit(main())
