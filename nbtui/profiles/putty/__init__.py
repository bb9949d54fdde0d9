"""PuTTY's saved sessions and cached host keys: from the registry, from files of Unix, .reg files and KiTTY's folder.

Sources bring names and settings as text; what those mean is the same wherever they come from.
"""
