"""What a structure says of itself, compared: labels, groups, plans, notionals. Contradictions are refused by name."""

from collections import Counter
from collections.abc import Iterator, Sequence

from ..deal import Loan
from ..errors import InputError
from ..structure import ALL_POOLS, DealClass, Strands, Structure

WHOLE_DOLLARS = 0.5
"""What sums of printed dollars may differ."""


class _Checked:
    """One structure with what its checks ask of it again and again."""

    def __init__(self, structure: Structure, pools: Sequence[str], loans: Sequence[Loan]) -> None:
        self.structure, self.pools, self.loans = structure, pools, loans
        self.by_label = {one.label: one for one in structure.classes}
        self.plans = {plan.name for plan in structure.plans}
        self.payable = [one for one in structure.classes if not (one.notional_of or one.rank)]

    def refused(self, where: str, what: str) -> InputError:
        return InputError(f"{self.structure.source}: {where}: {what}")

    def uses(self) -> Iterator[tuple[str, Strands, str]]:
        """Every table that pays classes: where it stands, whom it pays, down to which plan."""
        for place, one in enumerate(self.structure.accretions, 1):
            yield f"[[accretion]] {place} ({one.of})", one.pay, one.down_to
        for place, step in enumerate(self.structure.steps, 1):
            yield f"[[step]] {place}", step.pay, step.down_to


def refuse_structure(structure: Structure, pools: Sequence[str], loans: Sequence[Loan]) -> None:
    """Raises: InputError for the first thing that contradicts another, with the file, the table and the key."""
    checked = _Checked(structure, pools, loans)
    for check in (_labels, _groups, _notionals, _supports, _ranks, _accretions, _payments, _plans, _paid, _sums):
        check(checked)


def _labels(checked: _Checked) -> None:
    counts = Counter(one.label for one in checked.structure.classes)
    twice = next((label for label, count in counts.items() if count > 1), None)
    if twice is not None:
        raise checked.refused(f"[[class]] {twice}, label", "it stands twice; give each class its own")
    if not checked.payable:
        raise checked.refused("[[class]]", "there is none with principal; give each class a table with its label")
    if not checked.structure.steps:
        raise checked.refused("[[step]]", "there is none; give each step of principal a table with pay")
    stripped = {loan.pool for loan in checked.loans if loan.target_rate is not None}
    taken = {kind if len(checked.pools) == 1 else f"{kind}-{pool}" for kind in ("PO", "IO") for pool in stripped}
    for one in checked.structure.classes:
        if one.label in taken:
            what = "it is the label of the strip that the pool's target_rate makes; give another"
            raise checked.refused(f"[[class]] {one.label}, label", what)


def _groups(checked: _Checked) -> None:
    known = ", ".join(checked.pools)
    named = {one.group for one in checked.payable}
    for one in checked.structure.classes:
        if one.group != ALL_POOLS and one.group not in checked.pools:
            raise checked.refused(f"[[class]] {one.label}, group", f"found {one.group}; the pools are {known}")
        if one.group == ALL_POOLS and len(named) > 1 and not (one.notional_of or one.rank):
            what = f"it is left out, but others have one; give one of {known}"
            raise checked.refused(f"[[class]] {one.label}, group", what)
    for pool in checked.pools:
        if checked.loans and ALL_POOLS not in named and pool not in named:
            raise checked.refused(
                f"[[pool]] {pool}, id", "no class is of this group; give a [[class]] its name as group"
            )


def _notionals(checked: _Checked) -> None:
    for one in checked.structure.classes:
        where = f"[[class]] {one.label}, notional_of"
        for label in one.notional_of:
            other = checked.by_label.get(label)
            if other is None:
                raise checked.refused(where, f"found {label}; the classes are {', '.join(checked.by_label)}")
            if other.rank:
                raise checked.refused(where, f"found {label}, which is subordinated; give classes that steps pay")
        seen, left = set(), list(one.notional_of)
        while left:
            label = left.pop()
            if label == one.label:
                raise checked.refused(where, f"{one.label} comes back to itself; give classes with a balance")
            if label not in seen and label in checked.by_label:
                seen.add(label)
                left += checked.by_label[label].notional_of


def _supports(checked: _Checked) -> None:
    for one in checked.payable:
        if one.supports:
            where, other = f"[[class]] {one.label}, supports", checked.by_label.get(one.supports)
            if other is None or other not in checked.payable or other is one or other.group != one.group:
                raise checked.refused(where, f"found {one.supports}; give another class with principal of its group")
            if other.supports:
                what = f"found {one.supports}, which supports {other.supports} itself; give a class that supports none"
                raise checked.refused(where, what)


def _ranks(checked: _Checked) -> None:
    ranks = Counter(one.rank for one in checked.structure.classes if one.rank)
    for one in checked.structure.classes:
        if one.rank and ranks[one.rank] > 1:
            what = f"{one.rank} stands twice; the lowest is paid first and loses last"
            raise checked.refused(f"[[class]] {one.label}, rank", what)


def _accretions(checked: _Checked) -> None:
    for place, one in enumerate(checked.structure.accretions, 1):
        lender = checked.by_label.get(one.of)
        if lender is None or not lender.accrual:
            known = ", ".join(each.label for each in checked.payable if each.accrual) or "none"
            where = f"[[accretion]] {place} ({one.of}), of"
            raise checked.refused(where, f"found {one.of}; the classes with accrual = true are {known}")
        for label in (label for strand in one.pay for label in strand):
            other = checked.by_label.get(label)
            if other is not None and other.group != lender.group:
                where = f"[[accretion]] {place} ({one.of}), pay"
                raise checked.refused(where, f"found {label}; give classes of the group of {one.of}")


def _payments(checked: _Checked) -> None:
    for where, pay, down_to in checked.uses():
        paid: list[DealClass] = []
        for label in (label for strand in pay for label in strand):
            one = checked.by_label.get(label)
            if one is None or one not in checked.payable:
                known = ", ".join(each.label for each in checked.payable)
                raise checked.refused(f"{where}, pay", f"found {label}; the classes that can be paid are {known}")
            paid.append(one)
        if len({one.group for one in paid}) > 1:
            raise checked.refused(f"{where}, pay", "its classes are of several groups; give each group its own steps")
        if down_to and down_to not in checked.plans:
            known = ", ".join(sorted(checked.plans)) or "none"
            raise checked.refused(f"{where}, down_to", f"found {down_to}; the plans are {known}")
    for place, step in enumerate(checked.structure.steps, 1):
        own = checked.by_label[step.pay[0][0]].group
        if step.group not in (ALL_POOLS, own):
            of = f"its classes are of {own}" if own else "its classes have no group"
            raise checked.refused(f"[[step]] {place}, group", f"found {step.group}; {of}")


def _plans(checked: _Checked) -> None:
    for plan in checked.structure.plans:
        users = {
            tuple(sorted(label for strand in pay for label in strand))
            for _, pay, to in checked.uses()
            if to == plan.name
        }
        if not users:
            raise checked.refused(
                f"[plan.{plan.name}]", "no step and no accretion pays down to it; name it, or leave it out"
            )
        if len(users) > 1:
            both = " and for ".join(", ".join(labels) for labels in sorted(users))
            raise checked.refused(
                f"[plan.{plan.name}]", f"it is used for {both}; give each set of classes its own plan"
            )
        balances = [checked.by_label[label].balance for label in min(users)]
        if plan.balances and None not in balances:
            total = sum(balance or 0.0 for balance in balances)
            if abs(plan.balances[0] - total) > WHOLE_DOLLARS:
                found = f"month 0 has {plan.balances[0]:,.2f}, but {', '.join(min(users))} have {total:,.2f}"
                raise checked.refused(f"[plan.{plan.name}], balances", f"{found}; make them the same")


def _paid(checked: _Checked) -> None:
    paid = {label for step in checked.structure.steps for strand in step.pay for label in strand}
    for one in checked.payable:
        if one.label not in paid:
            raise checked.refused(f"[[class]] {one.label}, label", "no [[step]] pays it; name it in the pay of one")


def _sums(checked: _Checked) -> None:
    """Groups without strips and subordination must add up to their loans; where there are some, the engine looks."""
    stripped = any(loan.target_rate is not None for loan in checked.loans)
    if not checked.loans or stripped or any(one.rank for one in checked.structure.classes):
        return
    for group in sorted({one.group for one in checked.payable}):
        own = [one for one in checked.payable if one.group == group]
        total = sum(one.balance or 0.0 for one in own)
        loans = float(sum(loan.balance for loan in checked.loans if group in (ALL_POOLS, loan.pool)))
        if abs(total - loans) > WHOLE_DOLLARS:
            of = f" of group {group}" if group else ""
            what = f"{', '.join(one.label for one in own)} have {total:,.2f}{of}, but the loans {loans:,.2f}"
            raise checked.refused("[[class]], balance", f"{what}; make them the same")
