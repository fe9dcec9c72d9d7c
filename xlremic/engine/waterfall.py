"""A deal's loans and assumptions in, what every class receives out: the one pipeline of a projection.

The loans are projected, stripped and distributed by pool and subordinated class. What a speed, a default rate or a
severity changes is three tables of monthly rates; everything else of a deal is set up once for all scenarios that
share it. The kernels are plain, or compiled.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ..deal import Deal
from .assumptions import Assumptions
from .books import Books, ClassFlows, TrancheFlows, class_flows, tranche_flows
from .capital import CapitalStructure, capital_structure
from .collateral import collateral_flows, loans_of, mdr_curves, severities, smm_curves
from .compiled import PLAIN, Block, Kernels, zeros
from .records import Cut, Issue, LineFlows, Ratio, Speeds, State
from .rep_lines import RepLine, rep_lines
from .shifting import rule_terms
from .structures import Rowed, planned_balances


def run(deal: Deal, assumptions: Assumptions | None = None) -> TrancheFlows:
    """Project a deal's loans and distribute their cash to its classes.

    Args:
        deal: what the filing states.
        assumptions: everything else; all defaults if left out.
    Raises: DealError if facts needed are missing or contradict each other; InputError for unusable assumptions.
    """
    assumptions = assumptions or Assumptions()
    return Setup(deal, assumptions).flows(assumptions)


class Setup:
    """One deal under one set of assumptions, ready to be run at any monthly rates."""

    def __init__(self, deal: Deal, assumptions: Assumptions, kernels: Kernels = PLAIN) -> None:
        self.deal, self.assumptions, self.kernels = deal, assumptions, kernels
        self.lines = lines = rep_lines(deal, assumptions)
        self.months = months = max(line.months for line in lines)
        self.capital = capital = capital_structure(deal, assumptions, lines)
        self.terms = rule_terms(deal, assumptions, capital, months, kernels.vector)
        loans = loans_of(lines, assumptions, months)
        self.loans = loans._replace(
            balance=kernels.vector(loans.balance),
            last_month=kernels.vector(loans.last_month),
            lag=kernels.vector(loans.lag),
            amortisation=kernels.matrix(loans.amortisation),
            survival=kernels.matrix(loans.survival),
        )
        self.ratio = ratio_of(capital, assumptions, lines, kernels.vector)
        self.issue = Issue(
            target_rates=kernels.vector(capital.target_rates),
            subordinated=kernels.vector(capital.at_issue.subordinated),
            subordination=float(sum(capital.at_issue.subordinated)),
            total=capital.at_issue.total,
            senior_percent=capital.at_issue.senior_percent,
        )
        self.start = start_of(capital, kernels.vector)
        self.rowed = None if capital.cut is None else Rowed(capital.cut, assumptions, len(capital.pools), months)
        self.cut: Cut | None = None
        if self.rowed is not None:
            self.cut = self.rowed.cut_rows(kernels.vector, kernels.matrix)
            self.sharing = self.rowed.sharing(kernels.vector)
            self._plan_by_speeds(self.rowed, self.cut)
        self.block: Block | None = None
        self.books: Books | None = None
        self.classes: list[ClassFlows] = []

    def prepayment(self, assumptions: Assumptions) -> Any:
        """SMM by line and month."""
        return self.kernels.matrix(smm_curves(self.lines, assumptions, self.months))

    def default(self, assumptions: Assumptions) -> Any:
        """MDR by line and month."""
        return self.kernels.matrix(mdr_curves(self.lines, assumptions, self.months))

    def severity(self, assumptions: Assumptions) -> Any:
        """Severity by line and month."""
        return self.kernels.matrix(severities(self.lines, assumptions, self.months))

    def fill(self, books: Books, speeds: Speeds) -> int:
        """Project and distribute one scenario into blank books; returns the month of the call, or 0."""
        self.kernels.project(self.loans, speeds, books.flows)
        return self._distribute(books)

    def distributed(self, filled: Callable[[LineFlows], object]) -> list[ClassFlows]:
        """Flows by class of loans whose months are known: ``filled`` puts them into blank rows by line."""
        books = self._blank(self.kernels.empty)
        filled(books.flows)
        self._distribute(books)
        return class_flows(self.capital, books, self.months)

    def _distribute(self, books: Books) -> int:
        state = State(*map(self.kernels.vector, self.start))
        self.kernels.strip(self.ratio, books.flows, books.strips)
        called = self.kernels.distribute(
            self.months, state, books.strips, self.terms, self.issue, books.paid, books.trace
        )
        if self.rowed is not None and self.cut is not None and books.shared is not None:
            self.kernels.share(self.months, self.cut, books.paid, self.sharing, books.shared)
        return called

    # rule 28
    def _plan_by_speeds(self, rowed: Rowed, cut: Cut) -> None:
        """Balances of the plans that are given by speeds, in the order of the steps, since one may rest on another.

        At each speed, without defaults or call, it is found what principal of the loans arrives at the classes when
        they may take all; interest that accrual classes lend them is not planned on.
        """
        terms, self.terms = self.terms, self.terms._replace(call_from=0)
        for plan, speeds, after, step in rowed.plans_by_speeds():
            arriving = []
            for speed in speeds:
                assumptions = self.assumptions.replace(psa=speed, cdr=0.0)
                books = self._blank(self.kernels.empty)
                self.fill(books, Speeds(*(f(assumptions) for f in (self.prepayment, self.default, self.severity))))
                if books.shared is not None:
                    arriving.append(list(books.shared.arrives[step]))
            for k, balance in enumerate(planned_balances(rowed.start_of(step, cut), arriving, after)):
                cut.planned[plan][k] = balance
        self.terms = terms

    def class_flows(self, speeds: Speeds) -> list[ClassFlows]:
        """Flows by class of one scenario; over arrays they last until the next scenario is run."""
        if not self.kernels.reuses:
            books = self._blank(self.kernels.empty)
            self.fill(books, speeds)
            return class_flows(self.capital, books, self.months)
        if self.block is None or self.books is None:
            self.block = Block(self._rows_needed(), self.months)
            self.books = self._blank(self.block.empty)
        self.block.clear()
        self.fill(self.books, speeds)
        if not self.classes:
            self.classes = class_flows(self.capital, self.books, self.months)
        return self.classes

    def flows(self, assumptions: Assumptions) -> TrancheFlows:
        """The full flows of one scenario; the assumptions may differ from the setup's in monthly rates alone."""
        speeds = Speeds(self.prepayment(assumptions), self.default(assumptions), self.severity(assumptions))
        books = self._blank(self.kernels.empty)
        call_month = self.fill(books, speeds)
        collateral = collateral_flows(self.lines, assumptions, self.months, speeds, books.flows)
        return tranche_flows(self.deal, assumptions, collateral, self.capital, books, call_month)

    def _blank(self, empty: Callable[[int, int], Any]) -> Books:
        books = Books.blank(self.capital, len(self.lines), self.months, empty)
        return books if self.rowed is None else replace(books, shared=self.rowed.blank(empty))

    def _rows_needed(self) -> int:
        needed = 0

        def counted(rows: int, months: int) -> list[list[float]]:
            nonlocal needed
            needed += rows
            return zeros(rows, 0)

        self._blank(counted)
        return needed


def ratio_of(
    capital: CapitalStructure,
    assumptions: Assumptions,
    lines: Sequence[RepLine],
    vector: Callable[[Sequence[float]], Any] = list,
) -> Ratio:
    """How each line is split into the strips of its pool."""
    return Ratio(
        pool_of=vector([capital.pools.index(line.pool) for line in lines]),
        last_month=vector([line.months for line in lines]),
        po_fraction=vector([line.po_fraction for line in lines]),
        target_rate=vector([line.target_rate for line in lines]),
        io_rate=vector([line.io_rate for line in lines]),
        net_rate=vector([line.net_rate for line in lines]),
        fee_rate=vector([line.servicing_fee_rate for line in lines]),
        advancing=assumptions.advancing,
        shortfall_days=float(assumptions.prepayment_shortfall_days),
        compensation_cap=float(assumptions.compensation_cap),
    )


def start_of(capital: CapitalStructure, vector: Callable[[Sequence[float]], Any] = list) -> State:
    """Balances at the start; nothing is owed."""
    pools = len(capital.pools)
    return State(
        senior=vector(capital.senior),
        component=vector(capital.components),
        po=vector(capital.po),
        subordinated=vector(capital.subordinated),
        owed_senior=vector([0.0] * pools),
        owed_io=vector([0.0] * pools),
        owed_subordinated=vector([0.0] * len(capital.subordinated)),
        prior_share=vector([1.0] * pools),
        po_unreimbursed=vector([0.0] * pools),
        work=vector([0.0] * max(pools, len(capital.subordinated))),
    )
