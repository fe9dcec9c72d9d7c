"""A deal of one pool whose loans have some ninety months left, most of them thirty: every rule at work, and quick to calculate."""

import re
from functools import cache

from xlremic.reading.facts import Reading
from xlremic.reading.filing import filing_of
from xlremic.reading.parser import parse

from .envelopes import Envelope, printed
from .filing_generator import written
from .projection_cases import DEALS

LESS = 265
"""Months taken off every long remaining term."""


@cache
def short_reading() -> Reading:
    """The filing of a generated deal with shorter remaining terms."""
    dialect = DEALS["one pool"]
    assert dialect is not None
    text = printed(written(dialect), Envelope()).decode()
    sentences = re.split(r"(?<=\.)(?=\s+The )", text)
    return parse(filing_of("".join(map(_shorter, sentences)).encode(), name="short.txt"))


def _shorter(sentence: str) -> str:
    if "average original term" in sentence:
        return ""  # it would not fit; a projection is given the age of the loans
    if "remaining" not in sentence:
        return sentence
    return re.sub(r"\b(?:2[7-9]|3[0-6])\d\.\d\d\b", lambda match: f"{float(match[0]) - LESS:.2f}", sentence)
