"""A reading from what there is: a filing, a filing with facts by hand, or facts by hand alone."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..errors import FilingError, InputError
from ..files import read_whole
from . import sections
from .byhand import FIELDS, Given, given_of, with_given
from .facts import Reading, Source
from .filing import Filing, read_filing
from .ledger import Ledger
from .parser import parse
from .prose import flow, sentences
from .tokens import account

FACTS_ALONE = "facts by hand"
"""The format of a source that is a file of facts, without a filing."""


def read_told(filing: Path | None, facts: Path | None) -> Reading:
    """What a filing says and a file of facts adds or corrects; either may be missing, not both.

    Raises: InputError, FilingError as ``read`` and ``read_given`` do.
    """
    if facts is None:
        if filing is None:
            raise InputError("nothing to read: give a filing, or a file of facts with --facts")
        return parse(read_filing(filing))
    if filing is None:
        return facts_alone(read_whole(facts), facts.name)
    return parse_told(read_filing(filing), given_of(read_whole(facts), facts.name))


def parse_told(filing: Filing, given: Sequence[Given] | None) -> Reading:
    """The facts of a filing and those by hand; with facts by hand, even none, a filing of any kind is taken."""
    if given is None:
        return parse(filing)
    return with_given(parse_any(filing), given)


def parse_any(filing: Filing) -> Reading:
    """A filing of the shelf as it is read; of any other, every number is unread, and a warning says what it is."""
    try:
        return parse(filing)
    except FilingError as error:
        ledger = Ledger(filing)
        ledger.warn("other_shelf", str(error), filing.text)
        running = flow(sections.without_pages(filing.text, ledger))
        tokens, unread = account(filing, ledger, list(sentences(running)))
        return Reading(
            source=_source(filing),
            submission=filing.submission,
            facts=(),
            warnings=tuple(ledger.warnings),
            unread=unread,
            tokens=tokens,
        )


def _source(filing: Filing) -> Source:
    return Source(file=filing.name, format=filing.format, encoding=filing.encoding, sha256=filing.sha256)


def facts_alone(data: bytes, name: str) -> Reading:
    """A deal that is told by hand, without a filing. Raises: InputError for rows that cannot be used, or for none."""
    given = given_of(data, name)
    if not given:
        raise InputError(f"{name}: no row has a key and a value; fill in {', '.join(FIELDS[:3])}")
    if len(filings := {one.filing for one in given}) > 1:
        raise InputError(
            f"{name}: its rows are for {len(filings)} filings; a deal without a filing has one file of its own"
        )
    given = tuple(replace(one, filing="") for one in given)
    source = Source(file=name, format=FACTS_ALONE, encoding="utf-8", sha256=hashlib.sha256(data).hexdigest())
    return with_given(Reading(source=source, submission={}, facts=(), warnings=(), unread=(), tokens=()), given)
