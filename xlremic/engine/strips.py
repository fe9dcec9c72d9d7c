"""The ratio strip: each dollar of a loan into its PO strip and its target-rate strip, interest above into the IO strip.

A discount loan earns less than the target rate, so part of its principal earns nothing and the rest exactly the target
rate; a premium loan earns more, and the excess is interest only. Plain numbers, and one loop over the lines.
"""

from .records import LineFlows, Ratio, Strips


# rule 8 (agreement 12.3, 12.4)
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


# rule 9
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


# rule 7
def add_shortfalls(i: int, ratio: Ratio, flows: LineFlows, strips: Strips) -> None:
    """Add what a line's prepayments lose of interest, and the servicer does not make good, to each month's total.

    A prepayment loses ``shortfall_days``/360 of a year's net interest, of which the servicer makes good at most the
    fee collected and ``compensation_cap`` of the scheduled fee.

    Source: servicing sections of the shelf's pooling agreements.
    """
    fee = ratio.fee_rate[i] / 12
    p_row, f_row, d_row = flows.performing_balance[i], flows.in_foreclosure_balance[i], flows.new_defaults[i]
    for k in range(1, ratio.last_month[i] + 1):
        balance = p_row[k - 1] + f_row[k - 1]
        paying = balance if ratio.advancing else p_row[k - 1] - d_row[k]
        shortfall = flows.prepayments[i][k] * ratio.net_rate[i] * ratio.shortfall_days / 360
        strips.unsupported[k] += shortfall - min(shortfall, paying * fee, balance * fee * ratio.compensation_cap)


# rules 8, 9, 10, 21
def strip_lines(ratio: Ratio, flows: LineFlows, strips: Strips) -> None:
    """Add each line's month to its pool's strips, and prepayment interest shortfalls to the month's total.

    Principal and losses: f to the PO strip, 1 - f to the target-rate strip. Interest: T/12 of the target-rate part,
    io/12 of the whole balance; not advanced, only on the balance that pays.

    Source: ratio strip sections of the shelf's pooling agreements.
    """
    advancing = ratio.advancing
    for i in range(len(ratio.pool_of)):
        pool, po = ratio.pool_of[i], ratio.po_fraction[i]
        kept = 1.0 - po
        coupon, excess = ratio.target_rate[i] * kept / 12, ratio.io_rate[i] / 12
        p_row, f_row, d_row = flows.performing_balance[i], flows.in_foreclosure_balance[i], flows.new_defaults[i]
        sched_row, prepaid_row = flows.scheduled_principal[i], flows.prepayments[i]
        recovered_row, lost_row = flows.recoveries[i], flows.losses[i]
        to_sched, to_unsched = strips.scheduled_principal[pool], strips.unscheduled_principal[pool]
        to_lost, to_interest = strips.losses[pool], strips.interest[pool]
        to_po, to_po_lost, to_io = strips.po_principal[pool], strips.po_losses[pool], strips.io_interest[pool]
        to_io_due, to_notional = strips.io_interest_due[pool], strips.io_notional[pool]
        if excess > 0.0:
            to_notional[0] += p_row[0]
        for k in range(1, ratio.last_month[i] + 1):
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
        if ratio.shortfall_days > 0.0:
            add_shortfalls(i, ratio, flows, strips)
