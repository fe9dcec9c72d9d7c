"""What many tests share: the sample filing, its workbook, and the rules about real outside parts and the network."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from xlremic import assemble, read, tie_out
from xlremic.deal import Deal
from xlremic.reading.facts import Reading
from xlremic.reading.tieout import Finding
from xlremic.workbook.build import build

SAMPLE = Path(__file__).parent.parent / "samples" / "cmsi-2004-8.txt"

_HERE = ("localhost", "127.0.0.1", "::1", "", "0.0.0.0", "::", None)  # noqa: S104 - asked for, not listened on


def no_network(event: str, arguments: tuple[object, ...]) -> None:
    """Refuses what would leave this computer: the tests need no network. Installed for good in the tests' process."""
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        if isinstance(address, tuple) and address[0] not in _HERE:
            raise PermissionError(f"a test connects to {address}")
    elif event == "socket.getaddrinfo":
        host = arguments[0].decode() if isinstance(arguments[0], bytes) else arguments[0]
        if host not in _HERE:
            raise PermissionError(f"a test looks up {host}")


sys.addaudithook(no_network)


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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with tests of real outside parts first, since these take longest: no worker is left alone with one."""
    long = {item.path for item in items if item.get_closest_marker("real")}
    items.sort(key=lambda item: item.path not in long)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Where real parts are required (XLREMIC_REQUIRE_REAL=1), a test of one that was skipped has failed."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]  # pluggy gives the result only so
    if report.skipped and item.get_closest_marker("real") and os.environ.get("XLREMIC_REQUIRE_REAL"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid}: the real part that this test needs is missing here, and it is required"
