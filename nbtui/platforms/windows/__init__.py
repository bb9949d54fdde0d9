"""Windows 10 and newer. Nothing here imports a module that only Windows has, but below `sys.platform == "win32"`."""
