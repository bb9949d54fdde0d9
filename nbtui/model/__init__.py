"""Plain data and the Protocols that two or more folders speak."""
