"""IronCalc driven as ``office`` drives LibreOffice: load, type, recalculate, read, one workbook at a time."""

import tempfile
from pathlib import Path
from typing import Any

import ironcalc
from openpyxl import load_workbook

from xlremic.xlsx.calculate import formula_cells, with_empty_cells_untyped
from xlremic.xlsx.package import Package
from xlremic.xlsx.references import Reference

ERRORS = ("#", "Err:")


class Iron:
    """One workbook in IronCalc; places are defined names or Sheet!A1."""

    def __init__(self, path: Path) -> None:
        package = Package.of(path.read_bytes())
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "book.xlsx"
            file.write_bytes(with_empty_cells_untyped(package).to_bytes(packed=False))
            self.model: Any = ironcalc.load_from_xlsx(str(file), "en", "UTC", "en")
        self.sheets = {one["name"]: k for k, one in enumerate(self.model.get_worksheets_properties())}
        names = load_workbook(path).defined_names
        self.names = {name: str(defined.attr_text) for name, defined in names.items()}
        self.formulas = list(formula_cells(package).formulas)

    def _at(self, place: str) -> tuple[int, int, int]:
        sheet, _, cell = self.names.get(place, place).rpartition("!")
        first = Reference.of(cell.replace("$", "").partition(":")[0]).first
        return self.sheets[sheet.strip("'")], first.row, first.column

    def put(self, values: dict[str, Any]) -> None:
        """Type into cells; nothing empties the cell, a text that begins with = is a formula."""
        for place, value in values.items():
            typed = "" if value is None else str(value).upper() if isinstance(value, bool) else str(value)
            number = isinstance(value, int | float)
            self.model.set_user_input(
                *self._at(place), typed if number or typed.startswith("=") else typed and f"'{typed}"
            )

    def recalculate(self, *_: str) -> None:
        self.model.evaluate()

    def read(self, *places: str) -> list[Any]:
        return [self.model.get_cell_value(*self._at(place)) for place in places]

    def sheet_of(self, place: str) -> str:
        return self.names.get(place, place).rpartition("!")[0].strip("'")

    def errors(self) -> dict[str, int]:
        """How many formula cells of each sheet show an error."""
        found: dict[str, int] = {}
        for sheet, cell in self.formulas:
            first = Reference.of(cell).first
            value = self.model.get_cell_value(self.sheets[sheet], first.row, first.column)
            if isinstance(value, str) and value.startswith(ERRORS):
                found[sheet] = found.get(sheet, 0) + 1
        return found
