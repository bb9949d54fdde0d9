"""Saved profiles, what nbtui remembers about them, and the files of other programs that name hosts."""
