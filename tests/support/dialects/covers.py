"""The trusts of 2006, whose cover and classes differ, and a filing of adjustable-rate loans."""

from .telling import (
    BALANCE,
    CLASS,
    COUPON,
    LEVEL,
    LTV,
    MATURES,
    PRIMARY,
    REMAINING,
    SECOND,
    SIZE,
    STREAMLINED,
    Teller,
    listed,
    short,
)

DUE = "principal_due_through_date"


def trust_of_2006(t: Teller) -> None:
    """A trust's cover; pools without "mortgage loans"; net rates of several pools in one sentence; classes 1-A1, A-PO."""
    t.deal(("I", "II", "III")[: t.rng.randint(2, 3)], year=2006, classes=8, seniors="numbered")
    t.rename_seniors(["1-A1", "1-A2", "2-A1", "A-PO"])
    t.trust_cover()
    t.heading()
    t.text_fact("balance_term", "scheduled principal balance")
    t.note("cut_off_date", "filing", t.tape.cut_off.isoformat())
    trustee = t.text_fact("trustee", "U.S. Bank National Association")
    names = listed([f"pool {short(scope)}" for scope in t.pools])
    t.say(
        f"On {t.tell('closing_date', 'filing')}, Citicorp Mortgage Securities, Inc. transferred to the Trustee, {trustee}, mortgage loans"
        f" with an aggregate scheduled principal balance (after deducting principal payments due on or before {t.tell(DUE, 'all')}) as of"
        f" {t.cut_off} of {t.tell(BALANCE, 'all')}.",
        f"The aggregate scheduled principal balances of {names} are {listed(t.tells(BALANCE, t.pools))}, respectively.",
        f"{names[0].upper()}{names[1:]} contain {listed(t.tells('loan_count', t.pools))} mortgage loans, respectively, in all"
        f" {t.tell('loan_count', 'all')}.",
    )
    t.may(DUE, t.pools)
    t.say(
        f"The weighted average interest rates of {names}, before deduction of the servicing fee, are {listed(t.tells(COUPON, t.pools))},"
        f" respectively; after deduction they are {listed([t.net_coupon(scope) for scope in t.pools])}, respectively.",
        f"The weighted average remaining terms to stated maturity of {names} are {listed(t.tells(REMAINING, t.pools))} months,"
        f" respectively, and the weighted average loan-to-value ratios at origination {listed(t.tells(LTV, t.pools))}, respectively.",
        f"The loans in {names} mature no later than {listed(t.tells(MATURES, t.pools, 'no_later_than'))}, respectively.",
        f"The loans in {names} have original principal balances of not less than {listed(t.tells(SIZE, t.pools, 'at_least'))},"
        f" respectively, and not more than {listed(t.tells(SIZE, t.pools, 'no_more_than'))}, respectively.",
    )
    scores = [t.note("weighted_average_fico", scope, str(t.rng.randint(690, 760))) for scope in t.pools]
    t.say(
        f"The weighted average FICO scores of {names} are {listed(scores)}, respectively.",
        f"At least {listed(t.shares(PRIMARY, t.pools, 'at_least'))} of {names}, respectively, are secured by primary residences.",
        f"No more than {listed(t.shares(SECOND, t.pools, 'no_more_than'))} of {names}, respectively, are secured by second homes.",
        f"No more than {listed(t.shares(STREAMLINED, t.pools, 'no_more_than'))} of {names}, respectively, were originated under"
        " streamlined policies.",
    )
    t.prospectus_note()
    rates = [t.net_rate(scope) for scope in t.pools]
    for scope, rate in zip(t.pools, rates, strict=True):
        t.note("net_loan_rate", f"{scope}:discount", rate, "less_than")
        t.note("net_loan_rate", f"{scope}:premium", rate, "at_least")
    shown = listed([f"{rate}%" for rate in rates])
    sides = {side: [f"{scope}:{side}" for scope in t.pools] for side in ("discount", "premium")}
    t.say(
        f"The discount loans of {names} have net loan rates of less than {shown}, respectively, and the premium loans of {names} net"
        f" loan rates of at least {shown}, respectively.",
        *(
            f"The {side} loans of {names} have aggregate scheduled principal balances of {listed(t.tells(BALANCE, scopes))},"
            f" respectively, weighted average interest rates before deduction of the servicing fee of {listed(t.tells(COUPON, scopes))},"
            f" respectively, and weighted average remaining terms to stated maturity of {listed(t.tells(REMAINING, scopes))} months,"
            " respectively."
            for side, scopes in sides.items()
        ),
    )
    t.say("There are no special hazard, fraud or bankruptcy loss limits.")
    for kind in ("special_hazard", "fraud", "bankruptcy"):
        t.note(f"{kind}_loss_limit", "all", "none", "none")
    for form in t.classes(CLASS, "The class {} certificates have an initial principal balance of {}."):
        t.say(form)
    t.note(LEVEL, "class:A", t.tape.level("A"))
    t.say(f"The subordination level of the class A certificates is {t.tape.level('A')}%.")
    t.signature()


def adjustable(t: Teller) -> None:
    """Loans whose rates adjust: what is common is stated as ever, beside margins, caps and dates of adjustment."""
    t.deal(("I", "II")[: t.rng.choice([0, 2])], year=2005, classes=6)
    t.cover("Adjustable Rate ")
    t.note("adjustable_rate", "filing", "true")
    t.heading()
    t.text_fact("balance_term", "scheduled principal balance")
    t.note("cut_off_date", "filing", t.tape.cut_off.isoformat())
    several = len(t.pools) > 1
    names = listed([f"pool {short(scope)}" for scope in t.pools]) if several else ""
    who = f"the {names} mortgage loans and all mortgage loans" if several else "the mortgage loans"
    end = ", respectively" if several else ""
    margins = listed([f"{t.rng.randint(200, 275) / 100:.3f}%" for _ in t.scopes])
    caps = listed([f"{t.rng.randint(9500, 12500) / 1000:.3f}%" for _ in t.scopes])
    ahead = listed([f"{t.rng.randint(30, 80)}" for _ in t.scopes])
    t.say(
        f"On {t.tell('closing_date', 'filing')}, Citicorp Mortgage Securities, Inc. transferred to the Trustee adjustable rate mortgage"
        f" loans with an aggregate scheduled principal balance outstanding (after deducting principal payments due on or before"
        f" {t.tell(DUE, 'all')}) as of {t.cut_off} of {t.tell(BALANCE, 'all')}.",
        *(f"The aggregate scheduled principal balance of the pool {short(scope)} mortgage loans is {t.tell(BALANCE, scope)}."
          for scope in t.pools if several),
    )  # fmt: skip
    t.may(DUE, t.pools)
    t.say(
        f"The total numbers of {who} as of {t.cut_off} were {listed(t.tells('loan_count', t.scopes))}{end}.",
        f"The weighted average current interest rates of {who}, before deduction of the servicing fee, were"
        f" {listed(t.tells(COUPON, t.scopes))}{end}.",
        f"The weighted average margins of {who} over the one-year LIBOR index are {margins}{end}, and their weighted average maximum"
        f" interest rates are {caps}{end}.",
        f"The interest rates of {who} will first adjust, on weighted average, {ahead} months after {t.cut_off}{end}, and may then rise"
        " by no more than 2% at any one adjustment.",
        f"The weighted average remaining terms to stated maturity of {who} as of {t.cut_off} were"
        f" {listed(t.tells(REMAINING, t.scopes, unit=' months'))}{end}.",
        f"The weighted average loan-to-value ratios at origination of {who} were {listed(t.tells(LTV, t.scopes))}{end}.",
    )
    t.say(
        f"None of the mortgage loans has a scheduled maturity later than {t.tell(MATURES, 'all', 'no_later_than')}."
        if not several
        else "",
        f"At least {listed(t.shares(PRIMARY, t.scopes, 'at_least'))}{end + ',' if end else ''} of {who} are secured by mortgaged"
        " properties that are the primary residence of the borrower.",
    )
    t.prospectus_note()
    for form in t.classes(
        CLASS, f"The aggregate initial principal balance of the class {{}} certificates as of {t.cut_off} was {{}}."
    ):
        t.say(form)
    for form in t.classes(LEVEL, "The class {} subordination level is {}."):
        t.say(form)
    t.signature()
