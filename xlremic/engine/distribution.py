"""The rules of distribution: a month's cash and losses to class A, the PO strips and the subordinated classes.

State, per pool p: class A balance A and the signed subordinated component Sub, whose sum is the pool's target-rate
strip at every moment; per series: the subordinated balances B, whose sum is the sum of the components; the PO
balances; U, PO losses not yet made good. A month moves every dollar of these exactly once, so principal paid equals
principal collected by construction. The rules are those of the shelf's pooling agreements (sections 12 to 22), each
named where it is applied; terms that no filing states come from Assumptions. Inside, nothing is rounded.
"""

from collections.abc import Callable, MutableSequence, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any

from ..deal import Deal
from ..errors import DealError
from .assumptions import Assumptions
from .capital import CapitalStructure

Row = MutableSequence[float]
Rows = Sequence[Row]

# Levels start exactly on their limits, so a test must not trip on the last bits of a float.
TOLERANCE = 1e-9
# A series, a class A or a debt to PO below a millionth of a dollar is gone: the dust of floats, not a balance.
NOTHING = 1e-6
TRACE_COLUMNS = (
    "senior_percent",
    "shift",
    "cumulative_losses",
    "delinquent_balance",
    "undercollateralized_transfer",
    "po_reimbursement",
    "undersubordinated_transfer",
    "residual_interest",
)


def senior_share(senior_percent: float, initial_senior_percent: float, shift: float) -> float:
    """Part of unscheduled principal that goes to class A.

    share = 100% while senior% exceeds its initial value, else senior% + g x (100% - senior%)

    Args:
        senior_percent: class A over class A plus subordination, before the distribution, fraction of one.
        initial_senior_percent: the same at the cut-off date.
        shift: g, the part of the subordinated share that still goes to class A on that distribution day.
    Returns: fraction of one.
    Source: "Unscheduled principal", pooling agreements of the shelf, 14.3.

    >>> round(senior_share(0.90, 0.9755, 0.7), 10), senior_share(0.98, 0.9755, 0.7)
    (0.97, 1.0)
    """
    if senior_percent > initial_senior_percent * (1.0 + TOLERANCE):
        return 1.0
    return senior_percent + shift * (1.0 - senior_percent)


def distribute(
    months: int,
    target_rates: Sequence[float],
    senior: Row,
    component: Row,
    po: Row,
    subordinated: Row,
    scheduled: Rows,
    unscheduled: Rows,
    lost: Rows,
    interest: Rows,
    po_principal: Rows,
    po_lost: Rows,
    io_interest: Rows,
    io_due: Rows,
    io_notional: Rows,
    unsupported: Row,
    schedule: Row,
    loss_limit: Row,
    delinquency: Row,
    delinquency_limit: float,
    two_times: bool,
    undersubordination: bool,
    call_from: int,
    call_below: float,
    issued_subordinated: Row,
    initial_total: float,
    initial_senior: float,
    elapsed: int,
    losses_before: float,
    senior_due: Rows,
    senior_balance: Rows,
    senior_paid: Rows,
    senior_principal: Rows,
    senior_loss: Rows,
    po_balance: Rows,
    po_paid: Rows,
    po_loss: Rows,
    io_paid: Rows,
    sub_balance: Rows,
    sub_paid: Rows,
    sub_principal: Rows,
    sub_loss: Rows,
    component_balance: Rows,
    senior_percent: Row,
    shift: Row,
    cumulative_losses: Row,
    delinquent: Row,
    transfer: Row,
    reimbursement: Row,
    lent: Row,
    residual: Row,
    owed_senior: Row,
    owed_io: Row,
    owed_sub: Row,
    prior_share: Row,
    unreimbursed: Row,
    work: Row,
) -> int:
    """Run the waterfall month by month; returns the month of the clean-up call, 0 if there is none.

    Plain loops over lists or arrays, so that numba compiles this very source. The state rows (``senior`` to
    ``subordinated``, ``owed_senior`` to ``work``) are used up. Every flow row has months + 1 numbers, zeros at entry;
    ``schedule``, ``loss_limit`` and ``delinquency`` are by month too, limits in dollars; entry 0 of the schedule is the
    shift in force before the first month. What the rules compare with are the balances at issue, ``elapsed`` months
    before.
    """
    pools, below = len(senior), len(subordinated)
    sum_a, sum_b, sum_po = 0.0, 0.0, 0.0
    for p in range(pools):
        senior_balance[p][0], po_balance[p][0], component_balance[p][0] = senior[p], po[p], component[p]
        sum_a += senior[p]
        sum_po += po[p]
        prior_share[p] = 1.0
    for j in range(below):
        sub_balance[j][0] = subordinated[j]
        sum_b += subordinated[j]
    initial_b = 0.0
    for j in range(below):
        initial_b += issued_subordinated[j]
    g = schedule[0]
    cumulative, owed, owed_below, unreimbursed_total = losses_before, 0.0, 0.0, 0.0
    cumulative_losses[0] = losses_before

    for k in range(1, months + 1):
        total = sum_a + sum_b + sum_po
        if total < NOTHING:
            break

        # Interest on the balances before the distribution. What a pool's strip earns above class A is, at target
        # rates, exactly the interest of its subordinated component; a pool whose component is negative is short, and
        # the others' excess covers it before the subordinated classes (22.5). Prepayment interest shortfalls that the
        # servicer does not make good reduce every class alike.
        alike = 1.0
        if unsupported[k] > 0.0:
            earned = 0.0
            for p in range(pools):
                earned += interest[p][k] + io_interest[p][k]
            alike -= unsupported[k] / earned
        excess, short, due_b = 0.0, 0.0, 0.0
        for p in range(pools):
            due_a = senior[p] * target_rates[p] / 12 * alike
            due_io = io_due[p][k] * alike
            cash = (interest[p][k] + io_interest[p][k]) * alike
            due_b += component[p] * target_rates[p] / 12 * alike
            senior_due[p][k] = due_a
            senior_paid[p][k] = due_a
            io_paid[p][k] = due_io
            work[p] = due_a + due_io - cash
            if work[p] > 0.0:
                short += work[p]
            else:
                excess -= work[p]
        if short > 0.0:
            unmet = short - excess if short > excess else 0.0
            excess = excess - short if excess > short else 0.0
            for p in range(pools):
                if work[p] > 0.0 and unmet > 0.0:
                    due = senior_paid[p][k] + io_paid[p][k]
                    part = unmet * (work[p] / short) / due
                    owed_senior[p] += senior_paid[p][k] * part
                    owed_io[p] += io_paid[p][k] * part
                    senior_paid[p][k] -= senior_paid[p][k] * part
                    io_paid[p][k] -= io_paid[p][k] * part
            owed += unmet
        if owed > 0.0 and excess > 0.0:
            part = 1.0 if excess >= owed else excess / owed
            for p in range(pools):
                senior_paid[p][k] += owed_senior[p] * part
                io_paid[p][k] += owed_io[p] * part
                owed_senior[p] -= owed_senior[p] * part
                owed_io[p] -= owed_io[p] * part
            excess -= owed * part
            owed -= owed * part
        if sum_b > 0.0 and due_b > 0.0:
            near = TOLERANCE * due_b
            if owed_below == 0.0 and -near < excess - due_b < near:
                # The usual month: what is there is what is due, but for the last bits.
                part = excess / sum_b
                for j in range(below):
                    sub_paid[j][k] = subordinated[j] * part
                excess = 0.0
            else:
                # Most senior first, each its interest and what it is owed from before.
                owed_below = 0.0
                for j in range(below):
                    due = owed_sub[j] + due_b * subordinated[j] / sum_b
                    pay = due if due < excess else excess
                    sub_paid[j][k] = pay
                    owed_sub[j] = due - pay
                    owed_below += due - pay
                    excess -= pay
        residual[k] = excess if excess > 0.0 else 0.0

        # Shifting interest: a step down needs the loss and the delinquency test, once refused it waits for both; the
        # loss test also holds the day's share at the day before's (14.3). Losses count up to and including this day.
        loss_now, target_loss = 0.0, 0.0
        for p in range(pools):
            target_loss += lost[p][k]
            loss_now += lost[p][k] + po_lost[p][k]
        cumulative += loss_now
        cumulative_losses[k] = cumulative
        delinquent[k] = delinquency[k] * total
        loss_test = cumulative <= loss_limit[k] * (1.0 + TOLERANCE)
        step = schedule[k] < g
        delinquency_test = True
        if step or two_times:
            late = 0.0
            first = k - 5 if k > 5 else 1
            for m in range(first, k + 1):
                late += delinquent[m]
            delinquency_test = late / (k - first + 1) <= delinquency_limit * sum_b * (1.0 + TOLERANCE)
        if step and loss_test and delinquency_test:
            g = schedule[k]
        g_today = g
        if two_times and delinquency_test and sum_b / total >= 2.0 * (initial_b / initial_total) * (1.0 - TOLERANCE):
            if k + elapsed < 36 and cumulative <= 0.20 * initial_b:
                g_today = g if g < 0.5 else 0.5
            elif k + elapsed >= 36 and cumulative <= 0.30 * initial_b:
                g_today = 0.0
        shift[k] = g_today
        percent = sum_a / (sum_a + sum_b) if sum_a + sum_b > 0.0 else 1.0
        senior_percent[k] = percent
        all_to_senior = percent > initial_senior * (1.0 + TOLERANCE)

        # Principal of each target-rate strip: class A's share first, the rest into the pot of the subordinated classes.
        pot, need, retired = 0.0, 0.0, 0.0
        for p in range(pools):
            a, sub, sched, unsched = senior[p], component[p], scheduled[p][k], unscheduled[p][k]
            cash = sched + unsched
            if a < NOTHING:
                retired += unsched
            if sub > 0.0 and sum_b > 0.0:
                sp = a / (a + sub)
                up = 1.0 if all_to_senior else sp + g_today * (1.0 - sp)
                if not loss_test and up < prior_share[p]:
                    up = prior_share[p]
            else:
                sp, up = 1.0, 1.0
            prior_share[p] = up
            to_a = sp * sched + up * unsched
            to_a = to_a if to_a < a else a
            rest = cash - to_a
            limit = sub if sub > 0.0 else 0.0
            if rest > limit:
                # The component cannot be paid below zero: class A takes what it can of the rest.
                more = rest - limit
                to_a += more if more < a - to_a else a - to_a
            rest = cash - to_a
            senior[p] = a - to_a
            component[p] = sub - rest
            senior_principal[p][k] = to_a
            pot += rest
            lacks = rest - sub if rest > sub else 0.0
            work[p] = lacks if lacks < a - to_a else a - to_a
            need += work[p]

        # Undercollateralised pools: their class A exceeds the strip; the pot pays that down first (22.5).
        if need > 0.0 and pot > 0.0:
            x = need if need < pot else pot
            for p in range(pools):
                part = x * work[p] / need
                senior[p] -= part
                component[p] += part
                senior_principal[p][k] += part
            pot -= x
            transfer[k] = x

        # PO strips fall by their principal and losses; the losses are made good from the pot.
        for p in range(pools):
            repaid, gone = po_principal[p][k], po_lost[p][k]
            po[p] -= repaid + gone
            po_paid[p][k] = repaid
            po_loss[p][k] = gone
            unreimbursed[p] += gone
            unreimbursed_total += gone
        made_good = unreimbursed_total if unreimbursed_total < pot else pot
        if made_good > 0.0 and unreimbursed_total > NOTHING:
            part = made_good / unreimbursed_total
            for p in range(pools):
                back = unreimbursed[p] * part
                po_paid[p][k] += back
                po_loss[p][k] -= back
                unreimbursed[p] -= back
            unreimbursed_total -= made_good
        else:
            made_good = 0.0
        reimbursement[k] = made_good

        # Undersubordination: while support is below twice its initial level, pools whose class A is retired lend
        # unscheduled principal to the class A of the others (22.4).
        if undersubordination and retired > 0.0 and sum_b > 0.0:
            left_a = 0.0
            for p in range(pools):
                left_a += senior[p]
            if left_a > NOTHING and sum_b / total < 2.0 * (initial_b / initial_total) * (1.0 - TOLERANCE):
                x = retired if retired < pot - made_good else pot - made_good
                x = min(x, left_a)
                if x > 0.0:
                    for p in range(pools):
                        part = x * senior[p] / left_a
                        senior[p] -= part
                        component[p] += part
                        senior_principal[p][k] += part
                    pot -= x
                    lent[k] = x

        # Subordinated principal: pro rata to balance; but if a class's support was below its initial level after the
        # day before, that class and those senior to it come first (14.4). What the PO strips took back is missing from
        # the most junior allocation up, and written down from the most junior class up.
        if sum_b > 0.0:
            impaired, ahead, under, under_initial = below - 1, 0.0, sum_b, initial_b
            floor = total / initial_total * (1.0 - TOLERANCE)
            for j in range(below):
                b = subordinated[j]
                ahead += b
                under -= b
                under_initial -= issued_subordinated[j]
                if j < below - 1 and b > NOTHING and under < under_initial * floor:
                    impaired = j
                    break
            part = pot / ahead if pot < ahead else 1.0
            left = pot - ahead if pot > ahead else 0.0
            if made_good == 0.0 and impaired == below - 1:
                for j in range(below):
                    pay = subordinated[j] * part
                    sub_principal[j][k] = pay
                    subordinated[j] -= pay
            else:
                for j in range(below):
                    if j <= impaired:
                        work[j] = subordinated[j] * part
                    else:
                        work[j] = subordinated[j] if subordinated[j] < left else left
                        left -= work[j]
                missing = made_good
                for j in range(below - 1, -1, -1):
                    cut = work[j] if work[j] < missing else missing
                    missing -= cut
                    sub_principal[j][k] = work[j] - cut
                    subordinated[j] -= work[j] - cut

        # Losses of the target-rate strips, and the reimbursement, write down from the most junior class up; what
        # exceeds all of them falls on class A of the pools whose component is negative.
        down = made_good + target_loss
        if down > 0.0:
            for p in range(pools):
                component[p] -= lost[p][k]
            for j in range(below - 1, -1, -1):
                cut = subordinated[j] if subordinated[j] < down else down
                subordinated[j] -= cut
                sub_loss[j][k] = cut
                down -= cut
            if down > 0.0:
                deficit = 0.0
                for p in range(pools):
                    if component[p] < 0.0:
                        deficit -= component[p]
                for p in range(pools):
                    if component[p] < 0.0:
                        cut = -component[p] * (down / deficit)
                        cut = min(cut, senior[p])
                        senior[p] -= cut
                        component[p] += cut
                        senior_loss[p][k] = cut

        sum_a, sum_b, sum_po = 0.0, 0.0, 0.0
        for p in range(pools):
            # A difference of equal floats may end a hair below zero.
            a, strip = senior[p], po[p]
            a = a if a > 0.0 else 0.0
            strip = strip if strip > 0.0 else 0.0
            senior[p], senior_balance[p][k] = a, a
            po[p], po_balance[p][k] = strip, strip
            component_balance[p][k] = component[p]
            sum_a += a
            sum_po += strip
        for j in range(below):
            b = subordinated[j]
            sum_b += b
            sub_balance[j][k] = b
        called = call_from > 0 and k >= call_from and NOTHING < sum_a + sum_b + sum_po < call_below
        if called:
            # Clean-up call: every class is retired at par on this day.
            for p in range(pools):
                senior_principal[p][k] += senior[p]
                po_paid[p][k] += po[p]
                senior_balance[p][k], po_balance[p][k], component_balance[p][k] = 0.0, 0.0, 0.0
                for m in range(k, months + 1):
                    io_notional[p][m] = 0.0
            for j in range(below):
                sub_principal[j][k] += subordinated[j]
                sub_balance[j][k] = 0.0
            return k
    return 0


def zeros(rows: int, months: int) -> list[list[float]]:
    """Empty flow rows: one list of months + 1 zeros each."""
    return [[0.0] * (months + 1) for _ in range(rows)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTerms:
    """The rules' terms by month, limits in dollars: what ``distribute`` compares with."""

    schedule: Any
    loss_limit: Any
    delinquency: Any
    delinquency_limit: float
    two_times: bool
    undersubordination: bool
    call_from: int
    call_below: float
    elapsed: int
    losses_before: float

    def over(self, vector: Callable[[Sequence[float]], Any]) -> "RuleTerms":
        """The same terms in another container, for compiled loops."""
        by_month = {name: vector(getattr(self, name)) for name in ("schedule", "loss_limit", "delinquency")}
        return replace(self, **by_month)


def rule_terms(deal: Deal, assumptions: Assumptions, capital: CapitalStructure, months: int) -> RuleTerms:
    """Assumptions and the filing's call threshold as the kernel needs them.

    Raises: DealError if a call is asked for and the filing states no threshold.
    """
    call_from, call_below = 0, 0.0
    if assumptions.call != "never":
        if deal.rules.call_threshold is None:
            raise DealError("the filing states no clean-up call threshold: use call = never")
        call_from = 1 if assumptions.call == "first" else int(assumptions.call)
        call_below = float(deal.rules.call_threshold)
    initial, elapsed = sum(capital.at_issue.subordinated), deal.elapsed
    schedule = _steps(assumptions.shift_schedule, months + elapsed, 1.0)[elapsed:]
    return RuleTerms(
        schedule=[schedule[0] if elapsed else schedule[1], *schedule[1:]],
        loss_limit=[part * initial for part in _steps(assumptions.loss_limits, months + elapsed, inf)[elapsed:]]
        if initial
        else [inf] * (months + 1),
        delinquency=list(assumptions.by_month("delinquency", "all", months) or ()),
        delinquency_limit=float(assumptions.delinquency_limit),
        two_times=assumptions.two_times_test,
        undersubordination=assumptions.undersubordination_transfer,
        call_from=call_from,
        call_below=call_below,
        elapsed=elapsed,
        losses_before=float(deal.position.cumulative_losses) if deal.position else 0.0,
    )


def _steps(table: Sequence[tuple[int, float]], months: int, before: float) -> list[float]:
    """A table of (first day, value) by month: entry 0 and the days ahead of the first have the value before."""
    values = [before] * (months + 1)
    for day, value in table:
        values[day:] = [value] * max(0, months + 1 - day)
    return values


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What ``distribute`` fills in: rows by pool, by subordinated class, and by month, all zero to begin with."""

    senior_due: Any
    senior: tuple[Any, Any, Any, Any]
    po: tuple[Any, Any, Any]
    io_paid: Any
    subordinated: tuple[Any, Any, Any, Any]
    components: Any
    trace: tuple[Any, ...]
    none: Any

    @classmethod
    def blank(cls, capital: CapitalStructure, months: int, empty: Callable[[int, int], Any] = zeros) -> "Books":
        """Books of a deal before its first month."""
        p, j = len(capital.pools), len(capital.subordinated)
        return cls(
            senior_due=empty(p, months),
            senior=(empty(p, months), empty(p, months), empty(p, months), empty(p, months)),
            po=(empty(p, months), empty(p, months), empty(p, months)),
            io_paid=empty(p, months),
            subordinated=(empty(j, months), empty(j, months), empty(j, months), empty(j, months)),
            components=empty(p, months),
            trace=tuple(empty(len(TRACE_COLUMNS), months)),
            none=empty(1, months)[0],
        )

    def fill(
        self,
        capital: CapitalStructure,
        strips: Sequence[Any],
        unsupported: Any,
        terms: RuleTerms,
        kernel: Callable[..., int] = distribute,
        vector: Callable[[Sequence[float]], Any] = list,
    ) -> int:
        """Run the waterfall; returns the month of the clean-up call, 0 if there is none.

        ``kernel`` is the loop, ``vector`` makes a row of its state: plain, or compiled over arrays.
        """
        pools, below = len(capital.pools), len(capital.subordinated)
        nothing = [0.0] * max(pools, below)
        return kernel(
            len(unsupported) - 1,
            vector(capital.target_rates),
            vector(capital.senior),
            vector(capital.components),
            vector(capital.po),
            vector(capital.subordinated),
            *strips,
            unsupported,
            terms.schedule,
            terms.loss_limit,
            terms.delinquency,
            terms.delinquency_limit,
            terms.two_times,
            terms.undersubordination,
            terms.call_from,
            terms.call_below,
            vector(capital.at_issue.subordinated),
            capital.at_issue.total,
            capital.at_issue.senior_percent,
            terms.elapsed,
            terms.losses_before,
            self.senior_due,
            *self.senior,
            *self.po,
            self.io_paid,
            *self.subordinated,
            self.components,
            *self.trace,
            vector(nothing),
            vector(nothing),
            vector(nothing),
            vector(nothing),
            vector(nothing),
            vector(nothing),
        )
