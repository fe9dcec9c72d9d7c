"""The rules by which a group's monthly cash reaches the classes that it is cut into, step by step.

What a group receives, the class A of one pool or of all, is found before (see ``distribution``); here it is shared.
A month pays interest, lends what accrual classes do not take in cash, pays the steps of principal in their order, and
last shares losses. Cash that no step may take runs through the steps once more without their limits, so that every
dollar of principal is some class's.

Loops over records of plain lists or of arrays, which numba compiles as they are: a rule calls no other, ``k`` is the
month.
"""

from .records import Cut, Paid, Shared, Sharing

# Coupons that take no more than this share above what a group earns take what it earns: the last bits of floats.
NEAR = 1e-9
# Dollars of cash that are the last bits of a month's sums, and start no second turn of the steps.
DUST = 1e-7


# rule 11
def pay_class_interest(k: int, cut: Cut, paid: Paid, sharing: Sharing, shared: Shared) -> None:
    """Each class its coupon on its balance before the distribution, an open one what the others leave.

    All share pro rata in interest that the loans lack, and in what they take together above what there is. What is
    left of a group's interest is no class's.
    """
    due, received, wanted, balance = sharing.due, sharing.received, sharing.wanted, sharing.balance
    now, coupons, first_host, group_of = sharing.now, cut.coupon, cut.first_host, cut.group_of
    for g in range(cut.groups):
        due[g], received[g], wanted[g], balance[g] = 0.0, 0.0, 0.0, 0.0
    for p in range(len(cut.group_of_pool)):
        g = cut.group_of_pool[p]
        if g >= 0:
            due[g] += paid.senior_due[p][k]
            received[g] += paid.senior_interest[p][k]
            if cut.adds_io[p]:
                due[g] += paid.io_due[p][k]
                received[g] += paid.io_paid[p][k]
    if cut.has_open:
        for c in range(len(group_of)):
            if first_host[c] == first_host[c + 1]:
                balance[group_of[c]] += now[c]
    for c in range(len(group_of)):
        first, last, coupon = first_host[c], first_host[c + 1], coupons[c][k]
        if first == last:
            g = group_of[c]
            if cut.has_open and cut.open_coupon[c] and balance[g] > 0.0:
                coupon += due[g] / balance[g]
            part = now[c] * coupon
            shared.interest[c][k] = part
            wanted[g] += part
        for i in range(first, last):
            part = now[cut.host[i]] * cut.host_share[i] * coupon
            shared.interest[c][k] += part
            wanted[group_of[cut.host[i]]] += part
    alike = True
    for g in range(cut.groups):
        most = wanted[g] if wanted[g] > due[g] * (1.0 + NEAR) else due[g]
        sharing.ratio[g] = received[g] / most if most > 0.0 else 0.0
        shared.over[g][k] = received[g] - wanted[g] * sharing.ratio[g]
        alike = alike and sharing.ratio[g] == 1.0
    if alike:
        return
    for c in range(len(group_of)):
        first, last = first_host[c], first_host[c + 1]
        if first == last:
            shared.interest[c][k] *= sharing.ratio[group_of[c]]
        else:
            shared.interest[c][k] = 0.0
        for i in range(first, last):
            part = now[cut.host[i]] * cut.host_share[i] * coupons[c][k]
            shared.interest[c][k] += part * sharing.ratio[group_of[cut.host[i]]]


# rule 27
def collect(k: int, cut: Cut, paid: Paid, sharing: Sharing) -> None:
    """Principal of the month by group, and balances before it where shares of it are taken."""
    for g in range(cut.groups):
        sharing.cash[g], sharing.received[g] = 0.0, 0.0
    for p in range(len(cut.group_of_pool)):
        g = cut.group_of_pool[p]
        if g >= 0:
            sharing.cash[g] += paid.senior_principal[p][k]
            sharing.received[g] += paid.senior_principal[p][k]
    if cut.has_shares:
        for c in range(len(cut.group_of)):
            sharing.before[c] = sharing.now[c]


# rule 29
def lend(k: int, cut: Cut, sharing: Sharing, shared: Shared) -> None:
    """Interest of accrual classes becomes balance, and cash for others."""
    for i in range(len(cut.lender)):
        c = cut.lender[i]
        accrued = shared.interest[c][k]
        sharing.now[c] += accrued
        shared.principal[c][k] -= accrued
        sharing.cash[cut.groups + i] = accrued


# rules 27, 28, 30
def pay_step(k: int, s: int, limited: bool, cut: Cut, sharing: Sharing, shared: Shared) -> None:
    """One step: its classes are paid down to the plan, at most the cash that the steps before it have left.

    Lists side by side are pro rata to their balances, each in turn inside. A step of non-accelerated classes pays at
    most their pro rata share of the group's principal times the fraction of its schedule.
    """
    now, source = sharing.now, cut.source[s]
    first, last, cash = cut.first_strand[s], cut.first_strand[s + 1], sharing.cash[source]
    if cash <= 0.0:
        return
    owed = 0.0
    for i in range(cut.first_member[first], cut.first_member[last]):
        owed += now[cut.member[i]]
    most = owed
    if limited:
        shared.arrives[s][k] = cash
        if cut.plan[s] >= 0:
            most = owed - cut.planned[cut.plan[s]][k]
        if cut.schedule[s] >= 0:
            g, together, mine = cut.group_of[cut.member[cut.first_member[first]]], 0.0, 0.0
            for i in range(cut.first_member[first], cut.first_member[last]):
                mine += sharing.before[cut.member[i]]
            for c in range(len(cut.group_of)):
                if cut.group_of[c] == g and cut.first_host[c] == cut.first_host[c + 1]:
                    together += sharing.before[c]
            share = mine / together if together > 0.0 else 0.0
            share *= sharing.received[g] * cut.fraction[cut.schedule[s]][k]
            most = share if share < most else most
    pay = most if most < cash else cash
    if pay <= 0.0 or owed <= 0.0:
        return
    part = pay / owed if pay < owed else 1.0
    for t in range(first, last):
        left = pay
        if last - first > 1:
            left = 0.0
            for i in range(cut.first_member[t], cut.first_member[t + 1]):
                left += now[cut.member[i]]
            left *= part
        for i in range(cut.first_member[t], cut.first_member[t + 1]):
            c = cut.member[i]
            amount = now[c] if part == 1.0 or now[c] < left else left
            left -= amount
            now[c] -= amount
            shared.principal[c][k] += amount
            cash -= amount
    sharing.cash[source] = cash


# rule 29
def give_back(cut: Cut, sharing: Sharing) -> None:
    """What the steps of an accrual class's interest leave joins its group's principal."""
    for i in range(len(cut.lender)):
        sharing.cash[cut.group_of[cut.lender[i]]] += sharing.cash[cut.groups + i]
        sharing.cash[cut.groups + i] = 0.0


# rules 17, 31
def share_losses(k: int, cut: Cut, paid: Paid, sharing: Sharing, shared: Shared) -> None:
    """A group's losses fall pro rata to balance; those of a super senior class fall on its support while it is left."""
    now, work, lost, balance, group_of = sharing.now, sharing.work, sharing.due, sharing.balance, cut.group_of
    for g in range(cut.groups):
        lost[g], balance[g] = 0.0, 0.0
    for p in range(len(cut.group_of_pool)):
        if cut.group_of_pool[p] >= 0:
            lost[cut.group_of_pool[p]] += paid.senior_loss[p][k]
    for i in range(len(cut.with_principal)):
        balance[group_of[cut.with_principal[i]]] += now[cut.with_principal[i]]
    for g in range(cut.groups):
        lost[g] = lost[g] / balance[g] if balance[g] > 0.0 else 0.0
    for i in range(len(cut.with_principal)):
        work[cut.with_principal[i]] = now[cut.with_principal[i]] * lost[group_of[cut.with_principal[i]]]
    for i in range(len(cut.protected)):
        if cut.protected[i] >= 0:
            c, s = cut.protected[i], cut.support[i]
            able = now[s] - work[s]
            moved = work[c] if work[c] < able else able
            work[c] -= moved
            work[s] += moved
    for i in range(len(cut.with_principal)):
        c = cut.with_principal[i]
        if work[c] > 0.0:
            shared.loss[c][k] = work[c]
            now[c] = now[c] - work[c] if now[c] > work[c] else 0.0


# rule 32
def close_classes(k: int, cut: Cut, sharing: Sharing, shared: Shared) -> None:
    """Balances after the distribution; a notional is the sum of its shares."""
    now, balance, first_host = sharing.now, shared.balance, cut.first_host
    for c in range(len(first_host) - 1):
        first, last = first_host[c], first_host[c + 1]
        if first == last:
            balance[c][k] = now[c]
        for i in range(first, last):
            balance[c][k] += now[cut.host[i]] * cut.host_share[i]


SHARING_RULES = (pay_class_interest, collect, lend, pay_step, give_back, share_losses, close_classes)
"""The rules that the kernel calls, to be compiled with it."""


# rules 11, 27
def share_out(months: int, cut: Cut, paid: Paid, sharing: Sharing, shared: Shared) -> None:
    """Share what groups receive among the classes that they are cut into, month by month."""
    steps, pools = len(cut.source), len(cut.group_of_pool)
    for c in range(len(cut.group_of)):
        sharing.now[c] = cut.balance[c]
    close_classes(0, cut, sharing, shared)
    for k in range(1, months + 1):
        pay_class_interest(k, cut, paid, sharing, shared)
        collect(k, cut, paid, sharing)
        if cut.lends:
            lend(k, cut, sharing, shared)
            for s in range(cut.lending_steps):
                pay_step(k, s, True, cut, sharing, shared)
            give_back(cut, sharing)
        for s in range(cut.lending_steps, steps):
            pay_step(k, s, True, cut, sharing, shared)
        left = 0.0
        for g in range(cut.groups):
            left += sharing.cash[g]
        if left > DUST:
            for s in range(cut.lending_steps, steps):
                pay_step(k, s, False, cut, sharing, shared)
        lost = 0.0
        for p in range(pools):
            lost += paid.senior_loss[p][k]
        if lost > 0.0:
            share_losses(k, cut, paid, sharing, shared)
        close_classes(k, cut, sharing, shared)
