"""Filings as many different lawyers would word them, each with the facts that it states.

Written from the style of such filings, apart from the reader and from the generator of this shelf's own dialects: neither
a pattern nor a sentence is shared with them.
"""

import random
from collections.abc import Callable

from . import boston, brooklyn, chicago, covers, seattle, tables
from .telling import Filing, Teller

LAWYERS: dict[str, Callable[[Teller], None]] = {
    "of them": boston.of_them,
    "lettered pools": boston.lettered_pools,
    "consists of": chicago.consists_of,
    "groups": chicago.groups,
    "number first": brooklyn.number_first,
    "in words": brooklyn.in_words,
    "trust of 2006": covers.trust_of_2006,
    "adjustable": covers.adjustable,
    "tagged tables": tables.tagged_tables,
    "columns": tables.columns,
    "web page": seattle.web_page,
    "column for each group": seattle.column_for_each_group,
}
"""Each voice by what it is known for."""


def drawn(lawyer: str, seed: int) -> Filing:
    """One filing of a random but consistent deal, in that voice."""
    teller = Teller(lawyer, random.Random(f"{lawyer}:{seed}"))
    LAWYERS[lawyer](teller)
    return teller.filing()
