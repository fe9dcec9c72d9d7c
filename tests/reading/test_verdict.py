"""What "ties" means: a balance, classes and a coupon that were evaluated, and nothing that fails."""

import pytest
from click.testing import CliRunner

from xlremic import assemble, tie_out
from xlremic.commands.cli import main
from xlremic.engine.assumptions import Assumptions
from xlremic.engine.waterfall import run
from xlremic.errors import DealError
from xlremic.reading.filing import filing_of
from xlremic.reading.parser import parse
from xlremic.reading.verdict import Outcome, Verdict, verdict

from .test_parser import TEXT

PARROTS = "     There are no special"
WITH_PARROTS = "     The servicer keeps 17 parrots.\n\n     There are no special"


def judged(text: str) -> Verdict:
    reading = parse(filing_of(text.encode(), name="judged.txt"))
    deal = assemble(reading)
    return verdict(reading, deal, tie_out(reading, deal))


def without_coupons(text: str) -> str:
    return text.replace("weighted average interest rates", "weighted average moods")


CASES = [
    (TEXT, Outcome.TIES, "ties"),
    (TEXT.replace(PARROTS, WITH_PARROTS), Outcome.TIES_IN_PART, "ties, but 1 number was not understood"),
    (TEXT.replace("$6,170,000.00", "$6,710,000.00"), Outcome.FAILS, "fails"),
    (TEXT.replace("The aggregate initial principal", "The initial weight"), Outcome.NOT_ENOUGH, "not enough read"),
    (without_coupons(TEXT), Outcome.NOT_ENOUGH, "not enough read: no coupon of each pool"),
]


@pytest.mark.parametrize(("text", "outcome", "told"), CASES)
def test_a_filing_ties_only_where_what_makes_a_deal_was_evaluated(text: str, outcome: Outcome, told: str) -> None:
    found = judged(text)
    assert found.outcome is outcome
    assert str(found).startswith(told)


@pytest.mark.parametrize(("text", "outcome", "told"), CASES)
def test_check_tells_it_and_ends_with_its_code(
    text: str, outcome: Outcome, told: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("check") / "filing.txt"
    path.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(main, ["check", str(path)])
    assert done.exit_code == (1 if outcome in (Outcome.FAILS, Outcome.NOT_ENOUGH) else 0)
    assert f"{told}: " in done.output or f"{told}, no" in done.output or f"{told}: no" in done.output


def test_loans_whose_rates_adjust_are_marked_and_never_projected() -> None:
    text = TEXT.replace("of the REMIC Pass-Through", "of the Adjustable Rate REMIC Pass-Through")
    reading = parse(filing_of(text.encode(), name="adjustable.txt"))
    assert reading.get("adjustable_rate", "filing")
    assert "adjustable" in {warning.code for warning in reading.warnings}
    with pytest.raises(DealError, match="adjust"):
        run(assemble(reading), Assumptions(psa=100))
