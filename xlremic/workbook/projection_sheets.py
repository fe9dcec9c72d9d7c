"""Labels and inputs of the projection's sheets: Vectors, Collateral, Waterfall and Set-up."""

from collections.abc import Sequence

from ..engine.assumptions import Structure
from ..engine.books import class_prices
from ..xlsx.references import column_letters
from .layout import MONTHLY, SETUP, MonthlyRow
from .projection import Projection
from .setup_rows import PRICES
from .term_rows import SCHEDULES


def fill_projection(projection: Projection) -> None:
    """Everything that the projection's sheets take from a deal and its terms, but for their results."""
    _fill_tables(projection)
    _fill_labels(projection)


def _beside(projection: Projection, anchor: str, k: int, value: object) -> None:
    projection.template.anchor(anchor, k).value = value


def _fill_tables(projection: Projection) -> None:
    template, capital = projection.template, projection.capital
    for kind, table in (
        ("shift", projection.assumptions.shift_schedule),
        ("limit", projection.assumptions.loss_limits),
    ):
        sheet, row, column = template.anchors[f"{kind}_no"]
        for k in range(max(1, len(table))):
            template.cell(sheet, row + k, column).value = k + 1
        for key, values in zip(SCHEDULES[kind], zip(*table, strict=True), strict=False):
            sheet, row, column = template.anchors[key]
            for k, value in enumerate(values):
                template.cell(sheet, row, column + k).value = value
    ranks = [tranche.rank for tranche in projection.deal.tranches]
    plain = projection.assumptions.structure is not Structure.SHIFTING_INTEREST
    template.anchor("start.senior_rank").value = max(ranks) if plain else min(ranks)
    for p in range(len(capital.pools)):
        _beside(projection, "P.no", p, p + 1)
    for k, line in enumerate(projection.flows.collateral.lines):
        part = line.label.rpartition(" ")[2]
        _beside(projection, "L.no", k, k + 1)
        _beside(projection, "L.line", k, line.label)
        _beside(projection, "L.pool", k, capital.pools.index(line.pool) + 1)
        _beside(projection, "L.part", k, part if part in ("discount", "premium") else "whole")
    _fill_cuts(projection)
    _fill_prices(projection)


def _fill_prices(projection: Projection) -> None:
    """Prices across Assumptions, and what is used where a person leaves one empty."""
    template = projection.template
    prices = class_prices(projection.flows.classes, projection.assumptions)
    usual = {"principal only": 70.0, "interest only": 1.5}
    sheet, (left, row, _, _) = template.place("block.Prices")
    keys = {key: left + k for k, key in enumerate(PRICES.keys) if key}
    page, at, across = template.anchors["prices"]
    for k, one in enumerate(projection.classes):
        price = prices.get(one.label, usual.get(one.kind, 100.0))
        for key, value in (("class", one.label), ("no", k + 1), ("default", price)):
            template.cell(sheet, row + k, keys[key]).value = value
        template.cell(page, at - 1, across + k).value = one.label
        template.cell(page, at, across + k).value = price


def _fill_cuts(projection: Projection) -> None:
    """The classes that class A is cut into; without any, the prototype's column is emptied."""
    if not projection.cuts:
        for row in projection.template.workbook[SETUP].iter_rows(min_row=6):
            for cell in row:
                if cell.column == projection.template.anchors["S.no"][2]:
                    cell.value, cell.style = None, "Label"
        return
    labels = [one.label for _, one in projection.cuts]
    tranches = {tranche.label: k for k, tranche in enumerate(projection.deal.tranches, 1)}
    asked = bool(projection.assumptions.senior_classes)
    for group in {number for number, _ in projection.cuts}:
        members = [(k, one) for k, (number, one) in enumerate(projection.cuts) if number == group]
        principal = [k for k, one in members if one.notional_of is None]
        given = {
            one.label
            for cut in projection.assumptions.senior_classes.values()
            for one in cut
            if one.balance is not None
        }
        rest = next((k for k, one in members if one.notional_of is None and one.label not in given), principal[-1])
        for k, one in members:
            host = labels.index(one.notional_of) + 1 if one.notional_of else 0
            for key, value in (
                ("no", k + 1), ("class", one.label), ("group", group), ("rank", one.rank), ("coupon", one.coupon),
                ("tranche", 0 if asked or one.notional_of else tranches.get(one.label, 0)),
                ("given", None if k == rest or one.notional_of else one.balance),
                ("accrual", int(one.accrual)), ("notional_of", host), ("share", one.share),
            ):  # fmt: skip
                _beside(projection, f"S.{key}", k, value)


def _fill_labels(projection: Projection) -> None:
    """Whose each column of Vectors, Collateral, Waterfall and Set-up is."""
    pools = [f"Pool {pool}" for pool in projection.capital.pools]
    lines = [line.label for line in projection.flows.collateral.lines]
    tranches = [tranche.label for tranche in projection.deal.tranches]
    below = projection.capital.subordinated_labels
    seniors = [one.label for _, one in projection.cuts]
    owners: dict[str, Sequence[str]] = {
        "{pool}": pools, "{line}": lines, "{senior}": seniors, "{subordinated}": below,
    }  # fmt: skip
    by_class: dict[tuple[str, int], str] = {}
    for one in projection.classes:
        if one.kind != "subordinated" and not one.balance.startswith("class"):
            for name in (one.balance, one.interest, one.principal, one.loss, one.repaid, one.cash):
                by_class[name, one.copy] = one.label
    for title in MONTHLY:
        sheet = projection.template.workbook[title]
        seen: dict[str, int] = {}
        for cell in list(sheet[MonthlyRow.OWNER]):
            kind = str(cell.value or "")
            if kind not in owners:
                continue
            name = str(sheet.cell(MonthlyRow.FIELD, cell.column).value).replace(" ", "_")
            k = seen[name] = seen.get(name, -1) + 1
            if not owners[kind]:
                _emptied(sheet, cell.column)
                continue
            own = by_class.get((name, k)) if title == "Waterfall" else None
            cell.value = own or owners[kind][k]
            number = tranches.index(below[k]) + 1 if kind == "{subordinated}" else k + 1
            sheet.cell(MonthlyRow.NUMBER, cell.column).value = number
    sheet = projection.template.workbook[SETUP]
    seen = {}
    for cell in list(sheet[MonthlyRow.FIELD]):
        kind = str(cell.value or "")
        if kind in owners:
            k = seen[kind] = seen.get(kind, -1) + 1
            cell.value = owners[kind][k] if owners[kind] else None


def _emptied(sheet: object, column: int) -> None:
    """A column of a kind that the deal has none of: nothing in it, and no pattern of its own."""
    for row in sheet.iter_rows(min_row=MonthlyRow.OWNER, min_col=column, max_col=column):  # type: ignore[attr-defined]  # openpyxl
        for cell in row:
            cell.value, cell.style = None, "Label"
    sheet.column_dimensions[column_letters(column)].width = 1.5  # type: ignore[attr-defined]  # openpyxl
