"""Two lawyers of one-pool and two-pool deals: figures before their names, and figures in words."""

from decimal import Decimal

from .telling import (
    BALANCE,
    CLASS,
    COOPERATIVE,
    COUPON,
    EARLIEST,
    FULL,
    HIGH,
    LATEST,
    LEVEL,
    LTV,
    MATURES,
    ORIGINAL,
    PRIMARY,
    REFINANCED,
    REMAINING,
    SIZE,
    ZIP,
    Teller,
    listed,
    month,
    short,
    worded,
)

DUE = "principal_due_through_date"


def number_first(t: Teller) -> None:
    """Sentences that begin with a figure; balances and counts in brackets; millions."""
    t.deal(("I", "II"), year=2003, classes=6)
    t.cover()
    t.heading()
    t.text_fact("balance_term", "scheduled principal balance")
    t.note("cut_off_date", "filing", t.tape.cut_off.isoformat())
    trustee = t.text_fact("trustee", "The Bank of New York")
    pools = [
        f"the pool {short(scope)} mortgage loans ({t.tell('loan_count', scope)} loans; {t.tell(BALANCE, scope)})"
        for scope in t.pools
    ]
    t.say(
        f"{t.tell(BALANCE, 'all')} was the aggregate scheduled principal balance, as of {t.cut_off} and after deducting principal"
        f" payments due on or before {t.tell(DUE, 'all')}, of the {t.tell('loan_count', 'all')} mortgage loans that Citicorp Mortgage"
        f" Securities, Inc. transferred to the Trustee, {trustee}, on {t.tell('closing_date', 'filing')}.",
        f"They consist of {listed(pools)}.",
        f"{t.tell('call_threshold', 'all', 'less_than')} is the balance below which the mortgage loans may be repurchased.",
    )
    t.may(DUE, t.pools)
    names = listed([f"pool {short(scope)}" for scope in t.pools])
    t.say(
        f"{listed(t.tells(COUPON, t.scopes))} are the weighted average interest rates, before deduction of the servicing fee, of the"
        f" {names} mortgage loans and of all mortgage loans, respectively.",
        f"{listed(t.tells(REMAINING, t.scopes))} months are the weighted average remaining terms to stated maturity of the {names}"
        " mortgage loans and of all mortgage loans, respectively.",
        *(
            f"{t.tell(LTV, scope)} was the weighted average loan-to-value ratio at origination of the pool {short(scope)} mortgage"
            " loans."
            for scope in t.pools
        ),
        *(
            f"{t.tell(EARLIEST, scope, 'not_before')} is the earliest, and {t.tell(LATEST, scope, 'not_after')} the latest, date of"
            f" origination of a pool {short(scope)} mortgage loan; {t.tell(MATURES, scope, 'no_later_than')} is the latest scheduled"
            " maturity of one."
            for scope in t.pools
        ),
    )
    zips = []
    for scope in t.scopes:
        largest = (Decimal(t.value(ZIP, scope, "exact")) / 10_000).to_integral_value() / 100
        t.note(ZIP, scope, format(largest * 1_000_000, "f"), "no_more_than")
        zips.append(f"${largest} million")
    t.say(
        f"No more than {listed(zips)} of the {names} mortgage loans and of all mortgage loans, respectively, are secured by mortgaged"
        f" properties in {t.any_one_zip_code()}.",
        *(
            f"{t.tell(PRIMARY, scope, 'at_least')} at least of the pool {short(scope)} mortgage loans are secured by primary"
            " residences."
            for scope in t.pools
        ),
        f"{listed(t.shares(FULL, t.scopes, 'exact'))} of the {names} mortgage loans and of all mortgage loans, respectively, were"
        " originated under policies that require proof of income and liquid assets.",
    )
    t.prospectus_note()
    t.raw("\n\n".join(
        f"     {t.of_class(CLASS, label)} was the initial principal balance of the class {label} certificates."
        for label, _ in t.tape.classes
    ))  # fmt: skip
    t.say(
        *(
            f"{t.of_class(LEVEL, label)} is the class {label} level of subordination."
            for label, _ in t.tape.classes[:-1]
        )
    )
    t.signature()


def in_words(t: Teller) -> None:
    """One pool of the 1990s: capitals, numbers in words, months without a day, limits in percent of the balance."""
    t.deal((), year=1998, classes=6, middle=True)
    t.cover()
    t.heading("MORTGAGE POOL")
    t.text_fact("balance_term", "Adjusted Balance")
    t.note("cut_off_date", "filing", t.tape.cut_off.isoformat())
    t.say(
        f"On {t.tell('closing_date', 'filing')}, Citicorp Mortgage Securities, Inc. will transfer to the Trustee Mortgage Loans"
        f" evidenced by Mortgage Notes with an aggregate Adjusted Balance outstanding (after deducting principal payments due on or"
        f" before {t.tell(DUE, 'all')}) as of {t.cut_off} of {t.tell(BALANCE, 'all')}.",
        f"The Mortgage Loans are {worded(int(t.note('loan_count', 'all', t.value('loan_count', 'all', ''))))} in number and have"
        f" original maturities of {t.years('all', worded)}.",
        f"Their weighted average interest rate before deduction of the servicing fee was {t.tell(COUPON, 'all')} as of {t.cut_off},"
        f" their weighted average remaining term to stated maturity {t.tell(REMAINING, 'all')} months and their weighted average"
        f" original term {t.tell(ORIGINAL, 'all')} months.",
    )
    first, last = (
        t.note(key, "all", t.value(key, "all", ""), q) for key, q in ((EARLIEST, "not_before"), (LATEST, "not_after"))
    )
    matures = t.note(MATURES, "all", t.value(MATURES, "all", ""), "no_later_than")
    t.say(
        f"None of the Mortgage Loans was originated before {month(first)} or after {month(last)}, and none has a scheduled maturity"
        f" later than {month(matures)}.",
        f"Each Mortgage Loan had an original principal balance of not less than {t.tell(SIZE, 'all', 'at_least')} nor more than"
        f" {t.tell(SIZE, 'all', 'no_more_than')}.",
    )
    pledged = [loan for loan in t.tape.loans if loan.ltv_with_collateral is not None]
    if pledged:
        t.note("pledged_asset_loan_count", "all", str(len(pledged)))
        verb = "has" if len(pledged) == 1 else "have"
        t.say(f"{worded(len(pledged)).capitalize()} of the Mortgage Loans {verb} additional collateral pledged.")
    t.say(
        f"Mortgage Loans with an aggregate Adjusted Balance of {t.tell(HIGH, 'all')} had loan-to-value ratios at origination"
        f" {t.above_80(['all'])}; the weighted average of all was {t.tell(LTV, 'all')}.",
        f"At least {worded(int(t.note(PRIMARY, 'all', t.value(PRIMARY, 'all', ''), 'at_least')))} percent of the Mortgage Loans are"
        " secured by primary residences.",
        f"At least half of the Mortgage Loans bear interest at rates above their weighted average; not more than"
        f" {worded(int(t.note(REFINANCED, 'all', t.value(REFINANCED, 'all', ''), 'no_more_than')))} percent were refinancings.",
        f"No more than {t.tell(COOPERATIVE, 'all', 'no_more_than')} are secured by shares in cooperatives.",
    )
    t.prospectus_note()
    t.note("bankruptcy_loss_limit", "all", str(t.rng.randint(90, 300) * 1000))
    limit = t.truth[-1].value
    t.say(
        "The Special Hazard Loss Limit is 1% of the aggregate Adjusted Balance of the Mortgage Loans, and the Fraud Loss Limit two"
        f" percent of it. The Bankruptcy Loss Limit is ${int(limit):,}.",
    )
    for label, _ in t.tape.classes:
        t.say(f"The Initial Stated Amount of the Class {label} Certificates was {t.of_class(CLASS, label)}.")
    t.say(
        *(f"The Class {label} Subordination Level is {t.of_class(LEVEL, label)}." for label, _ in t.tape.classes[:-1])
    )
    t.signature()
