"""Notebooks that run somewhere else: links, tunnels, sessions, hints."""

__version__ = "0.1.0"
