"""What the filing says, put into its sheets: Source, Summary, Pools and Underwriting."""

from datetime import date
from decimal import Decimal

from openpyxl.cell import Cell

from ..deal import Pool
from ..reading.assemble import fact_of
from ..reading.facts import Qualifier, Unit, printed
from ..reading.verdict import Outcome, verdict
from .class_columns import SOURCE, SUMMARY_FACTS
from .fact_labels import label_of
from .filing_rows import LOSS_LIMITS, SHEETS, CalculatedRow, FactRow, beside, rows
from .filling import PROGRAM, Filling, mark_by_hand, write_text
from .names import FORMATS, TERMS

UNREAD = "numbers that no rule understood"
NOT_STATED = "not stated"
"""What the filing says of a measure that it has no figure for."""
_BOUNDS = {
    Qualifier.AT_LEAST: "at least",
    Qualifier.NO_MORE_THAN: "no more than",
    Qualifier.LESS_THAN: "less than",
    Qualifier.GREATER_THAN: "greater than",
    Qualifier.IN_EXCESS_OF: "in excess of",
    Qualifier.NOT_BEFORE: "not before",
    Qualifier.NOT_AFTER: "not after",
    Qualifier.NO_LATER_THAN: "no later than",
}


def fill_filing(book: Filling) -> None:
    """Every sheet of what the filing says; Source first, since the others link to its rows."""
    _fill_source(book)
    _fill_summary(book)
    for sheet in SHEETS:
        _fill_measures(book, sheet)
    _fill_loss_limits(book)


def _fill_source(book: Filling) -> None:
    sheet, (_, top, _, _) = book.template.place("block.Source")
    source, counts = book.reading.source, book.reading.token_counts()
    accession = book.reading.submission.get("accession_number")
    kinds = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in counts.most_common())
    submission = f" from submission {accession}" if accession else ""
    understood = f"{counts['unread']} not understood" if counts["unread"] else "all accounted for"
    for anchor, text in (
        ("source_file", f"File: {source.file} ({source.format}, {source.encoding}), sha256 {source.sha256}"),
        ("source_numbers", f"Numbers in the filing: {counts.total()}, {understood}: {kinds}"),
        ("source_program", f"Read by {PROGRAM}{submission}{_of_hand(book)}"),
    ):
        write_text(book.template.anchor(anchor), text)
    for row, fact in enumerate(book.reading.facts, top):
        book.source_rows[id(fact)] = row
        place = fact.provenance
        cells = {key: book.template.cell(sheet, row, SOURCE.number(key)) for key in SOURCE.keys}
        for key, text in (
            ("measure", label_of(fact.key)), ("fact", fact.key), ("scope", fact.scope), ("unit", fact.unit),
            ("qualifier", fact.qualifier), ("sentence", place.sentence),
        ):  # fmt: skip
            write_text(cells[key], text)
        value = cells["value"]
        if isinstance(fact.value, Decimal):
            places = -int(fact.value.as_tuple().exponent)
            value.value = float(fact.value)
            value.number_format = ("#,##0" if fact.unit == Unit.USD else "0") + f".{'0' * places}" * (places > 0)
        elif isinstance(fact.value, date):
            value.value = fact.value
            value.number_format = FORMATS["date"]
        else:
            write_text(value, printed(fact.value))
        mark_by_hand(value, fact)
        if fact.as_of:
            cells["as_of"].value = fact.as_of
        cells["line"].value = place.line or None
    last = top + len(book.reading.facts) + len(book.reading.unread) - 1
    book.template.workbook[sheet].auto_filter.ref = f"A{SOURCE.header}:{SOURCE.letters[-1]}{last}"
    for row, unread in enumerate(book.reading.unread, top + len(book.reading.facts)):
        write_text(book.template.cell(sheet, row, SOURCE.number("measure")), UNREAD)
        write_text(book.template.cell(sheet, row, SOURCE.number("fact")), "unread")
        write_text(book.template.cell(sheet, row, SOURCE.number("unit")), Unit.TEXT)
        book.template.cell(sheet, row, SOURCE.number("line")).value = unread.line
        write_text(book.template.cell(sheet, row, SOURCE.number("sentence")), unread.text)


def _of_hand(book: Filling) -> str:
    """How many facts a person gave, and in which file."""
    given = book.reading.by_hand
    files = ", ".join(dict.fromkeys(fact.by_hand.file for fact in given if fact.by_hand))
    return f"; {len(given)} fact{'s' * (len(given) > 1)} by hand, in italics on orange, from {files}" if given else ""


def _fill_summary(book: Filling) -> None:
    title = book.template.named("DealTitle")
    registrant = book.reading.get("registrant", "filing")
    issuer = f"{registrant.value}, " if registrant else ""
    write_text(title, f"{issuer}REMIC Pass-Through Certificates, Series {book.deal.series}")
    for key, _ in SUMMARY_FACTS:
        book.put_fact(book.template.anchor(key), book.reading.get(key, "filing"))
    given = sum(getattr(book.given, term) is not None for term in TERMS) + 1  # and the call percentage
    note = f"{given} inputs are assumptions, none of them from the filing: see Assumptions, and the call percentage."
    write_text(book.template.anchor("inputs_note"), note)
    warnings = len(book.reading.warnings)
    counts = book.reading.token_counts()
    note = f"{counts.total()} numbers in the filing, {counts['unread']} of them not understood"
    found = verdict(book.reading, book.deal, book.findings)
    told = "" if found.outcome is Outcome.TIES else f"The filing {found}. "
    if found.outcome is Outcome.NOT_ENOUGH:
        told = f"{str(found).capitalize()}. "
    write_text(
        book.template.anchor("unread_note"),
        f"{told}{note}; {warnings} warning{'s' if warnings != 1 else ''} when it was read{_of_hand(book)}.",
    )


def _fill_measures(book: Filling, sheet: str) -> None:
    for k, pool in enumerate(book.deal.pools):
        write_text(
            book.template.cell(
                sheet, book.template.anchors["pool_label"][1], book.template.anchors["pool_label"][2] + k
            ),
            _title(pool),
        )
    for row in rows(sheet):
        if isinstance(row, FactRow):
            _fill_fact_row(book, row)
        else:
            _fill_calculated_row(book, row)


def _fill_fact_row(book: Filling, row: FactRow) -> None:
    name = row.anchor.removeprefix("row.")
    pools = book.deal.pools
    one_pool = pools == (book.deal.all,)
    whole, parts, difference = (
        book.template.anchor(name, along) for along in map(beside, ("whole", "parts", "difference"))
    )
    found: set[Qualifier] = set()
    for k, pool in enumerate(pools):
        found |= _put_field(book, book.template.anchor(name, k), row, pool)
    if one_pool:
        whole.value = f"={book.template.anchor(name).coordinate}" if _field(row, book.deal.all) is not None else None
        whole.style = "Formula"
        whole.number_format = FORMATS[row.unit]
    else:
        found |= _put_field(book, whole, row, book.deal.all)
    bound = " / ".join(_BOUNDS[qualifier] for qualifier in _BOUNDS if qualifier in found)
    stated = any(_field(row, pool) is not None for pool in (*pools, book.deal.all))
    write_text(book.template.anchor(name, beside("bound")), bound if stated else NOT_STATED)
    complete = all(_field(row, pool) is not None for pool in pools)
    weighted = all(pool.aggregate_scheduled_principal_balance is not None for pool in pools)
    if row.total and not (complete and (weighted or row.total != "average")):
        parts.value = None
    if row.total and (parts.value is None or _field(row, book.deal.all) is None):
        difference.value = None


def _put_field(book: Filling, cell: Cell, row: FactRow, pool: Pool) -> set[Qualifier]:
    fact = fact_of(book.reading, row.name, f"{pool.scope}:{row.sub_pool}" if row.sub_pool else pool.scope)
    book.put_fact(cell, fact, _field(row, pool))
    return {fact.qualifier} if fact else set()


def _fill_calculated_row(book: Filling, row: CalculatedRow) -> None:
    pools = book.deal.pools
    for k, pool in enumerate(pools):
        if any(book.lacks(pool, need) for need in row.needs):
            book.template.anchor(row.name, k).value = None
    whole = book.template.anchor(row.name, beside("whole"))
    lacking = [book.deal.all] if row.whole == "same" else list(pools)
    if any(book.lacks(pool, need) for pool in lacking for need in row.needs):
        whole.value = None


def _fill_loss_limits(book: Filling) -> None:
    for key, _ in LOSS_LIMITS:
        fact = book.reading.get(key, "all")
        book.put_fact(book.template.anchor(key), fact)
        if fact is None or fact.number is None:
            book.template.anchor(f"{key}_excess").value = None


def _title(pool: Pool) -> str:
    kind = " (relocation loans)" if pool.relocation_loans else ""
    return f"Pool {pool.id}{kind}" if pool.scope != "all" else "The mortgage loans"


def _field(row: FactRow, pool: Pool) -> Decimal | date | None:
    holder = getattr(pool, row.sub_pool) if row.sub_pool else pool
    value: Decimal | date | None = getattr(holder, row.name) if holder is not None else None
    return value
