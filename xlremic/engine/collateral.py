"""Mortgage cash flows by month: the standard's order of operations over the rep lines.

A rep line is one level-payment loan. A month runs in this order: new defaults of the performing balance,
liquidation of the defaults of ``lag`` months ago, scheduled principal, prepayments, and all columns of that are kept.
Average terms and ages are fractional (355.82 months): the real number stands in the
amortisation exponent and the last payment falls in month ceil(term), unless ``whole_months`` rounds both half up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, expm1, log1p
from typing import TYPE_CHECKING

from ..deal import Deal
from .assumptions import Assumptions
from .records import Curves, LineFlows, Loans, Row, Speeds
from .rep_lines import RepLine, rep_lines
from .speeds import mdr_from_cdr, monthly, psa_cpr, psa_smms, sda_cdr, sda_mdrs, smm_from_cpr

if TYPE_CHECKING:
    import pandas as pd


# rule 1 (Standard Formulas, B.1, B.2)
@lru_cache(maxsize=64)
def amortisation_rates(rate: float, term: float, months: int) -> tuple[float, ...]:
    """Part of a level-payment loan's balance that each scheduled payment repays.

    a(k) = r / ((1 + r)^(term - k + 1) - 1),  r = rate/12;  1/(months left) at r = 0;  1 when a month or less is left

    That is payment less interest, b r / (1 - (1 + r)^-m) - b r, over b; it does not depend on prepayments.

    Args:
        rate: gross interest rate, fraction a year.
        term: remaining months at the start, whole or fractional.
        months: length of the list.
    Returns: months + 1 fractions of one, entry 0 zero, zero after the last payment.
    Source: Standard Formulas, B.1 and B.2 (SF-3, SF-4).

    >>> [round(x, 8) for x in amortisation_rates(0.095, 360.0, 1)]
    [0.0, 0.00049188]
    """
    r = rate / 12
    rates = [0.0] * (months + 1)
    for k in range(1, min(months, ceil(term)) + 1):
        left = term - k + 1
        if left <= 1:
            rates[k] = 1.0
        else:
            # expm1 keeps the digits that (1 + r)^left - 1 loses at small rates; below 1e-12 the rate counts as zero.
            rates[k] = r / expm1(left * log1p(r)) if r > 1e-12 else 1 / left
    return tuple(rates)


# rule 3
def smm_curve(line: RepLine, assumptions: Assumptions, months: int) -> tuple[float, ...]:
    """SMM of a line's pool in each projected month: months + 1 fractions of one, entry 0 zero."""
    rates = assumptions.of_pool("cpr", line.pool)
    if isinstance(rates, int | float):
        return monthly([smm_from_cpr(rates)], months)
    if rates is not None:
        return tuple(smm_from_cpr(cpr) for cpr in assumptions.by_month("cpr", line.pool, months) or ())
    speed = assumptions.of_pool("psa", line.pool)
    if isinstance(speed, int | float):
        return psa_smms(float(speed), line.first_month, months)
    speeds = assumptions.by_month("psa", line.pool, months) or ()
    return tuple(smm_from_cpr(psa_cpr(speed, line.first_month + k - 1)) for k, speed in enumerate(speeds))


# rule 4 (Standard Formulas, C.2)
def mdr_curve(line: RepLine, assumptions: Assumptions, months: int) -> tuple[float, ...]:
    """MDR of a line in each projected month: months + 1 fractions of one, entry 0 zero.

    Zero in the line's last ``lag`` months, so that every default is liquidated by the last payment.
    Source: Standard Formulas, C.2 (SF-20).
    """
    rates = assumptions.of_pool("cdr", line.pool)
    speed = assumptions.of_pool("sda", line.pool)
    if isinstance(rates, int | float):
        curve = monthly([mdr_from_cdr(rates)], months)
    elif rates is not None:
        curve = tuple(mdr_from_cdr(cdr) for cdr in assumptions.by_month("cdr", line.pool, months) or ())
    elif isinstance(speed, int | float):
        curve = sda_mdrs(float(speed), line.first_month, months)
    else:
        speeds = assumptions.by_month("sda", line.pool, months) or ()
        curve = tuple(mdr_from_cdr(sda_cdr(sda, line.first_month + k - 1)) for k, sda in enumerate(speeds))
    last = max(0, line.months - line.lag)
    return (*curve[: last + 1], *[0.0] * (months - last))


def smm_curves(lines: Sequence[RepLine], assumptions: Assumptions, months: int) -> Curves:
    """SMM by line and month."""
    return _alike(lines, ("pool", "first_month"), lambda line: smm_curve(line, assumptions, months))


def mdr_curves(lines: Sequence[RepLine], assumptions: Assumptions, months: int) -> Curves:
    """MDR by line and month."""
    return _alike(lines, ("pool", "first_month", "months", "lag"), lambda line: mdr_curve(line, assumptions, months))


def severities(lines: Sequence[RepLine], assumptions: Assumptions, months: int) -> Curves:
    """Severity by line and month."""
    return _alike(lines, ("pool",), lambda line: assumptions.by_month("severity", line.pool, months) or ())


def _alike(
    lines: Sequence[RepLine], names: Sequence[str], curve: Callable[[RepLine], Sequence[float]]
) -> list[Sequence[float]]:
    """A curve by line, found once for all lines that are alike in what it depends on: a tape has thousands."""
    found: dict[tuple[object, ...], Sequence[float]] = {}
    rows = []
    for line in lines:
        key = tuple(getattr(line, name) for name in names)
        if key not in found:
            found[key] = curve(line)
        rows.append(found[key])
    return rows


# rule 5
@lru_cache(maxsize=64)
def survival(rates: tuple[float, ...]) -> tuple[float, ...]:
    """Scheduled balance per dollar at the end of each month: AF(0) = 1, AF(k) = AF(k-1) (1 - a(k))."""
    factor = [1.0]
    for rate in rates[1:]:
        factor.append(factor[-1] * (1.0 - rate))
    return tuple(factor)


# rules 1, 3, rules 4, 5 (Standard Formulas, C.2 to C.4)
def project_lines(loans: Loans, speeds: Speeds, flows: LineFlows) -> None:
    """Fill each line's columns month by month.

    With D new defaults, P performing, F in foreclosure, a amortisation, AF its survival factor, L the lag:
        D(k)    = MDR(k) P(k-1)
        ADB(k)  = D(k-L) AF(k-1)/AF(k-1-L) if principal and interest are advanced, else D(k-L)
        loss(k) = min(severity(k) D(k-L), ADB(k));  recovery = ADB - loss
        sched   = a (P(k-1) + F(k-1) - ADB) if advanced, else a (P(k-1) - D)
        prepaid = min(SMM (1 - a) P(k-1), (1 - a) (P(k-1) - D))
        P(k)    = (1 - a) (P(k-1) - D) - prepaid
        F(k)    = (F(k-1) + D - ADB) less its advanced amortisation
    Prepayments are taken of the balance before this month's defaults, as the standard does; the second term of the
    minimum only matters when both together exceed the balance, which the standard does not treat.

    Source: Standard Formulas, C.2 to C.4 (SF-19 to SF-22).
    """
    advancing = loans.advancing
    for i in range(len(loans.balance)):
        repays, survives = loans.amortisation[i], loans.survival[i]
        prepays, fails, severities = speeds.smm[i], speeds.mdr[i], speeds.severity[i]
        p_row, f_row, d_row = flows.performing_balance[i], flows.in_foreclosure_balance[i], flows.new_defaults[i]
        sched_row, prepaid_row = flows.scheduled_principal[i], flows.prepayments[i]
        recovered_row, lost_row = flows.recoveries[i], flows.losses[i]
        delay = loans.lag[i]
        live, held = loans.balance[i], 0.0
        p_row[0] = live
        for k in range(1, loans.last_month[i] + 1):
            a = repays[k]
            after = live - live * a
            prepayment = after * prepays[k]
            if fails[k] == 0.0 and held == 0.0:
                sched_row[k] = live * a
                live = after - prepayment
            else:
                new = live * fails[k]
                d_row[k] = new
                gone = loss = 0.0
                if k > delay:
                    gone = d_row[k - delay]
                    loss = gone * severities[k]
                    if advancing:
                        gone *= survives[k - 1] / survives[k - 1 - delay]
                    loss = loss if loss < gone else gone
                rest = held + new - gone if held + new > gone else 0.0
                paying = live - new
                left = paying - paying * a
                prepayment = prepayment if prepayment < left else left
                if advancing:
                    sched_row[k] = (paying + rest) * a
                    held = rest - rest * a
                else:
                    sched_row[k] = paying * a
                    held = rest
                recovered_row[k] = gone - loss
                lost_row[k] = loss
                live = left - prepayment
                f_row[k] = held
            prepaid_row[k] = prepayment
            p_row[k] = live


@dataclass(frozen=True, slots=True, kw_only=True)
class CollateralFlows:
    """Monthly flows of every rep line, with the rates behind them."""

    lines: tuple[RepLine, ...]
    pools: tuple[str, ...]
    months: int
    advancing: bool
    shortfall_days: float
    compensation_cap: float
    speeds: Speeds
    flows: LineFlows

    def column(self, name: str, line: int) -> Row:
        """One field of ``LineFlows`` of one line."""
        row: Row = getattr(self.flows, name)[line]
        return row

    def balance(self, line: int) -> list[float]:
        """Scheduled principal balance of a line at the end of each month: performing plus in foreclosure."""
        performing, foreclosed = self.flows.performing_balance[line], self.flows.in_foreclosure_balance[line]
        return [p + f for p, f in zip(performing, foreclosed, strict=True)]

    def line_table(self, line: int) -> dict[str, list[float]]:
        """Every component column of one line, months + 1 entries each.

        Interest is a month's gross interest on the balance before the month; ``interest_lost`` the part on loans in
        default or foreclosure, which the servicer advances or the investor goes without.
        """
        loan, end = self.lines[line], self.balance(line)
        performing, foreclosed, defaults, scheduled, prepaid, recovered, lost = (
            list(column[line]) for column in self.flows
        )
        begin = [0.0, *end[:-1]]
        failed = [0.0, *(foreclosed[k - 1] + defaults[k] for k in range(1, self.months + 1))]
        paying = begin if self.advancing else [b - d for b, d in zip(begin, failed, strict=True)]
        shortfall = [x * loan.net_rate * self.shortfall_days / 360 for x in prepaid]
        fee = [x * loan.servicing_fee_rate / 12 for x in paying]
        cap = [x * loan.servicing_fee_rate / 12 * self.compensation_cap for x in begin]
        made_good = [min(parts) for parts in zip(shortfall, fee, cap, strict=True)]
        return {
            "beginning_balance": begin,
            "new_defaults": defaults,
            "scheduled_principal": scheduled,
            "prepayments": prepaid,
            "amortized_default_balance": [r + x for r, x in zip(recovered, lost, strict=True)],
            "recoveries": recovered,
            "losses": lost,
            "performing_balance": performing,
            "in_foreclosure_balance": foreclosed,
            "ending_balance": end,
            "gross_interest": [x * loan.gross_rate / 12 for x in begin],
            "interest_lost": [x * loan.gross_rate / 12 for x in failed],
            "servicing_fee": fee,
            "net_interest": [x * loan.net_rate / 12 for x in paying],
            "prepayment_interest_shortfall": shortfall,
            "compensating_interest": made_good,
            "smm": list(self.speeds.smm[line]),
            "mdr": list(self.speeds.mdr[line]),
        }

    def to_frame(self) -> "pd.DataFrame":
        """A tidy frame: one row per month (from 1) and line, every component column."""
        import pandas as pd  # noqa: PLC0415 - a projection without a table must not wait for pandas

        frames = []
        for i, line in enumerate(self.lines):
            table = pd.DataFrame(self.line_table(i)).iloc[1:]
            table.insert(0, "month", table.index)
            table.insert(1, "pool", line.pool)
            table.insert(2, "line", line.label)
            frames.append(table)
        return pd.concat(frames, ignore_index=True)


def project(deal: Deal, assumptions: Assumptions) -> CollateralFlows:
    """Project a deal's loans until the last line is repaid.

    Raises: DealError for missing facts; InputError for speeds out of range.
    """
    return project_rep_lines(rep_lines(deal, assumptions), assumptions)


def project_rep_lines(lines: Sequence[RepLine], assumptions: Assumptions) -> CollateralFlows:
    """Project rep lines given directly, each until its last payment."""
    months = max(line.months for line in lines)
    speeds = Speeds(*(curves(lines, assumptions, months) for curves in (smm_curves, mdr_curves, severities)))
    flows = LineFlows(*([[0.0] * (months + 1) for _ in lines] for _ in LineFlows._fields))
    project_lines(loans_of(lines, assumptions, months), speeds, flows)
    return collateral_flows(lines, assumptions, months, speeds, flows)


def loans_of(lines: Sequence[RepLine], assumptions: Assumptions, months: int) -> Loans:
    """Rep lines as the month loop needs them."""
    amortisation = [amortisation_rates(line.gross_rate, line.term, months) for line in lines]
    return Loans(
        balance=[line.balance for line in lines],
        last_month=[line.months for line in lines],
        lag=[line.lag for line in lines],
        advancing=assumptions.advancing,
        amortisation=amortisation,
        survival=[survival(rates) for rates in amortisation],
    )


def collateral_flows(
    lines: Sequence[RepLine], assumptions: Assumptions, months: int, speeds: Speeds, flows: LineFlows
) -> CollateralFlows:
    """The filled columns with what they come from."""
    return CollateralFlows(
        lines=tuple(lines),
        pools=tuple(dict.fromkeys(line.pool for line in lines)),
        months=months,
        advancing=assumptions.advancing,
        shortfall_days=assumptions.prepayment_shortfall_days,
        compensation_cap=assumptions.compensation_cap,
        speeds=speeds,
        flows=flows,
    )
