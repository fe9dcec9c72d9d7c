"""Deals and assumptions for which the workbook's projection is held to the engine: a dozen in every run, more on demand."""

from functools import cache
from typing import Any

from xlremic.engine.assumptions import SeniorClass
from xlremic.reading.facts import Reading
from xlremic.reading.filing import filing_of
from xlremic.reading.parser import parse

from ..conftest import SAMPLE
from .envelopes import Envelope, printed
from .filing_generator import Dialect, written

DEALS = {
    "sample": None,
    "one pool": Dialect(seed=1, pools=1, classes=2, capitals=True, adjusted=True, year=1998),
    "two pools": Dialect(seed=2, pools=2, classes=5, seniors="pools", limits="mixed", sub_pools=False),
    "three pools": Dialect(seed=5, pools=3, classes=7),
    "four pools": Dialect(seed=4, pools=4, classes=12, seniors="po", limits="list", mezzanine=True),
}

ACCRUAL = (
    SeniorClass(label="I-A-1", balance=100_000_000.0, rank=1, coupon=0.05),
    SeniorClass(label="I-A-2", rank=2, accrual=True),
    SeniorClass(label="I-IO", notional_of="I-A-1", coupon=0.005, share=0.5),
)
_PLANNED = (
    SeniorClass(label="II-A-1", balance=40_000_000.0, planned=tuple(40e6 * max(0.0, 1 - k / 90) for k in range(100))),
    SeniorClass(label="II-A-2", rank=2),
)
_IN_TURN = (
    SeniorClass(label="A-1", balance=200_000_000.0, rank=1),
    SeniorClass(label="A-2", balance=100_000_000.0, rank=2),
    SeniorClass(label="A-3", rank=2),
)

Case = tuple[str, dict[str, Any]]

DOZEN: dict[str, Case] = {
    "base": ("sample", {}),
    "losses with a lag": ("sample", {"cdr": 0.01, "lag": 6}),
    "every B class wiped out": ("sample", {"psa": 500, "sda": 2_000, "severity": 0.5}),
    "called, shortfalls": ("sample", {"call": "first", "psa": 400, "prepayment_shortfall_days": 15}),
    "not advanced, class A loses": ("sample", {"cpr": 0.1, "cdr": 0.05, "severity": 0.6, "advancing": False}),
    "accrual and interest-only classes": ("sample", {"cdr": 0.01, "senior_classes": {"I": ACCRUAL}}),
    "planned class": ("sample", {"psa": 200, "senior_classes": {"II": _PLANNED}}),
    "terms by pool and month": (
        "sample",
        {"psa": {"I": "100 ramp 300 over 24", "all": 250}, "cdr": "0.5 ramp 2 over 30", "severity": [0.2, 0.3, 0.4],
         "delinquency": [0.01, 0.02], "lag": {"II": 3, "all": 9}},
    ),
    "one pool": ("one pool", {"psa": 150, "cdr": 0.003}),
    "two pools without sub-pools": ("two pools", {"psa": 600, "sda": 500, "call": "first"}),
    "four pools": ("four pools", {"cpr": {"II": 0.6, "all": 0.05}, "cdr": 0.01, "lag": 0}),
    "sequential": ("sample", {"structure": "sequential", "psa": 100}),
}  # fmt: skip

_SPEEDS: dict[str, dict[str, Any]] = {
    "0 PSA": {"psa": 0},
    "100 PSA": {"psa": 100},
    "800 PSA": {"psa": 800},
    "40% CPR": {"cpr": 0.4},
}
_LOSSES: dict[str, dict[str, Any]] = {
    "none": {},
    "100 SDA": {"sda": 100},
    "3% CDR, 60%": {"cdr": 0.03, "severity": 0.6, "lag": 18},
    "10,000 SDA, 100%": {"sda": 10_000, "severity": 1.0, "lag": 0},
}
MORE: dict[str, Case] = {
    **{
        f"{deal}, {speed}, {loss}": (deal, {**terms, **losses})
        for deal in ("sample", "four pools")
        for speed, terms in _SPEEDS.items()
        for loss, losses in _LOSSES.items()
    },
    **{f"{deal}, usual": (deal, {"psa": 275, "cdr": 0.002}) for deal in DEALS},
    "called in month 100": ("sample", {"call": 100, "psa": 250}),
    "two-times test": ("sample", {"two_times_test": True, "psa": 600, "cdr": 0.001}),
    "tests refused by losses": (
        "sample",
        {"cdr": 0.004, "shift_schedule": ((1, 1.0), (13, 0.5), (25, 0.0)), "loss_limits": ((13, 0.01), (25, 0.02))},
    ),
    "tests refused by delinquency": ("sample", {"delinquency": 0.03, "psa": 250}),
    "whole months": ("sample", {"whole_months": True, "sda": 300}),
    "no transfers": ("sample", {"undersubordination_transfer": False, "psa": {"II": 1_500, "all": 100}, "cdr": 0.003}),
    "transfers": ("sample", {"psa": {"II": 1_500, "all": 100}, "cdr": 0.003}),
    "own fees, ages and target rates": (
        "sample",
        {"servicing_fee_rate": {"I": 0.002, "all": 0.0025}, "loan_age": 10,
         "target_rate": {"I": 0.055, "II": 0.05, "III": 0.0525}},
    ),
    "cut in turn over all pools": ("sample", {"senior_classes": {"all": _IN_TURN}, "cdr": 0.002}),
    "pro rata": ("four pools", {"structure": "pro rata", "cdr": 0.02}),
    "sequential, four pools": ("four pools", {"structure": "sequential", "cdr": 0.002}),
}  # fmt: skip


def text_of(deal: str) -> str:
    """The text of the sample, or of the filing of a generated deal."""
    dialect = DEALS[deal]
    return SAMPLE.read_text(encoding="utf-8") if dialect is None else printed(written(dialect), Envelope()).decode()


@cache
def reading_of(deal: str) -> Reading:
    """The sample, or the filing of a generated deal."""
    return parse(filing_of(text_of(deal).encode(), name=SAMPLE.name if DEALS[deal] is None else "made.txt"))
