"""What the kernels of a projection read and write, as records of rows.

A row is a list or an array of numbers; what is by month has months + 1 of them, entry 0 the start. Dollars unless said
otherwise. The fields are the names of these flows everywhere: sheets, tables and tests take them from ``_fields``.
"""

from collections.abc import MutableSequence, Sequence
from typing import NamedTuple

Row = MutableSequence[float]
Rows = Sequence[Row]
Curves = Sequence[Sequence[float]]


class Loans(NamedTuple):
    """The rep lines as the month loop needs them: rows by line, curves by line and month, fractions of one."""

    balance: Sequence[float]
    last_month: Sequence[int]
    lag: Sequence[int]
    advancing: bool
    amortisation: Curves
    survival: Curves


class Speeds(NamedTuple):
    """What a scenario changes: monthly rates by line and month, fractions of one."""

    smm: Curves
    mdr: Curves
    severity: Curves


class LineFlows(NamedTuple):
    """What each line does, by line and month; zero to begin with."""

    performing_balance: Rows
    in_foreclosure_balance: Rows
    new_defaults: Rows
    scheduled_principal: Rows
    prepayments: Rows
    recoveries: Rows
    losses: Rows


class Ratio(NamedTuple):
    """How each line is split, by line: its pool, last month, PO part of one, and rates in fractions a year.

    The servicer's terms are common: whether it advances, days of interest that a prepayment loses, and the part of the
    scheduled fee that it gives for them at most.
    """

    pool_of: Sequence[int]
    last_month: Sequence[int]
    po_fraction: Sequence[float]
    target_rate: Sequence[float]
    io_rate: Sequence[float]
    net_rate: Sequence[float]
    fee_rate: Sequence[float]
    advancing: bool
    shortfall_days: float
    compensation_cap: float


class Strips(NamedTuple):
    """What the loans bring to the strips of each pool, by pool and month; zero to begin with.

    ``unsupported`` is of the series, by month: prepayment interest shortfalls that the servicer does not make good.
    """

    scheduled_principal: Rows
    unscheduled_principal: Rows
    losses: Rows
    interest: Rows
    po_principal: Rows
    po_losses: Rows
    io_interest: Rows
    io_interest_due: Rows
    io_notional: Rows
    unsupported: Row


class State(NamedTuple):
    """What the rules change from month to month, dollars by pool or by subordinated class; used up by a run."""

    senior: Row
    component: Row
    po: Row
    subordinated: Row
    owed_senior: Row
    owed_io: Row
    owed_subordinated: Row
    prior_share: Row
    po_unreimbursed: Row
    work: Row


class Terms(NamedTuple):
    """The terms that the rules apply. Rows are by month, limits in dollars.

    Entry 0 of the shift schedule is the shift in force before the first month. ``elapsed`` months have passed since
    issue, with losses of ``losses_before``. A call is possible from month ``call_from``, never if that is 0, below a
    balance of ``call_below``.
    """

    shift_schedule: Row
    loss_limit: Row
    delinquency: Row
    delinquency_limit: float
    two_times_test: bool
    undersubordination_transfer: bool
    call_from: int
    call_below: float
    elapsed: int
    losses_before: float


class Issue(NamedTuple):
    """What the rules compare with: target rates by pool, balances at issue in dollars, class A over the strips."""

    target_rates: Sequence[float]
    subordinated: Sequence[float]
    subordination: float
    total: float
    senior_percent: float


class Paid(NamedTuple):
    """What every class receives and has left: rows by pool or by subordinated class, and by month, dollars.

    All are zero to begin with. A field of the subordinated classes is one whose name starts so.
    """

    senior_due: Rows
    senior_balance: Rows
    senior_interest: Rows
    senior_principal: Rows
    senior_loss: Rows
    po_balance: Rows
    po_paid: Rows
    po_loss: Rows
    io_due: Rows
    io_paid: Rows
    component: Rows
    subordinated_balance: Rows
    subordinated_interest: Rows
    subordinated_principal: Rows
    subordinated_loss: Rows


class Trace(NamedTuple):
    """What the rules found, by month: shares of one, the rest dollars."""

    senior_percent: Row
    shift: Row
    cumulative_losses: Row
    delinquent_balance: Row
    undercollateralized_transfer: Row
    po_reimbursement: Row
    undersubordinated_transfer: Row
    residual_interest: Row


class Cut(NamedTuple):
    """The classes that groups are cut into, as the month loop needs them; months by row, entry 0 the start.

    A group is the class A of one pool or more: ``group_of_pool`` is its number, -1 for a pool that is not cut, and
    ``adds_io`` says that interest above the target rate is the group's too. ``coupon`` is a month's rate of each
    class, that of an open class what its group earns plus this (minus what notional classes strip); ``has_open`` if
    there is one, ``has_shares`` if a step has a schedule. Every other class than those ``with_principal`` is
    notional: class c on ``host[first_host[c]:first_host[c + 1]]``, each times its ``host_share``. Principal in source
    g < groups is that of group g, the further sources are the interest that accrual classes lend, each from class
    ``lender`` of a group. Step s pays from ``source`` the strands ``first_strand[s]`` on, strand t the classes
    ``member[first_member[t]:...]`` in turn; ``plan`` and ``schedule`` are rows of planned balances and of fractions,
    -1 for none. The first ``lending_steps`` steps pay what is lent, if a class ``lends``. Pair by pair, ``protected``
    loses nothing while its ``support`` is left.
    """

    group_of_pool: Sequence[int]
    adds_io: Sequence[bool]
    groups: int
    group_of: Sequence[int]
    with_principal: Sequence[int]
    balance: Sequence[float]
    coupon: Curves
    open_coupon: Sequence[bool]
    has_open: bool
    has_shares: bool
    first_host: Sequence[int]
    host: Sequence[int]
    host_share: Sequence[float]
    lender: Sequence[int]
    source: Sequence[int]
    first_strand: Sequence[int]
    first_member: Sequence[int]
    member: Sequence[int]
    plan: Sequence[int]
    schedule: Sequence[int]
    planned: Rows
    fraction: Curves
    lends: bool
    lending_steps: int
    protected: Sequence[int]
    support: Sequence[int]


class Sharing(NamedTuple):
    """What changes while a group's months are shared, dollars: by class, by source of cash and by group.

    ``before`` are balances at the start of the month, ``work`` the losses of classes.
    """

    now: Row
    before: Row
    work: Row
    cash: Row
    balance: Row
    due: Row
    wanted: Row
    ratio: Row
    received: Row


class Shared(NamedTuple):
    """What the classes of a cut receive: rows by class, by step (what arrives at it) or by group, and month.

    Principal of an accrual class is less the interest that became balance. ``over`` is interest of a group that no
    coupon takes. All are zero to begin with.
    """

    balance: Rows
    interest: Rows
    principal: Rows
    loss: Rows
    arrives: Rows
    over: Rows
