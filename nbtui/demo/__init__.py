"""A pretend VM on this machine: an SSH server on loopback with a home, a key pair and a config of its own."""
