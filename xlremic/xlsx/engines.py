"""Second opinions: a workbook's formula cells as other spreadsheet engines compute them, where installed."""

import subprocess
import tempfile
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from ..errors import TemplateError
from .calculate import Scalar, Values, formula_cells, with_empty_cells_untyped, without_values
from .libreoffice import libreoffice
from .package import Package
from .references import Reference

LIBREOFFICE_SECONDS = 120


def ironcalc_values(package: Package, places: Iterable[tuple[str, str]]) -> Values | None:
    """The values that IronCalc computes for those cells; ``None`` if it is not installed."""
    if find_spec("ironcalc") is None:
        return None
    import ironcalc  # noqa: PLC0415 - an optional dependency

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "book.xlsx"
        file.write_bytes(with_empty_cells_untyped(package).to_bytes(packed=False))
        try:
            model = ironcalc.load_from_xlsx(str(file), "en", "UTC", "en")
        except ironcalc.WorkbookError as error:
            raise TemplateError(f"IronCalc cannot load the workbook: {error}") from error
    model.evaluate()
    index = {properties["name"]: i for i, properties in enumerate(model.get_worksheets_properties())}
    values: Values = {}
    for sheet, cell in places:
        corner = Reference.of(cell).first
        value: Scalar | None = model.get_cell_value(index[sheet], corner.row, corner.column)
        values[sheet, cell] = "" if value is None else value
    return values


def libreoffice_values(package: Package) -> Values | None:
    """What LibreOffice computes for every formula cell, from no cached values; ``None`` if it is not installed.

    Raises: TemplateError if it cannot open the workbook.
    """
    program = libreoffice()
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "book.xlsx").write_bytes(without_values(package).to_bytes(packed=False))
        profile = (Path(folder) / "profile").as_uri()
        command = [
            program,
            f"-env:UserInstallation={profile}",
            "--headless",
            "--norestore",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
        ]
        try:
            done = subprocess.run(  # noqa: S603 - a fixed program with paths of our own
                [*command, "--outdir", f"{folder}/out", f"{folder}/book.xlsx"],
                capture_output=True, timeout=LIBREOFFICE_SECONDS, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise TemplateError(f"LibreOffice did not finish within {LIBREOFFICE_SECONDS} s") from error
        result = Path(folder) / "out" / "book.xlsx"
        if not result.exists():
            raise TemplateError(
                f"LibreOffice cannot recalculate the workbook: {done.stderr.decode(errors='replace').strip()}"
            )
        calculated = formula_cells(Package.of(result.read_bytes()))
    return {place: "" if value is None else value for place, value in calculated.values.items()}
