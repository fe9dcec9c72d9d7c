"""What explain prints is computed again by hand, in Decimal and from the printed numbers alone, and by the engine."""

import ast
import re
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal, localcontext
from pathlib import Path

import pytest

from xlremic.deal import Deal
from xlremic.engine.assumptions import Assumptions
from xlremic.engine.rules import RULES, Rule
from xlremic.engine.waterfall import run
from xlremic.errors import InputError
from xlremic.reading.facts import Reading
from xlremic.workbook.build import build
from xlremic.workbook.explanation import FIGURES, PAYS, Explained, Explanation, figure
from xlremic.xlsx.package import Package

from ..support.projection_cases import ACCRUAL

TERMS = Assumptions(
    psa=400, cdr=0.03, severity=0.5, lag=6, call="first", prepayment_shortfall_days=15, senior_classes={"I": ACCRUAL}
)
NEAR = Decimal("1e-4")
"""Dollars, or a share: what numbers printed to a millionth may leave."""


@pytest.fixture(scope="module")
def explained(projected: Path) -> Explained:
    return Explained(Package.of(projected.read_bytes()))


@pytest.fixture(scope="module")
def stressed(reading: Reading, tmp_path_factory: pytest.TempPathFactory) -> Explained:
    """Defaults, losses, shortfalls, a call, and class A of pool I cut."""
    built = build(reading, tmp_path_factory.mktemp("explained") / "stressed.xlsx", assumptions=TERMS)
    return Explained(Package.of(built.path.read_bytes()))


def by_hand(text: str) -> Decimal:
    """A line of arithmetic as a person computes it."""
    return _value(ast.parse(text.replace("^", "**"), mode="eval").body, text.replace("^", "**"))


def _value(node: ast.expr, text: str) -> Decimal:
    if isinstance(node, ast.Constant):
        return Decimal(ast.get_source_segment(text, node) or "")
    if isinstance(node, ast.UnaryOp):
        return -_value(node.operand, text)
    if isinstance(node, ast.BinOp):
        a, b = _value(node.left, text), _value(node.right, text)
        match node.op:
            case ast.Add():
                return a + b
            case ast.Sub():
                return a - b
            case ast.Mult():
                return a * b
            case ast.Div():
                return a / b
            case ast.Pow():
                return a**b
    assert isinstance(node, ast.Call) and isinstance(node.func, ast.Name), ast.dump(node)
    values = [_value(one, text) for one in node.args]
    match node.func.id:
        case "MIN":
            return min(values)
        case "MAX":
            return max(values)
        case "ABS":
            return abs(values[0])
    how = {"ROUND": ROUND_HALF_UP, "ROUNDUP": ROUND_UP}[node.func.id]
    return values[0].quantize(Decimal(1).scaleb(-int(values[1])), how)


def hold(found: Explanation) -> None:
    """Every step follows from its printed numbers, and those are given or the result of a step before."""
    known = {one.place for one in found.given}
    for step in found.steps:
        assert step.term is not None, f"{step.label}: {step.formula}"
        assert {one.place for one in step.term.cells()} <= known, step.label
        printed, result = found.in_numbers(step.term), Decimal(figure(step.value))
        with localcontext(prec=40):
            assert abs(by_hand(printed) - result) <= NEAR * max(Decimal(1), abs(result) / 10**6), (step.label, printed)
        known.add(step.place)


def engine(deal: Deal, assumptions: Assumptions) -> Mapping[str, Mapping[str, list[float]]]:
    flows = run(deal, assumptions)
    return {
        one.label: {
            "interest": list(one.interest),
            "principal": list(one.principal),
            "loss": list(one.loss),
            "balance": list(one.balance),
        }
        for one in flows.classes
    }


def same_as_engine(found: Explanation, flows: Mapping[str, Mapping[str, list[float]]]) -> None:
    rows = flows.get(found.class_label)
    for kind, step in found.figures.items():
        assert step.value == pytest.approx(rows[kind][found.month] if rows else 0.0, abs=0.005), (
            found.class_label,
            kind,
        )


@pytest.mark.parametrize("month", ["1", "2006-03", "100", "359"])
def test_every_class_of_the_sample_follows_by_hand_from_what_is_printed(
    explained: Explained, deal: Deal, month: str
) -> None:
    flows = engine(deal, Assumptions())
    for label in explained.classes:
        found = explained.explain(label, month)
        hold(found)
        same_as_engine(found, flows)


def test_defaults_losses_and_the_call_follow_by_hand_too(stressed: Explained, deal: Deal) -> None:
    flows, called = engine(deal, TERMS), run(deal, TERMS).call_month
    assert called is not None
    lost = 0.0
    for month in (1, 12, called - 1, called, called + 1):
        for label in stressed.classes:
            found = stressed.explain(label, str(month))
            hold(found)
            same_as_engine(found, flows)
            lost += found.figures["loss"].value if "loss" in found.figures else 0.0
    assert lost > 1_000
    assert {"I-A-1", "I-A-2", "I-IO", "A-II"} <= set(stressed.classes) and "Pool I" not in stressed.classes


def test_facts_stand_with_the_line_and_the_sentence_that_state_them(explained: Explained) -> None:
    found = explained.explain("B-1", "2006-03", "interest")
    coupon = next(one for one in found.given if one.fact and one.fact.scope == "pool:I:premium")
    assert coupon.fact is not None
    assert (coupon.value, coupon.fact.key, coupon.fact.line) == (0.06182, "weighted_average_coupon", 202)
    assert "5.544% and 6.182%" in coupon.fact.sentence
    fee = next(one for one in found.given if one.kind == "assumption")
    assert (fee.label, fee.value) == ("Servicing and trustee fee", 0.0025)
    assert found.figures["interest"].place == (PAYS, "BX27") and found.month == 17


def test_every_rule_that_a_step_names_has_words(explained: Explained) -> None:
    named = {rule for label in explained.classes for rule in explained.explain(label, "17").rules}
    assert set(map(Rule, (7, 8, 10, 12, 14, 19, 20, 21, 22))) <= named <= set(RULES)


def test_what_is_not_there_is_refused_with_what_is(explained: Explained) -> None:
    for label, month, kind, said in (
        ("B-9", "17", "", "the classes are A-I, A-II, A-III, B-1"),
        ("B-1", "2034-10", "", "the months are 1 to 359, or 2004-11 to 2034-09"),
        ("B-1", "0", "", "the months are 1 to 359"),
        ("B-1", "2006-13", "", "the months are 1 to 359"),
        ("IO-I", "17", "loss", "it has interest, balance"),
    ):
        with pytest.raises(InputError, match=re.escape(said)):
            explained.explain(label, month, kind)
    assert set(FIGURES) == {"interest", "principal", "loss", "balance"}


def edited(package: Package, sheet: str, cell: str, content: str) -> Package:
    """The package with one cell's inside in another form."""
    part = package.sheets[sheet]
    text, count = re.subn(
        rf'(<c r="{cell}"[^>]*>).*?(</c>)', lambda old: old[1] + content + old[2], package[part].decode()
    )
    assert count == 1
    return package.edited({part: text.encode()})


def test_a_value_that_its_formula_does_not_give_is_refused(projected: Path) -> None:
    package = Package.of(projected.read_bytes())
    formula = Explained(package).explain("B-1", "17", "principal").figures["principal"].formula.removeprefix("=")
    stale = edited(package, PAYS, "FK27", f"<f>{formula}</f><v>9479</v>")
    with pytest.raises(InputError, match=r"Waterfall!FK27 shows 9479, but its formula gives 9478\.76"):
        Explained(stale).explain("B-1", "17", "principal")
    missing = edited(package, PAYS, "FK27", f"<f>{formula}</f>")
    with pytest.raises(InputError, match="Waterfall!FK27 has no value yet"):
        Explained(missing).explain("B-1", "17", "principal")


def shares(package: Package) -> Iterator[str]:
    """The principal of B-1 in months 16 and 17, written as Excel keeps equal formulas: the second has only a number."""
    for row, attributes in ((26, 'ref="FK26:FK27" '), (27, "")):
        old = Explained(package).explain("B-1", str(row - 10), "principal").figures["principal"]
        text = old.formula.removeprefix("=") if attributes else ""
        yield f'<f t="shared" {attributes}si="0">{text}</f><v>{old.value!r}</v>'


def test_a_formula_that_cells_share_is_read_for_each_of_them(projected: Path) -> None:
    package = Package.of(projected.read_bytes())
    first, second = shares(package)
    excel = edited(edited(package, PAYS, "FK26", first), PAYS, "FK27", second)
    before, after = (Explained(one).explain("B-1", "17", "principal") for one in (package, excel))
    assert [step.formula for step in before.steps] == [step.formula for step in after.steps]


def test_a_light_workbook_says_what_it_lacks(workbook: Path) -> None:
    with pytest.raises(InputError, match="no sheet Waterfall: build it with its projection"):
        Explained(Package.of(workbook.read_bytes()))
