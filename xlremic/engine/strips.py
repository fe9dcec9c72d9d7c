"""The ratio strip: each dollar of a loan into its PO strip and its target-rate strip, interest above into the IO strip.

A discount loan earns less than the target rate, so part of its principal earns nothing and the rest exactly the target
rate; a premium loan earns more, and the excess is interest only. Plain numbers, and one loop over the lines.
"""

from collections.abc import MutableSequence, Sequence

Row = MutableSequence[float]
Rows = Sequence[Row]

STRIP_COLUMNS = (
    "scheduled_principal",
    "unscheduled_principal",
    "losses",
    "interest",
    "po_principal",
    "po_losses",
    "io_interest",
    "io_interest_due",
    "io_notional",
)


def po_fraction(net_rate: float, target_rate: float) -> float:
    """Part of a loan's principal that belongs to the PO strip.

    f = (T - n) / T for a net rate n below the target rate T, else 0; the rest, f subtracted from 1, earns exactly T.

    Args:
        net_rate: gross rate less servicing fee, fraction a year.
        target_rate: fraction a year.
    Returns: fraction of one, fixed for the loan's life.
    Source: PO percentage of ratio-stripped classes, pooling agreements of the shelf, 12.3 and 12.4.

    >>> round(po_fraction(0.05294, 0.055), 9)
    0.037454545
    """
    return max(0.0, round(target_rate - net_rate, 12)) / target_rate if target_rate else 0.0


def io_rate(net_rate: float, target_rate: float) -> float:
    """Interest rate of the IO strip on the balance of a premium loan.

    rate = max(n - T, 0)

    Args:
        net_rate: gross rate less servicing fee, fraction a year.
        target_rate: fraction a year.
    Returns: fraction a year.
    Source: IO classes of the shelf: net rate in excess of the target rate, on the premium loans' balance.

    >>> round(io_rate(0.05932, 0.055), 6)
    0.00432
    """
    return max(0.0, round(net_rate - target_rate, 12))


def strip_lines(
    pool_of: Sequence[int],
    last_month: Sequence[int],
    po_fractions: Sequence[float],
    target_rates: Sequence[float],
    io_rates: Sequence[float],
    net_rates: Sequence[float],
    fee_rates: Sequence[float],
    advancing: bool,
    shortfall_days: float,
    compensation_cap: float,
    performing: Rows,
    foreclosed: Rows,
    defaults: Rows,
    scheduled: Rows,
    prepaid: Rows,
    recovered: Rows,
    lost: Rows,
    target_scheduled: Rows,
    target_unscheduled: Rows,
    target_lost: Rows,
    target_interest: Rows,
    po_principal: Rows,
    po_lost: Rows,
    io_interest: Rows,
    io_due: Rows,
    io_notional: Rows,
    unsupported: Row,
) -> None:
    """Add each line's month to its pool's strips, and prepayment interest shortfalls to the month's total.

    Principal and losses: f to the PO strip, 1 - f to the target-rate strip. Interest: T/12 of the target-rate part,
    io/12 of the whole balance; not advanced, only on the balance that pays. A prepayment loses
    ``shortfall_days``/360 of a year's net interest, of which the servicer makes good at most the fee collected and
    ``compensation_cap`` of the scheduled fee; the rest is ``unsupported``.

    Source: ratio strip and servicing sections of the shelf's pooling agreements.
    """
    for i in range(len(pool_of)):
        pool, po = pool_of[i], po_fractions[i]
        kept = 1.0 - po
        coupon, excess, fee = target_rates[i] * kept / 12, io_rates[i] / 12, fee_rates[i] / 12
        p_row, f_row, d_row, sched_row = performing[i], foreclosed[i], defaults[i], scheduled[i]
        prepaid_row, recovered_row, lost_row = prepaid[i], recovered[i], lost[i]
        to_sched, to_unsched, to_lost = target_scheduled[pool], target_unscheduled[pool], target_lost[pool]
        to_interest, to_po, to_po_lost = target_interest[pool], po_principal[pool], po_lost[pool]
        to_io, to_io_due, to_notional = io_interest[pool], io_due[pool], io_notional[pool]
        if excess > 0.0:
            to_notional[0] += p_row[0]
        for k in range(1, last_month[i] + 1):
            balance = p_row[k - 1] + f_row[k - 1]
            paying = balance if advancing else p_row[k - 1] - d_row[k]
            unscheduled = prepaid_row[k] + recovered_row[k]
            to_sched[k] += sched_row[k] * kept
            to_unsched[k] += unscheduled * kept
            to_lost[k] += lost_row[k] * kept
            to_interest[k] += paying * coupon
            if po > 0.0:
                to_po[k] += (sched_row[k] + unscheduled) * po
                to_po_lost[k] += lost_row[k] * po
            if excess > 0.0:
                to_io[k] += paying * excess
                to_io_due[k] += balance * excess
                to_notional[k] += p_row[k] + f_row[k]
            if shortfall_days > 0.0:
                shortfall = prepaid_row[k] * net_rates[i] * shortfall_days / 360
                unsupported[k] += shortfall - min(shortfall, paying * fee, balance * fee * compensation_cap)
