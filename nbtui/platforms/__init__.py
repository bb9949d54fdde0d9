"""Everything in which platforms differ, so that the rest of the code need not know where it runs.

A subject is three modules of one name: `platforms/X.py` picks and hands in the system's calls, `platforms/posix/X.py`
and `platforms/windows/X.py` are twins that offer the same names. What both speak (`consoles`, `wires`) lies beside the picks. The
twins of Windows take its calls from outside, so they import and are tested anywhere; those of POSIX hold what Linux and
macOS do differently, too. ruff refuses `sys.platform`, `os.name` and modules of one platform anywhere else (but in
`demo`, which is POSIX by nature: its pretend VM has a tmux).

Near the bottom of the layers, because even `paths` and `files` differ: plain values go in and out.
"""
