"""What tests of workbooks share: a projection that is quick to calculate."""

from pathlib import Path

import pytest

from xlremic import assemble
from xlremic.deal import Deal
from xlremic.engine.assumptions import Assumptions
from xlremic.workbook.build import build

from ..support.short_deal import AGE, short_reading


@pytest.fixture(scope="session")
def short_deal() -> Deal:
    return assemble(short_reading("sample"))


@pytest.fixture(scope="session")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's workbook with its projection, of shorter loans: every sheet, and a quarter of the months."""
    path = tmp_path_factory.mktemp("short") / "short.xlsx"
    return build(short_reading("sample"), path, assumptions=Assumptions(**AGE)).path
