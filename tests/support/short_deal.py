"""Deals whose loans have a quarter of their months left, ninety or so at most: every rule at work, and quick to calculate."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from xlremic.reading.facts import Reading
from xlremic.reading.filing import filing_of
from xlremic.reading.parser import parse

from .projection_cases import text_of

AGE: Mapping[str, Any] = {"loan_age": 3}
"""The age of such loans in months, for a projection: a filing's original terms would not fit and are left out."""


@cache
def short_reading(deal: str = "one pool", *, threshold: bool = True) -> Reading:
    """The filing of a deal of ``projection_cases`` with shorter remaining terms.

    Without its call threshold, no check holds an assumed percentage to what the filing prints.
    """
    text = shortened(text_of(deal))
    if not threshold:
        text = re.sub(r"CMSI may repurchase[^$]*\$[\d,.]*\d\.", "", text)
    return parse(filing_of(text.encode(), name="short.txt"))


def shortened(text: str) -> str:
    """The text of a filing with shorter remaining terms."""
    return "".join(map(_shorter, re.split(r"(?<=\.)(?=\s+The\s)", text)))


def _shorter(sentence: str) -> str:
    if re.search(r"average\s+original\s+term", sentence):
        return ""
    if not re.search(r"remaining\s+terms?", sentence):
        return sentence
    return re.sub(r"\b[1-3]\d\d\.\d\d(?=\s+months)", lambda match: f"{float(match[0]) / 4:.2f}", sentence)
