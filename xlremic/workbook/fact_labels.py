"""What a fact is called for a person, beside its key on Source."""

from .class_columns import SUMMARY_FACTS
from .filing_rows import LOSS_LIMITS, SHEETS, FactRow, rows

_WORDS = {
    "percent": "share", "ltv": "loan-to-value ratio", "irs": "IRS", "id": "number", "max": "largest", "zip": "ZIP",
    "original_term_years": "original term", "call_threshold": "clean-up call below",
}  # fmt: skip
"""Words of keys that no sheet has a label for, as a person says them."""
_LABELS = {
    row.name: row.label.rpartition(": ")[2].capitalize() if row.sub_pool else row.label
    for title in SHEETS
    for row in reversed(rows(title))
    if isinstance(row, FactRow)
}
_LABELS |= dict(SUMMARY_FACTS) | dict(LOSS_LIMITS)


def label_of(key: str) -> str:
    """The label of a fact's key: that of its row where it has one, else the key's own words.

    >>> label_of("loan_count"), label_of("irs_employer_id"), label_of("original_term_years")
    ('Number of mortgage loans', 'IRS employer number', 'Original term')
    """
    if key in _LABELS:
        return _LABELS[key]
    words = _WORDS.get(key) or " ".join(_WORDS.get(word, word) for word in key.split("_"))
    return words[:1].upper() + words[1:]
