"""Deal files: what they say becomes a deal, and what is wrong in one is refused with the file, the table and the key."""

import csv
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from xlremic.engine.assumptions import Assumptions
from xlremic.engine.waterfall import run
from xlremic.errors import InputError
from xlremic.reading.deal_file import read_deal, with_structure
from xlremic.structure import IndexCoupon

from ..conftest import SAMPLE
from ..support.sample_deal import sample_deal

GROUP, INVENTED = (SAMPLE.with_name(name) for name in ("fnma-2006-18-group1.toml", "invented-nas-floater.toml"))
PLAN = SAMPLE.with_name("fnma-2006-18-group1-plan-II.csv")


def write(folder: Path, text: str) -> Path:
    (folder / PLAN.name).write_bytes(PLAN.read_bytes())
    path = folder / "deal.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    """The message with which a deal file is refused, by its reader or by the loans."""
    path = write(folder, text)
    with pytest.raises(InputError) as caught:
        run(read_deal(path), Assumptions(psa=100, index_rates=0.04))
    message = str(caught.value)
    assert message.startswith(f"{path}: "), message
    assert "\n" not in message
    return message


def test_the_published_group_is_read_as_it_stands() -> None:
    deal = read_deal(GROUP)
    assert deal.structure is not None
    assert [loan.balance for loan in deal.loans] == [Decimal(37_414_966), Decimal(95_238_095)]
    assert deal.loans[0].net_rate == Decimal("0.055")
    assert len(deal.structure.classes) == 16
    assert deal.structure.steps[3].pay == (("PO",), ("WA", "WB", "WC", "WD", "WE", "WG"))
    assert deal.structure.plans[1].balances[:2] == (25_094_599.0, 24_590_435.46)
    assert str(deal.first_distribution) == "2006-03-25"


def test_a_floater_and_subordinated_classes_are_read() -> None:
    deal = read_deal(INVENTED)
    assert deal.structure is not None
    by_label = {one.label: one for one in deal.structure.classes}
    assert by_label["A-4"].coupon == IndexCoupon(index="1M LIBOR", margin=0.005, cap=0.055)
    assert [(one.label, one.rank) for one in deal.tranches][-3:] == [("B-1", 2), ("B-2", 3), ("B-3", 4)]
    assert deal.rules.call_threshold == 40_000_000


# --- loan tapes ---------------------------------------------------------------------------------------------------


def tape_deal(folder: Path, tape: str) -> Path:
    text = GROUP.read_text(encoding="utf-8")
    loans = text[text.index("[[pool.loans]]") : text.index("[[class]]")]
    return write(folder, text.replace(loans, "").replace('id = "1"\n', f'id = "1"\ntape = "{tape}"\n'))


ROWS = [
    {"balance": "37414966", "rate": "0.0594", "net_rate": "0.055", "remaining_term": "349", "age": "9"},
    {"balance": "95238095", "rate": "0.0594", "net_rate": "0.055", "remaining_term": "348", "age": "10"},
]


def write_tape(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_a_tape_of_loans_is_the_same_deal_as_loans_in_the_file(tmp_path: Path) -> None:
    write_tape(tmp_path / "loans.csv", ROWS)
    listed, taped = (run(read_deal(path), Assumptions(psa=180)) for path in (GROUP, tape_deal(tmp_path, "loans.csv")))
    for one, other in zip(listed.classes, taped.classes, strict=True):
        assert list(one.balance) == list(other.balance)


def test_a_tape_may_be_parquet(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    frame = pandas.DataFrame([{key: float(value) for key, value in row.items()} for row in ROWS])
    frame.to_parquet(tmp_path / "loans.parquet")
    assert read_deal(tape_deal(tmp_path, "loans.parquet")).loans == read_deal(GROUP).loans


def test_loans_of_a_tape_are_run_one_by_one(tmp_path: Path) -> None:
    """Half of each loan twice is the whole: what a tape repeats changes nothing, though its lines are its own."""
    halves = [{**row, "balance": str(Decimal(row["balance"]) / 2)} for row in ROWS for _ in range(2)]
    write_tape(tmp_path / "loans.csv", halves)
    whole, split = (run(read_deal(path), Assumptions(psa=180)) for path in (GROUP, tape_deal(tmp_path, "loans.csv")))
    assert len(split.collateral.lines) == 4
    for one, other in zip(whole.classes, split.classes, strict=True):
        assert list(other.balance) == pytest.approx(list(one.balance), abs=1e-5)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"rate": "six"}, r"\[\[pool\]\] 1 \(1\), tape loans\.csv, row 3, rate: found 'six'"),
        ({"balance": ""}, r"row 3, balance: it is left out"),
        ({"net_rate": "0.07"}, r"row 3, net_rate: found 0\.07; the net rate must be from zero to the rate, 0\.0594"),
        ({"net_rate": ""}, r"row 3, net_rate, servicing_fee: neither is given"),
        ({"split": "discount"}, r"row 3, split: found discount; give the pool a target_rate"),
    ],
)
def test_a_wrong_row_of_a_tape_is_named(tmp_path: Path, change: dict[str, str], found: str) -> None:
    rows = [{**row, "split": ""} for row in ROWS]
    rows[1] |= change
    write_tape(tmp_path / "loans.csv", rows)
    assert re.search(found, refusal(tmp_path, tape_deal(tmp_path, "loans.csv").read_text(encoding="utf-8")))


# --- what is wrong ------------------------------------------------------------------------------------------------

WRONG = [
    ("group", 'series = "Fannie Mae 2006-18, group 1"\n', "", r"\[deal\], series: it is left out; give a text"),
    ("group", "closing_date = 2006-02-28", "closing_date = 2007-02-28", r"\[deal\], closing_date: found 2007-02-28"),
    ("group", "first_distribution = 2006-03-25", "first_distribution = 2006-03-31", "first_distribution: found"),
    ("group", "balance = 37_414_966", "balance = -5", r"\[\[pool\]\] 1 \(1\), \[\[pool.loans\]\] 1, balance: found -5"),
    ("group", "rate = 0.0594", "rate = 5.94", r"loans\]\] 1, rate: found 5\.94; give a rate a year"),
    ("group", "remaining_term = 349", 'remaining_term = "30 years"', "remaining_term: found '30 years'; give months"),
    ("group", "balance = 33_710_000", "balance = 33_710_001", r"\[\[class\]\], balance: .*have 132,653,062.00, but"),
    ("group", 'label = "PB"', 'label = "PA"', r"\[\[class\]\] PA, label: it stands twice"),
    ("group", "coupon = 0.0575", "coupon = 0.0576", r"\[\[class\]\], coupon: .* take .* a year, but their loans earn"),
    ("group", "accrual = true", "accrual = 1", r"\(Z\), accrual: found 1; give true or false"),
    (
        "group",
        "accrual = true",
        "",
        r"\[\[accretion\]\] 1 \(Z\), of: found Z; the classes with accrual = true are none",
    ),
    ("group", 'notional_of = ["EO"]', 'notional_of = ["EX"]', r"EI, notional_of: found EX; the classes are"),
    ("group", 'notional_of = ["EO"]', 'notional_of = ["EI"]', r"EI, notional_of: EI comes back to itself"),
    ("group", 'notional_of = ["EO"]', "", r"\(EI\), balance: it is left out; give dollars"),
    (
        "group",
        'pay = ["Z"]\n\n[[step]]\npay = [["PO"]',
        'pay = ["PA"]\n\n[[step]]\npay = [["PO"]',
        "Z, label: no .*step",
    ),
    ("group", "speeds = [100, 250]", "speeds = [250, 100]", r"\[plan.I\], speeds: found \[250, 100\]"),
    ("group", "speeds = [100, 250]", "speeds = [100, 250]\nbalances = [1]", r"\[plan.I\], balances, speeds: both"),
    ("group", 'down_to = "I"\n', "", r"\[plan.I\]: no step and no accretion pays down to it"),
    ("group", 'down_to = "I"\n', 'down_to = "III"\n', r"\[\[step\]\] 1, down_to: found III; the plans are I, II"),
    (
        "group",
        'pay = ["TA", "TB"]\ndown_to = "II"\n\n[[step]]',
        'pay = ["TA"]\ndown_to = "II"\n\n[[step]]',
        "used for TA",
    ),
    ("group", "plan-II.csv", "plan-III.csv", r"\[plan.II\], balances: .*plan-III.csv cannot be read"),
    ("group", '["WB"', '["WX"', None),
    (
        "group",
        '"WB", "WC", "WD", "WE", "WG"]]',
        '"WX"]]',
        r"\[\[step\]\] 4, pay: found WX; the classes that can be paid",
    ),
    ("group", "[[step]]", "[[steps]]", "'steps': there is no such table; the tables are deal, pool, class"),
    (
        "group",
        'label = "PA"',
        'label = "PA"\ncolour = "red"',
        r"\(PA\), colour: there is no such key; the keys are label",
    ),
    ("group", "coupon = 0.0\n", "coupon = nan\n", r"coupon: found NaN; give a rate"),
    ("group", "[deal]", "[deal", "not a TOML file"),
    ("invented", 'supports = "A-1"', 'supports = "A-9"', r"A-2, supports: found A-9"),
    ("invented", 'supports = "A-1"', 'supports = "A-2"', r"A-2, supports: found A-2"),
    ("invented", "rank = 2", "rank = 1", r"B-1, rank: 1 stands twice"),
    ("invented", "rank = 2\n", "", r"\(B-2\), rank: it is left out"),
    ("invented", "cap = 0.055", "cap = 0.06", r"coupon: .* at 1M LIBOR of"),
    ("invented", ", cap = 0.055", "", r"give lower coupons, or a cap"),
    ("invented", 'index = "1M LIBOR", margin = 0.005', "margin = 0.005", r"\(A-4\), coupon, index: it is left out"),
    ("invented", 'share = "nas"', 'share = "NAS"', r"""\[\[step\]\] 1, share: found 'NAS'; give "nas" """.strip()),
    ("invented", 'share = "nas"\n', "", r"\[\[step\]\] 1, schedule: found .*leave it out, or say"),
    ("invented", "[[1, 0.0], [61, 0.3]", "[[61, 0.3], [1, 0.0]", r"schedule: found"),
    ("invented", 'label = "A-3"', 'label = "PO"', r"PO, label: it is the label of the strip"),
    (
        "invented",
        "balance = 200_000_000",
        "balance = 200_000_100",
        r"\[\[class\]\], balance of group I|\[\[class\]\], balance",
    ),
    ("invented", 'label = "A-1"', 'label = "A-1"\ngroup = "II"', r"A-1, group: found II; the pools are I"),
]


@pytest.mark.parametrize(("which", "old", "new", "found"), [row for row in WRONG if row[3]])
def test_a_wrong_file_is_refused_by_table_and_key(tmp_path: Path, which: str, old: str, new: str, found: str) -> None:
    text = (GROUP if which == "group" else INVENTED).read_text(encoding="utf-8")
    assert old in text
    assert re.search(found, refusal(tmp_path, text.replace(old, new, 1)))


@dataclass(frozen=True)
class Damage:
    """One change of a line ``key = value`` that leaves no good file."""

    name: str
    of: Callable[[str, Any], str]


NONSENSE = ("-1", "true", '"many"', "[[[]]]", "{a = 1}", "inf", "1e40", "[]", '""')
NEEDED = r"balance|coupon|label|rate|net_rate|remaining_term|age|pay|of|series|cut_off_date|closing_date|first_distribution|id"


def lines_of(text: str) -> list[int]:
    """Numbers of the lines that give a key a value which no good file can do without."""
    lines = text.splitlines()
    return [n for n, line in enumerate(lines) if re.match(rf"({NEEDED})\s*=", line)]


GOOD = {path: path.read_text(encoding="utf-8") for path in (GROUP, INVENTED)}
PLACES = [(path, place) for path, text in GOOD.items() for place in lines_of(text)]


@given(st.sampled_from(PLACES), st.sampled_from(["left out", "twice", "misspelt", *NONSENSE]))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_hundred_broken_files_are_each_refused_with_file_table_and_key(
    tmp_path: Path, place: tuple[Path, int], damage: str
) -> None:
    path, number = place
    lines = GOOD[path].splitlines()
    key = lines[number].partition("=")[0].strip()
    assume(damage != '"many"' or key not in ("series", "id", "label"))  # there it is a good text
    lines[number] = {
        "left out": "",
        "twice": f"{lines[number]}\n{lines[number]}",
        "misspelt": lines[number].replace(key, f"{key}x", 1),
    }.get(damage, f"{key} = {damage}")
    message = refusal(tmp_path, "\n".join(lines))
    assert key in message or "not a TOML file" in message
    assert "[" in message or "not a TOML file" in message


def test_the_command_refuses_in_one_line_and_writes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD[GROUP].replace("coupon = 0.055", "coupon = 55", 1))
    for command in (["run"], ["grid", "--psa", "100,200"], ["build", "-o", str(tmp_path / "out.xlsx")]):
        done = subprocess.run(
            [sys.executable, "-m", "xlremic", command[0], str(path), *command[1:]],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 2
        assert len(done.stderr.strip().splitlines()) == 1
        assert done.stdout == ""
    assert sorted(one.name for one in tmp_path.iterdir()) == ["deal.toml", PLAN.name]


# --- cuts of a filing ---------------------------------------------------------------------------------------------

CUT = """
[[class]]
label = "I-A-1"
group = "I"
balance = 200_000_000

[[class]]
label = "I-A-2"
group = "I"

[[step]]
pay = ["I-A-1", "I-A-2"]
group = "I"
"""


def test_a_filings_class_a_is_cut_and_one_class_has_what_the_others_leave(tmp_path: Path) -> None:
    path = tmp_path / "cut.toml"
    path.write_text(CUT, encoding="utf-8")
    found = {one.label: one for one in run(with_structure(sample_deal(), path)).classes}
    whole = {one.label: one for one in run(sample_deal()).classes}
    assert found["I-A-1"].balance[0] + found["I-A-2"].balance[0] == pytest.approx(whole["A-I"].balance[0])
    assert list(found) == ["I-A-1", "I-A-2", *list(whole)[1:]]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ('group = "I"\n\n[[step]]', "[[step]]", r"\[\[class\]\] I-A-2, group: it is left out, but others have one"),
        ('group = "I"\nbalance', 'group = "V"\nbalance', r"I-A-1, group: found V; the pools are I, II, III"),
        ('group = "I"\n', 'group = "II"\n', r"\[\[step\]\] 1, pay: its classes are of several groups"),
        ("balance = 200_000_000", "balance = 900_000_000", r"\[\[class\]\], balance of group I: .*but the loans leave"),
        ("[[step]]", "[deal]\n[[step]]", "'deal': there is no such table; the tables are class, plan, accretion, step"),
        ("balance = 200_000_000", "balance = 9\nsubordinated = true\nrank = 1", r"group: found I; leave it out"),
    ],
)
def test_a_cut_that_does_not_fit_is_refused(tmp_path: Path, old: str, new: str, found: str) -> None:
    path = tmp_path / "cut.toml"
    path.write_text(CUT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=found):
        run(with_structure(sample_deal(), path))


def test_check_ties_a_good_file_and_refuses_one_that_does_not_fit_its_loans(tmp_path: Path) -> None:
    def check(path: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "xlremic", "check", str(path)], capture_output=True, text=True, check=False
        )

    good = check(INVENTED)
    assert (good.returncode, good.stdout.count(" pass ")) == (0, 12)
    bad = check(write(tmp_path, GOOD[INVENTED].replace("balance = 38_000_000", "balance = 38_000_001")))
    assert bad.returncode == 2
    assert "[[class]], balance" in bad.stderr
