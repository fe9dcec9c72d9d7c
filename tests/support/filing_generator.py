"""Pool-description 8-Ks of simulated deals, in the dialects of the shelf, with the facts that each of them states.

Independent of the reader: it shares no patterns, no tables and no words with it, so that a mistake on one side is not
repeated on the other. A filing is first a list of blocks (lines, paragraphs, footnotes); `envelopes` prints them.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from .loan_tape import Group, Loan, Tape, average, balance_of, largest_zip_code, rounded, share, simulated

MARK = "\x01"  # stands before the number of a footnote mark, in a paragraph
BALANCE = "aggregate_scheduled_principal_balance"
Figure = Callable[[Sequence[Loan]], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How the filing is worded. Every choice that is not named here is left to ``seed``."""

    seed: int = 0
    pools: int = 3
    classes: int = 7
    seniors: str = "one"
    mezzanine: bool = False
    year: int = 2004
    capitals: bool = False
    adjusted: bool = False
    citi: bool = False
    stated_amount: bool = False
    future: bool = False
    orders: str = "all last"  # all last, all first, any
    oxford: bool = False
    folded: bool = False  # "the pool I and pool II mortgage loans"
    every: str = ""  # "each of", "both" where two
    shared_unit: bool = False
    none_word: str = "none"
    premium_first: bool = False
    sub_pools: bool = True
    limits: str = "no"  # no, dollars, list, mixed
    item: str = "2.01"
    one_class_list: bool = False
    glued: bool = False
    cover_differs: bool = False
    pool_names: str = "pool I"  # pool I, group I, pool 1
    direct: bool = False  # "5% of the pool I mortgage loans and 8% of the pool II mortgage loans"
    nnr: bool = False  # "Net Note Rates (NNRs)"
    own_levels: bool = False  # a level for each senior class


@dataclass(frozen=True, slots=True)
class Expected:
    key: str
    scope: str
    value: str
    unit: str
    qualifier: str = "exact"


@dataclass(frozen=True, slots=True)
class Block:
    """``kind``: line, columns, rule, heading, para, item, note, page, name. Text of columns is parted by tabs."""

    kind: str
    text: str = ""
    mark: str = ""


@dataclass(slots=True)
class Document:
    dialect: Dialect
    tape: Tape
    blocks: list[Block] = field(default_factory=list)
    facts: list[Expected] = field(default_factory=list)

    def expected(self) -> set[tuple[str, str, str, str, str]]:
        return {(f.key, f.scope, f.value, f.unit, f.qualifier) for f in self.facts}


def spoken(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def dollars(value: str | Decimal) -> str:
    return f"${Decimal(value):,}"


def plain(value: Decimal) -> str:
    return format(value, "f")


_FORMAL = (
    ("mortgage loan pool", "Mortgage Pool"), ("mortgage pool", "Mortgage Pool"), ("mortgage loan", "Mortgage Loan"),
    ("mortgage notes", "Mortgage Notes"), ("mortgaged properties", "Mortgaged Properties"), ("class ", "Class "),
    ("subordination level", "Subordination Level"), ("discount loan", "Discount Loan"),
    ("premium loan", "Premium Loan"), ("pooling agreement", "Pooling Agreement"), ("net loan rate", "Net Loan Rate"),
    ("cut-off date", "Cut-Off Date"),
)  # fmt: skip


class Writer:
    """Writes one deal's filing, noting each fact as it is printed."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.rng = random.Random(dialect.seed)
        self.tape = simulated(
            self.rng, pools=dialect.pools, classes=dialect.classes, seniors=dialect.seniors, year=dialect.year,
            mezzanine=dialect.mezzanine and dialect.classes > 2,
        )  # fmt: skip
        if dialect.pool_names.endswith("1"):
            groups = tuple(replace(group, id=str(k)) for k, group in enumerate(self.tape.groups, 1))
            self.tape = replace(self.tape, groups=groups)
        self.word = dialect.pool_names.partition(" ")[0]
        self.document = Document(dialect, self.tape)
        self.one = dialect.pools == 1
        self.series = f"{dialect.year}-{self.rng.randint(1, 12)}"
        self.cover_series = f"{self.series}3" if dialect.cover_differs else self.series
        self.groups = {f"pool:{group.id}": group for group in self.tape.groups}
        self.loans = {scope: list(group.loans) for scope, group in self.groups.items()} | {"all": self.tape.loans}
        self.pool_scopes = ["all"] if self.one else list(self.groups)
        self.every_scope = ["all"] if self.one else [*self.groups, "all"]

    # --- facts and words ------------------------------------------------------------------------------------------

    def fact(self, key: str, scope: str, value: str, unit: str, qualifier: str = "exact") -> None:
        self.document.facts.append(Expected(key, scope, value, unit, qualifier))

    def add(self, kind: str, text: str = "", mark: str = "") -> None:
        self.document.blocks.append(Block(kind, text, mark))

    def worded(self, text: str) -> str:
        """The sentence in the filing's own terms."""
        dialect = self.dialect
        if dialect.capitals:
            for low, high in _FORMAL:
                text = re.sub(rf"\b{low}", high, text)
            text = text.replace("Each mortgage loan", "Each Mortgage Loan")
        if dialect.adjusted:
            text = text.replace("scheduled principal balance", "Adjusted Balance")
        if dialect.stated_amount:
            text = text.replace("initial principal balance", "Initial Stated Amount")
        if dialect.citi:
            text = re.sub(r"\bcertificates\b", "CitiCertificates", text)
        return text

    def paragraph(self, *sentences: str) -> None:
        self.add("para", " ".join(self.worded(sentence) for sentence in sentences if sentence))

    def chance(self, likely: float = 0.5) -> bool:
        return self.rng.random() < likely

    def ordered(self, scopes: Sequence[str]) -> list[str]:
        """The scopes in an order that this dialect may print them in."""
        shuffled = list(scopes)
        if self.dialect.orders == "any":
            self.rng.shuffle(shuffled)
        elif self.dialect.orders == "all first" and "all" in shuffled:
            shuffled.remove("all")
            shuffled.insert(0, "all")
        return shuffled

    def listed(self, items: Sequence[str], joint: str = "and") -> str:
        if len(items) < 2:
            return "".join(items)
        comma = "," if self.dialect.oxford and len(items) > 2 else ""
        return f"{', '.join(items[:-1])}{comma} {joint} {items[-1]}"

    def named(self, scopes: Sequence[str], *, the: bool = True, joint: str = "and", every: bool = True) -> str:
        """ "the pool I mortgage loans, the pool II mortgage loans and all mortgage loans"."""
        article = "the " if the else ""
        if list(scopes) == ["all"]:
            return (
                self.rng.choice([f"{article}mortgage loans", "all mortgage loans"])
                if self.one
                else "all mortgage loans"
            )
        runs: list[list[str]] = []
        for scope in scopes:
            joins = self.dialect.folded and runs and scope != "all" and runs[-1][0] != "all"
            runs[-1].append(scope) if joins else runs.append([scope])
        phrases = []
        for run in runs:
            if run == ["all"]:
                phrases.append("all mortgage loans")
            else:
                ids = [scope.removeprefix("pool:") for scope in run]
                words = [
                    f"{self.word} {ids[0]}",
                    *(f"{self.word} {name}" if self.chance() else name for name in ids[1:]),
                ]
                phrases.append(f"{article}{self.listed(words, joint if len(runs) == 1 else 'and')} mortgage loans")
        text = self.listed(phrases, joint)
        if every and len(scopes) > 1:
            if self.dialect.every == "both" and len(scopes) == 2:
                text = f"both {text}"
            elif self.dialect.every == "each of":
                text = f"each of {text}"
        return text

    def respectively(self, values: Sequence[str], *, inside: bool = False) -> str:
        """Values in order; ``inside`` a sentence that goes on after them."""
        text = self.listed(values)
        if len(values) > 1:
            text += self.rng.choice([",respectively", " respectively"]) if self.dialect.glued else ", respectively"
            text += "," if inside else ""
        return text

    def verb(self, scopes: Sequence[str]) -> str:
        return "was" if list(scopes) == ["all"] else "were"

    def plural(self, word: str, scopes: Sequence[str]) -> str:
        return word if list(scopes) == ["all"] else f"{word}s"

    # --- the kinds of sentences -----------------------------------------------------------------------------------

    def measure(
        self, key: str, subject: str, unit: str, value: Callable[[list[Loan]], str], note: str = "", as_of: bool = True
    ) -> str:
        """ "The weighted average interest rates of ... as of ... were ..., respectively."."""
        scopes = self.ordered(self.every_scope)
        values = [value(self.loans[scope]) for scope in scopes]
        for scope, printed in zip(scopes, values, strict=True):
            self.fact(key, scope, printed, unit)
        date_phrase = f" as of {spoken(self.tape.cut_off)}" if as_of else ""
        plural = re.sub(r"(number|rate|term|ratio)\b", r"\1s", subject, count=1) if len(scopes) > 1 else subject
        return (
            f"The {plural} of {self.named(scopes)}{note}{date_phrase} {self.verb(scopes)}"
            f" {self.respectively(self.in_units(values, unit))}."
        )

    def in_units(self, values: Sequence[str], unit: str) -> list[str]:
        if unit == "percent":
            return [f"{value}%" for value in values]
        if unit == "months":
            alone = self.dialect.shared_unit
            return [value if alone and k < len(values) - 1 else f"{value} months" for k, value in enumerate(values)]
        return [f"{int(value):,}" for value in values]

    def shares(
        self, key: str, bound: str, qualifier: str, chosen: Callable[[Loan], bool], rest: str, *, none: bool = True,
        mark: str = "",
    ) -> str:  # fmt: skip
        """ "At least 95%, 88% and 90%, respectively, of the pool I mortgage loans ... are ..."."""
        scopes = self.ordered(self.every_scope)
        values = []
        for k, scope in enumerate(scopes):
            loans = self.loans[scope]
            part = [loan for loan in loans if chosen(loan)]
            if not part and none and len(scopes) > 1 and k:  # a list does not begin with "no more than none"
                self.fact(key, scope, "0", "percent", "none")
                values.append(self.dialect.none_word)
            else:
                printed = share(part, loans)
                self.fact(key, scope, printed, "percent", qualifier)
                values.append(f"{printed}%" + (mark if k == 0 else ""))
        if self.dialect.direct and len(scopes) > 1:
            named = [f"{value} of {self.named([scope])}" for scope, value in zip(scopes, values, strict=True)]
            if "no" not in values:
                return f"{bound} {self.listed(named)} {rest}."
        return f"{bound} {self.respectively(values, inside=True)} of {self.named(scopes)} {rest}."

    def cover(self) -> None:
        rng, dialect, tape = self.rng, self.dialect, self.tape
        if self.chance(0.8):
            self.add("line", rng.choice(["UNITED STATES", "U.S. SECURITIES AND EXCHANGE COMMISSION"]))
        if self.document.blocks and self.document.blocks[-1].text == "UNITED STATES":
            self.add("line", "SECURITIES AND EXCHANGE COMMISSION")
        self.add("line", "Washington, D.C. 20549")
        self.add("rule")
        self.add("line", "FORM 8-K")
        self.fact("form_type", "filing", "8-K", "text")
        self.add("line", "CURRENT REPORT")
        self.add("line", "Pursuant to Section 13 or 15(d) of the Securities Exchange Act of 1934")
        closing = spoken(tape.closing)
        printed = closing.replace(", ", ",") if dialect.glued and self.chance() else closing
        self.add("line", f"Date of Report: {printed}")
        self.fact("report_date", "filing", tape.closing.isoformat(), "date")
        self.add("line", "(Date of earliest event reported)")
        self.add("line", "CITICORP MORTGAGE SECURITIES, INC.")
        self.fact("registrant", "filing", "Citicorp Mortgage Securities, Inc.", "text")
        self.add("line", "(Packager and Servicer)")
        self.fact("registrant_role", "filing", "Packager and Servicer", "text")
        name = rng.choice(["CitiCertificates", "Certificates"])
        comma = rng.choice(["", ","])
        issuer = rng.choice([
            f"(Issuer in Respect of the REMIC Pass-Through {name}, Series{comma} {self.cover_series})",
            f"(Issuer in Respect of the REMIC Pass-Through {name} Series, {self.cover_series})",
            f"(Issuer    in Respect of the Adjustable Rate REMIC Pass-Through {name}, Series {self.cover_series})",
        ])  # fmt: skip
        self.add("line", issuer)
        if "Adjustable" in issuer:
            self.fact("adjustable_rate", "filing", "true", "boolean")
        self.fact("cover_series", "filing", self.cover_series, "text")
        self.add("line", "(Exact name of registrant as specified in charter)")
        number, employer = rng.choice(["33-66222", "333-43167", "333-72459", "333-109722"]), "13-3408713"
        self.add("columns", f"Delaware\t{number}\t{employer}")
        self.add("columns", "(State or other juris-\t(Commission\t(I.R.S. Employer")
        self.add("columns", "diction of organization)\tFile Nos.)\tIdentification No.)")
        self.fact("state_of_organization", "filing", "Delaware", "text")
        self.fact("commission_file_number", "filing", number, "text")
        self.fact("irs_employer_id", "filing", employer, "text")
        address, code = rng.choice([
            ("909 Third Avenue, New York, New York", "10043"),
            ("12855 North Outer Forty Drive, St. Louis, Missouri", "63141"),
            ("1000 Technology Drive, O'Fallon, Missouri", "63368-2240"),
        ])  # fmt: skip
        self.add("columns", f"{address}\t{code}")
        self.add("columns", "(Address of principal executive offices)\t(Zip Code)")
        self.fact("principal_address", "filing", address, "text")
        self.fact("zip_code", "filing", code, "text")
        telephone = rng.choice(["(212) 559-6727", "(314) 851-6305", "(636) 261-1313"])
        self.add("line", f"Registrant's Telephone Number, including area code{rng.choice([':', ''])} {telephone}")
        self.fact("telephone", "filing", telephone, "text")
        self.add("line", "(Former name, former address and former fiscal year, if changed since last report.)")
        self.add("page")

    def heading(self) -> None:
        rng, dialect = self.rng, self.dialect
        titles = {
            "2": "Acquisition or Disposition of Assets",
            "2.01": "Completion of Acquisition or Disposition of Assets",
            "5": "Other Events",
            "8.01": "Other Events",
        }
        self.add("left", f"Item {dialect.item}. {titles[dialect.item]}.")
        self.fact("item_number", "filing", dialect.item, "text")
        self.fact("item_title", "filing", titles[dialect.item], "text")
        self.add("line", "CITICORP MORTGAGE SECURITIES, INC.")
        name = "CitiCertificates" if dialect.citi else "Certificates"
        self.add("line", f"REMIC Pass-Through {name}, Series {self.series}")
        self.fact("series", "filing", self.series, "text")
        self.add("rule")
        self.add("line", spoken(self.tape.closing))
        self.fact("heading_date", "filing", self.tape.closing.isoformat(), "date")
        pool = "MORTGAGE LOAN POOL" if dialect.year > 2001 else "MORTGAGE POOL"
        mark = rng.choice(["(1)", " (1)", " 1", " A", "(1)", ""])
        layout = rng.choice(["one", "two", "ruled"])
        parts = [f"DETAILED DESCRIPTION OF THE {pool}", f"AND THE MORTGAGED PROPERTIES{mark}"]
        if layout == "one":
            self.add("line", " ".join(parts))
        else:
            self.add("line", parts[0])
            if layout == "ruled":
                self.add("rule")
            self.add("line", parts[1])
        self.add("rule")

    def transfer(self) -> None:
        rng, dialect, tape = self.rng, self.dialect, self.tape
        closing, cut_off = spoken(tape.closing), spoken(tape.cut_off)
        trustee = rng.choice(["", "U.S. Bank National Association", "The Bank of New York", "State Street Bank, N.A."])
        due = f" (after deducting principal payments due on or before {cut_off})"
        verb = "will transfer" if dialect.future else "transferred"
        evidenced = " evidenced by mortgage notes" if dialect.adjusted else ""
        total = plain(balance_of(tape.loans))
        named = f", {trustee}," if trustee else ""
        sentences = [
            f'On {closing}, Citicorp Mortgage Securities, Inc. ("CMSI") {verb} to the Trustee{named} mortgage loans{evidenced}'
            f" with an aggregate scheduled principal balance outstanding{due} as of {cut_off} of {dollars(total)}."
        ]
        self.fact("closing_date", "filing", tape.closing.isoformat(), "date")
        if trustee:
            self.fact("trustee", "filing", trustee, "text")
        term = "Adjusted Balance" if dialect.adjusted else "scheduled principal balance"
        self.fact("balance_term", "filing", term, "text")
        self.fact("cut_off_date", "filing", tape.cut_off.isoformat(), "date")
        self._balance("all", total)
        if not self.one:
            sentences += [self._pool_definition(scope, group, due) for scope, group in self.groups.items()]
        tense = "will be" if dialect.future else "were"
        party = rng.choice(["Trustee", "paying agent"])
        agent = rng.choice(["State Street Bank and Trust Company", "The Bank of New York", "Citibank, N.A."])
        threshold = rounded(Fraction(balance_of(tape.loans)) / 10, 2)
        sentences += [
            f"The mortgage loans {tense} delivered in exchange for the certificates, authenticated by the {party},"
            " evidencing 100% of the regular interests in the Trust.",
            f"Distributions on the certificates will be made by {agent}, as paying agent, by wire transfer or by such"
            " other means as the person entitled thereto and CMSI shall agree.",
            "CMSI may repurchase all mortgage loans remaining in the mortgage loan pool pursuant to the pooling"
            " agreement if at the time of repurchase the aggregate scheduled principal balance of such mortgage loans is"
            f" less than {dollars(threshold)}.",
        ]
        if not self.one:
            sentences.append(
                f"Information below is provided with respect to {self.named(self.pool_scopes, every=False)} and/or all mortgage"
                " loans included in the mortgage loan pool as indicated."
            )
        self.fact("authenticating_party", "filing", party, "text")
        self.fact("regular_interests_percent", "all", "100", "percent")
        self.fact("paying_agent", "filing", agent, "text")
        self.fact("call_threshold", "all", threshold, "USD", "less_than")
        self.paragraph(*sentences)

    def _balance(self, scope: str, value: str) -> None:
        self.fact("principal_due_through_date", scope, self.tape.cut_off.isoformat(), "date")
        self.fact(BALANCE, scope, value, "USD")

    def _pool_definition(self, scope: str, group: Group, due: str) -> str:
        if group.shortest == group.longest:
            terms = f"{group.longest} years"
        else:
            terms = f"at least {group.shortest} but not more than {group.longest} years"
        self._years(scope, group.shortest, group.longest)
        relocation = ""
        if group.relocation or self.chance():
            relocation = " and that are relocation loans" if group.relocation else " and that are not relocation loans"
            self.fact("relocation_loans", scope, str(group.relocation).lower(), "boolean")
        total = plain(balance_of(group.loans))
        self._balance(scope, total)
        return (
            f'The mortgage loans that have original maturities of {terms}{relocation}, the "{self.word} {group.id} mortgage loans",'
            f" have an aggregate scheduled principal balance outstanding{due} as of {spoken(self.tape.cut_off)} of {dollars(total)}."
        )

    def _years(self, scope: str, shortest: int, longest: int) -> None:
        if shortest == longest:
            self.fact("original_term_years", scope, str(longest), "years")
        else:
            self.fact("original_term_years", scope, str(shortest), "years", "at_least")
            self.fact("original_term_years", scope, str(longest), "years", "no_more_than")

    def averages(self) -> None:
        groups = list(self.groups.values())
        shortest, longest = min(g.shortest for g in groups), max(g.longest for g in groups)
        terms = f"{longest} years" if shortest == longest else f"at least {shortest} but not more than {longest} years"
        self._years("all", shortest, longest)
        self.paragraph(
            self.measure("loan_count", "total number", "loans", lambda loans: str(len(loans))),
            self.measure("weighted_average_coupon", "weighted average interest rate", "percent",
                         lambda loans: average(loans, lambda loan: loan.rate, 3),
                         " (before deduction of the servicing fee)"),
            self.measure("weighted_average_remaining_term", "weighted average remaining term to stated maturity", "months",
                         lambda loans: average(loans, lambda loan: loan.remaining_term, 2)),
            f"All mortgage loans have original maturities of {terms}.",
            self.origination(),
            self.measure("weighted_average_original_term", "weighted average original term to stated maturity", "months",
                         lambda loans: average(loans, lambda loan: loan.original_term, 2)),
        )  # fmt: skip

    def origination(self) -> str:
        scopes = self.ordered(self.pool_scopes)
        firsts = [min(loan.originated for loan in self.loans[scope]) for scope in scopes]
        last = max(loan.originated for loan in self.tape.loans)
        for scope, first in zip(scopes, firsts, strict=True):
            self.fact("earliest_origination_date", scope, first.isoformat(), "date", "not_before")
            self.fact("latest_origination_date", scope, last.isoformat(), "date", "not_after")
        who = (
            "the mortgage loans" if self.one else self.named(scopes, joint=self.rng.choice(["or", "and"]), every=False)
        )
        dates = self.respectively([spoken(day) for day in firsts], inside=True)
        return f"None of {who} were originated prior to {dates} or after {spoken(last)}."

    def maturities(self) -> list[str]:
        """One sentence for the pools of each latest maturity, as the filings part them."""
        by_date: dict[date, list[str]] = {}
        for scope in self.pool_scopes:
            by_date.setdefault(max(loan.matures for loan in self.loans[scope]), []).append(scope)
        sentences = []
        for day, scopes in by_date.items():
            for scope in scopes:
                self.fact("latest_maturity_date", scope, day.isoformat(), "date", "no_later_than")
            who = "the mortgage loans" if self.one else self.named(scopes, every=False)
            sentences.append(
                f"None of {who} {self.rng.choice(['have', 'has'])} a scheduled maturity later than {spoken(day)}."
            )
        return sentences

    def sizes(self) -> list[str]:
        scopes = self.ordered(self.pool_scopes)
        low = [plain(min(loan.original_balance for loan in self.loans[scope])) for scope in scopes]
        high = [plain(max(loan.original_balance for loan in self.loans[scope])) for scope in scopes]
        if self.chance():  # one ceiling for all pools
            high = [str(max(int(value) for value in high))] * len(high)
        for scope, least, most in zip(scopes, low, high, strict=True):
            self.fact("original_principal_balance", scope, least, "USD", "at_least")
            self.fact("original_principal_balance", scope, most, "USD", "no_more_than")
        who = "Each mortgage loan" if self.one else f"Each of {self.named(scopes, every=False)}"
        least_text = self.respectively([dollars(value) for value in low], inside=True).removesuffix(",")
        same = len(set(high)) == 1
        most_text = dollars(high[0]) if same else self.respectively([dollars(value) for value in high])
        between = "," if len(low) > 1 or self.chance() else ""
        return [
            f"{who} had an original principal balance of not less than {least_text}{between} nor more than {most_text}."
        ]

    def high_ltv(self) -> list[str]:
        scopes = self.ordered(self.pool_scopes)
        values = []
        for k, scope in enumerate(scopes):
            high = [loan for loan in self.loans[scope] if loan.ltv > 80]
            if not high and len(scopes) > 1 and k:
                values.append("none")
                self.fact("high_ltv_balance", scope, "0", "USD", "none")
            else:
                amount = rounded(Fraction(balance_of(high)), 0)
                values.append(dollars(amount))
                self.fact("high_ltv_balance", scope, amount, "USD")
            self.fact("high_ltv_threshold", scope, "80", "percent", "in_excess_of")
        self.fact("max_ltv", "all", "95", "percent", "no_more_than")
        who = self.named(scopes, the=False, every=False)
        who = "mortgage loans" if self.one else who
        balance = (
            "an aggregate scheduled principal balance" if len(scopes) == 1 else "aggregate scheduled principal balances"
        )
        return [
            f"{who[0].upper()}{who[1:]} having {balance} of {self.respectively(values, inside=True)} as of"
            f" {spoken(self.tape.cut_off)}, had loan-to-value ratios at origination in excess of 80%, but no mortgage"
            " loans had loan-to-value ratios in excess of 95%.",
            self.measure("weighted_average_ltv", "weighted average loan-to-value ratio at origination", "percent",
                         lambda loans: average(loans, lambda loan: loan.ltv, 1)),
        ]  # fmt: skip

    def zip_codes(self) -> str:
        scopes = self.ordered(self.every_scope)
        values = [largest_zip_code(self.loans[scope]) for scope in scopes]
        for scope, value in zip(scopes, values, strict=True):
            self.fact("max_zip_code_balance", scope, value, "USD", "no_more_than")
        self.fact("zip_code_concentration_basis", "all", "1", "zip codes")
        return (
            f"No more than {self.respectively([dollars(value) for value in values], inside=True)} of {self.named(scopes)} are"
            " secured by mortgaged properties located in any one zip code."
        )

    def occupancy(self) -> None:
        self.fact("occupancy_determined_by", "filing", "CitiMortgage, Inc.", "text")
        self.fact("primary_residence_basis_months", "filing", "6", "months", "at_least")
        self.fact("investment_property_percent", "all", "0", "percent", "none")
        self.paragraph(
            self.shares(
                "primary_residence_percent", "At least", "at_least", lambda loan: loan.primary_residence,
                "are secured by mortgaged properties determined by CitiMortgage, Inc. to be the primary residence of the"
                ' borrower ("homeowner")', none=False, mark=f"{MARK}2" if self.chance(0.7) else "",
            ),
            "The sole basis for such determination is either (a) a representation by the homeowner at origination of the"
            " mortgage loan that the underlying property will be used for a period of at least 6 months every year or that"
            " he intends to use the underlying property as his or her primary residence, or (b) that the address of the"
            " underlying property is the homeowner's mailing address as reflected in the originator's records.",
            "None of the mortgage loans are secured by investment properties.",
        )  # fmt: skip

    def documentation(self) -> None:
        def program(number: int) -> Callable[[Loan], bool]:
            return lambda loan: loan.program == number

        self.paragraph(
            self.shares(
                "documentation_full_percent", "At least", "at_least", program(0),
                "will be mortgage loans originated using loan underwriting policies which require, among other things, proof"
                " of income and liquid assets and telephone verification of employment", none=False,
            ),
            self.shares(
                "documentation_no_asset_verification_percent", "No more than", "no_more_than", program(1),
                "were refinance transactions originated using loan underwriting policies that require proof of income and"
                " telephone verification of employment but do not require verification of assets",
            ),
            self.shares(
                "documentation_no_income_verification_percent", "No more than", "no_more_than", program(2),
                "were originated using a loan underwriting policy that requires verification of employment and may require"
                " proof of liquid assets, but does not require verification of the prospective borrower's income as stated on"
                " the loan application",
            ),
            self.shares(
                "documentation_streamlined_percent", "No more than", "no_more_than", program(3),
                "will be mortgage loans originated using streamlined underwriting policies",
            ),
            'See "Mortgage loan underwriting" in the Prospectus.',
        )  # fmt: skip

    def pledged(self) -> None:
        self.fact("primary_mortgage_insurance_percent_of_high_ltv", "all", "100", "percent")
        self.fact("primary_mortgage_insurance_ltv_threshold", "all", "80", "percent", "greater_than")
        insured = (
            "All of the mortgage loans which had loan-to-value ratios greater than 80% at origination had primary mortgage"
            " insurance as of such date."
        )
        with_pledged = [scope for scope in self.pool_scopes if any(g.pledged for g in self._groups_of(scope))]
        if not with_pledged:
            self.paragraph(insured)
            return
        loans = {scope: [loan for g in self._groups_of(scope) for loan in g.pledged] for scope in with_pledged}
        scopes = self.ordered(with_pledged)
        who = "mortgage loans" if self.one else self.named(scopes, the=False, every=False)
        self.paragraph(
            insured,
            f"In the case of the {who} for which additional collateral was pledged, taken as groups:",
        )
        rows: tuple[tuple[str, str, str, str, Figure], ...] = (
            ("pledged_asset_loan_count", "number", "loans", "", lambda part: str(len(part))),
            ("pledged_asset_balance", "aggregate scheduled principal balance", "USD", "",
             lambda part: rounded(Fraction(balance_of(part)), 0)),
            ("pledged_asset_ltv_with_collateral", "weighted average loan-to-value ratio", "percent",
             ", taking into account the loanable value of the pledged additional collateral,",
             lambda part: average(part, lambda loan: loan.ltv_with_collateral or Decimal(0), 1)),
            ("pledged_asset_ltv_without_collateral", "weighted average loan-to-value ratio", "percent",
             ", without taking into account the loanable value of the pledged additional collateral,",
             lambda part: average(part, lambda loan: loan.ltv, 1)),
        )  # fmt: skip
        for number, (key, subject, unit, note, value) in enumerate(rows, 1):
            printed = [value(loans[scope]) for scope in scopes]
            for scope, figure in zip(scopes, printed, strict=True):
                self.fact(key, scope, figure, unit)
            shown = [dollars(v) if unit == "USD" else f"{v}%" if unit == "percent" else v for v in printed]
            several = len(scopes) > 1
            end = "; and" if number == 3 else "." if number == 4 else ";"
            self.add("item", self.worded(
                f"{number}. the {subject}{'s' * several} of such {who}{note} {'are' if several else 'is'}"
                f" {self.respectively(shown)}{end}"
            ))  # fmt: skip

    def _groups_of(self, scope: str) -> list[Group]:
        return list(self.groups.values()) if scope == "all" else [self.groups[scope]]

    def strips(self) -> None:
        for scope in self.pool_scopes:
            group = self.tape.groups[0] if self.one else self.groups[scope]
            title = "" if self.one else f"{self.word} {group.id} "
            sides = {"discount": group.discount, "premium": group.premium}
            order = ["premium", "discount"] if self.dialect.premium_first else ["discount", "premium"]
            bounds = {"discount": ("less than", "less_than"), "premium": ("greater than or equal to", "at_least")}
            rate = f"{group.split_rate:.2f}" if group.split_rate * 100 % 1 == 0 else f"{group.split_rate:.3f}"
            sentences = []
            for side in order:
                words, qualifier = bounds[side]
                self.fact("net_loan_rate", f"{scope}:{side}", rate, "percent", qualifier)
                named = "net note rates (NNRs)" if side == order[0] else "NNRs"
                rates = named if self.dialect.nnr else "net loan rates"
                text = f"{title}{side} loans will consist of {title}mortgage loans with {rates} {words} {rate}%."
                sentences.append(text[0].upper() + text[1:])
            who = f"the {title}{order[0]} loans and the {title}{order[1]} loans"
            if self.dialect.folded and self.chance():
                who = f"the {title}{order[0]} and {order[1]} loans"
            measures: tuple[tuple[str, str, str, str, Figure], ...] = (
                (BALANCE, "aggregate scheduled principal balances outstanding as of the cut-off date", "USD", "",
                 lambda loans: rounded(Fraction(balance_of(loans)), 0)),
                ("weighted_average_coupon", "weighted average interest rates", "percent", ", as of the cut-off date,",
                 lambda loans: average(loans, lambda loan: loan.rate, 3)),
                ("weighted_average_remaining_term", "weighted average remaining terms to stated maturity", "months",
                 ", as of the cut-off date,", lambda loans: average(loans, lambda loan: loan.remaining_term, 2)),
            )  # fmt: skip
            for key, subject, unit, as_of, value in measures:
                printed = [value(sides[side]) for side in order]
                for side, figure in zip(order, printed, strict=True):
                    self.fact(key, f"{scope}:{side}", figure, unit)
                shown = [dollars(v) for v in printed] if unit == "USD" else self.in_units(printed, unit)
                sentences.append(f"The {subject} of {who}{as_of} were {self.respectively(shown)}.")
            self.paragraph(*sentences)

    def loss_limits(self) -> None:
        names = ["special hazard", "fraud", "bankruptcy"]
        total = int(balance_of(self.tape.loans))
        amounts = [str(total * self.rng.randint(1, 10) // 100000 * 1000) for _ in names]
        style = self.dialect.limits
        if style == "no":
            self.paragraph("There are no special hazard, fraud or bankruptcy loss limits.")
            amounts = ["none"] * 3
        elif style == "list":
            values = self.respectively([dollars(value) for value in amounts])
            self.paragraph(f"The special hazard, fraud and bankruptcy loss limits are {values}.")
        else:
            if style == "mixed":
                amounts[2] = "none"
            self.paragraph(*(
                f"There is no {name} loss limit." if value == "none" else f"The {name} loss limit is {dollars(value)}."
                for name, value in zip(names, amounts, strict=True)
            ))  # fmt: skip
        for name, value in zip(names, amounts, strict=True):
            key = f"{name.replace(' ', '_')}_loss_limit"
            self.fact(key, "all", value, "USD", "none" if value == "none" else "exact")

    def certificates(self) -> None:
        tape, cut_off = self.tape, spoken(self.tape.cut_off)
        for label, balance in tape.classes:
            self.fact("class_initial_principal_balance", f"class:{label}", plain(balance), "USD")
        senior = list(tape.seniors) if self.dialect.own_levels else ["A"]
        labels = [*senior, *(label for label, _ in tape.classes[len(tape.seniors) : -1])]
        for label in labels:
            self.fact("subordination_level", f"class:{label}", tape.level(label), "percent")
        if self.dialect.one_class_list:
            listed = self.listed([f"class {label}" for label, _ in tape.classes])
            values = self.respectively([dollars(balance) for _, balance in tape.classes])
            self.paragraph(
                f"The aggregate initial principal balances of the {listed} certificates as of {cut_off} were {values}."
            )
        else:
            for label, balance in tape.classes:
                self.paragraph(
                    f"The aggregate initial principal balance of the class {label} certificates as of {cut_off} was"
                    f" {dollars(balance)}."
                )
        for label in labels:
            self.paragraph(f"The class {label} subordination level is {tape.level(label)}%.*")
        self.add("note", self.worded(
            "Equal to the initial principal balance thereof divided by the aggregate scheduled principal balance of all"
            " mortgage loans."
        ), "*")  # fmt: skip

    def footnotes(self) -> None:
        before = self.tape.closing - timedelta(days=self.rng.randint(0, 20))
        self.fact("prospectus_date", "filing", before.isoformat(), "date")
        name = "CitiCertificates" if self.dialect.citi else "Certificates"
        self.add("note", "Terms used herein and not otherwise defined have the meaning assigned thereto in the Prospectus dated"
                 f" {spoken(before)} (consisting of a prospectus supplement and a core prospectus), relating to the REMIC"
                 f" Pass-Through {name}, Series {self.series}.", "1")  # fmt: skip
        self.add("note", self.worded(
            "Such percentages are expressed as a percentage of the aggregate scheduled principal balance of the mortgage loans"
            " having such characteristics relative to the aggregate scheduled principal balance of all the mortgage loans."
        ), "2")  # fmt: skip
        self.add("page")

    def signature(self) -> None:
        closing = spoken(self.tape.closing)
        self.add("line", "SIGNATURES")
        self.add("para", "Pursuant to the requirements of the Securities Exchange Act of 1934, the registrant has duly caused"
                 " this report to be signed on its behalf by the undersigned thereunto duly authorized.")  # fmt: skip
        self.add("name", "CITICORP MORTGAGE SECURITIES, INC.")
        self.add("name", "(Registrant)")
        self.add("name", "By: /s/ Howard Darmstadter")
        self.add("name", "-------------------------")
        self.add("name", "Howard Darmstadter")
        self.add("name", "Assistant Secretary")
        self.add("left", f"Dated: {closing}")
        self.fact("signatory_name", "filing", "Howard Darmstadter", "text")
        self.fact("signatory_title", "filing", "Assistant Secretary", "text")
        self.fact("signature_date", "filing", self.tape.closing.isoformat(), "date")

    def write(self) -> Document:
        self.cover()
        self.heading()
        self.transfer()
        self.averages()
        self.paragraph(*self.maturities(), *self.sizes(), *self.high_ltv(), self.zip_codes())
        self.occupancy()
        self.footnotes()
        self.documentation()
        self.pledged()
        if self.dialect.sub_pools:
            self.strips()
        self.add("page")
        self.loss_limits()
        self.certificates()
        self.add("page")
        self.signature()
        return self.document


def written(dialect: Dialect) -> Document:
    """The filing of one simulated deal in that dialect."""
    return Writer(dialect).write()
