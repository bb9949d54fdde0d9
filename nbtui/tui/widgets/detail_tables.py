"""The figures of the detail pane: the machine's gauges, the kernels, the forwards. Pure."""

from collections.abc import Iterator

from textual.content import Content

from nbtui.model.snapshot import ForwardState, Kernel
from nbtui.tui.marks import BAD, FAINT, GOOD, MUTED, share_style
from nbtui.tui.widgets.detail_view import LABEL, View, beside, fit
from nbtui.tui.words import age, part_of, size, spark

BAR = 16
SPARK = 12


def usage_lines(view: View) -> Iterator[Content]:
    """A bar for processor, memory and disk, and how the first two went while we looked."""
    usage = view.snapshot.usage
    if usage is None or not usage.cores:
        return
    loads = tuple(one.load[0] / max(1, one.cores) for one in view.history)
    memories = tuple(one.memory_used / max(1, one.memory_total) for one in view.history)
    load = usage.load[0] / usage.cores
    yield _gauge(
        "cpu", loads, load, f"{load * 100:.0f} % of {usage.cores} cores", view.width
    )
    yield _gauge(
        "memory", memories, *_share(usage.memory_used, usage.memory_total), view.width
    )
    yield _gauge("disk", (), *_share(usage.disk_used, usage.disk_total), view.width)


def _share(used: int, total: int) -> tuple[float, str]:
    return used / max(1, total), part_of(used, total)


def _gauge(
    label: str, past: tuple[float, ...], share: float, words: str, width: int
) -> Content:
    length = BAR if width >= LABEL + BAR + SPARK + 24 else BAR // 2
    full = min(length, max(1 if share > 0 else 0, round(share * length)))
    style = share_style(share)
    bar = Content.assemble(("━" * full, style), ("━" * (length - full), FAINT))
    trail = (_trail(past), "$secondary")
    return beside(label, Content.assemble(bar, "  ", (f"{words:<18}", ""), trail))


def _trail(past: tuple[float, ...]) -> str:
    """The course of it; small loads are drawn larger, for their shape to be seen."""
    top = max((0.2, *past))
    return spark(tuple(share / top for share in past), SPARK) if len(past) > 1 else ""


def kernel_lines(view: View) -> Iterator[Content]:
    """The kernels, busy ones first."""
    kernels = sorted(view.snapshot.kernel_list, key=lambda one: (not one.busy, one.path))
    if not kernels:
        return
    room = min(48, max(12, view.width - 34))
    yield Content.styled(
        f"{fit('notebook', room)} {fit('kernel', 11)}{fit('', 13)}{'memory':>9}", FAINT
    )
    for kernel in kernels:
        yield _kernel(kernel, room, view.now)


def _kernel(kernel: Kernel, room: int, now: float) -> Content:
    ago = f" {age(now - kernel.last_activity)}" if kernel.last_activity else ""
    busy = Content.styled(
        fit("busy" if kernel.busy else f"idle{ago}", 13), GOOD if kernel.busy else MUTED
    )
    memory = size(kernel.memory) if kernel.memory is not None else ""
    name = fit(kernel.path or "(no notebook)", room)
    return Content.assemble(
        (name, "" if kernel.busy else MUTED),
        " ",
        (fit(kernel.name, 11), MUTED),
        busy,
        (f"{memory:>9}", MUTED),
    )


def forward_lines(view: View) -> Iterator[Content]:
    """The forwards and how many use them."""
    for place, forward in enumerate(view.snapshot.forwards):
        yield beside("" if place else "forwards", _forward(forward))


def _forward(forward: ForwardState) -> Content:
    arrow = {"local": "→", "remote": "←"}.get(forward.kind, "→")
    target = forward.to or "SOCKS"
    state = (forward.error, BAD) if forward.error else (f"{forward.open} open", MUTED)
    return Content.assemble(forward.listen, (f" {arrow} ", MUTED), target, "   ", state)
