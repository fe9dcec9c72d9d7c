"""A trustee's report: what is read, what must hold in it, and how each fault is refused with its row and column."""

import csv
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from xlremic.deal import Deal
from xlremic.errors import InputError
from xlremic.reading.report_identities import Known, balances, delinquency, failures, named, pool_balance
from xlremic.reading.trustee import ALL, CLASS_FIELDS, POOL_FIELDS, Field, Report, read_report
from xlremic.xlsx.sheets_read import MOST_BYTES, MOST_ROWS, sheets_of

from ..support.sample_deal import sample_deal
from ..support.trustee import CLASS_COLUMNS, POOL_COLUMNS, Printed, random_terms, reported, written

LOANS = 1_000
"""About the number of loans: an error of a cent in each of them is planted."""
PLANTED = Decimal("0.01") * LOANS


@cache
def three_months() -> Printed:
    deal = sample_deal()
    return reported(deal, random_terms(deal, 3, 7, most_cdr=0.02, lag=1), 3)


def known(deal: Deal | None = None) -> Known:
    deal = deal or sample_deal()
    issued = {one.label: one.class_initial_principal_balance for one in deal.tranches}
    parts = {f"{kind}-{pool.id}": "A" for kind in ("A", "PO", "IO") for pool in deal.pools}
    pools = {pool.id: pool.aggregate_scheduled_principal_balance for pool in (*deal.pools, deal.all)}
    assert deal.cut_off_date is not None
    return Known(
        day=deal.cut_off_date, initial=issued, before=issued, pools=pools, parts=parts,
        notional=frozenset(part for part in parts if part.startswith("IO")),
    )  # fmt: skip


def report_of(text: str, tmp_path: Path, name: str = "report.csv") -> Report:
    path = tmp_path / name
    path.write_text(text)
    return read_report((sheet.name, sheet.rows) for sheet in sheets_of(path))


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_report_of_the_slow_waterfall_fails_no_identity(tmp_path: Path) -> None:
    report = named(report_of(three_months().text(), tmp_path), known())
    assert [month.day for month in report.months] == [date(2004, 11, 25), date(2004, 12, 25), date(2005, 1, 25)]
    assert failures(report, known()) == []
    last = report.months[-1]
    ends = {row["class"]: Decimal(row["ending_balance"]) for row in three_months().of(3, 3).classes}
    of_a = [label for label in ends if label.split("-")[0] in ("A", "PO")]
    assert balances(last, known())["A"] == sum(ends[label] for label in of_a)
    assert balances(last, known())["B-6"] == ends["B-6"]
    assert pool_balance(last) == sum(Decimal(row["ending_balance"]) for row in three_months().of(3, 3).pools)


CELLS = [
    (kind, month, row, column)
    for kind, columns, count in (("classes", CLASS_COLUMNS, 15), ("pools", POOL_COLUMNS, 3))
    for month in range(1, 4)
    for row in range(count)
    for column in columns[2:]
]


def test_a_cent_a_loan_in_any_cell_but_interest_is_found_and_named() -> None:
    """Every cell of three months. Interest without a rate has no identity: the recalculation finds it."""
    tables = three_months()
    seen = 0
    for kind, month, number, column in CELLS:
        rows = getattr(tables.of(month, month), kind)
        row = rows[number]
        label = row.get("class") or row["pool"]
        if column == "interest" or (label.startswith("IO") and column not in ("principal", "loss")):
            continue
        report = named(report_of_rows(with_cell(tables, kind, month, number, column)), known())
        found = failures(report, known())
        place = f"{kind[:-2] if kind == 'classes' else kind[:-1]} {label}"
        assert any(place in one.place or place in one.says or column in one.says for one in found), (
            kind, month, label, column, [one.name for one in found],
        )  # fmt: skip
        assert f"{row['date'][:7]}" in {f"{one.month:%Y-%m}" for one in found}
        seen += 1
    assert seen > 200


def with_cell(tables: Printed, kind: str, month: int, number: int, column: str) -> Printed:
    """The report with the error planted in one cell."""
    wrong = Printed([dict(row) for row in tables.classes], [dict(row) for row in tables.pools])
    rows = getattr(wrong, kind)
    row = rows[(month - 1) * (len(rows) // 3) + number]
    row[column] = str(Decimal(row[column]) + PLANTED)
    return wrong


def report_of_rows(tables: Printed) -> Report:
    def cells(columns: tuple[str, ...], rows: list[dict[str, str]]) -> list[tuple[int, tuple[str, ...]]]:
        return [(1, columns), *((k, tuple(row[name] for name in columns)) for k, row in enumerate(rows, 2))]

    return read_report(
        [("classes", cells(CLASS_COLUMNS, tables.classes)), ("pools", cells(POOL_COLUMNS, tables.pools))]
    )


def test_numbers_are_read_as_trustees_print_them(tmp_path: Path) -> None:
    text = (
        "Distribution Date,Tranche,Beg Bal ($),Interest Paid,Principal Paid,Realized Loss,End Bal,Pass-Through Rate,Odd\n"
        '11/26/2004,Class A,"$1,234.56",(12.00),-,,"$1,234.56",5.5000%,kept\n'
    )
    report = report_of(text, tmp_path)
    row = report.months[0].classes["Class A"]
    assert row.day == date(2004, 11, 26)
    assert row.figures == {
        "beginning_balance": Decimal("1234.56"), "interest": Decimal("-12.00"), "principal": Decimal("0.00"),
        "loss": Decimal("0.00"), "ending_balance": Decimal("1234.56"), "rate": Decimal("0.055000"),
    }  # fmt: skip
    assert report.unknown == (f"{tmp_path / 'report.csv'}: Odd",)
    assert row.place("interest").endswith("row 2, class Class A, column Interest Paid")


def test_curtailments_add_to_prepayments_and_late_loans_to_the_delinquency(tmp_path: Path) -> None:
    text = (
        "date,group,scheduled,prepayments,curtailments,recoveries,loss,ending,delinquent_30,delinquent_60,reo\n"
        "2004-11-25,all,1.00,20.00,3.00,0,0,1000.00,500,40,10\n"
    )
    month = report_of(text, tmp_path).months[0]
    assert month.pools[ALL].flow("prepayments") == Decimal("23.00")
    assert delinquency(month) == Decimal("0.05")


@pytest.mark.parametrize("field", [*CLASS_FIELDS, *POOL_FIELDS], ids=lambda field: field.key)
def test_every_spelling_is_read(field: Field) -> None:
    kind = "class" if field in CLASS_FIELDS else "pool"
    for spelling in field.all_spellings:
        fixed = [("ending_balance", "10")] + ([("beginning_balance", "10")] if kind == "class" else [])
        others = [(name, value) for name, value in fixed if name != field.key]
        header = ("date", kind, spelling.upper(), *(name for name, _ in others))
        line = ("2005-01-25", "X", "1", *(value for _, value in others))
        month = read_report([("t", [(1, header), (2, line)])]).months[0]
        row = (month.classes or month.pools)["X"]
        assert row.flow(field.key) == 1


def test_spreadsheets_and_parquet_say_the_same_as_csv(tmp_path: Path) -> None:
    tables = three_months()
    wanted = report_of(tables.text(), tmp_path)
    book = xlsxwriter.Workbook(tmp_path / "report.xlsx", {"default_date_format": "yyyy-mm-dd"})
    for name, columns, rows in (("c", CLASS_COLUMNS, tables.classes), ("p", POOL_COLUMNS, tables.pools)):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, columns)
        for k, row in enumerate(rows, 1):
            sheet.write_datetime(k, 0, pd.Timestamp(row["date"]).to_pydatetime())
            sheet.write_row(k, 1, [row[columns[1]], *(float(row[key]) for key in columns[2:])])
    book.add_worksheet("notes").write_row(0, 0, ["nothing", "of a report"])
    book.close()
    frame = pd.DataFrame(rows_of(tables.text())).replace({"": None})
    frame[list(frame.columns[3:])] = frame[list(frame.columns[3:])].astype(float)
    frame["date"] = pd.to_datetime(frame["date"])
    frame.to_parquet(tmp_path / "report.parquet")
    for name in ("report.xlsx", "report.parquet"):
        report = read_report((sheet.name, sheet.rows) for sheet in sheets_of(tmp_path / name))
        assert [month.day for month in report.months] == [month.day for month in wanted.months]
        for month, other in zip(report.months, wanted.months, strict=True):
            for ours, theirs in ((month.classes, other.classes), (month.pools, other.pools)):
                assert {k: dict(row.figures) for k, row in ours.items()} == {
                    k: dict(row.figures) for k, row in theirs.items()
                }


def changed(edit: Callable[[list[dict[str, str]]], object], *, month: int = 1) -> str:
    """The report of one month with an edit to its rows."""
    rows = [dict(row) for row in three_months().of(month, month).classes]
    edit(rows)
    return written(CLASS_COLUMNS, rows)


def _twice(rows: list[dict[str, str]]) -> None:
    rows.append(dict(rows[0]))


BAD: dict[str, tuple[str, str]] = {
    "a report of another deal": (changed(lambda rows: rows[9].update({"class": "M-1"})), r"row 11, class M-1: this deal has no class M-1"),
    "a class twice": (changed(_twice), r"row 17, class A-I: class A-I is given twice for November 2004, also in .*row 2"),
    "a class missing": (changed(lambda rows: rows.pop()), r"November 2004 has no row for class B-6"),
    "a part missing": (changed(lambda rows: rows.pop(0)), r"no row for class A, nor for all of its parts A-I, A-II"),
    "text where a number belongs": (changed(lambda rows: rows[2].update(principal="n/a")), r"row 4, class A-III, column principal: 'n/a' is not an amount"),
    "a group of two digits": (changed(lambda rows: rows[2].update(principal="1,23.45")), r"column principal: '1,23.45' is not"),
    "a number beyond measure": (changed(lambda rows: rows[2].update(principal="1e400")), r"column principal: '1e400' is not"),
    "a balance below zero": (changed(lambda rows: rows[2].update(ending_balance="(5.00)")), r"column ending_balance: '\(5.00\)' is not"),
    "no balance": (changed(lambda rows: rows[2].update(ending_balance="")), r"column ending_balance: the cell is empty"),
    "no date": (changed(lambda rows: rows[2].update(date="March")), r"row 4, class A-III, column date: 'March' is no date"),
    "a day that is none": (changed(lambda rows: rows[2].update(date="2004-11-31")), r"'2004-11-31' is no date"),
    "two days in a month": (changed(lambda rows: rows[2].update(date="2004-11-26")), r"row 4, class A-III: the date is 2004-11-26, but 2004-11-25 in"),
    "a date before the cut-off": (changed(lambda rows: [row.update(date="2004-09-25") for row in rows]), r"2004-09-25 is not after 2004-10-01"),
    "the month of the workbook": (changed(lambda rows: [row.update(date="2004-10-25") for row in rows]), r"leave the month out, or take back"),
    "a class without a name": (changed(lambda rows: rows[2].update({"class": ""})), r"row 4: a row is of a class or of a pool; it names neither"),
    "no rows": ("date,class,beginning_balance,ending_balance\n", r"the report has no rows of a class or a pool"),
    "nothing": ("", r"the report has no rows"),
    "no header": ("1,2,3\n", r"has no column of dates and classes or pools in its first row"),
    "a column missing": ("date,class,ending\n2004-11-25,A,1\n", r"row 1: the column beginning_balance of rows of a class is missing"),
    "a column twice": ("date,class,ending,end bal,opening\n2004-11-25,A,1,1,1\n", r"ending_balance|stands in two columns"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_is_refused_with_its_row_and_column(name: str, tmp_path: Path) -> None:
    text, says = BAD[name]
    with pytest.raises(InputError, match=says):
        named(report_of(text, tmp_path), known())


def test_a_pool_that_is_missing_beside_others_is_refused(tmp_path: Path) -> None:
    tables = three_months().of(1, 1)
    short = Printed(tables.classes, tables.pools[:2])
    with pytest.raises(InputError, match="November 2004 has no row for pool III"):
        named(report_of(short.text(), tmp_path), known())
    with pytest.raises(InputError, match="has rows of pools and none of classes"):
        named(report_of(Printed([], tables.pools).text(), tmp_path), known())


def test_a_month_that_is_missing_is_named(tmp_path: Path) -> None:
    tables = three_months()
    without = Printed(tables.of(1, 1).classes + tables.of(3, 3).classes, tables.of(1, 1).pools + tables.of(3, 3).pools)
    names = [one.name for one in failures(named(report_of(without.text(), tmp_path), known()), known())]
    assert names[0] == "gap:2005-01:all"
    assert "opening:2005-01:B-1" in names


def test_rate_factor_loans_and_arrears_are_held_to_their_identities() -> None:
    """Each figure right, then wrong by one unit of its last digit more than rounding allows."""
    issued = known().initial["B-1"]
    columns = (
        "date",
        "class",
        "beginning_balance",
        "interest",
        "principal",
        "loss",
        "ending_balance",
        "rate",
        "factor",
    )
    pool = ("date", "pool", "ending_balance", "loan_count", "delinquent_30", "reo")
    rest = [label for label in known().initial if label != "B-1"]

    def found(
        interest: str = "27459.07", factor: str = "0.99000000", count: str = "900", reo: str = "5.00"
    ) -> list[str]:
        end = issued * Decimal("0.99")
        one = (
            "2004-11-25",
            "B-1",
            f"{issued:.2f}",
            interest,
            f"{issued - end:.2f}",
            "0",
            f"{end:.2f}",
            "0.0534050",
            factor,
        )
        others = [
            ("2004-11-25", x, f"{known().initial[x]}", "", "", "", f"{known().initial[x]}", None, None) for x in rest
        ]
        loans = [
            (1, pool),
            (2, ("2004-11-25", "all", f"{sum(known().initial.values()) - issued + end:.2f}", count, "1.00", reo)),
        ]
        report = read_report(
            [("c", [(1, columns), (2, one), *((k, row) for k, row in enumerate(others, 3))]), ("p", loans)]
        )
        start = Known(**{**{k: getattr(known(), k) for k in Known.__slots__}, "counts": {ALL: Decimal(900)}})
        return [one.name for one in failures(named(report, start), start)]

    assert found() == []
    assert found(interest="27460.00") == ["interest:2004-11:B-1"]
    assert found(factor="0.99000002") == ["factor:2004-11:B-1"]
    assert found(count="901") == ["loan_count:2004-11:all"]
    assert found(reo="999999999.00") == ["delinquent:2004-11:all"]


def test_a_hundred_megabytes_of_rows_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(100 << 20)
    with pytest.raises(InputError, match=f"has 100 MB, over the limit of {MOST_BYTES >> 20} MB"):
        sheets_of(path)
    path.write_text("date,class,ending,opening\n" + "2004-11-25,A,1,1\n" * (MOST_ROWS + 1))
    with pytest.raises(InputError, match=f"has more than {MOST_ROWS:,} rows"):
        sheets_of(path)


def test_a_packed_file_that_unpacks_beyond_measure_is_refused(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "bomb.xlsx", {"constant_memory": True})
    sheet = book.add_worksheet()
    text = "0" * 30_000
    for k in range(2_300):
        sheet.write_string(k, 0, text)
    book.close()
    assert (tmp_path / "bomb.xlsx").stat().st_size < 1 << 20
    with pytest.raises(InputError, match="unpacks to more than 64 MB"):
        sheets_of(tmp_path / "bomb.xlsx")


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0", b"\xff\xfe", b"date,class\x00"])
def test_a_damaged_file_is_refused_in_our_own_words(start: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken"
    path.write_bytes(start + b"\x00\x81" * 300)
    with pytest.raises(InputError):
        named(read_report((sheet.name, sheet.rows) for sheet in sheets_of(path)), known())
