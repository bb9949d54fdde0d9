"""Real hosts on loopback for the tests; nothing here leaves the machine."""
