"""The contract with the template."""

import pytest

from xlremic.errors import TemplateError
from xlremic.reading.tieout import Finding
from xlremic.workbook.names import PUBLIC, usable_name


@pytest.mark.parametrize("name", ["A1", "PSA100", "WAL30", "R", "c", "R1C1", "1st", "two words", "B-1", ""])
def test_names_shaped_like_cells_are_refused(name: str) -> None:
    with pytest.raises(TemplateError):
        usable_name(name)


def test_our_names_are_usable() -> None:
    assert [usable_name(name) for name in PUBLIC] == list(PUBLIC)
    assert usable_name("tranche_B_1_balance") == "tranche_B_1_balance"


def test_every_check_has_a_cell(findings: tuple[Finding, ...]) -> None:
    homes = [(finding.row, finding.column) for finding in findings]
    assert len(set(homes)) == len(homes), "two checks point at one cell"
