"""The command line: the only wing that knows a terminal.

Exit codes: 0 done and everything ties; 1 done, but a check failed; 2 bad input or usage, nothing written; 3 an outside
service failed. Data goes to stdout, messages to stderr.
"""

FAILED_CHECK, BAD_INPUT, OUTSIDE = 1, 2, 3
