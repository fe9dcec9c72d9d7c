"""Two lawyers who number with figures: Pool 1, Group 1."""

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
    NO_INCOME,
    ORIGINAL,
    PRIMARY,
    REFINANCED,
    REMAINING,
    SIZE,
    ZIP,
    Teller,
    listed,
    short,
)  # fmt: skip

DUE = "principal_due_through_date"


def consists_of(t: Teller) -> None:
    """ "Pool 1 consists of", a class table with rates, CUSIP numbers and notes, loss limits as a percentage."""
    t.deal(("1", "2", "3", "4")[: t.rng.randint(2, 4)], year=2004)
    t.cover()
    t.heading()
    t.text_fact("balance_term", "Adjusted Balance")
    t.note("cut_off_date", "filing", t.tape.cut_off.isoformat())
    trustee = t.text_fact("trustee", "State Street Bank and Trust Company")
    t.may(DUE, t.scopes)
    t.say(
        f"On {t.tell('closing_date', 'filing')}, Citicorp Mortgage Securities, Inc. transferred to the Trustee, {trustee}, mortgage"
        f" loans with an aggregate Adjusted Balance outstanding as of {t.cut_off} of {t.tell(BALANCE, 'all')}.",
        *(
            f"{_pool(scope)} consists of {t.tell('loan_count', scope)} mortgage loans with original maturities of"
            f" {t.years(scope)} and has an aggregate Adjusted Balance of {t.tell(BALANCE, scope)}."
            for scope in t.pools
        ),
        f"The mortgage loans may be repurchased when their aggregate Adjusted Balance is less than"
        f" {t.tell('call_threshold', 'all', 'less_than')}.",
    )
    pools = listed([_pool(scope) for scope in t.pools])
    t.say(
        f"For {pools} and all mortgage loans, respectively, the weighted average interest rates before deduction of the servicing"
        f" fee are {listed(t.tells(COUPON, t.scopes))}; the weighted average remaining terms to stated maturity are"
        f" {listed(t.tells(REMAINING, t.scopes, unit=' months'))}; and the weighted average original terms to stated maturity are"
        f" {listed(t.tells(ORIGINAL, t.scopes, unit=' months'))}.",
        f"The latest scheduled maturities in {pools} are {listed(t.tells(MATURES, t.pools, 'no_later_than'))}, respectively.",
        f"No loan in {pools} was originated before {listed(t.tells(EARLIEST, t.pools, 'not_before'))}, respectively.",
    )
    t.say(
        f"At origination the weighted average loan-to-value ratios of {pools} and all mortgage loans were"
        f" {listed(t.tells(LTV, t.scopes))}, respectively.",
        f"Loans in {t.any_one_zip_code()} do not exceed {listed(t.tells(ZIP, t.scopes, 'no_more_than'))} of {pools} and all mortgage"
        " loans, respectively.",
        f"Not less than {listed(t.shares(PRIMARY, t.scopes, 'at_least'))} of {pools} and all mortgage loans, respectively, are"
        " secured by primary residences.",
        f"Not more than {listed(t.shares(COOPERATIVE, t.pools, 'no_more_than', none='0%'))} of {pools}, respectively, are secured"
        " by cooperative apartments.",
    )
    t.prospectus_note()
    limit = t.rng.choice([1, 2])
    t.say(
        f"The special hazard loss limit is {limit}% of the aggregate Adjusted Balance of the mortgage loans.",
        "There is no bankruptcy loss limit.",
    )
    t.note("bankruptcy_loss_limit", "all", "none", "none")
    rows = [
        "     Class      Initial Balance       Rate      CUSIP        Notes",
        "     -----      ---------------       ----      -----        -----",
    ]
    for k, (label, _) in enumerate(t.tape.classes):
        money, rate = t.of_class(CLASS, label), f"{t.rng.randint(40, 56) / 8:.3f}%"
        rows.append(
            f"     {label:<8} {money:>17}     {rate}   172973{t.pick('AA', 'BC', 'XY')}{k}    {'(1)' if k == 0 else '(2)'}"
        )
    t.raw("\n".join(rows))
    t.say(*(
        f"The subordination level of class {label} is {t.of_class(LEVEL, label)}." for label, _ in t.tape.classes[:-1]
    ))  # fmt: skip
    t.signature()


def _pool(scope: str) -> str:
    return f"Pool {short(scope)}"


def groups(t: Teller) -> None:
    """Groups of loans, years of two groups in one sentence, "respectively" before the figures, two columns of classes."""
    t.deal(("1", "2", "3")[: t.rng.randint(2, 3)], year=2001, classes=8)
    t.cover()
    t.heading("MORTGAGE POOL")
    t.text_fact("balance_term", "scheduled principal balance")
    t.note("cut_off_date", "filing", t.tape.cut_off.isoformat())
    names = listed([f"Group {short(scope)}" for scope in t.pools])
    t.say(
        f"On {t.tell('closing_date', 'filing')}, Citicorp Mortgage Securities, Inc. transferred to the Trustee {t.tell('loan_count', 'all')}"
        f" mortgage loans with an aggregate scheduled principal balance as of {t.cut_off}, the cut-off date (after deducting principal"
        f" payments due on or before that date), of {t.tell(BALANCE, 'all')}, divided into {names}.",
        f"The aggregate scheduled principal balances of {names} are, respectively, {listed(t.tells(BALANCE, t.pools))}, and they"
        f" hold, respectively, {listed(t.tells('loan_count', t.pools))} loans.",
        f"The original maturities are {listed([t.years(scope) + f' in Group {short(scope)}' for scope in t.pools])}.",
    )
    t.may(DUE, t.scopes)
    t.say(
        f"The weighted average interest rates (before deduction of the servicing fee) of the loans in {names} are, respectively,"
        f" {listed(t.tells(COUPON, t.pools))}; of all mortgage loans, {t.tell(COUPON, 'all')}.",
        *(
            f"The weighted average remaining term to stated maturity of the Group {short(scope)} loans is"
            f" {t.tell(REMAINING, scope)} months and their weighted average original term {t.tell(ORIGINAL, scope)} months."
            for scope in t.pools
        ),
        *(
            f"No Group {short(scope)} loan was originated before {t.tell(EARLIEST, scope, 'not_before')} or after"
            f" {t.tell(LATEST, scope, 'not_after')}, or matures after {t.tell(MATURES, scope, 'no_later_than')}."
            for scope in t.pools
        ),
    )
    t.say(
        f"The Group loans had original principal balances of not less than, respectively, {listed(t.tells(SIZE, t.pools, 'at_least'))}"
        f" and not more than, respectively, {listed(t.tells(SIZE, t.pools, 'no_more_than'))} for {names}.",
        f"{listed([t.tell(HIGH, scope) + f' of the Group {short(scope)} loans' for scope in t.pools])} had"
        f" loan-to-value ratios at origination {t.above_80(t.pools)}.",
        f"At least, respectively, {listed(t.shares(FULL, t.pools, 'at_least'))} of the loans in {names} were originated under"
        " policies that require proof of income and liquid assets.",
        f"No more than, respectively, {listed(t.shares(NO_INCOME, t.pools, 'no_more_than'))} of the loans in {names} were originated"
        " under policies that do not require verification of the borrower's income.",
        f"No more than {t.tell(REFINANCED, 'all', 'no_more_than')} of all mortgage loans were made to refinance other loans.",
    )
    t.prospectus_note()
    cells = [f"{label:<6}{t.of_class(CLASS, label):>17}" for label, _ in t.tape.classes]
    half = (len(cells) + 1) // 2
    pairs = zip(cells[:half], [*cells[half:], ""][:half], strict=True)
    t.raw(
        "     Class  Initial balance     Class  Initial balance\n"
        + "\n".join(f"     {a}     {b}".rstrip() for a, b in pairs)
    )
    t.raw("\n".join(
        f"     The class {label} subordination level is {t.of_class(LEVEL, label)}." for label, _ in t.tape.classes[:-1]
    ))  # fmt: skip
    t.signature()
