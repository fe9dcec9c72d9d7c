"""The command line: the only wing that knows a terminal."""
