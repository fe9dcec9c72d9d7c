"""The rules of distribution: a month's cash and losses to class A, the PO strips and the subordinated classes.

State, per pool p: class A balance A and the signed subordinated component Sub, whose sum is the pool's target-rate
strip at every moment; per series: the subordinated balances B, whose sum is the sum of the components; the PO
balances; U, PO losses not yet made good. A month moves every dollar of these exactly once, so principal paid equals
principal collected by construction. The rules are those of the shelf's pooling agreements (sections 12 to 22); the
comment over a function numbers them as the sheets and the documentation do. Terms that no filing states come from
Assumptions. Inside, nothing is rounded.

Loops over records of plain lists or of arrays: numba compiles this very source (see ``compiled``), so a rule calls no
other. In all of them ``k`` is the month; ``total`` and ``below`` are the dollars of all classes and of the subordinated
classes before the distribution.
"""

from .records import Issue, Paid, State, Strips, Terms, Trace

# Levels start exactly on their limits, so a test must not trip on the last bits of a float.
TOLERANCE = 1e-9
# A series, a class A or a debt to PO below a millionth of a dollar is gone: the dust of floats, not a balance.
GONE = 1e-6


# rule 7
def paid_part(k: int, strips: Strips) -> float:
    """Part of their interest that all classes alike receive; prepayment interest shortfalls not made good take it."""
    earned = 0.0
    for p in range(len(strips.interest)):
        earned += strips.interest[p][k] + strips.io_interest[p][k]
    return 1.0 - strips.unsupported[k] / earned


# rule 21
def due_interest(
    k: int, alike: float, state: State, strips: Strips, issue: Issue, paid: Paid
) -> tuple[float, float, float]:
    """Interest on the balances before the distribution, written down for class A and IO as if all of it were there.

    What a pool's strip earns above class A is, at target rates, exactly the interest of its subordinated component.

    Returns: dollars that pools have above their class A and IO, that pools lack, and due to the subordinated classes;
    what each pool lacks is left in ``work``.
    """
    senior, component, work, rates = state.senior, state.component, state.work, issue.target_rates
    interest, io_interest, io_due = strips.interest, strips.io_interest, strips.io_interest_due
    senior_due, senior_paid, io_paid = paid.senior_due, paid.senior_interest, paid.io_paid
    excess, short, due_below = 0.0, 0.0, 0.0
    for p, balance in enumerate(senior):
        due = balance * rates[p] / 12 * alike
        due_io = io_due[p][k] * alike
        due_below += component[p] * rates[p] / 12 * alike
        senior_due[p][k] = due
        senior_paid[p][k] = due
        paid.io_due[p][k] = io_paid[p][k] = due_io
        lacks = due + due_io - (interest[p][k] + io_interest[p][k]) * alike
        work[p] = lacks
        if lacks > 0.0:
            short += lacks
        else:
            excess -= lacks
    return excess, short, due_below


# rule 19 (agreement 22.5)
def cover_interest(k: int, excess: float, short: float, state: State, paid: Paid) -> tuple[float, float]:
    """Pools that are short take the others' excess before the subordinated classes; the rest is carried forward.

    Returns: the excess left, and what is newly owed.
    """
    unmet = short - excess if short > excess else 0.0
    for p in range(len(state.senior)):
        if state.work[p] > 0.0 and unmet > 0.0:
            due = paid.senior_interest[p][k] + paid.io_paid[p][k]
            part = unmet * (state.work[p] / short) / due
            state.owed_senior[p] += paid.senior_interest[p][k] * part
            state.owed_io[p] += paid.io_paid[p][k] * part
            paid.senior_interest[p][k] -= paid.senior_interest[p][k] * part
            paid.io_paid[p][k] -= paid.io_paid[p][k] * part
    return (excess - short if excess > short else 0.0), unmet


# rule 19 (agreement 22.5), rule 20
def pay_carried(k: int, excess: float, owed: float, state: State, paid: Paid) -> float:
    """Interest carried forward is paid from the excess, to all alike; returns the part of it that is paid."""
    part = 1.0 if excess >= owed else excess / owed
    for p in range(len(state.senior)):
        paid.senior_interest[p][k] += state.owed_senior[p] * part
        paid.io_paid[p][k] += state.owed_io[p] * part
        state.owed_senior[p] -= state.owed_senior[p] * part
        state.owed_io[p] -= state.owed_io[p] * part
    return part


# rules 20, 21
def pay_subordinated_interest(
    k: int, excess: float, due_below: float, below: float, owed: float, state: State, paid: Paid
) -> tuple[float, float]:
    """Most senior first, each class its interest and what it is owed from before.

    Returns: dollars left over, and what all together are owed after.
    """
    subordinated, interest = state.subordinated, paid.subordinated_interest
    near = TOLERANCE * due_below
    if owed == 0.0 and -near < excess - due_below < near:
        # The usual month: what is there is what is due, but for the last bits.
        part = excess / below
        for j, b in enumerate(subordinated):
            interest[j][k] = b * part
        return 0.0, 0.0
    owed = 0.0
    for j, b in enumerate(subordinated):
        due = state.owed_subordinated[j] + due_below * b / below
        pay = due if due < excess else excess
        interest[j][k] = pay
        state.owed_subordinated[j] = due - pay
        owed += due - pay
        excess -= pay
    return excess, owed


# rule 13 (agreement 14.3)
def shift_of(
    k: int, held: float, passed: bool, total: float, below: float, terms: Terms, issue: Issue, trace: Trace
) -> tuple[float, float]:
    """Shifting interest: a step down needs the loss and the delinquency test; once refused it waits for both.

    ``passed`` is the loss test, ``held`` the shift in force, the part of the subordinated share that goes to class A.

    Returns: the shift in force from now on, and that of this day, which doubled support may make smaller.
    """
    step = terms.shift_schedule[k] < held
    delinquent, cumulative, initial = trace.delinquent_balance, trace.cumulative_losses[k], issue.subordination
    timely = True
    if step or terms.two_times_test:
        late = 0.0
        first = k - 5 if k > 5 else 1
        for m in range(first, k + 1):
            late += delinquent[m]
        timely = late / (k - first + 1) <= terms.delinquency_limit * below * (1.0 + TOLERANCE)
    if step and passed and timely:
        held = terms.shift_schedule[k]
    today = held
    if terms.two_times_test and timely and below / total >= 2.0 * (initial / issue.total) * (1.0 - TOLERANCE):
        if k + terms.elapsed < 36 and cumulative <= 0.20 * initial:
            today = held if held < 0.5 else 0.5
        elif k + terms.elapsed >= 36 and cumulative <= 0.30 * initial:
            today = 0.0
    return held, today


# rule 12 (agreement 14.3), rule 15
def pay_senior(
    k: int, shift: float, all_to_senior: bool, passed: bool, below: float, state: State, strips: Strips, paid: Paid
) -> tuple[float, float, float]:
    """Principal of each target-rate strip: class A's share first, the rest into the pot of the subordinated classes.

    A failed loss test holds the day's share at the day before's. A component cannot be paid below zero: class A takes
    what it can of the rest.

    Returns: dollars of the pot, what pools lack to make their class A good, and unscheduled principal of pools whose
    class A is retired; what each pool lacks is left in ``work``.
    """
    senior, component, prior_share, work = state.senior, state.component, state.prior_share, state.work
    scheduled, unscheduled, principal = strips.scheduled_principal, strips.unscheduled_principal, paid.senior_principal
    pot, need, retired = 0.0, 0.0, 0.0
    for p, a in enumerate(senior):
        sub, sched, unsched = component[p], scheduled[p][k], unscheduled[p][k]
        cash = sched + unsched
        if a < GONE:
            retired += unsched
        if sub > 0.0 and below > 0.0:
            sp = a / (a + sub)
            up = 1.0 if all_to_senior else sp + shift * (1.0 - sp)
            if not passed and up < prior_share[p]:
                up = prior_share[p]
        else:
            sp, up = 1.0, 1.0
        prior_share[p] = up
        to_a = sp * sched + up * unsched
        to_a = to_a if to_a < a else a
        rest = cash - to_a
        limit = sub if sub > 0.0 else 0.0
        if rest > limit:
            more = rest - limit
            to_a += more if more < a - to_a else a - to_a
        rest = cash - to_a
        senior[p] = a - to_a
        component[p] = sub - rest
        principal[p][k] = to_a
        pot += rest
        lacks = rest - sub if rest > sub else 0.0
        lacks = lacks if lacks < a - to_a else a - to_a
        work[p] = lacks
        need += lacks
    return pot, need, retired


# rule 19 (agreement 22.5)
def cover_short_pools(k: int, pot: float, need: float, state: State, paid: Paid) -> float:
    """Pools whose class A exceeds the strip take from the pot to pay that down; returns the dollars taken."""
    taken = need if need < pot else pot
    for p in range(len(state.senior)):
        part = taken * state.work[p] / need
        state.senior[p] -= part
        state.component[p] += part
        paid.senior_principal[p][k] += part
    return taken


# rule 22
def pay_po(k: int, unreimbursed: float, state: State, strips: Strips, paid: Paid) -> float:
    """PO strips fall by their principal and losses; returns the dollars of losses to make good, these added."""
    po, po_unreimbursed, po_paid, po_loss = state.po, state.po_unreimbursed, paid.po_paid, paid.po_loss
    principal, losses = strips.po_principal, strips.po_losses
    for p, balance in enumerate(po):
        repaid, lost = principal[p][k], losses[p][k]
        po[p] = balance - (repaid + lost)
        po_paid[p][k] = repaid
        po_loss[p][k] = lost
        po_unreimbursed[p] += lost
        unreimbursed += lost
    return unreimbursed


# rules 20, 22
def make_good(k: int, part: float, state: State, paid: Paid) -> None:
    """A part of the PO losses not yet made good is paid from the pot, to all PO strips alike."""
    unreimbursed, po_paid, po_loss = state.po_unreimbursed, paid.po_paid, paid.po_loss
    for p, debt in enumerate(unreimbursed):
        back = debt * part
        po_paid[p][k] += back
        po_loss[p][k] -= back
        unreimbursed[p] = debt - back


# rule 18 (agreement 22.4)
def lend(k: int, most: float, state: State, paid: Paid) -> float:
    """Undersubordination: pools whose class A is retired lend at most so much to the class A of the others.

    Returns: the dollars lent.
    """
    left = 0.0
    for balance in state.senior:
        left += balance
    lent = min(most, left) if left > GONE else 0.0
    if lent <= 0.0:
        return 0.0
    for p, balance in enumerate(state.senior):
        part = lent * balance / left
        state.senior[p] = balance - part
        state.component[p] += part
        paid.senior_principal[p][k] += part
    return lent


# rule 14 (agreement 14.4), rules 15, 20
def pay_subordinated(
    k: int, pot: float, made_good: float, total: float, below: float, state: State, issue: Issue, paid: Paid
) -> None:
    """Subordinated principal: pro rata to balance, but an impaired class and those senior to it come first.

    A class is impaired if its support was below its level at issue after the day before. What the PO strips took back
    is missing from the most junior allocation up.
    """
    subordinated, work, principal = state.subordinated, state.work, paid.subordinated_principal
    last = len(subordinated) - 1
    impaired, ahead, under, under_initial = last, 0.0, below, issue.subordination
    floor = total / issue.total * (1.0 - TOLERANCE)
    for j, b in enumerate(subordinated):
        ahead += b
        under -= b
        under_initial -= issue.subordinated[j]
        if j < last and b > GONE and under < under_initial * floor:
            impaired = j
            break
    part = pot / ahead if pot < ahead else 1.0
    left = pot - ahead if pot > ahead else 0.0
    if made_good == 0.0 and impaired == last:
        for j, b in enumerate(subordinated):
            pay = b * part
            principal[j][k] = pay
            subordinated[j] = b - pay
        return
    for j in range(impaired + 1, last + 1):
        b = subordinated[j]
        work[j] = b if b < left else left
        left -= work[j]
    missing = made_good
    for j in range(last, -1, -1):
        b = subordinated[j]
        pay = b * part if j <= impaired else work[j]
        cut = pay if pay < missing else missing
        missing -= cut
        pay -= cut
        principal[j][k] = pay
        subordinated[j] = b - pay


# rules 17, 20
def write_down(k: int, down: float, state: State, strips: Strips, paid: Paid) -> None:
    """Losses of the target-rate strips, and what the PO strips took back, write down from the most junior class up.

    What exceeds all of them falls on class A of the pools whose component is negative.
    """
    component, subordinated, losses = state.component, state.subordinated, strips.losses
    for p in range(len(component)):
        component[p] -= losses[p][k]
    for j in range(len(subordinated) - 1, -1, -1):
        b = subordinated[j]
        cut = b if b < down else down
        subordinated[j] = b - cut
        paid.subordinated_loss[j][k] = cut
        down -= cut
        if down == 0.0:
            break
    if down > 0.0:
        senior, deficit = state.senior, 0.0
        for p in range(len(component)):
            if component[p] < 0.0:
                deficit -= component[p]
        for p in range(len(component)):
            if component[p] < 0.0:
                cut = -component[p] * (down / deficit)
                cut = min(cut, senior[p])
                senior[p] -= cut
                component[p] += cut
                paid.senior_loss[p][k] = cut


# rules 15, 16
def close_month(k: int, state: State, paid: Paid) -> tuple[float, float, float]:
    """Balances after the distribution into the books; returns the dollars of class A, the subordinated and the PO.

    A difference of equal floats may end a hair below zero.
    """
    senior, component, po, subordinated = state.senior, state.component, state.po, state.subordinated
    senior_balance, po_balance, component_balance = paid.senior_balance, paid.po_balance, paid.component
    subordinated_balance = paid.subordinated_balance
    above, below, strips = 0.0, 0.0, 0.0
    for p, balance in enumerate(senior):
        a, strip = balance if balance > 0.0 else 0.0, po[p]
        strip = strip if strip > 0.0 else 0.0
        senior[p] = a
        senior_balance[p][k] = a
        po[p] = strip
        po_balance[p][k] = strip
        component_balance[p][k] = component[p]
        above += a
        strips += strip
    for j, b in enumerate(subordinated):
        below += b
        subordinated_balance[j][k] = b
    return above, below, strips


# rule 23
def call(k: int, state: State, strips: Strips, paid: Paid) -> None:
    """Clean-up call: every class is retired at par on this day, and no notional is left from then on."""
    for p in range(len(state.senior)):
        paid.senior_principal[p][k] += state.senior[p]
        paid.po_paid[p][k] += state.po[p]
        paid.senior_balance[p][k], paid.po_balance[p][k], paid.component[p][k] = 0.0, 0.0, 0.0
        for m in range(k, len(strips.io_notional[p])):
            strips.io_notional[p][m] = 0.0
    for j in range(len(state.subordinated)):
        paid.subordinated_principal[j][k] += state.subordinated[j]
        paid.subordinated_balance[j][k] = 0.0


RULES = (
    paid_part, due_interest, cover_interest, pay_carried, pay_subordinated_interest, shift_of, pay_senior,
    cover_short_pools, pay_po, make_good, lend, pay_subordinated, write_down, close_month, call,
)  # fmt: skip
"""The rules that the kernel calls, to be compiled with it."""


# rules 13, 20, 23
def distribute(months: int, state: State, strips: Strips, terms: Terms, issue: Issue, paid: Paid, trace: Trace) -> int:
    """Run the waterfall month by month; returns the month of the clean-up call, 0 if there is none."""
    above, below, po = close_month(0, state, paid)
    held, cumulative, owed, owed_below, unreimbursed = terms.shift_schedule[0], terms.losses_before, 0.0, 0.0, 0.0
    trace.cumulative_losses[0] = cumulative
    unsupported, losses, po_losses, pools = strips.unsupported, strips.losses, strips.po_losses, len(state.senior)
    schedule, loss_limit, delinquency = terms.shift_schedule, terms.loss_limit, terms.delinquency
    cumulative_losses, delinquent, residual = trace.cumulative_losses, trace.delinquent_balance, trace.residual_interest
    shifts, senior_percent, reimbursement = trace.shift, trace.senior_percent, trace.po_reimbursement
    always_tested, lends = terms.two_times_test, terms.undersubordination_transfer
    senior_limit = issue.senior_percent * (1.0 + TOLERANCE)
    doubled = 2.0 * (issue.subordination / issue.total) * (1.0 - TOLERANCE)
    call_from = terms.call_from if terms.call_from > 0 else months + 1
    for k in range(1, months + 1):
        total = above + below + po
        if total < GONE:
            break

        alike = paid_part(k, strips) if unsupported[k] > 0.0 else 1.0
        excess, short, due_below = due_interest(k, alike, state, strips, issue, paid)
        if short > 0.0:
            excess, unmet = cover_interest(k, excess, short, state, paid)
            owed += unmet
        if owed > 0.0 and excess > 0.0:
            part = pay_carried(k, excess, owed, state, paid)
            excess -= owed * part
            owed -= owed * part
        if below > 0.0 and due_below > 0.0:
            excess, owed_below = pay_subordinated_interest(k, excess, due_below, below, owed_below, state, paid)
        residual[k] = excess if excess > 0.0 else 0.0

        lost, lost_target = 0.0, 0.0
        for p in range(pools):
            loss = losses[p][k]
            lost_target += loss
            lost += loss + po_losses[p][k]
        cumulative += lost
        cumulative_losses[k] = cumulative
        delinquent[k] = delinquency[k] * total
        passed = cumulative <= loss_limit[k] * (1.0 + TOLERANCE)
        shift = held
        if schedule[k] < held or always_tested:
            held, shift = shift_of(k, held, passed, total, below, terms, issue, trace)
        shifts[k] = shift
        percent = above / (above + below) if above + below > 0.0 else 1.0
        senior_percent[k] = percent

        pot, need, retired = pay_senior(k, shift, percent > senior_limit, passed, below, state, strips, paid)
        if need > 0.0 and pot > 0.0:
            taken = cover_short_pools(k, pot, need, state, paid)
            trace.undercollateralized_transfer[k] = taken
            pot -= taken
        unreimbursed = pay_po(k, unreimbursed, state, strips, paid)
        made_good = unreimbursed if unreimbursed < pot else pot
        if made_good > 0.0 and unreimbursed > GONE:
            make_good(k, made_good / unreimbursed, state, paid)
            unreimbursed -= made_good
        else:
            made_good = 0.0
        reimbursement[k] = made_good
        if lends and retired > 0.0 and below > 0.0 and below / total < doubled:
            lent = lend(k, retired if retired < pot - made_good else pot - made_good, state, paid)
            trace.undersubordinated_transfer[k] = lent
            pot -= lent
        if below > 0.0:
            pay_subordinated(k, pot, made_good, total, below, state, issue, paid)
        if made_good + lost_target > 0.0:
            write_down(k, made_good + lost_target, state, strips, paid)

        above, below, po = close_month(k, state, paid)
        if k >= call_from and GONE < above + below + po < terms.call_below:
            call(k, state, strips, paid)
            return k
    return 0
