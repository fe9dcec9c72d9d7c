"""The page Assumptions and the terms on Set-up: every scalar input, what the formulas read of it, and its check.

A value may be typed, pasted or put in by any program, so no validation is relied on: ``chosen`` on Set-up is the value
of the chosen scenario as it stands (an error is the word "error", nothing is an empty text), ``refused`` is 1 for what
the engine refuses too, ``asked`` is 1 for what it takes but is likely a slip, and ``used`` on Assumptions is always a
number that the formulas can read: the value, or the default where it is empty or refused.
"""

from dataclasses import dataclass

from ..engine.assumptions import RIVALS, SCENARIO_TERMS
from ..engine.assumptions import TERMS as ASSUMPTIONS
from ..engine.terms import EARLIEST, LATEST, Kind, Section, Term
from ..functions.cells import serial
from ..functions.tables import DEAL_TERMS, OWN_TERMS
from .layout import SETUP, Column, Table, quoted
from .scenario_terms import OWN, SCENARIOS

MOST_DOLLARS = 1e13
HEAD = "head:"
"""Before the text of a heading, among the keys of the page's lines."""

ELSEWHERE = {
    "call_percent": ("CallPercent", Section.CALL, Term(
        name="call_percent", kind=Kind.NUMBER, unit="% of the cut-off balance", most=1.0, default=0.10, slip=0.01, format="rate",
        label="Call percentage", help="on Call: the threshold as a share of the cut-off balance")),
    "cumulative_losses": ("CumulativeLosses", Section.CALL, Term(
        name="cumulative_losses", kind=Kind.NUMBER, unit="USD", most=MOST_DOLLARS, default=0.0, format="USD",
        label="Cumulative losses to date", help="on Call: losses up to the as-of date")),
    "reported_pool_balance": ("ReportedPoolBalance", Section.CALL, Term(
        name="reported_pool_balance", kind=Kind.NUMBER, unit="USD", most=MOST_DOLLARS, format="USD",
        label="Pool balance, if it differs", help="on Call: empty for the sum of the class balances")),
    "as_of_date": ("AsOfDate", Section.DATES, Term(
        name="as_of_date", kind=Kind.DATE, unit="date", format="date",
        label="As-of date", help="on Call: the day of the current balances; the cut-off date if empty")),
}  # fmt: skip
"""Inputs whose cell stands on Call: its name, their section here, what is said of them."""
_CELLS = {name: term for name, term in ASSUMPTIONS.items() if term.cell}
INPUTS = _CELLS | {name: term for name, (_, _, term) in ELSEWHERE.items()}
"""Every scalar input but the scenario."""
POOL_KEYS = (*OWN_TERMS, "target_rate")
"""Terms of single pools: rows of the page, one column a pool."""
SCHEDULES = {"shift": ("shift_day", "shift_share"), "limit": ("limit_day", "limit_share")}
SECTIONS = (
    Section.PREPAYMENT, Section.LOSSES, Section.SERVICING, Section.RULES, Section.CALL, Section.DATES,
)  # fmt: skip
POOLS_HEAD, PRICES_HEAD, SHIFT_HEAD = "Terms of single pools", "Prices", "Shift schedule"


def _lines() -> tuple[str, ...]:
    lines = [f"{HEAD}{Section.SCENARIO}", "scenario"]
    for section in SECTIONS:
        own = [name for name, term in _CELLS.items() if term.section is section]
        own += [name for name, (_, home, _) in ELSEWHERE.items() if home is section]
        lines += [f"{HEAD}{section}", *own]
    lines += [f"{HEAD}{POOLS_HEAD}", *(f"pool:{name}" for name in POOL_KEYS)]
    lines += [f"{HEAD}{PRICES_HEAD}", "prices", f"{HEAD}{SHIFT_HEAD}", *SCHEDULES["shift"], *SCHEDULES["limit"]]
    return tuple(lines)


PAGE = Table(
    "Assumptions", 6, lines=_lines(), columns=(
        Column("label", "Term", 42, text=True), Column("key", "Key", 21, text=True), Column("value", "Value: Own", 13),
        Column("unit", "Unit", 22, text=True), Column("used", "Used", 15), Column("check", "Check", 27, text=True), Column("look", "!", 3),
        Column("least", "Least", 9), Column("most", "Most", 10),
        *(Column(name, name, 10) for name in SCENARIOS if name != OWN), Column("meaning", "Meaning", 26, text=True),
    ),
)  # fmt: skip
ACROSS = SCENARIOS[0]
"""Column from which pools, classes and steps go to the right."""

DEAL_KEYS = (*_CELLS, *DEAL_TERMS)
"""Lines of DealAssumptions, what the worksheet functions read."""
TERMS_TABLE = Table(
    SETUP, 6, lines=(*DEAL_KEYS, *(name for name in ELSEWHERE if name not in DEAL_TERMS), "scenario"), columns=(
        Column("name", "name", 36, text=True), Column("value", "value", 17), Column("chosen", "as chosen", 17), Column("by_month", "months given", 9),
        Column("by_pool", "pools given", 12.5), Column("given", "given", 7), Column("refused", "refused", 8), Column("slip", "asked up to", 10),
        Column("asked", "asked", 7), Column("default", "default", 17), Column("remark", "remark", 34, text=True), Column(width=4),
    ),
)  # fmt: skip


def page(key: str, line: str) -> str:
    """A cell of the page, as Set-up takes it."""
    return f"{PAGE.sheet}!{PAGE.cell(key, line)}"


def setup(key: str, line: str) -> str:
    """A cell of the terms on Set-up, as other sheets take it."""
    return f"{quoted(SETUP)}!{TERMS_TABLE.cell(key, line)}"


def used(name: str) -> str:
    """The cell that holds what formulas read of an input, fixed."""
    return f"{PAGE.sheet}!${PAGE.letter('used')}${PAGE.row(name)}"


def cleaned(cell: str) -> str:
    """A cell as it stands, an error as a word and nothing as an empty text."""
    return f'IF(ISERROR({cell}),"error",IF({cell}="","",{cell}))'


def _number(cell: str) -> str:
    """Whether it is a number; some programs count a truth as one."""
    return f"ISNUMBER({cell})-ISLOGICAL({cell})>0"


def rival(name: str) -> str:
    """The term of which one of the two is given, if there is one."""
    return next((b if a == name else a for a, b in RIVALS if name in (a, b)), "")


def unit_of(term: Term) -> str:
    """The unit of its cell, which shows a fraction as per cent."""
    if term.kind is Kind.YES_NO:
        return "yes or no"
    return term.unit.replace("fraction", "%") if term.format == "rate" else term.unit


def said(term: Term, value: float) -> str:
    """A value in the words of a person."""
    if term.kind is Kind.YES_NO:
        return "yes" if value else "no"
    return f"{100 * value:.12g}%" if term.format == "rate" else f"{value:,.12g}"


def bounds(term: Term) -> tuple[float, float]:
    """Least and most as cells hold them."""
    if term.kind is Kind.DATE:
        return serial(EARLIEST), serial(LATEST)
    return term.least, min(term.most, MOST_DOLLARS)


def default(term: Term) -> float | str:
    """What is used where a cell is empty, without the equals sign if it is a formula."""
    if term.name == "as_of_date":
        return "=IF(ISNUMBER(CutOffDate),CutOffDate,0)"
    if term.name == "reported_pool_balance":
        return "=SUM(UsedBalances)"
    if term.kind is Kind.DATE or term.choices:
        return 0.0
    value = term.usual if term.usual is not None else term.default
    return float(value or 0.0)


@dataclass(frozen=True, slots=True)
class Guard:
    """The formulas about one input, with the equals sign; ``longest_term`` and ``gross_rates`` are of the pools."""

    term: Term
    source: str
    """Its own cell, as Set-up takes it."""
    longest_term: str = ""
    gross_rates: str = ""

    @property
    def name(self) -> str:
        return self.term.name

    def _at(self, key: str) -> str:
        return TERMS_TABLE.cell(key, self.name)

    @property
    def chosen(self) -> str:
        if self.name not in SCENARIO_TERMS:
            return "=" + cleaned(self.source)
        row, first, last = PAGE.row(self.name), PAGE.letter(ACROSS), PAGE.letter(SCENARIOS[-2])
        number = TERMS_TABLE.cell("value", "scenario")
        other = f"INDEX({PAGE.sheet}!${first}{row}:${last}{row},1,MAX(1,{number}))"
        return f"=IF({number}=0,{cleaned(self.source)},{cleaned(other)})"

    @property
    def given(self) -> str:
        chosen = self._at("chosen")
        return f"=IF({_number(chosen)},IF({chosen}>0,1,0),0)+{self._at('by_month')}+{self._at('by_pool')}"

    @property
    def refused(self) -> str:
        term, chosen = self.term, self._at("chosen")
        if term.kind is Kind.YES_NO:
            answers = "".join(f'+({chosen}="{word}")' for word in ("yes", "true", "no", "false"))
            return f'=IF(ISLOGICAL({chosen})+({chosen}=""){answers}+({chosen}=1)+({chosen}=0)>0,0,1)'
        least, most = page("least", self.name), page("most", self.name)
        out = f"({chosen}<{least})+({chosen}>{most})"
        if term.kind in (Kind.WHOLE, Kind.DATE):
            out += f"+({chosen}<>ROUND({chosen},0))"
        inside = "0"
        if self.name == "first_distribution":
            inside = f"IF(DAY({chosen})>{page('most', 'payment_day')},1,0)"
        if self.name == "servicing_fee_rate":  # the engine refuses a fee above the rate of any loans
            inside = f"IF(COUNT({self.gross_rates})=0,0,({chosen}-MIN({self.gross_rates})>0)*1)"
        if self.name == "as_of_date":
            cut, age = "CutOffDate", f"12*(YEAR({chosen})-YEAR(CutOffDate))+MONTH({chosen})-MONTH(CutOffDate)"
            inside = f"IF(ISNUMBER({cut}),(({chosen}<{cut})+({age}>{self.longest_term})>0)*1,0)"
        words = "".join(f'+({chosen}="{word}")' for word in term.choices)
        unanswered = f'IF(({chosen}=""){words}>0,0,1)' if words else f'IF({chosen}="",0,1)'
        found = f"IF({_number(chosen)},IF({out}>0,1,{inside}),{unanswered})"
        return f"=MAX({found},{self._clash})" if self._second_rival else f"={found}"

    @property
    def _first_rival(self) -> bool:
        return bool(rival(self.name)) and not self.term.instead_of

    @property
    def _second_rival(self) -> bool:
        return bool(self.term.instead_of)

    @property
    def _clash(self) -> str:
        return f"IF({self._at('given')}*{TERMS_TABLE.cell('given', self.term.instead_of)}>0,1,0)"

    @property
    def asked(self) -> str:
        chosen = self._at("chosen")
        if self.name == "as_of_date":
            moved = f"(DAY({chosen})<{used('payment_day')})+(DAY({chosen})>{used('payment_day')}+{self._at('slip')})"
            return f"=IF(({self._at('refused')}=0)*ISNUMBER({chosen})=1,IF({chosen}=CutOffDate,0,IF({moved}>0,1,0)),0)"
        if self.name == "reported_pool_balance":
            near = f"ABS({chosen}-{self._at('default')})>{self._at('slip')}*{self._at('default')}"
            return f"=IF(({self._at('refused')}=0)*ISNUMBER({chosen})=1,IF({near},1,0),0)"
        if not self.term.slip:
            return ""
        return f"=IF(({self._at('refused')}=0)*ISNUMBER({chosen})=1,IF(({chosen}>0)*({chosen}<={self._at('slip')})=1,1,0),0)"

    @property
    def slip(self) -> float | None:
        """What ``asked`` compares with: a number, days that a distribution may move, or a share of the balance."""
        return {"as_of_date": 6.0, "reported_pool_balance": 0.01}.get(self.name, self.term.slip or None)

    @property
    def remark(self) -> str:
        parts = ""
        scenario = f'IF({TERMS_TABLE.cell("value", "scenario")}>0,"not used: scenario "&{page("used", "scenario")},"")'
        other = rival(self.name)
        last = scenario if self.name in SCENARIO_TERMS else '""'
        if other:
            label = _short(other)
            if self._second_rival:
                chosen = self._at("chosen")
                last = f'IF(({_number(chosen)})*({self._at("refused")}=0)>0,"used instead of {label}",{scenario})'
            else:
                last = f'IF({TERMS_TABLE.cell("given", other)}>0,"not used: {label} is given",{scenario})'
        if self.term.by_month:
            where = f'IF({self._at("by_month")}>0,"by month: see Vectors","by pool: see below")'
            parts = f"IF({self._at('by_month')}+{self._at('by_pool')}>0,{where},{last})"
        elif self.term.by_pool:
            parts = f'IF({self._at("by_pool")}>0,"by pool: see below",{last})'
        elif last != '""':
            parts = last
        ask = ""
        if self.asked:
            ask = f'IF({self._at("asked")}=1,"{_slip_words(self.term)}","")'
        joined = "&".join(part for part in (parts, ask) if part)
        return f"={joined}" if joined else ""

    @property
    def used(self) -> str:
        """On Assumptions."""
        chosen, refused, usual = (setup(key, self.name) for key in ("chosen", "refused", "default"))
        if self.term.kind is Kind.YES_NO:
            yes = f'({chosen}="yes")+({chosen}="true")+({chosen}=1)'
            answer = f"IF(ISLOGICAL({chosen}),IF({chosen},1,0),IF({yes}>0,1,0))"
            return f'=IF(({refused}=1)+({chosen}="")>0,{usual},{answer})'
        good = f"({refused}=0)*ISNUMBER({chosen})=1"
        if self.term.choices:
            return f'=IF({good},{chosen},IF({chosen}="first",1,{usual}))'
        if self._first_rival:
            other = rival(self.name)
            rest = f"IF(ISNUMBER({setup('chosen', other)}),0,{usual})"
            return f"=IF({setup('given', other)}>0,0,IF({good},{chosen},{rest}))"
        return f"=IF({good},{chosen},{usual})"

    @property
    def check(self) -> str:
        """On Assumptions."""
        term, chosen, refused, remark = self.term, *(setup(key, self.name) for key in ("chosen", "refused", "remark"))
        wrong = _wrong(term)
        number = f'IF(ISNUMBER({chosen}),"{wrong}","{_not_one(term)}")'
        if self._second_rival:
            label, both = _short(rival(self.name)), f"{setup('given', self.name)}*{setup('given', rival(self.name))}>0"
            number = f'IF({both},"{label} is given too: keep one",{number})'
        empty = f'IF({chosen}="","{_default_words(term)}","ok")'
        good = f'IF({remark}="",{empty},{remark})' if self.remark else empty
        return f"=IF({refused}=1,{number},{good})"


def _short(name: str) -> str:
    return name.upper()


def _slip_words(term: Term) -> str:
    if term.name == "as_of_date":
        return "not a distribution day"
    if term.name == "reported_pool_balance":
        return "far from the classes' sum"
    return " so small? 0.2% is typed 0.2%" if term.format == "rate" else " so small? 300% is typed 300"


def _wrong(term: Term) -> str:
    if term.name == "as_of_date":
        return "before the cut-off, or after the last loan"
    if term.kind is Kind.DATE:
        return "not a day, or not 1 to 28" if term.name == "first_distribution" else "not a day"
    if term.kind is Kind.YES_NO:
        return "say yes or no"
    least, most = bounds(term)
    inside = f"{said(term, least)} to {said(term, most)}"
    return f"not whole, or outside {inside}" if term.kind is Kind.WHOLE else f"outside {inside}"


def _not_one(term: Term) -> str:
    if term.kind is Kind.DATE:
        return "not a date"
    if term.kind is Kind.YES_NO:
        return "say yes or no"
    return f"say {', '.join(term.choices)} or a month" if term.choices else "not a number"


def _default_words(term: Term) -> str:
    if term.choices:
        return f"default: {term.default}"
    usual = default(term)
    if term.name == "reported_pool_balance":
        return "default: sum of the classes"
    if term.name == "as_of_date":
        return "default: the cut-off date"
    if term.kind is Kind.DATE:
        return "default: see meaning"
    if term.usual is None and term.default is None:
        return "not given"
    return f"default {said(term, float(usual))}"
