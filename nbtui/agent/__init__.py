"""The background process: it owns links, forwards and sessions. Only `python -m nbtui.agent` imports it."""
