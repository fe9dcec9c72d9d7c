"""A workbook whose formulas are locked is open where a person types, and every command takes it."""

import re
import zipfile
from pathlib import Path

from click.testing import CliRunner
from openpyxl import load_workbook

from xlremic.commands.cli import main
from xlremic.deal import Deal
from xlremic.xlsx.package import Package

from ..conftest import SAMPLE

INPUTS = ("Fact", "Assumption")


def told(*words: object) -> int:
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert not done.exception or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code


def test_formulas_are_locked_without_a_password_and_inputs_are_open(tmp_path: Path, deal: Deal) -> None:
    path = tmp_path / "deal.xlsx"
    assert told("build", SAMPLE, "--no-projection", "--protect", "-o", path) == 0
    book, styles = load_workbook(path), Package.of(path.read_bytes()).styles
    open_cells = 0
    for sheet in book.worksheets:
        protection = sheet.protection
        assert protection.sheet and protection.password is None and not protection.hashValue
        assert not (protection.sort or protection.autoFilter or protection.formatColumns or protection.formatRows)
        for row in sheet.iter_rows():
            for cell in row:
                is_input = cell.has_style and styles.get(cell._style.xfId) in INPUTS
                open_cells += is_input
                if cell.data_type == "f" or is_input:
                    assert cell.protection.locked is not is_input, f"{sheet.title}!{cell.coordinate}"
    assert open_cells > 100
    balances = tmp_path / "balances.csv"
    rows = [f"{one.label},{one.class_initial_principal_balance}" for one in deal.tranches]
    balances.write_text("\n".join(["class,current_balance", *rows]))
    assert told("update", path, "--balances", balances, "--as-of", "2005-03-25") == 0
    assert told("check", path) == 0
    with zipfile.ZipFile(path) as package:
        sheets = [name for name in package.namelist() if re.match(r"xl/worksheets/sheet\d+\.xml", name)]
        assert all(b"<sheetProtection " in package.read(name) for name in sheets)


def test_a_workbook_is_open_unless_asked_for(workbook: Path) -> None:
    assert not [sheet.title for sheet in load_workbook(workbook).worksheets if sheet.protection.sheet]
