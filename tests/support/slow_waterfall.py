"""A second waterfall, written from the rules in the slow obvious way, to hold the kernel to.

Exact to forty digits of ``Decimal``; every defaulted amount is followed as a cohort of its own, every payment is a
transfer between named accounts that may not be overdrawn, and the share of each pool in each subordinated class is
kept as such. Nothing of the package's engine is used but the deal and the assumptions. Speeds may differ by pool and by month.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

from xlremic.deal import Deal, Pool, SubPool
from xlremic.engine.assumptions import Assumptions

ZERO, ONE = Decimal(0), Decimal(1)
CLOSE = Decimal("1e-9")
DUST = Decimal("1e-6")


def exact(number: float | int) -> Decimal:
    return Decimal(str(number))


@dataclass
class Cohort:
    month: int
    defaulted: Decimal
    balance: Decimal


@dataclass
class Month:
    """What one group of loans does in a month."""

    begin: Decimal = ZERO
    paying: Decimal = ZERO
    scheduled: Decimal = ZERO
    unscheduled: Decimal = ZERO
    loss: Decimal = ZERO
    prepaid: Decimal = ZERO
    end: Decimal = ZERO


@dataclass
class Loans:
    pool: str
    balance: Decimal
    rate: Decimal
    net: Decimal
    target: Decimal
    term: Decimal
    first_month: int
    cohorts: list[Cohort] = field(default_factory=list)

    @property
    def po(self) -> Decimal:
        return max(ZERO, (self.target - self.net) / self.target)

    @property
    def last(self) -> int:
        return int(self.term.to_integral_value(rounding="ROUND_CEILING"))

    def months(self, terms: Assumptions, horizon: int) -> list[Month]:
        performing = self.balance
        out = [Month(end=self.balance)]
        for k in range(1, horizon + 1):
            out.append(Month())
            if k > self.last:
                continue
            this = out[k]
            this.begin = performing + sum((c.balance for c in self.cohorts), ZERO)
            age = self.first_month + k - 1
            smm = monthly_prepayment(OfMonth(terms, self.pool, k), age)
            mdr = monthly_default(OfMonth(terms, self.pool, k), age)
            lag = int(terms.of_pool("lag", self.pool))
            if k > self.last - lag:
                mdr = ZERO
            repay = self.repaid_share(k)
            prepayment = performing * (ONE - repay) * smm
            new = performing * mdr
            performing -= new
            this.paying = this.begin if terms.advancing else performing
            self.cohorts.append(Cohort(k, new, new))
            for cohort in [c for c in self.cohorts if c.month == k - lag]:
                loss = min(OfMonth(terms, self.pool, k)("severity") * cohort.defaulted, cohort.balance)
                this.loss += loss
                this.unscheduled += cohort.balance - loss
                self.cohorts.remove(cohort)
            payment = performing * repay
            this.scheduled += payment
            performing -= payment
            if terms.advancing:
                for cohort in self.cohorts:
                    advanced = cohort.balance * repay
                    this.scheduled += advanced
                    cohort.balance -= advanced
            this.prepaid = min(prepayment, performing)
            this.unscheduled += this.prepaid
            performing -= this.prepaid
            this.end = performing + sum((c.balance for c in self.cohorts), ZERO)
        return out

    def repaid_share(self, k: int) -> Decimal:
        left = self.term - k + 1
        if left <= 1:
            return ONE
        monthly = self.rate / 12
        if not monthly:
            return ONE / left
        payment = monthly / (ONE - (ONE + monthly) ** -left)
        return payment - monthly


@dataclass(frozen=True)
class OfMonth:
    """The terms of one pool in one month."""

    terms: Assumptions
    pool: str
    month: int

    def __call__(self, name: str) -> Decimal:
        value = self.terms.of_pool(name, self.pool)
        return exact(value[min(self.month, len(value)) - 1] if isinstance(value, tuple) else value or 0)


def monthly_prepayment(of_month: OfMonth, age: int) -> Decimal:
    if of_month.terms.of_pool("cpr", of_month.pool) is not None:
        annual = of_month("cpr")
    else:
        annual = of_month("psa") / 100 * Decimal("0.002") * min(age, 30)
    return ONE - (ONE - min(ONE, annual)) ** (ONE / 12) if annual < 1 else ONE


def monthly_default(of_month: OfMonth, age: int) -> Decimal:
    if of_month.terms.of_pool("cdr", of_month.pool) is not None:
        annual = of_month("cdr")
    else:
        if age <= 30:
            curve = Decimal("0.0002") * age
        elif age <= 60:
            curve = Decimal("0.006")
        elif age <= 120:
            curve = Decimal("0.006") - Decimal("0.000095") * (age - 60)
        else:
            curve = Decimal("0.0003")
        annual = of_month("sda") / 100 * curve
    return ONE - (ONE - annual) ** (ONE / 12) if annual < 1 else ONE


class Accounts:
    """Named accounts; cash only moves from one to another."""

    def __init__(self) -> None:
        self.held: dict[str, Decimal] = defaultdict(Decimal)

    def earn(self, to: str, amount: Decimal) -> None:
        self.held[to] += amount

    def move(self, source: str, to: str, amount: Decimal) -> Decimal:
        amount = min(amount, self.held[source])
        assert amount >= -Decimal("1e-25"), (source, to, amount)
        self.held[source] -= amount
        self.held[to] += amount
        return amount


@dataclass
class Class:
    label: str
    balance: Decimal
    interest: list[Decimal] = field(default_factory=lambda: [ZERO])
    principal: list[Decimal] = field(default_factory=lambda: [ZERO])
    loss: list[Decimal] = field(default_factory=lambda: [ZERO])
    balances: list[Decimal] = field(default_factory=list)
    owed: Decimal = ZERO

    def __post_init__(self) -> None:
        self.balances.append(self.balance)

    def open_month(self) -> None:
        for column in (self.interest, self.principal, self.loss):
            column.append(ZERO)

    def close_month(self) -> None:
        self.balances.append(self.balance)


def pool_loans(pool: Pool, terms: Assumptions) -> list[Loans]:
    parts: list[Pool | SubPool] = [part for part in (pool.discount, pool.premium) if part is not None] or [pool]
    balances = [part.aggregate_scheduled_principal_balance or ZERO for part in parts]
    total = pool.aggregate_scheduled_principal_balance or ZERO
    balances[balances.index(max(balances))] += total - sum(balances)
    age = (pool.weighted_average_original_term or ZERO) - (pool.weighted_average_remaining_term or ZERO)
    fee = exact(terms.servicing_fee_rate)  # type: ignore[arg-type]
    loans = []
    for part, balance in zip(parts, balances, strict=True):
        rate = part.weighted_average_coupon or ZERO
        boundary = part.net_loan_rate if isinstance(part, SubPool) else None
        loans.append(
            Loans(
                pool=pool.id,
                balance=balance,
                rate=rate,
                net=rate - fee,
                target=boundary if boundary is not None else rate - fee,
                term=part.weighted_average_remaining_term or ZERO,
                first_month=int(age.to_integral_value(rounding="ROUND_CEILING")) + 1,
            )
        )
    return loans


def slow_waterfall(deal: Deal, terms: Assumptions) -> dict[str, Class]:
    """Every class's flows by label, month 0 first."""
    with localcontext() as context:
        context.prec = 40
        return Series(deal, terms).distribute()


class Series:
    """The loans and classes of a deal; ``horizon`` months are distributed, all that there are if left out."""

    def __init__(self, deal: Deal, terms: Assumptions, horizon: int = 0) -> None:
        self.terms = terms
        self.threshold = deal.rules.call_threshold
        self.pools = [pool.id for pool in deal.pools]
        self.loans = {pool.id: pool_loans(pool, terms) for pool in deal.pools}
        self.horizon = horizon or max(one.last for loans in self.loans.values() for one in loans)
        self.flows = {p: [(one, one.months(terms, self.horizon)) for one in self.loans[p]] for p in self.pools}
        strip = {p: sum(((ONE - one.po) * one.balance for one in self.loans[p]), ZERO) for p in self.pools}
        top = deal.tranches[0].label
        suffix = {p: "" if len(self.pools) == 1 else f"-{p}" for p in self.pools}
        self.junior = [Class(t.label, t.class_initial_principal_balance) for t in deal.tranches[1:]]
        issued = sum((j.balance for j in self.junior), ZERO)
        share = issued / sum(strip.values())
        self.senior = {p: Class(top + suffix[p], strip[p] * (ONE - share)) for p in self.pools}
        # What each pool carries of the subordinated classes: negative once its losses exceed that.
        self.carried = {p: strip[p] * share for p in self.pools}
        self.po = {p: Class("PO" + suffix[p], sum((o.po * o.balance for o in self.loans[p]), ZERO)) for p in self.pools}
        self.io = {p: Class("IO" + suffix[p], self.notional(p, 0)) for p in self.pools}
        self.target = {p: self.loans[p][0].target for p in self.pools}
        self.to_make_good = dict.fromkeys(self.pools, ZERO)
        self.step = ONE
        self.yesterday = dict.fromkeys(self.pools, ONE)
        self.losses = ZERO
        self.late: list[Decimal] = []
        self.issue_levels = self.levels()
        self.issue_support = issued / self.total()
        self.issue_senior = self.senior_part()
        self.issued = issued

    def notional(self, p: str, k: int) -> Decimal:
        return sum((months[k].end for one, months in self.flows[p] if one.net > one.target), ZERO)

    def total(self) -> Decimal:
        holders = [*self.senior.values(), *self.po.values(), *self.junior]
        return sum((one.balance for one in holders), ZERO)

    def outstanding(self) -> Decimal:
        return sum((one.balance for one in self.junior), ZERO)

    def senior_part(self) -> Decimal:
        seniors = sum((one.balance for one in self.senior.values()), ZERO)
        both = seniors + self.outstanding()
        return seniors / both if both else ONE

    def levels(self) -> list[Decimal]:
        total = self.total()
        return [sum((b.balance for b in self.junior[j + 1 :]), ZERO) / total for j in range(len(self.junior))]

    def distribute(self) -> dict[str, Class]:
        everyone = [*self.senior.values(), *self.po.values(), *self.io.values(), *self.junior]
        over = False
        for k in range(1, self.horizon + 1):
            for one in everyone:
                one.open_month()
            if not over and self.total() >= DUST:
                self.month = {p: [(one, months[k]) for one, months in self.flows[p]] for p in self.pools}
                self.pay_interest()
                over = self.pay_principal(k)
            for p in self.pools:
                self.io[p].balance = ZERO if over else self.notional(p, k)
            for one in everyone:
                one.close_month()
        return {one.label: one for one in everyone}

    def pay_interest(self) -> None:
        """Class A and IO of each pool from the pool, short pools from the others, then the subordinated in order."""
        bank = Accounts()
        unsupported = ZERO
        due: dict[str, tuple[Decimal, Decimal]] = {}
        for p in self.pools:
            io_due = ZERO
            for one, month in self.month[p]:
                excess = max(ZERO, one.net - one.target)
                bank.earn(p, month.paying * (one.net if not excess else one.target) / 12)
                bank.earn(p, month.paying * excess / 12)
                io_due += month.begin * excess / 12
                shortfall = month.prepaid * one.net * exact(self.terms.prepayment_shortfall_days) / 360
                fee = (one.rate - one.net) / 12
                unsupported += shortfall - min(
                    shortfall, month.paying * fee, month.begin * fee * exact(self.terms.compensation_cap)
                )
            due[p] = (self.senior[p].balance * self.target[p] / 12, io_due)
        earned = sum(bank.held.values(), ZERO)
        alike = ONE - unsupported / earned if earned else ONE
        for p in self.pools:
            bank.held[p] *= alike
            due[p] = (due[p][0] * alike, due[p][1] * alike)
        junior_due = sum((self.carried[p] * self.target[p] / 12 * alike for p in self.pools), ZERO)
        lacking = {p: max(ZERO, sum(due[p]) - bank.held[p]) for p in self.pools}
        for p in self.pools:
            over = max(ZERO, bank.held[p] - sum(due[p]))
            bank.move(p, "over", over)
        wanted = sum(lacking.values(), ZERO)
        covered = min(ONE, bank.held["over"] / wanted) if wanted else ONE
        for p in self.pools:
            bank.move("over", p, lacking[p] * covered)
            paid = bank.held[p]
            whole = sum(due[p])
            for holder, owed in ((self.senior[p], due[p][0]), (self.io[p], due[p][1])):
                part = paid * owed / whole if whole else ZERO
                holder.interest[-1] += part
                holder.owed += owed - part
        waiting = [*self.senior.values(), *self.io.values()]
        arrears = sum((holder.owed for holder in waiting), ZERO)
        if arrears > Decimal("1e-20"):
            part = min(ONE, bank.held["over"] / arrears)
            for holder in waiting:
                self.pay_owed(bank, holder, holder.owed * part)
        outstanding = self.outstanding()
        if junior_due > 0 and outstanding > 0:
            for holder in self.junior:
                holder.owed += junior_due * holder.balance / outstanding
                self.pay_owed(bank, holder, holder.owed)

    def pay_owed(self, bank: Accounts, holder: Class, amount: Decimal) -> None:
        paid = bank.move("over", "paid", amount)
        holder.interest[-1] += paid
        holder.owed -= paid

    def shift(self, k: int) -> tuple[Decimal, bool]:
        """The part of the subordinated share that class A still takes today, and whether the loss test passes."""
        self.losses += sum((m.loss for p in self.pools for _, m in self.month[p]), ZERO)
        self.late.append(exact(self.terms.delinquency) * self.total())  # type: ignore[arg-type]
        limits = [exact(part) * self.issued for day, part in self.terms.loss_limits if day <= k]
        passes = not limits or not self.issued or self.losses <= limits[-1] * (ONE + CLOSE)
        recent = self.late[-6:]
        timely = sum(recent, ZERO) / len(recent) <= exact(self.terms.delinquency_limit) * self.outstanding() * (
            ONE + CLOSE
        )
        planned = [exact(part) for day, part in self.terms.shift_schedule if day <= k][-1]
        if planned < self.step and passes and timely:
            self.step = planned
        today = self.step
        doubled = self.outstanding() / self.total() >= 2 * self.issue_support * (ONE - CLOSE)
        if self.terms.two_times_test and timely and doubled:
            if k < 36 and self.losses <= self.issued * Decimal("0.2"):
                today = min(today, Decimal("0.5"))
            elif k >= 36 and self.losses <= self.issued * Decimal("0.3"):
                today = ZERO
        return today, passes

    def pay_principal(self, k: int) -> bool:
        """All principal and losses of a month; says whether the series was called."""
        today, passes = self.shift(k)
        total, levels = self.total(), self.levels()
        support, outstanding = self.outstanding() / total, self.outstanding()
        above_initial = self.senior_part() > self.issue_senior * (ONE + CLOSE)
        retired = [p for p in self.pools if self.senior[p].balance < DUST]
        bank = Accounts()
        unscheduled_of: dict[str, Decimal] = {}
        for p in self.pools:
            scheduled = sum(((ONE - one.po) * m.scheduled for one, m in self.month[p]), ZERO)
            unscheduled = sum(((ONE - one.po) * m.unscheduled for one, m in self.month[p]), ZERO)
            unscheduled_of[p] = unscheduled
            bank.earn(p, scheduled + unscheduled)
            a = self.senior[p]
            share = portion = ONE
            if self.carried[p] > 0 and outstanding > 0:
                portion = a.balance / (a.balance + self.carried[p])
                share = ONE if above_initial else portion + today * (ONE - portion)
                if not passes:
                    share = max(share, self.yesterday[p])
            self.yesterday[p] = share
            self.pay_senior(bank, p, p, min(a.balance, portion * scheduled + share * unscheduled))
            junior = min(max(self.carried[p], ZERO), bank.held[p])
            self.pay_senior(bank, p, p, min(a.balance, bank.held[p] - junior))
            self.carried[p] -= bank.move(p, "pot", bank.held[p])
        self.cover_short_pools(bank)
        made_good = self.pay_po(bank)
        if self.terms.undersubordination_transfer and outstanding > 0:
            self.lend(bank, retired, unscheduled_of, support, made_good)
        if outstanding > 0:
            self.pay_junior(bank, levels, made_good)
        self.write_down(made_good)
        return self.call(k)

    def pay_senior(self, bank: Accounts, account: str, p: str, amount: Decimal) -> None:
        paid = bank.move(account, "holders", amount)
        self.senior[p].balance -= paid
        self.senior[p].principal[-1] += paid

    def cover_short_pools(self, bank: Accounts) -> None:
        short = {p: min(max(-self.carried[p], ZERO), self.senior[p].balance) for p in self.pools}
        need = sum(short.values(), ZERO)
        available = min(need, bank.held["pot"])
        for p in self.pools if need else []:
            part = available * short[p] / need
            self.pay_senior(bank, "pot", p, part)
            self.carried[p] += part

    def pay_po(self, bank: Accounts) -> Decimal:
        """PO principal and losses; what the pot gives back of losses stays in it, marked as missing, until paid."""
        for p in self.pools:
            principal = sum((one.po * (m.scheduled + m.unscheduled) for one, m in self.month[p]), ZERO)
            loss = sum((one.po * m.loss for one, m in self.month[p]), ZERO)
            self.po[p].balance -= principal + loss
            self.po[p].principal[-1] += principal
            self.po[p].loss[-1] += loss
            self.to_make_good[p] += loss
        wanted = sum(self.to_make_good.values(), ZERO)
        made_good = min(wanted, bank.held["pot"])
        for p in self.pools if wanted else []:
            part = made_good * self.to_make_good[p] / wanted
            self.po[p].principal[-1] += part
            self.po[p].loss[-1] -= part
            self.to_make_good[p] -= part
        return made_good

    def lend(
        self, bank: Accounts, retired: list[str], unscheduled: dict[str, Decimal], support: Decimal, reserved: Decimal
    ) -> None:
        remaining = sum((one.balance for one in self.senior.values()), ZERO)
        if not retired or remaining <= DUST or support >= 2 * self.issue_support * (ONE - CLOSE):
            return
        amount = min(sum((unscheduled[p] for p in retired), ZERO), bank.held["pot"] - reserved, remaining)
        if amount <= 0:
            return
        for p, part in {p: amount * self.senior[p].balance / remaining for p in self.pools}.items():
            self.pay_senior(bank, "pot", p, part)
            self.carried[p] += part

    def pay_junior(self, bank: Accounts, levels: list[Decimal], missing: Decimal) -> None:
        impaired = [
            j
            for j, level in enumerate(levels[:-1])
            if self.junior[j].balance > DUST and level < self.issue_levels[j] * (ONE - CLOSE)
        ]
        first = self.junior[: impaired[0] + 1] if impaired else self.junior
        pot = bank.held["pot"]
        together = sum((one.balance for one in first), ZERO)
        part = min(ONE, pot / together) if together else ZERO
        allotted = {one.label: one.balance * part for one in first}
        pot -= sum(allotted.values(), ZERO)
        for one in self.junior[len(first) :]:
            allotted[one.label] = min(one.balance, pot)
            pot -= allotted[one.label]
        for one in reversed(self.junior):
            cut = min(missing, allotted[one.label])
            missing -= cut
            paid = bank.move("pot", "holders", allotted[one.label] - cut)
            one.balance -= paid
            one.principal[-1] += paid

    def write_down(self, made_good: Decimal) -> None:
        amount = made_good
        for p in self.pools:
            loss = sum(((ONE - one.po) * m.loss for one, m in self.month[p]), ZERO)
            self.carried[p] -= loss
            amount += loss
        for one in reversed(self.junior):
            cut = min(one.balance, amount)
            one.balance -= cut
            one.loss[-1] += cut
            amount -= cut
        deficits = {p: max(ZERO, -self.carried[p]) for p in self.pools}
        deficit = sum(deficits.values(), ZERO)
        for p in self.pools if amount > 0 and deficit > 0 else []:
            cut = min(self.senior[p].balance, amount * deficits[p] / deficit)
            self.senior[p].balance -= cut
            self.senior[p].loss[-1] += cut
            self.carried[p] += cut

    def call(self, k: int) -> bool:
        if self.terms.call == "never" or self.threshold is None:
            return False
        start = 1 if self.terms.call == "first" else int(self.terms.call)
        if k < start or not DUST < self.total() < self.threshold:
            return False
        for one in [*self.senior.values(), *self.po.values(), *self.junior]:
            one.principal[-1] += one.balance
            one.balance = ZERO
        return True
