"""tmux on a host: sessions of the user's own tmux server, led by libtmux over the link."""

from nbtui.runners.tmux.runner import TmuxRunner

__all__ = ["TmuxRunner"]
