"""A workbook edited, recalculated and saved by another program still computes right and passes every command."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from xlremic.deal import Deal
from xlremic.engine.assumptions import Assumptions
from xlremic.engine.waterfall import run
from xlremic.errors import InputError
from xlremic.reading.tieout import Status
from xlremic.workbook.audit import projection_findings
from xlremic.workbook.headline import faults, glance_of, headline_book
from xlremic.workbook.lint import VIEW, lint
from xlremic.workbook.results_columns import RESULTS
from xlremic.workbook.scenario_columns import INPUTS, SCENARIOS, ScenarioRow
from xlremic.xlsx.calculate import calculate
from xlremic.xlsx.package import Package
from xlremic.xlsx.patch import named_cells, opened, patched

from ..support.office import RECALCULATIONS, Office, missing
from ..support.used import told

ROUNDS = int(os.environ.get("XLREMIC_OFFICE_ROUNDS", "1"))
"""How often each way to recalculate is tried; threads go wrong by chance."""
BALANCES = {"Tranches!D9": 400_000_000.0}


@dataclass(frozen=True)
class Driven:
    name: str
    office: Office


@pytest.fixture(scope="module", params=[pytest.param("installed", marks=pytest.mark.real), "other"])
def driven(request: pytest.FixtureRequest) -> Iterator[Driven]:
    if lacks := missing(request.param):
        pytest.skip(lacks)
    with Office(request.param) as office:
        yield Driven(request.param, office)


def passes_every_command(path: Path, folder: Path) -> None:
    """Check, send, portable copy, heal, update: each ends well, and the workbook ties after it."""
    checked = told("check", path)
    assert checked.exit_code == 0, checked.output
    draft = folder / "draft.eml"
    to = ("--to", "a@example.org", "--from", "b@example.org")
    for way in (("--dry-run",), ("--eml", draft)):
        sent = told("send", path, *to, *way)
        assert sent.exit_code == 0, sent.output
    assert draft.exists()
    portable = told("addin", "portable", path, "-o", folder / "portable.xlsx")
    assert portable.exit_code == 0, portable.output
    assert told("heal", path).exit_code == 0
    book = opened(path.read_bytes())
    labels, current = (named_cells(book, name) for name in ("Classes", "CurrentBalances"))
    balances = folder / "balances.csv"
    lines = [f"{label.value},{0.9 * float(now.value):.2f}" for label, now in zip(labels, current, strict=True)]
    balances.write_text("\n".join(["class,current_balance", *lines]))
    updated = told("update", path, "--balances", balances, "--as-of", "2005-03-25")
    assert updated.exit_code == 0, updated.output
    assert faults(path.read_bytes()) == []


def test_a_hard_recalculation_after_an_edit_shows_what_the_engine_computes(
    driven: Driven, projected: Path, deal: Deal, tmp_path: Path
) -> None:
    office = driven.office
    for k in range(ROUNDS):
        terms = {"psa": 450.0 + 25 * k, "cdr": 0.02, "severity": 0.4}
        flows = run(deal, Assumptions(**terms))  # type: ignore[arg-type]
        lives = {one.label: one.wal_month for one in flows.class_measures()}
        for ways in RECALCULATIONS:
            office.load(projected)
            office.put({"PSA": terms["psa"], "CDR": terms["cdr"], "Severity": terms["severity"]})
            office.recalculate(*ways)
            assert office.errors() == {}, (k, ways)
            assert office.read("ChecksFailed") == [0.0], (k, ways)
            saved = opened(office.save(tmp_path / "saved.xlsx").read_bytes())
            assert [one.says for one in projection_findings(saved) if one.status is not Status.PASS] == [], (k, ways)
            shown = {
                row[0].value: row[RESULTS.number("wal_month") - 1].value
                for row in saved[RESULTS.sheet].iter_rows(min_row=RESULTS.first, max_col=20)
                if row[0].value in lives
            }
            assert shown == {label: pytest.approx(life, rel=1e-9) for label, life in lives.items()}, (k, ways)


@pytest.mark.parametrize("edit", [{}, BALANCES], ids=["as it was", "edited"])
def test_a_light_workbook_that_libreoffice_saved_passes_every_command(
    driven: Driven, edit: dict[str, float | str | None], workbook: Path, tmp_path: Path
) -> None:
    driven.office.load(workbook)
    driven.office.put(edit)
    driven.office.recalculate("calculate", "calculateAll")
    passes_every_command(driven.office.save(tmp_path / "saved.xlsx"), tmp_path)


def test_a_workbook_with_its_projection_that_libreoffice_saved_passes_every_command(
    driven: Driven, short: Path, tmp_path: Path
) -> None:
    driven.office.load(short)
    driven.office.put({"PSA": 450.0, **BALANCES})
    driven.office.recalculate("calculate", "calculateAll")
    passes_every_command(driven.office.save(tmp_path / "saved.xlsx"), tmp_path)


def test_styles_are_known_by_name_after_a_save_by_libreoffice(driven: Driven, workbook: Path, tmp_path: Path) -> None:
    driven.office.load(workbook)
    driven.office.put({"Checks!D12": 0.5})
    saved = driven.office.save(tmp_path / "saved.xlsx").read_bytes()
    complaints = [one for one in lint(saved) if not one.startswith(f"{VIEW}:")]
    assert len(complaints) == 1 and complaints[0].startswith("hard-coded: Checks!D12"), complaints


def test_a_damaged_base_case_turns_the_flag_in_libreoffice(driven: Driven, short: Path) -> None:
    base = SCENARIOS.cell("life", ScenarioRow.BASE - SCENARIOS.first)
    driven.office.load(short)
    driven.office.put({f"{SCENARIOS.sheet}!{base}": 99.0})
    driven.office.recalculate("calculate")
    assert driven.office.read("ChecksFailed") == [2.0]  # the live case is not the base case, and the grid has changed


def inputs_changed(data: bytes) -> object:
    """How many inputs Scenarios says to have changed since its grid was computed."""
    header = opened(data)[SCENARIOS.sheet][INPUTS.header]
    (label,) = (cell for cell in header if cell.value == INPUTS.labels[INPUTS.letter("changed")])
    return label.offset(INPUTS.first - 1 - INPUTS.header).value


@pytest.mark.parametrize(
    ("key", "row"),
    [
        ("life", ScenarioRow.BASE),
        ("losses", ScenarioRow.BASE),
        ("life", ScenarioRow.GRID),
        ("losses", ScenarioRow.GRID + 9),
        ("psa", ScenarioRow.GRID + 17),
    ],
)
def test_a_damaged_cell_of_the_engines_figures_turns_the_flag_and_is_named(short: Path, key: str, row: int) -> None:
    data = short.read_bytes()
    assert inputs_changed(data) == 0
    cell = SCENARIOS.cell(key, row - SCENARIOS.first)
    damaged = calculate(patched(Package.of(data), {(SCENARIOS.sheet, cell): 99.0})).to_bytes()
    book = opened(damaged)
    assert inputs_changed(damaged) == 0
    assert named_cells(book, "ChecksFailed")[0].value >= 1
    (of_engine,) = (one for one in projection_findings(book) if one.id == "scenarios:engine")
    if key != "psa":  # the terms of a line are what the engine is asked for
        assert of_engine.status is Status.FAIL and f"{SCENARIOS.sheet}!{cell} 99" in of_engine.says


def test_an_error_in_the_flag_speaks_against_sending_and_is_no_traceback(workbook: Path, tmp_path: Path) -> None:
    data = workbook.read_bytes()
    cell = named_cells(opened(data), "ChecksFailed")[0]
    path = tmp_path / "broken.xlsx"
    path.write_bytes(_showing(data, cell.parent.title, cell.coordinate, "#VALUE!"))
    assert glance_of(headline_book(path.read_bytes())).checks == "Checks in error (#VALUE!)"
    sent = told("send", path, "--to", "a@example.org", "--from", "b@example.org", "--dry-run")
    assert sent.exit_code == 2 and "#VALUE!" in sent.output
    level = named_cells(opened(data), "SubordinationLevels")[0]
    with pytest.raises(InputError, match="SubordinationLevels shows '#DIV/0!'"):
        glance_of(headline_book(_showing(data, level.parent.title, level.coordinate, "#DIV/0!")))


def test_the_last_bits_of_another_program_are_not_stale(short: Path) -> None:
    """Three of a hundred billion away is another program's arithmetic, one of a hundred million is not."""
    data = short.read_bytes()
    sheet, cell = "Waterfall", "E50"
    value = float(opened(data)[sheet][cell].value)
    assert faults(_showing(data, sheet, cell, repr(value * (1 + 3e-11)))) == []
    assert "1 values are stale" in " ".join(faults(_showing(data, sheet, cell, repr(value * (1 + 1e-8)))))


def _showing(data: bytes, sheet: str, cell: str, shown: str) -> bytes:
    """The workbook with another value kept beside a formula."""
    package = Package.of(data)
    part = package.sheets[sheet]
    before, mark, after = package[part].decode().partition(f'<c r="{cell}"')
    attributes, _, rest = after.partition(">")
    formula, _, behind = rest.partition("</f>")
    kind = ' t="e"' if shown.startswith("#") else ""
    attributes = "".join(f" {one}" for one in attributes.split() if not one.startswith("t=")) + kind
    made = f"{before}{mark}{attributes}>{formula}</f><v>{shown}</v></c>{behind.partition('</c>')[2]}"
    return package.edited({part: made.encode()}).to_bytes()
