"""The life of one session: the rules, the work they ask for, and what is known of it now."""
