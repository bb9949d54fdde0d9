"""`nbtui doctor` on this side of the agent's socket: what is looked at here, and the checks as they come."""
