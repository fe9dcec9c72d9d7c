"""A month's balances into a workbook: only what was asked for changes, and the file is whole at every moment."""

import csv
import io
import os
import random
import re
import signal
import subprocess
import sys
import time
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import load_workbook

from xlremic.commands.cli import main
from xlremic.deal import Deal
from xlremic.errors import InputError
from xlremic.reading.tieout import Status
from xlremic.subordination import subordination_levels
from xlremic.workbook.audit import audit
from xlremic.workbook.build import EXCEL
from xlremic.workbook.class_columns import CALL, TRANCHES
from xlremic.workbook.cover_rows import CHANGE_LOG
from xlremic.workbook.entering import Reported
from xlremic.workbook.history import past_of
from xlremic.workbook.history_columns import HISTORY, OF_CLASS, OF_POOL, TABLE_NAME
from xlremic.workbook.update import read_balances, update
from xlremic.xlsx.calculate import calculate, formula_cells
from xlremic.xlsx.package import Package
from xlremic.xlsx.patch import opened, patched

from ..conftest import SAMPLE

DAY = date(2006, 3, 25)


def paid_down(deal: Deal, senior: str = "0.6", junior: str = "0.9") -> dict[str, Decimal]:
    return {
        t.label: (t.class_initial_principal_balance * Decimal(senior if t.rank == 1 else junior)).quantize(
            Decimal("0.01")
        )
        for t in deal.tranches
    }


@pytest.fixture
def copy(workbook: Path, tmp_path: Path) -> Path:
    path = tmp_path / "deal.xlsx"
    path.write_bytes(workbook.read_bytes())
    return path


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_levels_pool_balance_and_history_follow(copy: Path, deal: Deal) -> None:
    balances = paid_down(deal)
    before = copy.read_bytes()
    done = update(
        copy, balances, as_of=DAY, reported=Reported(cumulative_losses=Decimal("12345.67"), delinquency=Decimal("0.02"))
    )
    assert done.backup is not None
    assert done.backup.read_bytes() == before
    book = load_workbook(copy, data_only=True)
    ranks = [tranche.rank for tranche in deal.tranches]
    levels = subordination_levels(list(balances.values()), ranks)
    assert [book["Tranches"][TRANCHES.cell("level", k)].value for k in range(7)] == pytest.approx(
        [float(level) for level in levels], abs=1e-12
    )
    assert book["Call"][CALL.cell("value", "current")].value == pytest.approx(float(sum(balances.values())), abs=0.005)
    assert book["Call"][CALL.cell("value", "as_of")].value.date() == DAY
    past = past_of(book)
    assert past.last == DAY
    assert len(past.days) == 2
    classes, pools = past.of(DAY, OF_CLASS), past.of(DAY, OF_POOL)
    assert {label: line.figures["ending_balance"] for label, line in classes.items()} == balances
    assert [line.figures["beginning_balance"] for line in classes.values()] == [
        tranche.class_initial_principal_balance for tranche in deal.tranches
    ]
    assert [float(line.figures["level"]) for line in classes.values()] == [float(level) for level in levels]
    assert pools["all"].callable == "no"
    said = {"losses": Decimal("12345.67"), "delinquency": Decimal("0.02"), "ending_balance": sum(balances.values())}
    assert {key: pools["all"].figures[key] for key in said} == said
    log = [cell.value for cell in book["Cover"][CHANGE_LOG.row(1)]][:3]
    assert log[1].date() == DAY
    assert log[2].startswith("balances put in: pool factor 0.")
    page, first = book["History"], len(past.of(deal.cut_off_date, OF_CLASS)) + 4
    assert [cell.number_format for cell in page[HISTORY.row(first)]] == [
        cell.number_format for cell in page[HISTORY.row()]
    ]
    assert page.tables[TABLE_NAME].ref == f"A{HISTORY.header}:{HISTORY.letters[-1]}{HISTORY.row(len(past.lines) - 1)}"
    assert {finding.id for finding in audit(copy) if finding.status is Status.FAIL} == set()
    update(copy, paid_down(deal, "0.05", "0.5"), as_of=date(2010, 3, 25))
    book = load_workbook(copy, data_only=True)
    past = past_of(book)
    assert [past.of(day, OF_POOL)["all"].callable for day in past.days] == ["no", "no", "yes"]
    assert book["Call"][CALL.cell("value", "callable")].value is True


def test_a_reported_pool_balance_counts_for_one_update_only(copy: Path, deal: Deal) -> None:
    balances = paid_down(deal)
    update(copy, balances, as_of=DAY, reported=Reported(pool_balance=Decimal("49364137.75")))
    book = load_workbook(copy, data_only=True)
    assert (book["Call"][CALL.cell("value", "current")].value, book["Call"][CALL.cell("value", "callable")].value) == (
        49364137.75,
        True,
    )
    update(copy, balances, as_of=DAY)
    book = load_workbook(copy, data_only=True)
    assert book["Call"][CALL.cell("value", "reported")].value is None
    assert book["Call"][CALL.cell("value", "callable")].value is False
    assert {finding.id for finding in audit(copy) if finding.status is Status.FAIL} == set()


def test_everything_else_stays_byte_for_byte(copy: Path, deal: Deal) -> None:
    """A person's work that openpyxl would drop: a sparkline, a text box's drawing, an unknown part, a note in a cell."""
    person = parts(copy)
    sheet = person["xl/worksheets/sheet2.xml"]
    person["xl/worksheets/sheet2.xml"] = sheet.replace(
        b"</worksheet>", b'<extLst><ext uri="{05C60535-1F16-4fd2-B633-F4F36F0B64E0}"><x14:sparklineGroups'
        b' xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"/></ext></extLst></worksheet>')  # fmt: skip
    person["xl/slicers/slicer1.xml"] = b"<slicers/>"
    with zipfile.ZipFile(copy, "w") as package:
        for name, content in person.items():
            package.writestr(name, content)
    update(copy, paid_down(deal), as_of=DAY)
    after = parts(copy)
    assert after.keys() == person.keys()
    changed = {name for name in person if person[name] != after[name]}
    assert changed <= {f"xl/worksheets/sheet{k}.xml" for k in range(1, 13)} | {
        "xl/charts/chart1.xml",
        "xl/charts/chart2.xml",
        "xl/charts/chart3.xml",
        "xl/tables/table1.xml",
    }
    assert b"sparklineGroups" in after["xl/worksheets/sheet2.xml"]

    def without_values(xml: bytes) -> bytes:
        return re.sub(rb"<v>[^<]*</v>", b"<v/>", xml)

    tranches = next(n for n in person if b">Class<" in person[n] and n.startswith("xl/worksheets"))
    inputs = re.compile(rb'<c r="H(?:9|1[0-5])"[^>]*>.*?</c>')
    assert without_values(inputs.sub(b"", person[tranches])).replace(b' t="n"', b"") == without_values(
        inputs.sub(b"", after[tranches])
    ).replace(b' t="n"', b"")


def put_slicer(path: Path) -> None:
    """A slicer of the table on the first sheet, as MS-XLSX 2.3.1 and 2.1.19 to 2.1.22 have its parts."""
    x14, x15 = (f"http://schemas.microsoft.com/office/spreadsheetml/{one}/main" for one in ("2009/9", "2010/11"))
    kinds, relation = "application/vnd.ms-excel.slicer", "http://schemas.microsoft.com/office/2007/relationships/slicer"
    held = parts(path)

    def add(name: str, before: str, text: str) -> None:
        assert held[name].count(before.encode()) == 1
        held[name] = held[name].replace(before.encode(), text.encode() + before.encode())

    held["xl/slicers/slicer1.xml"] = (
        f'<slicers xmlns="{x14}"><slicer name="kind" cache="Slicer_kind" caption="kind" rowHeight="241300"/></slicers>'
    ).encode()
    held["xl/slicerCaches/slicerCache1.xml"] = (
        f'<slicerCacheDefinition xmlns="{x14}" name="Slicer_kind" sourceName="kind"><extLst>'
        f'<x:ext xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:x15="{x15}"'
        ' uri="{2F2917AC-EB37-4324-AD4E-5DD8C200BD13}"><x15:tableSlicerCache tableId="1" column="1"/></x:ext>'
        "</extLst></slicerCacheDefinition>"
    ).encode()
    for part, kind in (("slicers/slicer1", "slicer"), ("slicerCaches/slicerCache1", "slicerCache")):
        override = f'<Override PartName="/xl/{part}.xml" ContentType="{kinds.replace("slicer", kind)}+xml"/>'
        add("[Content_Types].xml", "</Types>", override)
    end = "</Relationships>"
    sheet_relation = f'<Relationship Id="rId98" Type="{relation}" Target="../slicers/slicer1.xml"/>'
    add("xl/worksheets/_rels/sheet1.xml.rels", end, sheet_relation)
    cache = f'<Relationship Id="rId99" Type="{relation}Cache" Target="slicerCaches/slicerCache1.xml"/>'
    add("xl/_rels/workbook.xml.rels", end, cache)
    of_book = f'<x15:slicerCaches xmlns:x14="{x14}"><x14:slicerCache r:id="rId99"/></x15:slicerCaches>'
    uri = "{46BE6895-7355-4a93-B00E-2C351335B9C9}"
    add("xl/workbook.xml", "</workbook>", f'<extLst><ext uri="{uri}" xmlns:x15="{x15}">{of_book}</ext></extLst>')
    of_sheet = f'<x14:slicerList xmlns:x14="{x14}"><x14:slicer r:id="rId98"/></x14:slicerList>'
    uri = "{3A4CF648-6AED-40f4-86FF-DC5316D8AED3}"
    add("xl/worksheets/sheet1.xml", "</extLst>", f'<ext uri="{uri}" xmlns:x15="{x15}">{of_sheet}</ext>')
    frame = (
        '<xdr:twoCellAnchor editAs="oneCell"><xdr:from><xdr:col>20</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>0</xdr:row>'
        "<xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>22</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>9</xdr:row>"
        '<xdr:rowOff>0</xdr:rowOff></xdr:to><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/'
        'markup-compatibility/2006" xmlns:sle15="http://schemas.microsoft.com/office/drawing/2012/slicer"><mc:Choice'
        ' Requires="sle15"><xdr:graphicFrame macro=""><xdr:nvGraphicFramePr><xdr:cNvPr id="98" name="kind"/>'
        '<xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr><xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm>'
        '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/drawing/2010/slicer"><sle:slicer'
        ' xmlns:sle="http://schemas.microsoft.com/office/drawing/2010/slicer" name="kind"/></a:graphicData></a:graphic>'
        "</xdr:graphicFrame></mc:Choice></mc:AlternateContent><xdr:clientData/></xdr:twoCellAnchor>"
    )
    add("xl/drawings/drawing1.xml", "</xdr:wsDr>", frame)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in held.items():
            package.writestr(name, content)


def test_what_another_writer_put_into_a_workbook_outlives_what_an_update_writes(tmp_path: Path) -> None:
    """XlsxWriter writes what openpyxl cannot: text boxes, sparklines, rich text, check boxes; a slicer is put in by hand."""
    path = tmp_path / "other.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("T")
    sheet.write_row("A1", ["class", "rank", "initial", "current", "level"])
    for k, (label, initial) in enumerate((("A", 90.0), ("B-1", 10.0)), 2):
        sheet.write_row(f"A{k}", [label, k - 1, initial, initial])
        sheet.write_formula(f"E{k}", f'=SUMIF(B$2:B$3,">"&B{k},D$2:D$3)/SUM(D$2:D$3)', value=0.1 if k == 2 else 0)
    sheet.write_row("G1", [0.1, 100.0])
    sheet.write_datetime("I1", date(2004, 10, 1), book.add_format({"num_format": "d mmm yyyy"}))
    sheet.write_row("A10", ["As of", "Pool", "Factor", "Levels", "Senior", "Callable", "Losses"])
    sheet.write_rich_string("K1", book.add_format({"bold": True}), "bold", " and plain")
    sheet.insert_textbox("K3", "a person's note")
    sheet.insert_checkbox("K9", True)
    sheet.add_sparkline("M1", {"range": "T!D2:D3"})
    sheet.add_table("S1:T3", {"columns": [{"header": "kind"}, {"header": "note"}], "data": [["x", 1], ["y", 2]]})
    book.close()
    put_slicer(path)
    before = parts(path)
    written: dict[tuple[str, str], float | date] = {
        ("T", "D2"): 40.0,
        ("T", "D3"): 10.0,
        ("T", "I1"): DAY,
        ("T", "B11"): 50.0,
    }
    path.write_bytes(calculate(patched(Package.of(path.read_bytes()), written)).to_bytes())
    after = parts(path)
    assert {name for name in before if before[name] != after.get(name)} == {"xl/worksheets/sheet1.xml"}
    assert after.keys() == before.keys()
    for feature in (b"sparkline", b"<drawing", b"extLst", b"x14:slicerList", b"<tablePart "):
        assert after["xl/worksheets/sheet1.xml"].count(feature) == before["xl/worksheets/sheet1.xml"].count(feature) > 0
    assert formula_cells(Package.of(path.read_bytes())).values["T", "E2"] == pytest.approx(0.2)
    assert opened(path.read_bytes())["T"]["B11"].value == 50


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"C-9": Decimal(1)}, "no class C-9"),
        ({"A": None}, "no balance is given for class A"),
        ({"A": Decimal("999999999")}, "would rise"),
    ],
)
def test_unfit_balances_leave_the_file_untouched(
    copy: Path, deal: Deal, change: dict[str, Decimal | None], words: str
) -> None:
    before = copy.read_bytes()
    balances = {label: value for label, value in {**paid_down(deal), **change}.items() if value is not None}
    with pytest.raises(InputError, match=words):
        update(copy, balances, as_of=DAY)
    assert copy.read_bytes() == before
    assert not list(copy.parent.glob("*.backup*"))


def test_an_increase_is_possible_when_asked_for_and_days_do_not_run_back(copy: Path, deal: Deal) -> None:
    update(copy, paid_down(deal), as_of=DAY)
    with pytest.raises(InputError, match="before"):
        update(copy, paid_down(deal, "0.5", "0.8"), as_of=date(2005, 1, 25))
    update(copy, paid_down(deal, "0.7"), as_of=DAY, allow_increase=True)


def test_a_renamed_sheet_or_a_foreign_file_is_refused(copy: Path, deal: Deal, tmp_path: Path) -> None:
    renamed = parts(copy)
    renamed["xl/workbook.xml"] = renamed["xl/workbook.xml"].replace(b'name="Tranches"', b'name="Classes of ours"')
    with zipfile.ZipFile(copy, "w") as package:
        for name, content in renamed.items():
            package.writestr(name, content)
    with pytest.raises(InputError, match="Tranches"):
        update(copy, paid_down(deal), as_of=DAY)
    (tmp_path / "x.xlsx").write_bytes(b"no zip")
    with pytest.raises(InputError, match="not an Excel workbook"):
        update(tmp_path / "x.xlsx", paid_down(deal), as_of=DAY)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("class,balance\nA,1\n", "columns class and current_balance"),
        ("class,current_balance\nA,one\n", "line 2, class A"),
        ("class,current_balance\nA,-1\n", "zero or more"),
        ("class,current_balance\nA,nan\n", "zero or more"),
        ("class,current_balance\nA,1_0\n", "class A: '1_0' is no amount"),
        ("class,current_balance\nA,١٢\n", "no amount"),
        ("class,current_balance\nA,1e9\n", "no amount"),
        ('class,current_balance\nA,"1,00"\n', "no amount"),
        ("class,current_balance\nA,99999999999999999\n", "at most"),
        (f"class,current_balance\nA,{'1' * 200_000}\n", "line 2: field larger than field limit"),
        ("class,current_balance\nA,1\nA,2\n", "given twice"),
        ("class,current_balance\n", "no balances"),
    ],
)
def test_bad_tables_are_refused_with_their_line(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "b.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        read_balances(tmp_path / "b.csv")


def test_amounts_as_people_paste_them(tmp_path: Path) -> None:
    text = '\ufeffClass, Current_Balance ,note\nA," $1,234.50 ",x\n\nB-1,0,\n'
    (tmp_path / "b.csv").write_text(text, encoding="utf-8")
    assert read_balances(tmp_path / "b.csv") == {"A": Decimal("1234.50"), "B-1": Decimal(0)}


def test_patched_cells_appear_where_none_were(copy: Path) -> None:
    package = patched(
        Package.of(copy.read_bytes()),
        {("Call", "C40"): 'a <b> & "c"', ("Call", "A40"): 1.5, ("Call", "B40"): True, ("Call", "B2"): 7.0},
    )
    book = load_workbook(io.BytesIO(package.to_bytes()))
    assert [book["Call"][cell].value for cell in ("A40", "B40", "C40", "B2")] == [1.5, True, 'a <b> & "c"', 7]


def test_two_updates_at_once_lose_nothing(copy: Path, deal: Deal, tmp_path: Path) -> None:
    table = tmp_path / "b.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("class", "current_balance"), *paid_down(deal).items()])
    command = [sys.executable, "-m", "xlremic", "update", str(copy), "--balances", str(table), "--as-of", "2006-03-25"]
    environment = {**os.environ, "PYTHONPATH": str(SAMPLE.parent.parent)}
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        for _ in range(3)
    ]
    ends = [(process.communicate(), process.returncode) for process in running]
    assert any(code == 0 for _, code in ends)
    for (_, message), code in ends:
        assert code == 0 or "another update" in message
    done = sum(code == 0 for _, code in ends)
    book = load_workbook(copy, data_only=True)
    assert len(past_of(book).days) == 2  # the month is in once, however often it was put in
    assert [book["Cover"][CHANGE_LOG.cell("when", k + 1)].value is not None for k in range(3)] == [
        k < done for k in range(3)
    ]


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is POSIX")
def test_killed_at_any_moment_the_old_or_the_new_file_is_there(copy: Path, deal: Deal, tmp_path: Path) -> None:
    table = tmp_path / "b.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("class", "current_balance"), *paid_down(deal).items()])
    environment = {**os.environ, "PYTHONPATH": str(SAMPLE.parent.parent)}
    update_command = [
        sys.executable,
        "-m",
        "xlremic",
        "update",
        str(copy),
        "--balances",
        str(table),
        "--as-of",
        "2006-03-25",
    ]
    build_command = [
        sys.executable,
        "-m",
        "xlremic",
        "build",
        str(SAMPLE),
        "--no-projection",
        "-o",
        str(tmp_path / "built.xlsx"),
    ]
    chance = random.Random(11)
    for command in [update_command, build_command] * 5:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
        time.sleep(chance.uniform(0.1, 1.2))
        process.send_signal(signal.SIGKILL)
        process.wait()
        for path in (copy, tmp_path / "built.xlsx"):
            if path.exists():
                assert None not in formula_cells(Package.of(path.read_bytes())).values.values()


def test_the_command(copy: Path, deal: Deal, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "b.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("class", "current_balance"), *paid_down(deal).items()])
    with pytest.raises(SystemExit) as caught:
        main(["update", str(copy), "--balances", str(table), "--as-of", "2006-03-25"])
    assert not caught.value.code
    assert "not callable; the previous version is" in capsys.readouterr().out
    with pytest.raises(SystemExit) as caught:
        main(["update", str(copy), "--balances", str(table), "--as-of", "2005-03-25"])
    assert caught.value.code == 2


def asks_to_be_computed(path: Path) -> bool:
    """Whether Excel computes the whole workbook as it is opened, and asks to save it as it is closed."""
    (told,) = re.findall(rb"<calcPr [^>]*>", parts(path)["xl/workbook.xml"])
    version = re.search(rb'calcId="(\d+)"', told)
    return b'fullCalcOnLoad="1"' in told or version is None or int(version[1]) < EXCEL


def test_neither_a_fresh_nor_an_updated_workbook_asks_to_be_computed_since_every_engine_agrees(
    copy: Path, deal: Deal
) -> None:
    assert not asks_to_be_computed(copy)
    update(copy, paid_down(deal), as_of=DAY)
    assert not asks_to_be_computed(copy)
    engines = {one.id: one.status for one in audit(copy) if one.family == "cached_values"}
    assert len(engines) >= 2 and set(engines.values()) == {Status.PASS}


def test_an_update_leaves_it_to_the_workbook_whether_it_asks_to_be_computed(copy: Path, deal: Deal) -> None:
    content = parts(copy)
    content["xl/workbook.xml"] = re.sub(rb"<calcPr [^>]*>", b'<calcPr fullCalcOnLoad="1"/>', content["xl/workbook.xml"])
    with zipfile.ZipFile(copy, "w") as package:
        for name, part in content.items():
            package.writestr(name, part)
    assert asks_to_be_computed(copy)
    update(copy, paid_down(deal), as_of=DAY)
    assert parts(copy)["xl/workbook.xml"] == content["xl/workbook.xml"]
