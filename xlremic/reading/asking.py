"""What a person can still tell of a deal: the essential facts that are missing, every unread number, an empty file.

The rows are those of a file of facts, see ``byhand``: filled, they go straight back.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ..errors import InputError
from ..subordination import seniority
from ..text import for_csv
from .byhand import FIELDS, plain, unread_numbers
from .facts import Qualifier, Reading
from .keys import KEYS

Row = dict[str, str]

_BALANCE, _COUPON = "aggregate_scheduled_principal_balance", "weighted_average_coupon"
_REMAINING, _ORIGINAL = "weighted_average_remaining_term", "weighted_average_original_term"
_CLASS, _LEVEL = "class_initial_principal_balance", "subordination_level"
_OF_THE_FILING = ("series", "closing_date", "cut_off_date")
_OF_A_POOL = (_BALANCE, _COUPON, _REMAINING, _ORIGINAL)
_OF_PARTS = (_BALANCE, _COUPON, _REMAINING)
_USEFUL = ("loan_count", "weighted_average_ltv", "original_term_years")
"""Of a pool, beside what is essential: what more checks compare."""
USUAL_CLASSES = ("A", "B-1", "B-2", "B-3", "B-4", "B-5", "B-6")
"""Of this shelf; what an empty file starts with where no class is known."""
_WHY = {
    "series": "needed: which deal this is, such as 2004-8",
    _BALANCE: "needed: the classes are held against it",
    _COUPON: "needed for the projection: gross, before the servicing fee",
    _REMAINING: "needed for the projection",
    _ORIGINAL: "needed for the projection: the age of the loans follows from it",
    _CLASS: "needed: without classes there is no workbook",
    _LEVEL: "checked against the balances of the classes",
    "call_threshold": "needed for the clean-up call",
    "closing_date": "needed for dates of the projection",
    "cut_off_date": "needed for dates of the projection",
}


def asked(key: str, scope: str, qualifier: str = "") -> Row:
    """A row to be filled."""
    told = {"key": key, "scope": scope, "unit": str(KEYS[key].unit), "qualifier": qualifier, "note": _WHY.get(key, "")}
    return dict.fromkeys(FIELDS, "") | told


def missing(reading: Reading) -> list[Row]:
    """The essential facts that a reading lacks, or has in two versions."""
    wanted = [(key, "filing") for key in _OF_THE_FILING] + [(_BALANCE, "all")]
    for scope in reading.scopes("pool:") or ["all"]:
        wanted += [(key, scope) for key in _OF_A_POOL]
        parts = [f"{scope}:{part}" for part in ("discount", "premium")]
        if any(fact.scope in parts for fact in reading.facts):
            wanted += [(key, part) for part in parts for key in _OF_PARTS]
    wanted += [(_CLASS, f"class:{label}") for label in _classes(reading)] + [("call_threshold", "all")]
    return [asked(key, scope) for key, scope in dict.fromkeys(wanted) if reading.get(key, scope) is None]


def _classes(reading: Reading) -> list[str]:
    """Classes that are named, and those that the numbers of the names leave out; the usual ones where none is."""
    named = [scope.removeprefix("class:") for scope in reading.scopes("class:")]
    if not named:
        return list(USUAL_CLASSES)
    numbers = sorted(int(found[1]) for label in named if (found := re.fullmatch(r"B-([1-9])", label)))
    between = [f"B-{k}" for low, high in pairwise([0, *numbers]) for k in range(low + 1, high)]
    return sorted({*named, *between} - ({"A"} if _parts_of_a(named) else set()))


def _parts_of_a(named: Sequence[str]) -> bool:
    """A level of "class A" is that of all senior classes where they are IA, IIA ... or 1-A1, 1-A2 ..."""
    known = [label for label in named if label != "A" and KEYS[_CLASS].allows(f"class:{label}")]
    return any(seniority(label)[0] == 0 for label in known)


def unread_rows(reading: Reading) -> list[Row]:
    """A row for every number that no rule understood, with its value, line and sentence; key and scope are open."""
    rows = []
    for token, sentence in unread_numbers(reading):
        text = " ".join(sentence.text.split()) if sentence else ""
        row = dict.fromkeys(FIELDS, "")
        rows.append(row | {"value": plain(token.raw), "line": str(token.line), "note": text})
    return rows


def template(reading: Reading) -> str:
    """What is missing and what was not understood, as the CSV of a file of facts."""
    rows = [*missing(reading), *unread_rows(reading)]
    return as_csv([row | {"filing": reading.source.file} for row in rows])


def blank(pools: Sequence[str], classes: Sequence[str]) -> list[Row]:
    """The rows of a deal that is told by hand.

    Args:
        pools: their names, such as I and II; none where there is one, "the mortgage loans".
        classes: their labels, such as A and B-1.
    Raises: InputError for a pool or class that cannot be named so, or twice.
    """
    for kind, names, key in (("pool", pools, "loan_count"), ("class", classes, _CLASS)):
        for name in names:
            if not KEYS[key].allows(f"{kind}:{name}"):
                raise InputError(
                    f"{name!r} is no {kind}; {'such as I, 2 or A' if kind == 'pool' else 'such as A or B-1'}"
                )
        if len(set(names)) < len(names):
            raise InputError(f"a {kind} is named twice in {','.join(names)}")
    if not classes:
        raise InputError("no class is named; such as A,B-1,B-2")
    return list(_blank([f"pool:{name}" for name in pools], sorted(classes, key=seniority)))


def _blank(pools: Sequence[str], classes: Sequence[str]) -> Iterator[Row]:
    for key in ("series", "registrant", "trustee", *_OF_THE_FILING[1:]):
        yield asked(key, "filing")
    for scope in ("all", *pools):
        for key in (*_OF_A_POOL, *_USEFUL):
            sides = (Qualifier.AT_LEAST, Qualifier.NO_MORE_THAN) if KEYS[key].sides else ("",)
            for side in sides:
                yield asked(key, scope, side)
    yield asked("call_threshold", "all")
    for label in classes:
        yield asked(_CLASS, f"class:{label}")
    for label in classes:
        if seniority(label) < seniority(classes[-1]):
            yield asked(_LEVEL, f"class:{label}")


def as_csv(rows: Sequence[Row]) -> str:
    """Rows as the CSV of a file of facts."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({field: for_csv(cell) for field, cell in row.items()} for row in rows)
    return text.getvalue()


def as_toml(rows: Sequence[Row]) -> str:
    """Rows as the TOML of a file of facts."""
    tables = (
        "\n".join(
            ("[[fact]]", *(f"{field} = {json.dumps(cell)}" for field, cell in row.items() if cell or field == "value"))
        )
        for row in rows
    )
    return "\n\n".join(tables) + "\n"
