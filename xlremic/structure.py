"""The language of classes: who holds what of a group of loans, and who is paid when, as a deal file says it.

A group is the class A of one pool, or of all pools together (its name is empty then). Dollars, fractions a year,
months. What compares one record with another is checked where a file is read, and where it meets the loans.
"""

from dataclasses import dataclass

ALL_POOLS = ""
"""The group of classes that all pools' class A pay."""
Strands = tuple[tuple[str, ...], ...]
"""Lists of labels side by side, pro rata to their balances, each in turn inside; one list is in turn."""
USUAL_NAS = ((1, 0.0), (61, 0.30), (73, 0.40), (85, 0.60), (97, 0.80), (109, 1.0))
"""First month and fraction of its pro rata share that a non-accelerated senior class has, as most agreements say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexCoupon:
    """A coupon that follows an index: a floater, or with a negative multiplier an inverse floater."""

    index: str
    margin: float = 0.0
    multiplier: float = 1.0
    cap: float | None = None
    floor: float = 0.0

    # rule 26
    def rate(self, index_rate: float) -> float:
        """Coupon at an index rate, fractions a year.

        coupon = min(cap, max(floor, multiplier x index + margin))

        >>> round(IndexCoupon(index="1M LIBOR", margin=0.245, multiplier=-3.5, cap=0.245).rate(0.05), 9)
        0.07
        """
        rate = max(self.floor, self.multiplier * index_rate + self.margin)
        return rate if self.cap is None else min(self.cap, rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class DealClass:
    """One class. ``balance`` ``None`` is what the other classes of its group leave.

    ``coupon`` ``None`` is the group's rate less what notional classes strip from it. A class with ``notional_of`` is
    interest only, on ``share`` of the classes named. An ``accrual`` class adds its interest to its balance, and the
    cash goes where the accretions say. ``supports`` names the class whose losses it takes first. A ``rank`` above zero
    is that of a subordinated class.
    """

    label: str
    balance: float | None = None
    coupon: float | IndexCoupon | None = None
    notional_of: tuple[str, ...] = ()
    share: float = 1.0
    accrual: bool = False
    group: str = ALL_POOLS
    supports: str = ""
    rank: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Balances that classes together are paid down to: by month, month 0 first, or from PSA speeds."""

    name: str
    balances: tuple[float, ...] = ()
    speeds: tuple[float, ...] = ()
    after: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Accretion:
    """Where the cash goes that an accrual class lends by adding its interest to its balance."""

    of: str
    pay: Strands
    down_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a group's principal: the classes paid, the plan that they are paid down to, and how much at most.

    A ``schedule`` of first months and fractions makes it a step of non-accelerated senior classes: they have their pro
    rata share of the month's principal times the fraction in force.
    """

    pay: Strands
    down_to: str = ""
    schedule: tuple[tuple[int, float], ...] = ()
    group: str = ALL_POOLS


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """The classes of a deal, or those that a filing's class A is cut into, and who is paid when.

    ``source`` is the file that says so, for messages.
    """

    source: str = ""
    classes: tuple[DealClass, ...]
    plans: tuple[Plan, ...] = ()
    accretions: tuple[Accretion, ...] = ()
    steps: tuple[Step, ...] = ()
