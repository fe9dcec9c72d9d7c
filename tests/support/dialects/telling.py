"""The figures of a random deal, how lawyers print them, and the note that is taken of each fact as it is printed."""

import random
import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from html import escape

from ..filing_generator import BALANCE, Expected, spoken
from ..loan_tape import FEE, Loan, average, balance_of, largest_zip_code, rounded, share, simulated

__all__ = ["BALANCE", "Filing", "Teller"]

HYPHENS = "-\u2010\u2011\u2012\u2013"

COUPON, NET, REMAINING = "weighted_average_coupon", "weighted_average_net_rate", "weighted_average_remaining_term"
ORIGINAL, LTV = "weighted_average_original_term", "weighted_average_ltv"
SIZE, YEARS = "original_principal_balance", "original_term_years"
ZIP, HIGH = "max_zip_code_balance", "high_ltv_balance"
PRIMARY = "primary_residence_percent"
FULL, NO_ASSETS, NO_INCOME, STREAMLINED = (
    f"documentation_{kind}_percent"
    for kind in ("full", "no_asset_verification", "no_income_verification", "streamlined")
)
EARLIEST, LATEST, MATURES = "earliest_origination_date", "latest_origination_date", "latest_maturity_date"
CLASS, LEVEL = "class_initial_principal_balance", "subordination_level"
SECOND, COOPERATIVE, REFINANCED, BUYDOWN = (
    f"{kind}_percent" for kind in ("second_home", "cooperative", "refinancing", "buydown")
)

_UNITS = {
    **dict.fromkeys((BALANCE, SIZE, ZIP, HIGH, CLASS, "call_threshold", "pledged_asset_balance"), "USD"),
    **dict.fromkeys((REMAINING, ORIGINAL), "months"),
    **dict.fromkeys((EARLIEST, LATEST, MATURES, "closing_date", "cut_off_date", "principal_due_through_date"), "date"),
    **dict.fromkeys(("loan_count", "pledged_asset_loan_count"), "loans"),
    YEARS: "years",
}
_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


@dataclass(frozen=True, slots=True)
class Traits:
    """What the tape does not hold of a loan."""

    second_home: bool
    cooperative: bool
    refinanced: bool
    bought_down: bool
    state: str


@dataclass(frozen=True, slots=True)
class Filing:
    """A filing as printed, the facts that it states, and those that may be read of it or not."""

    name: str
    text: str
    truth: tuple[Expected, ...]
    allowed: tuple[Expected, ...] = ()


def worded(number: int) -> str:
    """Whole numbers below a thousand, as lawyers write them."""
    if number < 20:
        return _ONES[number]
    if number < 100:
        ten, one = divmod(number, 10)
        return _TENS[ten - 2] + (f"-{_ONES[one]}" if one else "")
    hundreds, rest = divmod(number, 100)
    return f"{_ONES[hundreds]} hundred" + (f" {worded(rest)}" if rest else "")


def _curled(page: str) -> str:
    """Quotation marks outside tags as word processors set them."""
    opened = re.sub(r'"(?=\w)(?![^<>]*>)', "&ldquo;", page)
    return re.sub(r'"(?![^<>]*>)', "&rdquo;", opened)


def short(scope: str) -> str:
    """The name of a pool: "I" of "pool:I"."""
    return scope.removeprefix("pool:")


def month(day: str) -> str:
    """ "March 1998", of an ISO date."""
    return f"{date.fromisoformat(day):%B %Y}"


def listed(items: Sequence[str], comma: str = "", between: str = ", ") -> str:
    """ "a, b and c"."""
    return f"{between.join(items[:-1])}{comma} and {items[-1]}" if len(items) > 1 else "".join(items)


class Teller:
    """Knows the deal, prints its figures and notes each one."""

    def __init__(self, name: str, rng: random.Random) -> None:
        self.name, self.rng = name, rng
        self.parts: list[str] = []
        self.truth: list[Expected] = []
        self.allowed: list[Expected] = []
        self.dashed = self.html = False
        self.width = rng.choice([66, 72, 78, 80])

    def deal(
        self, pools: Sequence[str], *, year: int, classes: int = 7, seniors: str = "one", middle: bool = False
    ) -> None:
        """Draw the deal; its pools have these names (none: one pool)."""
        count = max(len(pools), 1)
        self.tape = simulated(self.rng, pools=count, classes=classes, seniors=seniors, year=year, mezzanine=middle)
        self.pools = [f"pool:{name}" for name in pools] or ["all"]
        self.scopes = [*self.pools, "all"] if pools else ["all"]
        self.groups = dict(zip(self.pools, self.tape.groups, strict=True))
        self.closing, self.cut_off = spoken(self.tape.closing), spoken(self.tape.cut_off)
        self.series = f"{year}-{self.rng.randint(1, 12)}"
        self.traits = {id(loan): self._traits() for loan in self.tape.loans}

    def _traits(self) -> Traits:
        rng, states = self.rng, ["California", "New York", "Illinois", "Georgia"]
        return Traits(
            rng.random() < 0.15, rng.random() < 0.1, rng.random() < 0.4, rng.random() < 0.1, rng.choice(states)
        )

    def rename_seniors(self, labels: Sequence[str]) -> None:
        """Senior classes by other names, one for one."""
        names = dict(zip(self.tape.seniors, labels, strict=False))
        classes = tuple((names.get(label, label), balance) for label, balance in self.tape.classes)
        self.tape = replace(self.tape, classes=classes, seniors=tuple(names.values()))

    def loans(self, scope: str) -> list[Loan]:
        if scope in ("all", "filing"):
            return self.tape.loans
        if scope.endswith((":discount", ":premium")):
            pool, _, side = scope.rpartition(":")
            group = self.groups[pool]
            return group.discount if side == "discount" else group.premium
        return list(self.groups[scope].loans)

    # --- figures --------------------------------------------------------------------------------------------------

    def value(self, key: str, scope: str, qualifier: str) -> str:
        """The figure as a decimal or ISO date, rounded as such filings print it."""
        if key in (CLASS, LEVEL):
            label = scope.removeprefix("class:")
            return format(dict(self.tape.classes)[label], "f") if key == CLASS else self.tape.level(label)
        loans = self.loans(scope)
        largest = qualifier == "no_more_than"
        figures: dict[str, Callable[[], str]] = {
            BALANCE: lambda: rounded(Fraction(balance_of(loans)), 0 if scope.count(":") == 2 else 2),
            "loan_count": lambda: str(len(loans)),
            COUPON: lambda: average(loans, lambda loan: loan.rate, 3),
            REMAINING: lambda: average(loans, lambda loan: loan.remaining_term, 2),
            ORIGINAL: lambda: average(loans, lambda loan: loan.original_term, 2),
            LTV: lambda: average(loans, lambda loan: loan.ltv, 1),
            ZIP: lambda: largest_zip_code(loans),
            SIZE: lambda: format((max if largest else min)(loan.original_balance for loan in loans), "f"),
            HIGH: lambda: rounded(Fraction(balance_of(loan for loan in loans if loan.ltv > 80)), 0),
            EARLIEST: lambda: min(loan.originated for loan in loans).isoformat(),
            LATEST: lambda: max(loan.originated for loan in loans).isoformat(),
            MATURES: lambda: max(loan.matures for loan in loans).isoformat(),
            "call_threshold": lambda: rounded(Fraction(balance_of(loans)) / 10, 2),
            "principal_due_through_date": self.tape.cut_off.isoformat,
            "cut_off_date": self.tape.cut_off.isoformat,
            "closing_date": self.tape.closing.isoformat,
        }
        if key in figures:
            return figures[key]()
        part = [loan for loan in loans if self.has(key, loan)]
        return share(part, loans)

    def has(self, key: str, loan: Loan) -> bool:
        """Whether a loan counts for that percentage."""
        traits = self.traits[id(loan)]
        return {
            PRIMARY: loan.primary_residence, FULL: loan.program == 0, NO_ASSETS: loan.program == 1,
            NO_INCOME: loan.program == 2, STREAMLINED: loan.program == 3, SECOND: traits.second_home,
            COOPERATIVE: traits.cooperative, REFINANCED: traits.refinanced, BUYDOWN: traits.bought_down,
        }[key]  # fmt: skip

    def net_coupon(self, scope: str, *, said: bool = True) -> str:
        """The average rate after the fee, which is no gross coupon; not ``said``: the filing does not tell which it is."""
        value = average(self.loans(scope), lambda loan: loan.rate - FEE, 3)
        return f"{self.note(NET, scope, value) if said else value}%"

    def net_rate(self, scope: str) -> str:
        """The net loan rate that parts discount loans from premium loans."""
        return format(self.groups[scope].split_rate.quantize(Decimal("0.001")), "f")

    # --- printing -------------------------------------------------------------------------------------------------

    def note(self, key: str, scope: str, value: str, qualifier: str = "exact") -> str:
        self.truth.append(Expected(key, scope, value, _UNITS.get(key, "percent"), qualifier))
        return value

    def may(self, key: str, scopes: Iterable[str], qualifier: str = "exact") -> None:
        """What follows from the words, though they do not print it: right if read, not missing if not."""
        for scope in scopes:
            value = self.value(key, scope, qualifier)
            self.allowed.append(Expected(key, scope, value, _UNITS.get(key, "percent"), qualifier))

    def uninsured(self, scope: str) -> None:
        """Loans without insurance may be read as an insured share of nothing, never as another share."""
        key = "primary_mortgage_insurance_percent_of_high_ltv"
        self.allowed += [Expected(key, scope, "0", "percent", qualifier) for qualifier in ("none", "exact")]

    def in_state(self, scope: str) -> str:
        """ "no more than 40% ... in Georgia", with the state as a part of the loans."""
        loans = self.loans(scope)
        state = self.rng.choice(sorted({self.traits[id(loan)].state for loan in loans}))
        part = [loan for loan in loans if self.traits[id(loan)].state == state]
        percent = self.note("state_percent", f"{scope}:{state}", share(part, loans), "no_more_than")
        return f"no more than {percent}% are secured by mortgaged properties located in {state}"

    def above_80(self, scopes: Iterable[str]) -> str:
        """The loans of a high loan-to-value ratio; the threshold is one for all."""
        for scope in scopes:
            self.note("high_ltv_threshold", scope, "80", "in_excess_of")
        self.allowed.append(Expected("high_ltv_threshold", "all", "80", "percent", "in_excess_of"))
        return "in excess of 80%"

    def none_invested(self, scopes: Iterable[str]) -> None:
        """No investment properties among all loans, and so in no pool."""
        self.note("investment_property_percent", "all", "0", "none")
        self.allowed += [Expected("investment_property_percent", scope, "0", "percent", "none") for scope in scopes]

    def any_one_zip_code(self) -> str:
        self.note("zip_code_concentration_basis", "all", "1")
        return "any one zip code"

    def tell(self, key: str, scope: str, qualifier: str = "exact") -> str:
        """A figure as printed, noted as a fact."""
        value = self.note(key, scope, self.value(key, scope, qualifier), qualifier)
        unit = _UNITS.get(key, "percent")
        if unit == "USD":
            return f"${Decimal(value):,}"
        if unit == "date":
            return spoken(date.fromisoformat(value))
        return f"{value}%" if unit == "percent" else f"{int(value):,}" if unit == "loans" else value

    def dollars(self, key: str, scope: str) -> str:
        """A figure that another place notes."""
        return f"${Decimal(self.value(key, scope, 'exact')):,}"

    def of_class(self, key: str, label: str) -> str:
        return self.tell(key, f"class:{label}")

    def classes(self, key: str, form: str) -> list[str]:
        """A figure of each class in a form such as "class {}, {}"; the last class has no level."""
        labels = [label for label, _ in self.tape.classes]
        return [form.format(label, self.of_class(key, label)) for label in (labels if key == CLASS else labels[:-1])]

    def tells(self, key: str, scopes: Iterable[str], qualifier: str = "exact", unit: str = "") -> list[str]:
        return [self.tell(key, scope, qualifier) + unit for scope in scopes]

    def shares(self, key: str, scopes: Sequence[str], qualifier: str, none: str = "none") -> list[str]:
        """Percentages, with a word for those that are nothing."""
        told = []
        for k, scope in enumerate(scopes):
            empty = not any(self.has(key, loan) for loan in self.loans(scope))
            if empty and k:
                self.note(key, scope, "0", qualifier if none == "0%" else "none")
            told.append(none if empty and k else self.tell(key, scope, qualifier))
        return told

    def years(
        self, scope: str, worded: Callable[[int], str] = str, low: str = "at least", high: str = "not more than"
    ) -> str:
        """ "at least 25 but not more than 30 years"."""
        groups = self.tape.groups if scope == "all" else [self.groups[scope]]
        least, most = min(g.shortest for g in groups), max(g.longest for g in groups)
        if least == most:
            self.note(YEARS, scope, str(most))
            return f"{worded(most)} years"
        self.note(YEARS, scope, str(least), "at_least")
        self.note(YEARS, scope, str(most), "no_more_than")
        return f"{low} {worded(least)} but {high} {worded(most)} years"

    def text_fact(self, key: str, value: str) -> str:
        self.truth.append(Expected(key, "filing", value, "text"))
        return value

    def say(self, *sentences: str) -> None:
        text = " ".join(sentence for sentence in sentences if sentence)
        broken = self.rng.random() < 0.3
        filled = textwrap.fill(text, self.width, initial_indent="     ", break_on_hyphens=broken)
        self.parts.append(f"<p>{escape(text, quote=False)}</p>" if self.html else filled)

    def raw(self, text: str) -> None:
        page = escape(text, quote=False).replace("&lt;PAGE&gt;", "<hr>")
        self.parts.append(f"<pre>{page}</pre>" if self.html else text)

    def centred(self, *lines: str) -> None:
        centred = [line.center(self.width).rstrip() for line in lines]
        pages = [f'<p align="center">{escape(line)}</p>' for line in lines if line.strip("- ")]
        self.parts.append("\n".join(pages if self.html else centred))

    def table(self, rows: Iterable[Sequence[str]]) -> None:
        """Rows of cells, as columns of text or of HTML."""
        if self.html:
            cells = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows)
            self.parts.append("<table>\n" + "\n".join(f"<tr>{row}</tr>" for row in cells) + "\n</table>")
        else:
            lines = (row[0].ljust(40) + "".join(cell.rjust(20) for cell in row[1:]) for row in rows)
            self.parts.append("\n".join(line.rstrip() for line in lines))

    def pick(self, *choices: str) -> str:
        return self.rng.choice(choices)

    def filing(self) -> Filing:
        text = "\n\n".join(self.parts) + "\n"
        if self.dashed:  # hyphens between letters or figures as word processors set them
            text = re.sub(r"(?<=[A-Za-z0-9])-(?=[A-Za-z0-9])", lambda _: self.rng.choice(HYPHENS), text)
        if self.html:
            text = f"<html><body>\n{_curled(text)}</body></html>\n"
        return Filing(self.name, text, tuple(self.truth), tuple(self.allowed))

    # --- what every lawyer's filing has ---------------------------------------------------------------------------

    def cover(self, kind: str = "") -> None:
        """The page before the description, as in 2004; ``kind`` stands before "REMIC Pass-Through Certificates"."""
        self.text_fact("registrant", "Citicorp Mortgage Securities, Inc.")
        self.text_fact("registrant_role", "Packager and Servicer")
        self._cover([
            "CITICORP MORTGAGE SECURITIES, INC.", "(Packager and Servicer)",
            f"(Issuer in Respect of the {kind}REMIC Pass-Through", f"Certificates, Series {self.series})", "-" * 60,
            "(Exact name of registrant as specified in charter)",
        ])  # fmt: skip

    def trust_cover(self) -> None:
        """The cover of 2006: the trust is the issuing entity, the registrant its depositor."""
        names = (("registrant", "Citicorp Mortgage Securities, Inc."), ("registrant_role", "depositor"))
        self.allowed += [Expected(key, "filing", name, "text") for key, name in names]
        self._cover([
            f"CITICORP MORTGAGE SECURITIES TRUST, SERIES {self.series}",
            "(Exact name of issuing entity as specified in its charter)", "",
            "CITICORP MORTGAGE SECURITIES, INC.", "(Exact name of depositor as specified in its charter)", "",
            "CITIMORTGAGE, INC.", "(Exact name of sponsor as specified in its charter)",
        ])  # fmt: skip

    def _cover(self, issuer: Sequence[str]) -> None:
        self.text_fact("form_type", "8-K")
        self.note("report_date", "filing", self.tape.closing.isoformat())
        self.text_fact("cover_series", self.series)
        number, employer = self.pick("333-43167", "333-72082", "333-109722"), "13-3408717"
        self.text_fact("commission_file_number", number)
        self.text_fact("irs_employer_id", employer)
        self.text_fact("state_of_organization", "Delaware")
        self.text_fact("principal_address", "1000 Technology Drive, O'Fallon, Missouri")
        self.text_fact("zip_code", "63304")
        self.text_fact("telephone", "(636) 261-1313")
        self.centred("UNITED STATES", "SECURITIES AND EXCHANGE COMMISSION", "Washington, D.C. 20549")
        self.centred("FORM 8-K", "", "CURRENT REPORT", "", "Pursuant to Section 13 or 15(d) of the")
        self.centred("Securities Exchange Act of 1934", "", f"Date of Report: {self.closing}")
        self.centred("(Date of earliest event reported)", "", *issuer)
        self.raw(f"   Delaware                 {number}                     {employer}\n {'-' * 74}\n"
                 "  (State or other juris-    (Commission               (I.R.S. Employer\n"
                 "  diction of organization)  File Nos.)                Identification No.)")  # fmt: skip
        self.raw("   1000 Technology Drive, O'Fallon, Missouri                63304\n"
                 "   (Address of principal executive offices)                (Zip Code)")  # fmt: skip
        self.raw("Registrant's Telephone Number, including area code: (636) 261-1313\n\n<PAGE>")

    def heading(self, pool: str = "MORTGAGE LOAN POOL", *, cut: bool = False) -> None:
        """ "Item 2.01" to the title; ``cut``: a page ends within the title."""
        self.text_fact("item_number", "2.01")
        self.text_fact("item_title", "Completion of Acquisition or Disposition of Assets")
        self.text_fact("series", self.series)
        self.note("heading_date", "filing", self.tape.closing.isoformat())
        self.raw("Item 2.01.   Completion of Acquisition or Disposition of Assets.")
        self.centred(
            "CITICORP MORTGAGE SECURITIES, INC.", f"REMIC Pass-Through Certificates, Series {self.series}", "-" * 40
        )
        self.centred(self.closing)
        page = ["", "<PAGE>", ""] if cut else []
        self.centred(f"DETAILED DESCRIPTION OF THE {pool}", *page, "AND THE MORTGAGED PROPERTIES(1)", "-" * 50)

    def prospectus_note(self, other: str = "") -> None:
        """The note to the title, and another one."""
        day = self.tape.closing - timedelta(days=self.rng.randint(1, 9))
        self.note("prospectus_date", "filing", day.isoformat())
        self.raw("--------\n" + textwrap.fill(
            "1    Terms used and not defined here have the meanings given to them in the Prospectus dated"
            f" {spoken(day)}, relating to the REMIC Pass-Through Certificates, Series {self.series}.",
            self.width, subsequent_indent="     ",
        ) + f"\n{other}\n<PAGE>")  # fmt: skip

    def signature(self) -> None:
        self.text_fact("signatory_name", "Howard Darmstadter")
        self.text_fact("signatory_title", "Assistant Secretary")
        self.note("signature_date", "filing", self.tape.closing.isoformat())
        self.raw("<PAGE>")
        self.centred("SIGNATURES")
        self.say("Pursuant to the requirements of the Securities Exchange Act of 1934, the registrant has duly caused this report"
                 " to be signed on its behalf by the undersigned thereunto duly authorized.")  # fmt: skip
        right = " " * 40
        self.raw(f"{right}CITICORP MORTGAGE SECURITIES, INC.\n{right}(Registrant)\n\n{right}By: /s/ Howard Darmstadter\n"
                 f"{right}    -------------------------\n{right}    Howard Darmstadter\n{right}    Assistant Secretary")  # fmt: skip
        self.raw(f"Dated: {self.closing}")
