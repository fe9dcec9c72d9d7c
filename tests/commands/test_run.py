"""The commands run and grid: data to standard output, assumptions above every table, errors of the package."""

import csv
import io
import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from xlremic.commands import cli
from xlremic.commands.terms import values_of
from xlremic.engine import reports
from xlremic.engine.assumptions import Assumptions
from xlremic.engine.waterfall import run
from xlremic.reading.facts import Reading

from ..conftest import SAMPLE
from ..reading.test_by_hand import deal_by_hand
from ..support.sample_deal import sample_deal

DOCUMENT = Path(__file__).parents[2] / "docs" / "sample-projection.md"


@pytest.fixture(autouse=True)
def in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SAMPLE.parent.parent)


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(cli.main, list(arguments))


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_cash_report_has_a_row_per_month_and_class() -> None:
    result = invoke("run", str(SAMPLE), "--psa", "200", "--cdr", "0.01", "--report", "cash", "--csv")
    assert result.exit_code == 0
    rows = rows_of(result.output)
    assert list(rows[0]) == [
        "month", "date", "class", "beginning_balance", "interest", "principal", "loss", "ending_balance",
    ]  # fmt: skip
    assert (rows[0]["month"], rows[0]["date"], rows[0]["class"]) == ("1", "2004-11-25", "A-I")
    flows = run(sample_deal(), Assumptions(psa=200, cdr=0.01))
    assert len(rows) == flows.months * len(flows.classes)
    paid = sum(float(row["principal"]) for row in rows)
    assert paid == pytest.approx(sum(sum(one.principal) for one in flows.classes), abs=0.01)
    assert any("IO" in row["class"] and float(row["beginning_balance"]) > 0 for row in rows)


@pytest.mark.parametrize("report", ["balances", "principal", "interest", "losses"])
def test_monthly_reports_have_a_column_per_class(report: str) -> None:
    rows = rows_of(invoke("run", str(SAMPLE), "--cdr", "0.01", "--report", report, "--csv").output)
    flows = run(sample_deal(), Assumptions(cdr=0.01))
    assert rows[0]["month"] == ("0" if report == "balances" else "1")
    for one in flows.classes:
        column = getattr(one, reports.BY_MONTH[report])
        assert float(rows[-1][one.label]) == pytest.approx(column[flows.months], abs=1e-6)


def test_every_table_for_a_person_has_the_assumptions_above_it() -> None:
    for report in reports.REPORTS:
        output = invoke("run", str(SAMPLE), "--cpr", "6 ramp 12 over 30", "--report", report).output
        above = output.partition("\n\n")[2].partition("\n\n")[0]
        assert above.count("assumption") >= 15
        assert "6 ramp 12 over 30" in above


def test_json_names_its_schema_and_its_assumptions() -> None:
    found = json.loads(invoke("run", str(SAMPLE), "--severity", "0.4", "--json").output)
    assert found["schema"] == "xlremic.projection/1"
    assert {"severity": "0.4"}.items() <= {one["name"]: one["value"] for one in found["assumptions"]}.items()
    assert [row["class"] for row in found["rows"]][-1] == "B-6"


def test_parquet_holds_the_same_table(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    path = tmp_path / "cash.parquet"
    assert invoke("run", str(SAMPLE), "--report", "cash", "--parquet", str(path)).exit_code == 0
    frame = pd.read_parquet(path)
    assert len(frame) == run(sample_deal()).months * 15


def test_grid_measures_every_combination() -> None:
    rows = rows_of(invoke("grid", str(SAMPLE), "--psa", "100,300", "--cdr", "0,0.01", "--csv").output)
    assert len(rows) == 4 * 15
    assert {(row["psa"], row["cdr"]) for row in rows} == {
        (psa, cdr) for psa in ("100.0", "300.0") for cdr in ("0.0", "0.01")
    }
    table = invoke("grid", str(SAMPLE), "--psa", "100,300").output
    assert "assumption" in table
    assert json.loads(invoke("grid", str(SAMPLE), "--psa", "100", "--json").output)["axes"] == {"psa": [100.0]}


def test_terms_come_from_a_file_and_options_override_them(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text("psa = 100\nseverity = 0.4\n")
    output = invoke("run", str(SAMPLE), "--assumptions", str(file), "--cpr", "0.05").output
    assert "psa" not in output.partition("\n\n")[2].partition("\n\n")[0]
    assert "0.4" in output


@pytest.mark.parametrize(
    "arguments",
    [("--cdr", "2"), ("--psa", "fast"), ("--lag", "1.5"), ("--call", "maybe"), ("--assumptions", "none.toml")],
)
def test_bad_input_raises_the_packages_error(arguments: tuple[str, str]) -> None:
    done = invoke("run", str(SAMPLE), *arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith("xlremic: ")


def test_two_formats_at_once_are_refused() -> None:
    assert invoke("run", str(SAMPLE), "--csv", "--json").exit_code == 2


def test_help_shows_an_example() -> None:
    for command in ("run", "grid"):
        assert f"Example: xlremic {command} " in invoke(command, "--help").output


def test_document_is_what_the_command_prints() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    command = next(line for line in text.splitlines() if line.startswith("xlremic run "))
    printed = text.split("```text\n")[1].split("```")[0]
    assert printed.strip() == invoke(*command.split()[1:]).output.strip()


@pytest.mark.parametrize(
    ("command", "option", "says"),
    [
        ("run", "--psa=1,000", "psa '1,000': numbers take no thousands separator"),
        ("run", "--psa=100,200", "values by month with spaces"),
        ("run", "--psa=1,000 for 12 300", "no thousands separator"),
        ("run", "--cdr=0,06", "no thousands separator"),
        ("run", "--servicing-fee-rate=1,000", "servicing_fee_rate '1,000': numbers take no"),
        ("run", "--servicing-fee-rate=fast", "servicing_fee_rate 'fast': give a number from zero to 0.1"),
        ("run", "--psa=1_0", "'1_0' is not a number"),
        ("run", "--psa=١٢", "is not a number"),
        ("run", "--psa=nan", "'nan' is not a number"),
        ("run", "--psa=inf", "'inf' is not a number"),
        ("run", "--psa=1e308", "psa 1e+308: give a number from zero to 5000"),
        ("run", "--psa=0300", "psa '0300'"),
        ("run", "--psa=2 for 99999999", "1200 at most"),
        ("run", "--lag=1.5", "lag 1.5: give a whole number"),
        ("run", "--call=²", "call '²': say never, first"),
        ("build", "--psa=1,000", "no thousands separator"),
        ("grid", "--psa=1,000", "1,000 may be two values or one"),
        ("grid", "--psa=1,500,2000", "1,500 may be two values or one"),
        ("grid", "--psa=100,2_0", "'2_0' is not a number"),
        ("grid", "--cdr=0,1.5", "cdr 1.5: give a number from zero to 1"),
    ],
)
def test_what_may_be_read_twice_is_refused_with_a_hint(command: str, option: str, says: str, tmp_path: Path) -> None:
    output = ["-o", str(tmp_path / "o.xlsx")] if command == "build" else []
    result = invoke(command, str(SAMPLE), option, *output)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    assert result.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("given", "read"),
    [("0,100,200", [0, 100, 200]), ("1, 500", [1, 500]), ("1500", [1500]), ("50,100,150", [50, 100, 150])],
)
def test_values_of_a_grid_that_can_be_read_once_are_read(given: str, read: list[float]) -> None:
    assert values_of("psa", given) == read


def test_a_grid_of_more_scenarios_than_anyone_can_use_is_refused() -> None:
    many = ", ".join(["1"] * 1001)
    result = invoke("grid", str(SAMPLE), f"--psa={many}", f"--cdr={many}")
    assert result.exit_code == 2
    assert "1,002,001 scenarios are asked for; 1,000,000 is the most" in result.stderr


@pytest.mark.parametrize("command", ["run", "grid"])
def test_a_coupon_that_a_person_corrects_changes_the_figures(command: str, tmp_path: Path) -> None:
    facts = tmp_path / "facts.csv"
    facts.write_text("key,scope,value\nweighted_average_coupon,pool:I:premium,6.482\n", encoding="utf-8")
    filed = invoke(command, str(SAMPLE), "--psa", "200", "--csv")
    corrected = invoke(command, str(SAMPLE), "--facts", str(facts), "--psa", "200", "--csv")
    assert filed.exit_code == corrected.exit_code == 0
    assert filed.stdout != corrected.stdout


def test_facts_by_hand_alone_are_projected(reading: Reading, tmp_path: Path) -> None:
    facts = tmp_path / "facts.csv"
    facts.write_bytes(deal_by_hand(reading, "facts.csv"))
    alone = invoke("run", "--facts", str(facts), "--psa", "200", "--csv")
    assert alone.exit_code == 0, alone.output
    assert {"A-I", "A-II", "A-III", "B-1", "B-6"} <= {row["class"] for row in rows_of(alone.stdout)}


@pytest.mark.parametrize("command", ["run", "grid"])
def test_neither_filing_nor_facts_is_an_error_of_usage(command: str) -> None:
    result = invoke(command)
    assert result.exit_code == 2 and "facts by hand with --facts" in result.output
