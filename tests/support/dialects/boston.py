"""Two lawyers who count loans of loans: "of them", "of which"."""

from .telling import (
    BALANCE,
    BUYDOWN,
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
    NO_ASSETS,
    NO_INCOME,
    ORIGINAL,
    PRIMARY,
    REFINANCED,
    REMAINING,
    SECOND,
    SIZE,
    STREAMLINED,
    ZIP,
    Teller,
    listed,
    short,
)  # fmt: skip

DUE = "principal_due_through_date"


def of_them(t: Teller) -> None:
    """Roman pools, lists that lean on the sentence before, class lists with semicolons."""
    t.deal(("I", "II", "III", "IV")[: t.rng.randint(2, 4)], year=2003)
    t.cover()
    t.heading()
    _conveyance(t)
    names = listed([f"pool {short(scope)}" for scope in t.pools])
    every = f"the {names} mortgage loans and all the mortgage loans"
    counts = listed(t.tells("loan_count", t.scopes))
    t.say(
        f"The numbers of {every} as of {t.cut_off} were, respectively, {counts}.",
        f"Their weighted average interest rates before deduction of the servicing fee were {listed(t.tells(COUPON, t.scopes))}"
        f" and, after deduction of the servicing fee, {listed([t.net_coupon(scope) for scope in t.scopes])}.",
        f"Their weighted average remaining terms to stated maturity were {listed(t.tells(REMAINING, t.scopes, unit=' months'))},"
        f" and their weighted average original terms {listed(t.tells(ORIGINAL, t.scopes, unit=' months'))}.",
    )
    firsts = listed(t.tells(EARLIEST, t.pools, "not_before"))
    t.say(
        f"None of the {names} mortgage loans was originated before {firsts}, respectively.",
        *(
            f"No pool {short(scope)} mortgage loan matures later than {t.tell(MATURES, scope, 'no_later_than')}."
            for scope in t.pools
        ),
    )
    t.say(
        f"The original principal balances of the {names} mortgage loans were at least"
        f" {listed(t.tells(SIZE, t.pools, 'at_least'))} and at most {listed(t.tells(SIZE, t.pools, 'no_more_than'))}, respectively.",
        f"The weighted average loan-to-value ratios of {every} at origination were {listed(t.tells(LTV, t.scopes))}, respectively.",
        f"Of them, no more than {listed(t.tells(ZIP, t.scopes, 'no_more_than'))}, respectively, are secured by mortgaged"
        f" properties in {t.any_one_zip_code()}.",
    )
    t.none_invested(t.pools)
    t.say(
        f"At least {listed(t.shares(PRIMARY, t.scopes, 'at_least'))}, respectively, of {every} are secured by the primary"
        f" residences of the borrowers.",
        f"No more than {listed(t.shares(SECOND, t.scopes, 'no_more_than'))}, respectively, of {every} are secured by second"
        " homes, and none by investment properties.",
        f"No more than {listed(t.shares(COOPERATIVE, t.scopes, 'no_more_than'))} of them, respectively, are secured by shares of"
        " cooperatives.",
    )
    t.prospectus_note()
    t.say(
        f"At least {listed(t.shares(FULL, t.scopes, 'at_least'))}, respectively, of {every} were originated under policies that"
        " require proof of income and liquid assets and telephone verification of employment.",
        f"No more than {listed(t.shares(STREAMLINED, t.scopes, 'no_more_than'))}, respectively, of them were originated under"
        " streamlined underwriting policies.",
    )
    balances, levels = t.classes(CLASS, "class {}, {}"), t.classes(LEVEL, "class {}, {}")
    t.say(f"The initial principal balances of the certificates are: {listed(balances, ';', '; ')}.")
    t.say(f"The subordination levels are: {listed(levels, ';', '; ')}.")
    t.signature()


def _conveyance(t: Teller) -> None:
    trustee = t.text_fact("trustee", t.pick("U.S. Bank National Association", "The Bank of New York"))
    t.text_fact("balance_term", "scheduled principal balance")
    t.note("cut_off_date", "filing", t.tape.cut_off.isoformat())
    t.may(DUE, t.scopes)
    pools = [
        f"{t.tell(BALANCE, scope)} are loans with original maturities of {t.years(scope)} (the \"pool"
        f" {short(scope)} mortgage loans\")"
        for scope in t.pools
    ]  # fmt: skip
    t.say(
        f'On {t.tell("closing_date", "filing")}, Citicorp Mortgage Securities, Inc. ("CMSI") transferred to the Trustee,'
        f" {trustee}, mortgage loans with an aggregate scheduled principal balance as of {t.cut_off} of {t.tell(BALANCE, 'all')},"
        f" of which {listed(pools)}.",
        f"CMSI may repurchase the mortgage loans when their aggregate scheduled principal balance is less than"
        f" {t.tell('call_threshold', 'all', 'less_than')}.",
    )


def lettered_pools(t: Teller) -> None:
    """Pools A, B, C; a paragraph for each; classes with dot leaders; loans without insurance."""
    t.deal(("A", "B", "C")[: t.rng.randint(2, 3)], year=2002, classes=6)
    t.cover()
    t.heading()
    t.text_fact("balance_term", "scheduled principal balance")
    t.note("cut_off_date", "filing", t.tape.cut_off.isoformat())
    parts = listed([
        f"{t.tell(BALANCE, scope)} are mortgage loans with original maturities of {t.years(scope)} (the \"{_lettered(scope)}\")"
        for scope in t.pools
    ])  # fmt: skip
    t.say(
        f"On {t.tell('closing_date', 'filing')}, Citicorp Mortgage Securities, Inc. transferred to the Trustee mortgage loans with"
        f" an aggregate scheduled principal balance outstanding (after deducting principal payments due on or before"
        f" {t.tell(DUE, 'all')}) as of {t.cut_off} of {t.tell(BALANCE, 'all')}, of which {parts}."
    )
    t.may(DUE, t.pools)
    for scope in t.pools:
        who = _lettered(scope)
        t.say(
            f"The {who} number {t.tell('loan_count', scope)}.",
            f"They bear interest at a weighted average rate of {t.tell(COUPON, scope)} before deduction of the servicing fee, have"
            f" a weighted average remaining term to stated maturity of {t.tell(REMAINING, scope)} months, a weighted average"
            f" original term of {t.tell(ORIGINAL, scope)} months and, at origination, a weighted average loan-to-value ratio of"
            f" {t.tell(LTV, scope)}.",
            f"None of them was originated before {t.tell(EARLIEST, scope, 'not_before')} or after"
            f" {t.tell(LATEST, scope, 'not_after')}, and none matures later than {t.tell(MATURES, scope, 'no_later_than')}.",
            f"Each had an original principal balance of at least {t.tell(SIZE, scope, 'at_least')} but not more than"
            f" {t.tell(SIZE, scope, 'no_more_than')}.",
        )
        t.uninsured(scope)
        t.say(
            f"{t.tell(HIGH, scope)} of the {who} had loan-to-value ratios at origination {t.above_80([scope])}; those loans had no"
            " primary mortgage insurance.",
            f"No more than {t.tell(REFINANCED, scope, 'no_more_than')} of the {who} were refinancings, and no more than"
            f" {t.tell(BUYDOWN, scope, 'no_more_than')} are buydown loans.",
            f"At least {t.tell(PRIMARY, scope, 'at_least')} of the {who} are secured by primary residences; no more than"
            f" {t.tell(SECOND, scope, 'no_more_than')} are secured by second homes.",
            f"Of the {who}, {t.in_state(scope)}.",
        )
    t.prospectus_note()
    t.say(
        f"All told there are {t.tell('loan_count', 'all')} mortgage loans, with a weighted average interest rate of"
        f" {t.tell(COUPON, 'all')} (before deduction of the servicing fee).",
        f"No more than {t.tell(NO_ASSETS, 'all', 'no_more_than')} of all mortgage loans were originated under policies that do not"
        f" require verification of assets, and no more than {t.tell(NO_INCOME, 'all', 'no_more_than')} under policies that do not"
        " require verification of income.",
    )
    t.raw("     The initial principal balances of the classes are:\n\n" + "\n".join(
        f"     Class {label} {'.' * (30 - len(label))} {t.of_class(CLASS, label)}" for label, _ in t.tape.classes
    ))  # fmt: skip
    t.raw("     The subordination levels are:\n\n" + "\n".join(
        f"     Class {label} {'.' * (30 - len(label))} {t.of_class(LEVEL, label)}" for label, _ in t.tape.classes[:-1]
    ))  # fmt: skip
    t.signature()


def _lettered(scope: str) -> str:
    return f"pool {short(scope)} mortgage loans"
