"""The workbook: right before anyone calculates it, alive when somebody does."""

import io
import shutil
import subprocess
import sys
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from xlremic import read
from xlremic.deal import Deal
from xlremic.errors import InputError, TemplateError
from xlremic.reading.facts import Reading
from xlremic.reading.filing import filing_of
from xlremic.reading.parser import parse
from xlremic.subordination import call_threshold, is_callable, subordination_levels
from xlremic.workbook.build import build
from xlremic.workbook.class_columns import TRANCHES
from xlremic.workbook.filing_rows import MEASURES
from xlremic.workbook.filling import write_text
from xlremic.workbook.layout import FLAG
from xlremic.workbook.lint import lint
from xlremic.workbook.names import PUBLIC
from xlremic.workbook.template import packaged
from xlremic.xlsx.calculate import calculate, formula_cells, same
from xlremic.xlsx.engines import ironcalc_values, libreoffice_values
from xlremic.xlsx.libreoffice import libreoffice
from xlremic.xlsx.package import Package
from xlremic.xlsx.preflight import preflight
from xlremic.xlsx.references import column_letters

from ..conftest import SAMPLE
from ..support.published_figures import rows

SCHEMAS = Path(__file__).parents[3] / "shared" / "tools" / "validate_xlsx.py"
needs_libreoffice = pytest.mark.skipif(libreoffice() is None, reason="LibreOffice is not installed")


def named(data: bytes, name: str) -> list[object]:
    """The values of a defined name, as a reader that never calculates sees them."""
    book = load_workbook(io.BytesIO(data), data_only=True)
    (sheet, reference), *_ = book.defined_names[name].destinations
    found = book[sheet][reference]
    return [cell.value for row in (found if isinstance(found, tuple) else ((found,),)) for cell in row]


def with_balances(data: bytes, balances: list[Decimal]) -> bytes:
    """What a person does: type current balances over the old ones."""
    book = load_workbook(io.BytesIO(data))
    (sheet, reference), *_ = book.defined_names["CurrentBalances"].destinations
    for (cell,), balance in zip(book[sheet][reference], balances, strict=True):
        cell.value = float(balance)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def recalculated(data: bytes, name: str, values: dict[tuple[str, str], object]) -> list[object]:
    book = load_workbook(io.BytesIO(data))
    (sheet, reference), *_ = book.defined_names[name].destinations
    found = book[sheet][reference]
    cells = [cell for row in (found if isinstance(found, tuple) else ((found,),)) for cell in row]
    return [values.get((sheet, cell.coordinate), cell.value) for cell in cells]


def test_sheets_names_and_links_are_the_contract(workbook: Path) -> None:
    book = load_workbook(workbook)
    assert book.sheetnames == [
        "Cover",
        "Summary",
        "Pools",
        "Tranches",
        "Underwriting",
        "Call",
        "History",
        "Assumptions",
        "Set-up",
        "Checks",
        "Source",
    ]
    assert set(PUBLIC) <= set(book.defined_names)
    assert not [name for name in book.defined_names if name.startswith(("row.", "block."))]
    links = [cell.hyperlink for sheet in book for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert links
    assert all(link.location and not link.target for link in links)
    assert any("Source" in link.location for link in links)


def test_a_reader_that_never_calculates_sees_the_published_figures(workbook: Path) -> None:
    data = workbook.read_bytes()
    published = rows("cmsi_2004_8_subordination")
    assert named(data, "Classes") == [row["class"] for row in published]
    for value, row in zip(named(data, "SubordinationLevelsAtIssue"), published, strict=True):
        assert abs(Decimal(str(value)) * 100 - Decimal(row["derived_subordination_pct_15dp"])) < Decimal("1e-12")
    for value, row in zip(named(data, "StatedSubordinationLevels"), published, strict=True):
        assert Decimal(str(value)) * 100 == Decimal(row["published_subordination_pct"] or 0)
    assert named(data, "CurrentBalances") == named(data, "InitialBalances")
    assert named(data, "SubordinationLevels") == named(data, "SubordinationLevelsAtIssue")
    assert named(data, "CutOffBalance") == [493641377.57]
    assert named(data, "CallThreshold") == [49364137.76]
    assert named(data, "Callable") == [False]
    assert named(data, "ChecksFailed") == [0]


def test_ratio_strips_are_the_published_ones(workbook: Path) -> None:
    sheet = load_workbook(workbook, data_only=True)["Pools"]
    pool = MEASURES["Pools"].number("pool") - 1
    line = {
        row[0].value: [cell.value for cell in row[pool : pool + 3]]
        for row in sheet.iter_rows(min_row=MEASURES["Pools"].row())
    }
    for k, row in enumerate(rows("cmsi_2004_8_pools")):
        assert round(line["PO strip"][k], 2) == float(row["po_strip_balance_at_fee_0.25"])
        assert round(line["Target-rate strip"][k], 2) == float(row["target_rate_strip_balance_at_fee_0.25"])
        assert round(line["PO fraction of discount loans"][k], 10) == float(row["po_fraction_of_discount_at_fee_0.25"])
        assert round(100 * line["IO rate"][k], 6) == float(row["io_rate_pct_at_fee_0.25"])


def test_every_formula_has_a_value_and_none_is_an_error(workbook: Path) -> None:
    cells = formula_cells(Package.of(workbook.read_bytes()))
    assert len(cells.formulas) > 300
    assert not [place for place, value in cells.values.items() if value is None or str(value).startswith("#")]


def test_conventions(workbook: Path) -> None:
    assert lint(workbook.read_bytes()) == []


@pytest.mark.real
@needs_libreoffice
def test_libreoffice_computes_every_cached_value(workbook: Path) -> None:
    data = workbook.read_bytes()
    cached = formula_cells(Package.of(data)).values
    computed = libreoffice_values(Package.of(data))
    assert computed is not None
    assert [place for place in cached if not same(cached[place], computed.get(place))] == []


def test_a_second_embedded_engine_computes_every_cached_value(workbook: Path) -> None:
    pytest.importorskip("ironcalc")
    data = workbook.read_bytes()
    cached = formula_cells(Package.of(data)).values
    computed = ironcalc_values(Package.of(data), cached)
    assert computed is not None
    assert [place for place in cached if not same(cached[place], computed[place])] == []


NEVER_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>1</value></prop></item></oor:items>"""


SUMMARY_AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,2"
"""The second sheet, numbers as they are kept."""


def shown_without_calculation(data: bytes, folder: Path) -> str:
    """The sheet Summary as a previewer shows it that never calculates, as CSV."""
    program = libreoffice()
    assert program is not None
    (folder / "profile" / "user").mkdir(parents=True)
    (folder / "profile" / "user" / "registrymodifications.xcu").write_text(NEVER_RECALCULATE, encoding="utf-8")
    (folder / "book.xlsx").write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    places = ["--outdir", f"{folder}/out", f"{folder}/book.xlsx"]
    command = [program, profile, "--headless", "--norestore", "--convert-to", SUMMARY_AS_CSV, *places]
    subprocess.run(command, check=True, capture_output=True)
    return (folder / "out" / "book-Summary.csv").read_text(encoding="utf-8")


@pytest.mark.real
@needs_libreoffice
def test_a_previewer_that_never_calculates_shows_every_figure(workbook: Path, tmp_path: Path) -> None:
    shown = shown_without_calculation(workbook.read_bytes(), tmp_path)
    for figure in (
        "493641377.57",
        "49364137.76",
        "444277239.81",
        "2.450067623",
        "5.962%",
        "All checks tie",
        "not callable",
    ):
        assert figure in shown
    with zipfile.ZipFile(workbook) as package:
        (tmp_path / "planted").mkdir()
        planted = tmp_path / "planted.xlsx"
        with zipfile.ZipFile(planted, "w") as copy:
            for name in package.namelist():
                content = package.read(name)
                if name == Package.of(workbook.read_bytes()).sheets["Summary"]:
                    content = content.replace(b"<v>444277239.81</v>", b"<v>777</v>")
                copy.writestr(name, content)
    shown = shown_without_calculation(planted.read_bytes(), tmp_path / "planted")
    assert "777" in shown, "the previewer calculated, so that it proves nothing"


@pytest.mark.real
@needs_libreoffice
def test_current_balances_move_levels_pool_balance_and_headroom(workbook: Path, deal: Deal) -> None:
    original = workbook.read_bytes()
    initial = [tranche.class_initial_principal_balance for tranche in deal.tranches]
    ranks = [tranche.rank for tranche in deal.tranches]
    balances = [initial[0] * Decimal("0.6"), *(balance * Decimal("0.8") for balance in initial[1:])]
    data = with_balances(original, balances)
    values = libreoffice_values(Package.of(data))
    assert values is not None
    levels = recalculated(data, "SubordinationLevels", dict(values))
    for value, level in zip(levels, subordination_levels(balances, ranks), strict=True):
        assert abs(Decimal(str(value)) - level) < Decimal("1e-12")
    (pool_balance,) = recalculated(data, "CurrentPoolBalance", dict(values))
    assert pool_balance == pytest.approx(float(sum(balances)), abs=0.005)
    (headroom,) = recalculated(data, "CallHeadroom", dict(values))
    threshold = call_threshold(Decimal("493641377.57"), Decimal("0.1"))
    assert headroom == pytest.approx(float(sum(balances) - threshold), abs=0.01)


@pytest.mark.real
@needs_libreoffice
@pytest.mark.parametrize(("balance", "expected"), [("49364137.76", False), ("49364137.75", True)])
def test_callable_is_strictly_below_the_threshold(workbook: Path, deal: Deal, balance: str, expected: bool) -> None:
    parts = [tranche.class_initial_principal_balance / 10 for tranche in deal.tranches]
    parts = [part.quantize(Decimal("0.01")) for part in parts]
    parts[0] += Decimal(balance) - sum(parts)
    data = with_balances(workbook.read_bytes(), parts)
    values = libreoffice_values(Package.of(data))
    assert values is not None
    assert recalculated(data, "Callable", dict(values)) == [expected]
    assert is_callable(sum(parts, Decimal(0)), Decimal("49364137.76")) is expected
    assert named(calculate(Package.of(data)).to_bytes(), "Callable") == [expected]


@pytest.mark.real
@pytest.mark.skipif(not SCHEMAS.exists(), reason="the ISO/IEC 29500 schemas are not beside the checkout")
def test_every_part_is_valid_by_the_iso_schemas(workbook: Path, projected: Path) -> None:
    template = packaged("templates", "deal.xlsx")
    done = subprocess.run(
        [sys.executable, SCHEMAS, workbook, projected, template], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_same_build_twice_gives_the_same_file(
    reading: Reading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def built(name: str, seconds: int) -> bytes:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(seconds))
        return build(reading, tmp_path / name, projection=False).path.read_bytes()

    first = built("first.xlsx", 1_000_000_000)
    assert built("again.xlsx", 1_000_000_000) == first
    assert built("later.xlsx", 1_000_000_060) != first  # the minute stands on Cover
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(2001, 9, 9, 1, 46, 40)}
        assert b">2001-09-09T01:46:40Z</dcterms:modified>" in parts.read("docProps/core.xml")


def test_a_failing_check_is_written_and_flagged(tmp_path: Path) -> None:
    text = SAMPLE.read_text(encoding="utf-8").replace("$77,943,340.57", "$77,943,341.57")
    built = build(parse(filing_of(text.encode(), name="wrong.txt")), tmp_path / "wrong.xlsx", projection=False)
    data = built.path.read_bytes()
    failing = [finding.id for finding in built.findings if finding.status == "fail"]
    assert "pools_sum:balance" in failing
    assert named(data, "ChecksFailed") == [len(failing)]
    assert load_workbook(built.path, data_only=True)["Summary"][FLAG].value == (
        "1 check fails" if len(failing) == 1 else f"{len(failing)} checks fail"
    )


def test_text_of_a_filing_never_becomes_a_formula(tmp_path: Path) -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    text = text.replace("U.S. Bank National Association,", '=HYPERLINK("http://x.test") Bank,')
    text = text.replace("Howard Darmstadter\n", "=cmd|'/c calc'!A1\n")
    built = build(parse(filing_of(text.encode(), name="evil.txt")), tmp_path / "evil.xlsx")
    formulas = formula_cells(Package.of(built.path.read_bytes())).formulas.values()
    assert not [formula for formula in formulas if "cmd" in formula or "HYPERLINK" in formula]
    cell = load_workbook(built.path).active["A1"]
    write_text(cell, "=1+1\x07")
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)


def test_the_package_holds_nothing_active(workbook: Path) -> None:
    preflight(workbook.read_bytes())
    with zipfile.ZipFile(workbook) as package:
        assert not [n for n in package.namelist() if "vba" in n.lower() or "external" in n or "metadata" in n]
        sheets = b"".join(package.read(n) for n in package.namelist() if n.startswith("xl/worksheets/sheet"))
    assert b't="array"' not in sheets
    assert b' cm="' not in sheets


def test_truncated_filings_make_no_workbook(tmp_path: Path) -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    cut = parse(filing_of(text[: text.index("The aggregate initial principal balance")].encode(), name="cut.txt"))
    with pytest.raises(Exception, match="needs the classes"):
        build(cut, tmp_path / "cut.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_template_whose_formula_is_wrong_is_refused(tmp_path: Path, reading: Reading) -> None:
    book = load_workbook(packaged("templates", "deal.xlsx"))
    cell = TRANCHES.cell("level_at_issue")
    book["Tranches"][cell].value = str(book["Tranches"][cell].value).replace('">"', '">="')
    book.save(tmp_path / "bad.xlsx")
    with pytest.raises(TemplateError, match=f"Tranches!{cell}"):
        build(reading, tmp_path / "out.xlsx", template=tmp_path / "bad.xlsx", projection=False)
    assert not (tmp_path / "out.xlsx").exists()


def test_a_restyled_template_is_followed(tmp_path: Path, reading: Reading) -> None:
    book = load_workbook(packaged("templates", "deal.xlsx"))
    pools = MEASURES["Pools"]
    book["Pools"]["A1"].value = "Our pools"
    book["Pools"].column_dimensions[pools.letter("pool")].width = 33
    book.save(tmp_path / "ours.xlsx")
    built = build(reading, tmp_path / "out.xlsx", template=tmp_path / "ours.xlsx", projection=False)
    sheet = load_workbook(built.path)["Pools"]
    assert sheet["A1"].value == "Our pools"
    assert sheet.column_dimensions[column_letters(pools.number("pool") + 2)].width == 33


def test_a_template_without_a_name_is_refused(tmp_path: Path, reading: Reading) -> None:
    book = load_workbook(packaged("templates", "deal.xlsx"))
    del book.defined_names["row.loan_count"]
    book.save(tmp_path / "bad.xlsx")
    with pytest.raises(TemplateError, match="loan_count"):
        build(reading, tmp_path / "out.xlsx", template=tmp_path / "bad.xlsx", projection=False)


def test_unwritable_places_leave_nothing_behind(tmp_path: Path, reading: Reading) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        build(reading, tmp_path / "no such folder" / "x.xlsx", projection=False)
    (tmp_path / "x.xlsx").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        build(reading, tmp_path / "x.xlsx", projection=False)
    assert [path.name for path in tmp_path.iterdir()] == ["x.xlsx"]


@pytest.mark.real
@needs_libreoffice
@pytest.mark.parametrize("pools", [1, 2, 5])
def test_other_numbers_of_pools_and_classes(pools: int, tmp_path: Path) -> None:
    """A deal of n equal pools and n + 1 classes, printed in the filing's language."""
    ids = ["I", "II", "III", "IV", "V"][:pools]
    each, total = Decimal("1000000.00"), Decimal("1000000.00") * pools
    labels = ["A", "M", "B-1", "B-2", "B-3", "B-4"][: pools + 1]
    below = [total * k / 100 for k in range(pools, -1, -1)]
    sizes = [total - below[0], *(below[k] - below[k + 1] for k in range(pools))]
    names = [f"the pool {name} mortgage loans" for name in ids] if pools > 1 else []
    listed = ", ".join(names) + " and all mortgage loans" if names else "all mortgage loans"

    def values(one: str, whole: str) -> str:
        return ", ".join([one] * len(names)) + f" and {whole}, respectively" if names else whole

    pool_text = "".join(
        f'The mortgage loans that have original maturities of 30 years, the "pool {name} mortgage loans", have an aggregate'
        f" scheduled principal balance outstanding as of May 1, 2003 of ${each:,}. "
        for name in (ids if pools > 1 else [])
    )
    classes = "".join(
        f"The aggregate initial principal balance of the class {label} certificates as of May 1, 2003 was ${size:,.2f}. "
        for label, size in zip(labels, sizes, strict=True)
    )
    levels = "".join(
        f"The class {label} subordination level is {100 * under / total:.12f}%. "
        for label, under in zip(labels[:-1], below, strict=False)
    )
    text = (
        "(Issuer in Respect of the REMIC Pass-Through Certificates, Series 2003-5)\nItem 2. Acquisition of Assets.\n"
        "REMIC Pass-Through Certificates, Series 2003-5\nMay 29, 2003\n"
        "DETAILED DESCRIPTION OF THE MORTGAGE LOAN POOL AND THE MORTGAGED PROPERTIES\n"
        'On May 29, 2003, Citicorp Mortgage Securities, Inc. ("CMSI") transferred to the Trustee mortgage loans with an'
        f" aggregate scheduled principal balance outstanding as of May 1, 2003 of ${total:,}. {pool_text}"
        f"The total numbers of {listed} were {values('3', str(3 * pools))}. The weighted average interest rates (before deduction of the servicing fee) of {listed} were"
        f" {values('6.000%', '6.000%')}. {classes}{levels}\n\nSIGNATURES\n\nDated: May 29, 2003\n"
    )
    reading = parse(filing_of(text.encode(), name="made.txt"))
    assert reading.unread == ()
    built = build(reading, tmp_path / "made.xlsx")
    assert {finding.id for finding in built.findings if finding.status == "fail"} == set()
    data = built.path.read_bytes()
    assert lint(data) == []
    cached, computed = formula_cells(Package.of(data)).values, libreoffice_values(Package.of(data))
    assert computed is not None
    assert [place for place in cached if not same(cached[place], computed[place])] == []
    assert named(data, "Classes") == labels
    assert named(data, "CutOffBalance") == [float(total)]
    shares = [float(under / total) for under in below]
    assert named(data, "SubordinationLevels") == pytest.approx(shares, abs=1e-12)


def test_the_template_in_the_repository_is_what_its_script_makes(tmp_path: Path) -> None:
    script = Path(__file__).parents[2] / "templates" / "make_deal.py"
    for source in script.parent.glob("*.py"):
        shutil.copy(source, tmp_path)
    subprocess.run([sys.executable, tmp_path / "make_deal.py"], check=True)
    made, kept = load_workbook(tmp_path / "deal.xlsx"), load_workbook(script.with_name("deal.xlsx"))
    assert made.sheetnames == kept.sheetnames
    assert {n: d.attr_text for n, d in made.defined_names.items()} == {
        n: d.attr_text for n, d in kept.defined_names.items()
    }
    for sheet, other in zip(made.worksheets, kept.worksheets, strict=True):
        cells = [[(c.value, c.number_format, c.style) for c in row] for row in sheet.iter_rows()]
        assert cells == [[(c.value, c.number_format, c.style) for c in row] for row in other.iter_rows()]


def test_reading_needs_no_spreadsheet_library() -> None:
    code = "import sys, xlremic; xlremic.read(sys.argv[1]); print(*sorted({'pandas', 'openpyxl', 'numpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code, SAMPLE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_packaged_sample_is_the_sample() -> None:
    assert read(packaged("samples", SAMPLE.name)).source.sha256 == read(SAMPLE).source.sha256
