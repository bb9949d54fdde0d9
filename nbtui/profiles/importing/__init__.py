"""Profiles out of what other programs have saved: what comes in, what stays, and what a person has to choose."""
