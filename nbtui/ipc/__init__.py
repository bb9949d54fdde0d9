"""The agent's socket: its address, its frames, its messages."""
