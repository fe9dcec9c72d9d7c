"""Two lawyers who print tables: with EDGAR's own tags, and in plain columns."""

from collections.abc import Sequence

from .telling import (
    BALANCE,
    CLASS,
    COUPON,
    FULL,
    LEVEL,
    LTV,
    MATURES,
    ORIGINAL,
    PRIMARY,
    REMAINING,
    SIZE,
    ZIP,
    Teller,
    listed,
    short,
)

DUE = "principal_due_through_date"
ROWS: tuple[tuple[str, str, str, str], ...] = (
    ("Number of mortgage loans", "loan_count", "exact", ""),
    ("Aggregate scheduled principal balance", BALANCE, "exact", ""),
    ("Weighted average interest rate (gross)", COUPON, "exact", ""),
    ("Weighted average remaining term", REMAINING, "exact", " months"),
    ("Weighted average original term", ORIGINAL, "exact", " months"),
    ("Weighted average loan-to-value ratio", LTV, "exact", ""),
    ("Smallest original principal balance", SIZE, "at_least", ""),
    ("Largest original principal balance", SIZE, "no_more_than", ""),
    ("Latest scheduled maturity", MATURES, "no_later_than", ""),
)
"""What the columns of pools hold in each line."""


def _transfer(t: Teller) -> None:
    t.text_fact("balance_term", "scheduled principal balance")
    t.note("cut_off_date", "filing", t.tape.cut_off.isoformat())
    t.say(
        f"On {t.tell('closing_date', 'filing')}, Citicorp Mortgage Securities, Inc. transferred to the Trustee mortgage loans with an"
        f" aggregate scheduled principal balance outstanding (after deducting principal payments due on or before"
        f" {t.tell(DUE, 'all')}) as of {t.cut_off} of {t.tell(BALANCE, 'all')}."
    )
    t.may(DUE, t.pools)


def _cells(t: Teller, dots: bool) -> list[list[str]]:
    filled = []
    for title, key, qualifier, unit in ROWS:
        lead = f"{title} ".ljust(42, ".") if dots else title.ljust(42)
        filled.append([lead, *t.tells(key, t.scopes, qualifier, unit)])
    return filled


def _lines(head: Sequence[str], rows: Sequence[Sequence[str]], wide: int) -> str:
    lines = [head[0].ljust(42) + "".join(cell.rjust(wide) for cell in head[1:])]
    lines += [row[0] + "".join(cell.rjust(wide) for cell in row[1:]) for row in rows]
    return "\n".join(line.rstrip() for line in lines)


def tagged_tables(t: Teller) -> None:
    """Tables as EDGAR's plain text wants them, with captions, columns and footnotes."""
    t.deal(("I", "II", "III")[: t.rng.randint(2, 3)], year=2000, classes=7)
    t.cover()
    t.heading("MORTGAGE POOL")
    _transfer(t)
    t.say(f"The following table sets out, as of {t.cut_off}, certain characteristics of the mortgage loans.")
    head = ["", *(f"Pool {short(scope)}" for scope in t.pools), "All loans"]
    body = _lines(head, _cells(t, dots=False), 20).split("\n")
    marks = "<S>".ljust(42) + "".join("<C>".rjust(20) for _ in t.scopes)
    t.raw("\n".join(["<TABLE>", "<CAPTION>", body[0], marks, *body[1:], "</TABLE>"]))
    t.say(
        f"At least {listed(t.shares(PRIMARY, t.scopes, 'at_least'))}, respectively, of the"
        f" {listed([f'pool {short(scope)}' for scope in t.pools])} mortgage loans and all mortgage loans are secured by mortgaged"
        " properties that are the primary residences of the borrowers.",
    )
    t.prospectus_note()
    rows = [
        f"{label:<10}{t.of_class(CLASS, label):>20}{t.rng.randint(40, 56) / 8:>12.3f}%{f'172973{k}AB':>14}"
        for k, (label, _) in enumerate(t.tape.classes)
    ]
    t.raw("\n".join([
        "<TABLE>", "<CAPTION>", "          Initial principal     Certificate      CUSIP", "Class           balance(1)            rate(2)     number",
        "<S>                    <C>                <C>            <C>", *rows, "<FN>",
        "(1)  Subject to a variance of 5%.", "(2)  After deduction of the servicing fee of 0.25%.", "</FN>", "</TABLE>",
    ]))  # fmt: skip
    for form in t.classes(LEVEL, "The class {} subordination level is {}."):
        t.say(form)
    t.signature()


def columns(t: Teller) -> None:
    """Columns without tags, dot leaders, dashes of every kind, and a page that ends inside the heading."""
    t.deal(("1", "2")[: t.rng.choice([0, 2])], year=2004, classes=7)
    t.dashed = True
    t.cover()
    t.heading(cut=t.rng.random() < 0.3)
    _transfer(t)
    t.say("The mortgage loans are as follows.")
    head = ["", *(f"Group {short(scope)}" for scope in t.pools if scope != "all"), "All mortgage loans"]
    t.raw(_lines(head, _cells(t, dots=True), 20))
    t.say(
        f"No more than {t.tell(ZIP, 'all', 'no_more_than')} of all mortgage loans are secured by mortgaged properties located in"
        f" {t.any_one_zip_code()}.",
        f"At least {t.tell(FULL, 'all', 'at_least')} of all mortgage loans were originated under policies that require proof of income and"
        " liquid assets and telephone verification of employment.",
    )
    t.prospectus_note()
    rows = [
        f"     Class {label} {'. ' * (12 - len(label) // 2)} {t.of_class(CLASS, label):>18}   {level or '-':>16}"
        for (label, _), level in zip(t.tape.classes, [*t.classes(LEVEL, "{1}"), ""], strict=True)
    ]
    t.raw("\n".join(["     Class                           Initial balance   Subordination level", *rows]))
    t.signature()
