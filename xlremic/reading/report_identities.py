"""What must hold within a trustee's report, and between it and the month before, to the last printed digit.

Every figure stands for an interval of half a unit in its last place, so what an identity may miss follows from the
digits of its figures. Nothing here needs the rules of distribution.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from ..errors import InputError
from .trustee import ALL, LATE, Month, Report, Row, month_number

_COLLECTED = ("scheduled_principal", "prepayments", "liquidations")
_ENDING = ("beginning_balance", "principal", "loss", "accretion", "ending_balance")
_SUMMED = (*_COLLECTED, "loss", "ending_balance", "loan_count")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Failure:
    """An identity that fails: its name (rule:month:row), the row and columns of the file, and a sentence."""

    rule: str
    month: date
    of: str
    place: str
    says: str

    @property
    def name(self) -> str:
        return f"{self.rule}:{self.month:%Y-%m}:{self.of}"

    def accepted_by(self, names: Sequence[str]) -> bool:
        """Whether one of the names is its own, or that of its rule, or of its rule in that month.

        >>> Failure("factor", date(2005, 3, 25), "A", "", "").accepted_by(["factor:2005-03"])
        True
        """
        return any(self.name == name or self.name.startswith(f"{name}:") for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known before the report: the day of the month before, and balances in dollars by class and by pool.

    ``initial`` are balances at issue. A class may be reported by its parts (``parts``: part to class); ``notional``
    names the parts without principal; ``rest`` is the part that a report calls by the class's own label beside its
    other parts (class A, and PO that came out of it). ``before`` and ``pools`` are balances of the month before, where
    they are known; ``counts`` the number of loans then.
    """

    day: date
    initial: Mapping[str, Decimal]
    before: Mapping[str, Decimal]
    pools: Mapping[str, Decimal | None]
    parts: Mapping[str, str] = field(default_factory=dict)
    notional: frozenset[str] = frozenset()
    rest: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, Decimal] = field(default_factory=dict)


def named(report: Report, known: Known) -> Report:
    """The report with classes and pools by the workbook's own labels.

    Raises: InputError for a class or pool that the deal has not, for one that is missing in a month, for a month that
        is already in, and for a date before the cut-off: what no one can accept.
    """
    classes = {_key(label): label for label in (*known.initial, *known.parts)}
    pools = {_key(label): label for label in (*known.pools, ALL)}
    months = []
    for month in report.months:
        if month_number(month.day) <= month_number(known.day):
            some = next(iter((*month.classes.values(), *month.pools.values())))
            raise InputError(
                f"{some.place()}: {month.day} is not after {known.day}, the month of the balances that are in; leave"
                " the month out, or take back what is in with --undo"
            )
        rows = _by_part(_relabelled(month.classes, classes, "class"), known)
        made = Month(month.day, rows, _relabelled(month.pools, pools, "pool"))
        _refuse_missing(made, known)
        months.append(made)
    return replace(report, months=tuple(months))


def _key(label: str) -> str:
    """A label as it is compared: ``Class B-1``, ``b1`` and ``B-1`` are one."""
    return re.sub(r"^(?:class|pool|group|tranche)\s+|[\s\-_]", "", label.casefold())


def _relabelled(rows: Mapping[str, Row], labels: Mapping[str, str], kind: str) -> dict[str, Row]:
    made: dict[str, Row] = {}
    for label, row in rows.items():
        if _key(label) not in labels:
            raise InputError(
                f"{row.where}: this deal has no {kind} {label}; it has {', '.join(labels.values())}: is the report of"
                " another deal?"
            )
        own = labels[_key(label)]
        if own in made:
            raise InputError(f"{row.where}: {kind} {own} is given twice for {row.day:%B %Y}, also in {made[own].where}")
        made[own] = replace(row, of=own)
    return made


def _by_part(rows: dict[str, Row], known: Known) -> dict[str, Row]:
    """A class whose other parts are reported stands for the rest of itself."""
    for part, whole in known.rest.items():
        others = [one for one in rows if known.parts.get(one) == whole and one not in known.notional]
        if whole in rows and others:
            rows[part] = replace(rows.pop(whole), of=part)
    return rows


def _refuse_missing(month: Month, known: Known) -> None:
    if not month.classes:
        where = next(iter(month.pools.values())).where
        raise InputError(f"{where}: {month.day:%B %Y} has rows of pools and none of classes; give both")
    for label in known.initial:
        parts = [part for part, whole in known.parts.items() if whole == label and part not in known.notional]
        lacking = [part for part in parts if part not in month.classes]
        if label not in month.classes and (lacking or not parts):
            where = next(iter(month.classes.values())).where.partition(",")[0]
            several = f", nor for all of its parts {', '.join(parts)}" if parts else ""
            raise InputError(f"{where}: {month.day:%B %Y} has no row for class {label}{several}; zero if retired")
    given = [pool for pool in month.pools if pool != ALL]
    lacking = [pool for pool in known.pools if pool != ALL and pool not in given]
    if given and lacking:
        raise InputError(f"{month.pools[given[0]].where}: {month.day:%B %Y} has no row for pool {', '.join(lacking)}")


def balances(month: Month, known: Known) -> dict[str, Decimal]:
    """Ending balance of every class, in dollars; of a class that is reported by its parts their sum."""
    return {label: _summed(month, known, label, "ending_balance") for label in known.initial}


def _rows_of(month: Month, known: Known, label: str) -> list[Row]:
    if label in month.classes:
        return [month.classes[label]]
    return [
        month.classes[part]
        for part, whole in known.parts.items()
        if whole == label and part not in known.notional and part in month.classes
    ]


def _summed(month: Month, known: Known, label: str, key: str) -> Decimal:
    return sum((row.flow(key) for row in _rows_of(month, known, label)), ZERO)


def pool_balance(month: Month) -> Decimal | None:
    """Balance of all loans in dollars: of the row for all, else of all pools; ``None`` if no pool is reported."""
    if ALL in month.pools:
        return month.pools[ALL].flow("ending_balance")
    return sum((row.flow("ending_balance") for row in month.pools.values()), ZERO) if month.pools else None


def delinquency(month: Month) -> Decimal | None:
    """Loans 60 or more days late, in foreclosure or REO, as a fraction of the pool; ``None`` if nothing says so."""
    rows = [month.pools[ALL]] if ALL in month.pools else list(month.pools.values())
    late = [row.flow(key) for row in rows for key in LATE if row.get(key) is not None]
    whole = pool_balance(month)
    return sum(late, ZERO) / whole if late and whole else None


def failures(report: Report, known: Known) -> list[Failure]:
    """Every identity that fails, in order of months; the report is one that ``named`` has given."""
    found: list[Failure] = []
    for month in report.months:
        found += _of_month(month, known)
        known = after(month, known)
    return found


def after(month: Month, known: Known) -> Known:
    """What is known once a month is in."""
    return replace(
        known,
        day=month.day,
        before={
            **balances(month, known),
            **{label: row.flow("ending_balance") for label, row in month.classes.items()},
        },
        pools={
            pool: month.pools[pool].flow("ending_balance") if pool in month.pools else None
            for pool in (*known.pools, *(pool for pool in month.pools if pool not in known.pools))
        },
        counts={label: row.figures["loan_count"] for label, row in month.pools.items() if row.get("loan_count")},
    )


def _of_month(month: Month, known: Known) -> Iterator[Failure]:
    rows = list(month.classes.values())
    if month_number(month.day) != month_number(known.day) + 1:
        yield Failure(
            "gap", month.day, ALL, rows[0].place(),
            f"{month.day:%B %Y} does not follow {known.day:%B %Y}: the months between are missing",
        )  # fmt: skip
    for row in rows:
        yield from _of_class(row, known)
    for label in known.initial:
        yield from _of_parts(month, known, label)
    for row in month.pools.values():
        yield from _of_pool(row, known)
    yield from _of_all(month, known)


def _failure(
    rule: str, row: Row, keys: Sequence[str], difference: Decimal, allowed: Decimal, says: str
) -> list[Failure]:
    if abs(difference) <= allowed:
        return []
    said = f"{says}; off by {difference:,f}, the printed digits allow {allowed:,f}"
    return [Failure(rule, row.day, row.of, row.place(*keys), said)]


def half_units(*numbers: Decimal) -> Decimal:
    """What printed figures may miss together: half a unit in the last place of each.

    >>> half_units(Decimal("1.25"), Decimal("3.0"))
    Decimal('0.055')
    """
    return sum((Decimal(5).scaleb(int(number.as_tuple().exponent) - 1) for number in numbers), ZERO)


def _of_class(row: Row, known: Known) -> Iterator[Failure]:
    begin, end = row.flow("beginning_balance"), row.flow("ending_balance")
    if row.of in known.before:
        last = known.before[row.of]
        yield from _failure(
            "opening", row, ("beginning_balance",), begin - last, ZERO,
            f"the beginning balance {begin:,f} is not last month's ending balance {last:,f}",
        )  # fmt: skip
    if row.of not in known.notional and "principal" in row.headers:
        flows = [row.flow(key) for key in _ENDING[1:4]]
        made = begin - flows[0] - flows[1] + flows[2]
        figures = [row.figures[key] for key in _ENDING if key in row.figures]
        added = f" plus accretion {flows[2]:,f}" if flows[2] else ""
        yield from _failure(
            "ending", row, _ENDING, end - made, half_units(*figures),
            f"beginning {begin:,f} less principal {flows[0]:,f} and loss {flows[1]:,f}{added} is {made:,f}, not the"
            f" ending balance {end:,f}",
        )  # fmt: skip
    for key in ("principal", "loss") if row.of in known.notional else ():
        yield from _failure(
            "notional", row, (key,), row.flow(key), ZERO, f"a class of interest only has no {key} of its own"
        )
    rate, interest = row.get("rate"), row.get("interest")
    if rate is not None and interest is not None:
        due = rate * begin / 12 - row.flow("shortfall")
        allowed = half_units(interest) + half_units(rate) * begin / 12 + rate * half_units(begin) / 12
        shortfall = row.get("shortfall")
        allowed += half_units(shortfall) if shortfall is not None else ZERO
        yield from _failure(
            "interest", row, ("interest", "rate"), interest - due, allowed,
            f"a twelfth of the rate {rate} on {begin:,f} is {due:,.2f}, not the interest {interest:,f}",
        )  # fmt: skip
    factor, initial = row.get("factor"), known.initial.get(row.of)
    if factor is not None and initial:
        yield from _failure(
            "factor", row, ("factor",), factor - end / initial, half_units(factor) + half_units(end) / initial,
            f"the ending balance over the initial one is {end / initial:.10f}, not the factor {factor}",
        )  # fmt: skip


def _of_parts(month: Month, known: Known, label: str) -> Iterator[Failure]:
    """A class by its parts: their beginning is its balance before; and their end its own, if both are given."""
    whole = month.classes.get(label)
    without = replace(month, classes={key: row for key, row in month.classes.items() if key != label})
    parts = _rows_of(without, known, label)
    if not parts:
        return
    if whole is not None:
        for key in ("beginning_balance", "interest", "principal", "loss", "ending_balance"):
            own, others = whole.flow(key), [row.flow(key) for row in parts]
            if key != "interest":
                yield from _failure(
                    "parts", whole, (key,), own - sum(others, ZERO), half_units(own, *others),
                    f"{key.replace('_', ' ')} {own:,f} is not that of its parts, {sum(others, ZERO):,f}",
                )  # fmt: skip
    elif label in known.before and not any(row.of in known.before for row in parts):
        last, begins = known.before[label], [row.flow("beginning_balance") for row in parts]
        yield from _failure(
            "opening", parts[0], ("beginning_balance",), sum(begins, ZERO) - last, half_units(*begins),
            f"the parts of class {label} begin with {sum(begins, ZERO):,f}, not with last month's {last:,f}",
        )  # fmt: skip


def _of_pool(row: Row, known: Known) -> Iterator[Failure]:
    end, before = row.flow("ending_balance"), known.pools.get(row.of)
    begin = row.get("beginning_balance")
    if begin is not None and before is not None:
        yield from _failure(
            "opening", row, ("beginning_balance",), begin - before, ZERO,
            f"the beginning balance {begin:,f} is not last month's ending balance {before:,f}",
        )  # fmt: skip
    start = begin if before is None else before
    if start is not None and "scheduled_principal" in row.headers:
        flows = [row.flow(key) for key in (*_COLLECTED, "loss")]
        made = start - sum(flows, ZERO)
        yield from _failure(
            "pool", row, (*_COLLECTED, "loss", "ending_balance"), end - made, half_units(start, end, *flows),
            f"last month's {start:,f} less principal and losses of {sum(flows, ZERO):,f} is {made:,f}, not the ending"
            f" balance {end:,f}",
        )  # fmt: skip
    count = row.get("loan_count")
    if count is not None and row.of in known.counts:
        yield from _failure(
            "loan_count", row, ("loan_count",), max(ZERO, count - known.counts[row.of]), ZERO,
            f"{count} loans are more than last month's {known.counts[row.of]}",
        )  # fmt: skip
    late = [(key, row.flow(key)) for key in ("delinquent_30", *LATE) if row.get(key) is not None]
    if late:
        total = sum((amount for _, amount in late), ZERO)
        yield from _failure(
            "delinquent", row, tuple(key for key, _ in late), max(ZERO, total - end), ZERO,
            f"loans of {total:,f} are late, more than the pool's {end:,f}",
        )  # fmt: skip


def _of_all(month: Month, known: Known) -> Iterator[Failure]:
    """Pools add up to all loans, and the classes to them: balances, principal and losses."""
    whole, pools = month.pools.get(ALL), [row for label, row in month.pools.items() if label != ALL]
    if whole is not None and pools:
        for key in _SUMMED:
            own, others = whole.get(key), [row.get(key) for row in pools]
            present = [one for one in others if one is not None]
            if own is not None and len(present) == len(pools):
                yield from _failure(
                    "pools", whole, (key,), own - sum(present, ZERO), half_units(own, *present) if own % 1 else ZERO,
                    f"{key.replace('_', ' ')} {own:,f} is not the sum of the pools, {sum(present, ZERO):,f}",
                )  # fmt: skip
    of_loans = [whole] if whole is not None else pools
    if not of_loans:
        return
    rows = [row for label in known.initial for row in _rows_of(month, known, label)]
    for key, words, of_pool in _TOTALS:
        known_by_all = all(key in row.headers for row in rows)
        if not known_by_all or any(name not in row.headers for name in of_pool for row in of_loans):
            continue
        ours = [row.flow(key) - (row.flow("accretion") if key == "principal" else ZERO) for row in rows]
        theirs = [row.flow(name) for name in of_pool for row in of_loans]
        difference = sum(ours, ZERO) - sum(theirs, ZERO)
        yield from _failure(
            "total", replace(rows[0], of=key), (), difference, half_units(*ours, *theirs),
            f"{words} of all classes is {sum(ours, ZERO):,f}, of all loans {sum(theirs, ZERO):,f}: look at the column"
            f" {rows[0].headers[key]}",
        )  # fmt: skip


_TOTALS = (
    ("ending_balance", "the ending balance", ("ending_balance",)),
    ("principal", "the principal", _COLLECTED),
    ("loss", "the loss", ("loss",)),
)
"""What classes and loans have alike: key, words, and the columns of a pool that make it up."""
