"""The samples are what their page says: each has a line there, each is read, and made ones are made the same again."""

import re
import tomllib
from itertools import pairwise
from pathlib import Path

from openpyxl import load_workbook

from xlremic import assemble, read, tie_out
from xlremic.engine.assumptions import read_assumptions
from xlremic.reading.verdict import Outcome, verdict
from xlremic.workbook.update import read_balances, update

from .conftest import SAMPLE
from .support import balances, invented

SAMPLES = SAMPLE.parent


def test_every_sample_has_a_line_in_their_page() -> None:
    page = (SAMPLES / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\]\(([^)/]+)\)", page)) | {"README.md"} == {path.name for path in SAMPLES.iterdir()}


def test_the_invented_filing_is_what_its_lawyer_writes_and_ties() -> None:
    assert invented.PLACE.read_text(encoding="utf-8") == invented.invented()
    reading = read(invented.PLACE)
    deal = assemble(reading)
    findings = tie_out(reading, deal)
    assert verdict(reading, deal, findings).outcome is Outcome.TIES
    assert (deal.series, len(deal.pools), len(deal.tranches)) == ("2003-99", 4, 7)


def test_the_terms_are_what_the_file_says() -> None:
    given = tomllib.loads((SAMPLES / "terms.toml").read_text(encoding="utf-8"))
    terms = read_assumptions(SAMPLES / "terms.toml")
    speeds = terms.by_month("psa", "I", 30)
    assert terms.cdr == {"I": 0.004, "all": 0.002} and speeds is not None and speeds[24:26] == (400.0, 400.0)
    assert {name: getattr(terms, name) for name in given if name not in ("psa", "cdr")} == {
        name: value for name, value in given.items() if name not in ("psa", "cdr")
    }


def test_the_balances_are_the_engines_and_go_into_the_workbook(projected: Path, tmp_path: Path) -> None:
    assert balances.PLACE.read_text(encoding="utf-8") == balances.written()
    book = tmp_path / "deal.xlsx"
    book.write_bytes(projected.read_bytes())
    done = update(book, read_balances(balances.PLACE), as_of=balances.DAY)
    assert float(done.pool_balance) == sum(float(value) for value in read_balances(balances.PLACE).values())
    sheet = load_workbook(book, data_only=True)["Set-up"]
    said = {key.value: cell.value for row in sheet.iter_rows() for key, cell in pairwise(row) if key.value}
    assert said["start_difference"] == 0.0, (
        "the loans and the classes start a hair apart, and every engine sees another"
    )
