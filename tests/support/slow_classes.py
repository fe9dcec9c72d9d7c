"""The sharing of a group's months among its classes once more, in decimals, as slowly and as plainly as it can be said.

Written from the description of deal files alone: dictionaries by label, thirty digits, no rows and no numbers of steps.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, localcontext

from xlremic.structure import DealClass, IndexCoupon, Strands, Structure

ZERO = Decimal(0)
Months = Mapping[str, list[Decimal]]


class SlowGroup:
    """One group: what it receives month by month, and what its classes get of that."""

    def __init__(
        self, structure: Structure, group: str, plans: Mapping[str, Sequence[Decimal]], index: Callable[[int], Decimal]
    ) -> None:
        self.structure, self.plans, self.index = structure, plans, index
        self.classes = [one for one in structure.classes if not (one.notional_of or one.rank) and one.group == group]
        self.notionals = [one for one in structure.classes if one.notional_of]
        self.balance = {one.label: Decimal(repr(one.balance)) for one in self.classes}
        self.by_label = {one.label: one for one in structure.classes}
        self.month = 0

    def coupon(self, one: DealClass) -> Decimal:
        given = one.coupon
        if isinstance(given, IndexCoupon):
            rate = Decimal(repr(given.multiplier)) * self.index(self.month) + Decimal(repr(given.margin))
            rate = max(rate, Decimal(repr(given.floor)))
            return rate if given.cap is None else min(rate, Decimal(repr(given.cap)))
        return Decimal(repr(given))

    def notional(self, label: str, balances: Mapping[str, Decimal]) -> Decimal:
        one = self.by_label[label]
        if not one.notional_of:
            return balances.get(label, ZERO)
        return Decimal(repr(one.share)) * sum((self.notional(base, balances) for base in one.notional_of), ZERO)

    def distribute(
        self, due: Decimal, interest: Decimal, principal: Decimal, loss: Decimal
    ) -> Mapping[str, tuple[Decimal, Decimal, Decimal, Decimal]]:
        """Interest, principal (less what accrued), loss and balance after, by label."""
        self.month += 1
        with localcontext() as context:
            context.prec = 40
            return self._distribute(due, interest, principal, loss)

    def _distribute(
        self, due: Decimal, interest: Decimal, principal: Decimal, loss: Decimal
    ) -> Mapping[str, tuple[Decimal, Decimal, Decimal, Decimal]]:
        before = dict(self.balance)
        wanted = {
            one.label: self.notional(one.label, before) * self.coupon(one) / 12
            for one in (*self.classes, *self.notionals)
        }
        total = max(due, sum(wanted.values(), ZERO))
        earned = {label: x * interest / total if total else ZERO for label, x in wanted.items()}

        paid = dict.fromkeys(self.balance, ZERO)
        cash = principal
        for one in self.classes:
            if one.accrual:
                lent = earned[one.label]
                self.balance[one.label] += lent
                paid[one.label] -= lent
                for accretion in self.structure.accretions:
                    if accretion.of == one.label:
                        lent -= self._pay(accretion.pay, self._room(accretion.pay, accretion.down_to, lent), paid)
                cash += lent
        steps = [step for step in self.structure.steps if step.pay[0][0] in self.balance]
        for step in steps:
            most = self._room(step.pay, step.down_to, cash)
            if step.schedule:
                mine = sum((before[label] for strand in step.pay for label in strand), ZERO)
                together = sum(before.values(), ZERO)
                fraction = [x for month, x in step.schedule if month <= self.month][-1]
                share = principal * mine / together * Decimal(repr(fraction)) if together else ZERO
                most = min(most, share)
            cash -= self._pay(step.pay, most, paid)
        for step in steps:
            cash -= self._pay(step.pay, self._room(step.pay, "", cash), paid)

        lost = self._losses(loss)
        for label, x in lost.items():
            self.balance[label] -= x
        return {
            label: (earned[label], paid.get(label, ZERO), lost.get(label, ZERO), self.notional(label, self.balance))
            for label in earned
        }

    def _room(self, pay: Strands, plan: str, cash: Decimal) -> Decimal:
        owed = sum((self.balance[label] for strand in pay for label in strand), ZERO)
        target = ZERO
        if plan:
            target = self.plans[plan][self.month] if self.month < len(self.plans[plan]) else ZERO
        return max(ZERO, min(cash, owed - target))

    def _pay(self, pay: Strands, amount: Decimal, paid: dict[str, Decimal]) -> Decimal:
        """Side by side pro rata, each in turn; returns what is paid."""
        owed = [sum((self.balance[label] for label in strand), ZERO) for strand in pay]
        total, spent = sum(owed, ZERO), ZERO
        for strand, part in zip(pay, owed, strict=True):
            left = amount * part / total if total else ZERO
            for label in strand:
                x = min(left, self.balance[label])
                self.balance[label] -= x
                paid[label] += x
                left -= x
                spent += x
        return spent

    def _losses(self, loss: Decimal) -> dict[str, Decimal]:
        total = sum(self.balance.values(), ZERO)
        lost = {label: loss * x / total if total else ZERO for label, x in self.balance.items()}
        for one in self.classes:
            if one.supports:
                taken = min(lost[one.supports], self.balance[one.label] - lost[one.label])
                lost[one.supports] -= taken
                lost[one.label] += taken
        return lost
