"""Ranges of a worksheet as a deal and its assumptions, by the texts of their header rows.

The pure counterpart of the workbook's names DealPools, DealClasses and DealAssumptions: dollars, fractions of one,
months, dates as a cell holds them. What is empty is not given; nothing is guessed from the position of a column.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING, Any

from ..deal import Deal, DealRules, Pool, Position, SubPool, Tranche
from ..engine.assumptions import RIVALS, Assumptions
from ..engine.assumptions import TERMS as ASSUMPTIONS
from ..engine.speeds import LONGEST
from ..engine.terms import Kind, Term
from .cells import Cell, Cells, day_of, label_of, not_available, number_error, value_error, whole

if TYPE_CHECKING:
    from ..engine.books import ClassFlows, TrancheFlows

POOL_COLUMNS = (
    "pool", "balance", "coupon", "remaining_term", "original_term", "target_rate",
    "discount_balance", "discount_coupon", "discount_remaining_term",
    "premium_balance", "premium_coupon", "premium_remaining_term",
)  # fmt: skip
CLASS_COLUMNS = ("class", "rank", "balance")
DEAL_TERMS = {
    term.name: term
    for term in (
        Term(name="cut_off_date", kind=Kind.DATE, unit="date", format="date", source="filing", help="from the filing"),
        Term(name="closing_date", kind=Kind.DATE, unit="date", format="date", source="filing", help="from the filing"),
        Term(
            name="call_threshold", kind=Kind.NUMBER, unit="USD", format="USD", source="Call",
            help="call percentage of the cut-off balance, compared there with the figure of the filing",
        ),
        Term(
            name="as_of_date", kind=Kind.DATE, unit="date", format="date", source="Call",
            help="day of the current balances; a month's report is put in there",
        ),
        Term(
            name="cumulative_losses", kind=Kind.NUMBER, unit="USD", format="USD", source="Call",
            help="losses up to that day",
        ),
    )
}  # fmt: skip
"""What of a deal stands in the table of assumptions, since no other table has it."""
TERMS = {name: term for name, term in ASSUMPTIONS.items() if term.one_value} | DEAL_TERMS
"""The names that an assumptions table may hold."""
OWN_TERMS = tuple(name for name, term in ASSUMPTIONS.items() if term.by_pool and name not in POOL_COLUMNS)
"""Columns of the table of pools that hold a term of that pool alone."""
_SPEEDS = (*RIVALS, *(pair[::-1] for pair in RIVALS))


def records(cells: Cells, what: str, needed: tuple[str, ...]) -> list[dict[str, Cell]]:
    """Rows below a header row, by the header's texts in lower case with underscores; empty rows are skipped.

    Raises: CellError if a needed column is missing or a header stands twice.
    """
    header = [label_of(cell).lower().replace(" ", "_") if cell is not None else "" for cell in cells[0]]
    missing = [name for name in needed if name not in header]
    if missing:
        raise value_error(f"{what}: the first row must be a header, and it lacks {', '.join(missing)}")
    twice = {name for name in header if name and header.count(name) > 1}
    if twice:
        raise value_error(f"{what}: the header {min(twice)} stands twice")
    return [dict(zip(header, row, strict=True)) for row in cells[1:] if any(cell is not None for cell in row)]


@lru_cache(maxsize=32)
def project(pools: Cells, classes: Cells, assumptions: Cells | None) -> "TrancheFlows":
    """The flows of every class of the deal that three ranges describe.

    Raises: CellError for tables that cannot be read; DealError and InputError as the engine does.
    """
    from ..engine.waterfall import run  # noqa: PLC0415 - small functions must not wait for the engine

    deal, terms = deal_and_terms(pools, classes, assumptions)
    return run(deal, Assumptions(**terms))


def deal_and_terms(pools: Cells, classes: Cells, assumptions: Cells | None) -> tuple[Deal, dict[str, Any]]:
    """The deal that three ranges describe, and the terms of ``Assumptions`` that they give.

    Raises: CellError for tables that cannot be read.
    """
    terms = _terms(assumptions)
    own_terms: dict[str, dict[str, Any]] = {}
    target_rates, own_pools = {}, []
    for row in records(pools, "pools", ("pool", "balance", "coupon", "remaining_term")):
        pool = _pool(row)
        if not pool.weighted_average_remaining_term:
            raise value_error(f"{pool.label}: give its remaining_term in months, above zero")
        own_pools.append(pool)
        for name in OWN_TERMS:
            if row.get(name) is not None:
                own_terms.setdefault(name, {})[pool.id] = _read(name, row[name], f"{name} of {pool.label}")
        rate = _number(row, "target_rate", pool.label)
        if rate is not None:
            target_rates[pool.id] = rate
    if not own_pools:
        raise value_error("pools: there is no pool below the header")
    if target_rates:
        common = terms.get("target_rate")
        terms["target_rate"] = target_rates if common is None else {"all": common, **target_rates}
    for name, own in own_terms.items():
        if name == "loan_age":
            terms[name] = {**{pool.id: _age(pool) for pool in own_pools if pool.id not in own}, **own}
        else:
            usual = 0.0 if any(name in pair for pair in RIVALS) else ASSUMPTIONS[name].default
            terms[name] = {"all": terms.get(name, usual), **own}
    for one, other in _SPEEDS:
        if one in own_terms and terms.get(other) == 0.0:
            del terms[other]
    threshold = terms.pop("call_threshold", None)
    as_of, losses = terms.pop("as_of_date", None), terms.pop("cumulative_losses", 0.0)
    records_of_classes = records(classes, "classes", CLASS_COLUMNS)
    deal = Deal(
        series="worksheet",
        cut_off_date=terms.pop("cut_off_date", None),
        closing_date=terms.pop("closing_date", None),
        all=Pool(
            id="all",
            scope="all",
            label="all mortgage loans",
            aggregate_scheduled_principal_balance=sum(
                (pool.aggregate_scheduled_principal_balance or Decimal(0) for pool in own_pools), Decimal(0)
            ),
        ),
        pools=tuple(own_pools),
        tranches=tuple(_tranche(row) for row in records_of_classes),
        rules=DealRules(call_threshold=None if threshold is None else _exact(threshold)),
    )
    return replace(deal, position=_position(deal, records_of_classes, as_of, losses)), terms


def _age(pool: Pool) -> float:
    """Months between the average original and remaining terms."""
    original, remaining = pool.weighted_average_original_term, pool.weighted_average_remaining_term
    if original is None or remaining is None:
        raise value_error(f"{pool.label}: give its loan_age, or its original_term and remaining_term")
    return float(original - remaining)


def _position(deal: Deal, rows: list[dict[str, Cell]], as_of: date | None, losses: float) -> Position | None:
    """Where the series stands, from the classes' current balances; nothing if it is where it was at issue."""
    now = []
    for row, tranche in zip(rows, deal.tranches, strict=True):
        current = _decimal(row, "current_balance", f"class {tranche.label}")
        now.append(tranche.class_initial_principal_balance if current is None else current)
    start = deal.cut_off_date
    elapsed = 0 if as_of is None or start is None else 12 * (as_of.year - start.year) + as_of.month - start.month
    if elapsed <= 0 and not losses and now == [one.class_initial_principal_balance for one in deal.tranches]:
        return None
    return Position(elapsed=max(0, elapsed), as_of=as_of, class_balances=tuple(now), cumulative_losses=_exact(losses))


def class_of(flows: "TrancheFlows", tranche: str) -> "ClassFlows":
    """The flows of one class, whatever the case of its label.

    Raises: CellError (#N/A) if there is no such class.
    """
    for one in flows.classes:
        if one.label.casefold() == tranche.casefold():
            return one
    raise not_available(f"there is no class {tranche}: the classes are {', '.join(x.label for x in flows.classes)}")


def _pool(row: dict[str, Cell]) -> Pool:
    if row["pool"] is None:
        raise value_error("pools: a row has no pool in it")
    name = label_of(row["pool"])
    label = f"pool {name}"
    return Pool(
        id=name,
        scope=f"pool:{name}",
        label=label,
        aggregate_scheduled_principal_balance=_decimal(row, "balance", label),
        weighted_average_coupon=_decimal(row, "coupon", label, most=1.0),
        weighted_average_remaining_term=_decimal(row, "remaining_term", label, most=LONGEST),
        weighted_average_original_term=_decimal(row, "original_term", label, most=LONGEST),
        discount=_sub_pool(row, "discount", label),
        premium=_sub_pool(row, "premium", label),
    )


def _sub_pool(row: dict[str, Cell], kind: str, label: str) -> SubPool | None:
    """The discount or premium loans; no balance, or zero as some hosts hand an empty cell over, is none."""
    balance = _decimal(row, f"{kind}_balance", label)
    if not balance:
        return None
    return SubPool(
        aggregate_scheduled_principal_balance=balance,
        weighted_average_coupon=_decimal(row, f"{kind}_coupon", label, most=1.0),
        weighted_average_remaining_term=_decimal(row, f"{kind}_remaining_term", label, most=LONGEST),
    )


def _tranche(row: dict[str, Cell]) -> Tranche:
    if row["class"] is None:
        raise value_error("classes: a row has no class in it")
    label = label_of(row["class"])
    rank, balance = _number(row, "rank", f"class {label}"), _decimal(row, "balance", f"class {label}")
    if rank is None or balance is None:
        raise value_error(f"class {label}: give its rank and its balance")
    return Tranche(label=label, rank=whole(rank, f"rank of class {label}"), class_initial_principal_balance=balance)


def _terms(cells: Cells | None) -> dict[str, Any]:
    """An assumptions table as the terms given in it; a default speed of zero leaves room for the other one."""
    terms: dict[str, Any] = {}
    for row in records(cells, "assumptions", ("name", "value")) if cells is not None else []:
        name, value = row["name"], row["value"]
        if name is None or value is None:
            continue
        if name not in TERMS:
            raise value_error(f"assumptions: {name!r} is none of {', '.join(sorted(TERMS))}")
        if name in terms:
            raise value_error(f"assumptions: {name} stands twice")
        if TERMS[str(name)].kind is not Kind.DATE or value != 0.0:  # a link to an empty cell is zero
            terms[str(name)] = _read(str(name), value, str(name))
    for one, other in _SPEEDS:
        if terms.get(one) == 0.0 and other in terms:
            del terms[one]
    return terms


def _read(name: str, value: Any, where: str) -> Any:
    """A cell as a value of a term. Raises: CellError if it is of another kind."""
    term = TERMS[name]
    if isinstance(value, str) and (term.choices or term.by_month):
        return value.lower() if term.choices else value
    if term.kind is Kind.CHOICE:
        return str(value).lower()
    if term.kind is Kind.YES_NO:
        return _flag(value, where)
    if isinstance(value, str | bool):
        raise value_error(f"{where} {value!r}: give a number")
    if term.kind is Kind.DATE:
        return day_of(float(value), where)
    return whole(float(value), where) if term.kind is Kind.WHOLE else float(value)


def _flag(value: Any, where: str) -> bool:
    word = value.lower() if isinstance(value, str) else value
    if word in ("yes", "true", 1):
        return True
    if word in ("no", "false", 0):
        return False
    raise value_error(f"{where} {value!r}: say yes or no")


def _number(row: dict[str, Cell], name: str, label: str) -> float | None:
    value = row.get(name)
    if isinstance(value, str | bool):
        raise value_error(f"{label}: {name} {value!r} is not a number")
    return value


def _decimal(row: dict[str, Cell], name: str, label: str, most: float = inf) -> Decimal | None:
    value = _number(row, name, label)
    if value is None:
        return None
    if not 0 <= value <= most:
        raise number_error(
            f"{label}: {name} {value:g}: give a number from zero{'' if most == inf else f' to {most:g}'}"
        )
    return _exact(value)


def _exact(number: float) -> Decimal:
    """A cell's number as its shortest decimal digits."""
    return Decimal(repr(number))
