"""The pretend VM of `nbtui demo`: an SSH server on loopback with a home, keys and a configuration of its own.

It runs as a process of its own (`__main__`), so that its end is sure: when the command that started it goes
away, in whatever way, its standard input ends, and it ends all that runs on the VM and removes the folder.
"""
