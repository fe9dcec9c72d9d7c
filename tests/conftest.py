"""What many tests share: the sample filing, its workbook, and the rule about real outside parts."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from xlremic import assemble, read, tie_out
from xlremic.deal import Deal
from xlremic.facts import Reading
from xlremic.tieout import Finding
from xlremic.workbook import build

SAMPLE = Path(__file__).parent.parent / "samples" / "cmsi-2004-8.txt"


@pytest.fixture(scope="session")
def reading() -> Reading:
    return read(SAMPLE)


@pytest.fixture(scope="session")
def deal(reading: Reading) -> Deal:
    return assemble(reading)


@pytest.fixture(scope="session")
def findings(reading: Reading, deal: Deal) -> tuple[Finding, ...]:
    return tie_out(reading, deal)


@pytest.fixture(scope="session")
def workbook(reading: Reading, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's light workbook, for what has nothing to do with its projection."""
    path = tmp_path_factory.mktemp("light") / "cmsi-2004-8.xlsx"
    return build(reading, path, projection=False).path


@pytest.fixture(scope="session")
def projected(reading: Reading, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's workbook, as the command builds it."""
    return build(reading, tmp_path_factory.mktemp("workbook") / "cmsi-2004-8.xlsx").path


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Where real parts are required (XLREMIC_REQUIRE_REAL=1), a test of one that was skipped has failed."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]  # pluggy gives the result only so
    if report.skipped and item.get_closest_marker("real") and os.environ.get("XLREMIC_REQUIRE_REAL"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid}: the real part that this test needs is missing here, and it is required"
