"""The command line: arguments in, data on stdout, talk on stderr, an exit status that keeps its meaning."""
