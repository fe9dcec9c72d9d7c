"""Two lawyers who file web pages, and print classes in a column for each group."""

from .telling import (
    BALANCE,
    CLASS,
    COUPON,
    EARLIEST,
    HIGH,
    LATEST,
    LEVEL,
    LTV,
    MATURES,
    ORIGINAL,
    PRIMARY,
    REMAINING,
    SECOND,
    SIZE,
    ZIP,
    Teller,
    listed,
    short,
)  # fmt: skip

DUE = "principal_due_through_date"


def web_page(t: Teller) -> None:
    """HTML with hyphens that do not break, and tables for the pools and the classes."""
    t.html = t.dashed = True
    t.deal(("I", "II", "III")[: t.rng.randint(2, 3)], year=2004, classes=7)
    t.cover()
    t.heading()
    t.text_fact("balance_term", "scheduled principal balance")
    t.note("cut_off_date", "filing", t.tape.cut_off.isoformat())
    names = listed([f"pool {short(scope)} mortgage loans" for scope in t.pools])
    t.say(
        f'On {t.tell("closing_date", "filing")}, Citicorp Mortgage Securities, Inc. ("CMSI") transferred to the Trustee mortgage'
        f" loans with an aggregate scheduled principal balance outstanding (after deducting principal payments due on or before"
        f" {t.tell(DUE, 'all')}) as of {t.cut_off} of {t.tell(BALANCE, 'all')}.",
        *(f"The pool {short(scope)} mortgage loans have original maturities of {t.years(scope)}." for scope in t.pools),
    )
    t.may(DUE, t.pools)
    t.table([
        ["", *(f"Pool {short(scope)}" for scope in t.pools), "All mortgage loans"],
        ["Scheduled principal balance", *t.tells(BALANCE, t.pools), t.dollars(BALANCE, "all")],
        ["Number of mortgage loans", *t.tells("loan_count", t.scopes)],
        ["Weighted average interest rate before servicing fee", *t.tells(COUPON, t.scopes)],
        ["Weighted average remaining term to stated maturity (months)", *t.tells(REMAINING, t.scopes)],
        ["Weighted average original term to stated maturity (months)", *t.tells(ORIGINAL, t.scopes)],
        ["Weighted average loan-to-value ratio at origination", *t.tells(LTV, t.scopes)],
    ])  # fmt: skip
    t.say(
        f"Of the {names}, {listed(t.tells(HIGH, t.pools))}, respectively, had loan-to-value ratios at origination {t.above_80(t.pools)}.",
        f"No more than {listed(t.tells(ZIP, t.scopes, 'no_more_than'))}, respectively, of the {names} and all mortgage loans are"
        f" secured by mortgaged properties located in {t.any_one_zip_code()}.",
        f"At least {listed(t.shares(PRIMARY, t.scopes, 'at_least'))}, respectively, of the {names} and all mortgage loans are secured"
        " by mortgaged properties that are the primary residence of the borrower.",
    )
    t.prospectus_note()
    levels = [*t.classes(LEVEL, "{1}"), ""]
    t.table([
        ["Class", "Initial principal balance", "Subordination level"],
        *([label, t.of_class(CLASS, label), level] for (label, _), level in zip(t.tape.classes, levels, strict=True)),
    ])  # fmt: skip
    t.signature()


def column_for_each_group(t: Teller) -> None:
    """Classes in columns by group; a rate of which nobody says whether the fee is in it; figures in footnotes."""
    t.deal(("1", "2"), year=2002, classes=8, seniors="numbered")
    t.rename_seniors(["1-A1", "1-A2", "2-A1", "2-A2"])
    t.cover()
    t.heading()
    t.text_fact("balance_term", "scheduled principal balance")
    t.note("cut_off_date", "filing", t.tape.cut_off.isoformat())
    t.may(DUE, t.scopes)
    t.say(
        f"On {t.tell('closing_date', 'filing')}, Citicorp Mortgage Securities, Inc. transferred to the Trustee mortgage loans with an"
        f" aggregate scheduled principal balance as of {t.cut_off} of {t.tell(BALANCE, 'all')}, in two groups: Group 1"
        f" ({t.tell(BALANCE, 'pool:1')}) and Group 2 ({t.tell(BALANCE, 'pool:2')}).",
    )
    for scope in t.pools:
        t.say(
            f"Group {short(scope)} has {t.tell('loan_count', scope)} loans. They bear interest at a weighted average rate of"
            f" {t.net_coupon(scope, said=False)}, run on weighted average for another {t.tell(REMAINING, scope)} months to stated maturity, and"
            f" had a weighted average loan-to-value ratio at origination of {t.tell(LTV, scope)}(2).",
            f"The first was made on {t.tell(EARLIEST, scope, 'not_before')} and the last on {t.tell(LATEST, scope, 'not_after')}; the"
            f" last of them matures on {t.tell(MATURES, scope, 'no_later_than')}.",
            f"They were made in amounts from {t.tell(SIZE, scope, 'at_least')} to {t.tell(SIZE, scope, 'no_more_than')}.",
            f"{t.tell(PRIMARY, scope, 'at_least')} or more are secured by primary residences, and {t.tell(SECOND, scope, 'no_more_than')}"
            " or less by second homes.",
        )
    t.prospectus_note(
        "2    Of 97.5% of the loans; for 12 loans, of $3,411,902 in all, no appraisal was made after 1998."
    )
    senior = [f"{label:<8}{t.of_class(CLASS, label):>18}" for label in t.tape.seniors]
    half = len(senior) // 2
    t.raw("\n".join([
        "             Group 1                            Group 2", "     Class     Initial balance        Class     Initial balance",
        *(f"     {one}     {two}" for one, two in zip(senior[:half], senior[half:], strict=True)),
    ]))  # fmt: skip
    t.raw("     Both groups\n" + "\n".join(
        f"     {label:<8}{t.of_class(CLASS, label):>18}" for label, _ in t.tape.classes[len(t.tape.seniors) :]
    ))  # fmt: skip
    t.note(LEVEL, "class:A", t.tape.level("A"))
    t.say(f"The class A subordination level is {t.tape.level('A')}%.")
    t.signature()
