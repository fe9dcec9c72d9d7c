"""The balances of the samples: what the engine projects for 25 March 2006, in cents, as a trustee would report it.

Run as ``python -m tests.support.balances`` it writes the sample.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path

from xlremic import Assumptions, assemble, read, run

SAMPLES = Path(__file__).parents[2] / "samples"
PLACE = SAMPLES / "balances.csv"
MONTH, DAY = 17, date(2006, 3, 25)
CENT = Decimal("0.01")


def written() -> str:
    """The text of the sample: every class of the filing, class A with the PO strips that belong to it."""
    deal = assemble(read(SAMPLES / "cmsi-2004-8.txt"))
    balances = {
        one.label: one.balance[MONTH] for one in run(deal, Assumptions()).classes if one.kind != "interest only"
    }
    below = [one.label for one in deal.tranches if one.label in balances]
    senior = sum(balance for label, balance in balances.items() if label not in below)
    rows = [(one.label, balances.get(one.label, senior)) for one in deal.tranches]
    return "class,current_balance\n" + "".join(
        f"{label},{Decimal(balance).quantize(CENT)}\n" for label, balance in rows
    )


if __name__ == "__main__":
    PLACE.write_text(written(), encoding="utf-8")
