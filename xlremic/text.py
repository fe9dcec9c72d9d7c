"""Texts of strangers made fit for where they go: one room for what a terminal, a cell, a CSV or a name must not get."""

import re

CELL_LENGTH = 32_000
"""Characters of a cell: a little less than the 32,767 that spreadsheet programs take."""
HIDDEN = re.compile(
    "\x1b\\[[0-9;]*[A-Za-z]|[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
"""Escapes of terminals, control characters, and marks without width that hide or turn around what a person sees."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_CONTROLS_AND_MORE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_MOVING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LINES = re.compile(r"[\x00-\x1f\x7f]+")
_FORMULA = ("=", "+", "-", "@")


def for_terminal(text: str) -> str:
    """One line without what could move a cursor, change a terminal or reverse what is read.

    >>> for_terminal("a\\x1b[2J\\nb")
    'a�[2J b'
    """
    return _MOVING.sub("�", text).replace("\n", " ")


def lines_for_terminal(text: str) -> str:
    """Text of several lines, each made fit for a terminal."""
    return "\n".join(map(for_terminal, text.splitlines()))


def for_csv(text: str) -> str:
    """Text without control characters, line ends aside; what a spreadsheet would take for a formula starts with "'".

    >>> for_csv("=1+1")
    "'=1+1"
    """
    clean = _CONTROLS_AND_MORE.sub("�", text)
    return f"'{clean}" if clean[:1] in (*_FORMULA, "\t", "\r") else clean


def for_cell(text: str) -> tuple[str, bool]:
    """Text as a cell can hold it, and whether the cell must be marked as text, since it looks like a formula.

    >>> for_cell("-B\\x07")
    ('-B', True)
    """
    return without_controls(text)[:CELL_LENGTH], text.startswith(_FORMULA)


def for_header(text: str) -> str:
    """Text as a header of a message can hold it: one line, 200 characters at most."""
    return _LINES.sub(" ", text)[:200]


def without_controls(text: str) -> str:
    """Text without the control characters that XML cannot hold."""
    return _CONTROLS.sub("", text)


def without_hidden(text: str, instead: str) -> str:
    """One line in which something visible stands for every letter that is not.

    >>> without_hidden("a\\u202eb", "_")
    'a_b'
    """
    return "".join(letter if letter.isprintable() else instead for letter in text)
