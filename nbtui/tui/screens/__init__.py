"""Wiring: a message in, an errand in a thread, plain values out."""
