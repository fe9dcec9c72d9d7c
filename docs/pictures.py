"""Makes the pictures of the documentation, one of every sheet of the sample's workbook: run ``make pictures``.

The workbook is built, printed by LibreOffice, and each sheet's first page cropped to what is on it between the page's
header and footer. Needs ``soffice`` and poppler (``pdftoppm``, ``pdftotext``) on the path.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import xlremic  # noqa: E402 - from this folder's own clone

SAMPLE = HERE.parent / "samples" / "cmsi-2004-8.txt"
DOTS = 110
"""Dots per inch."""
LONG, LONG_DOTS, LONG_HEIGHT = ("Collateral", "Waterfall"), 170, 620
"""Sheets that are printed small, and go on for hundreds of months: their first ones are enough."""
EDGE = 8
_WORD = re.compile(r'<word xMin="[\d.]+" yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]*)</word>')


def run(*command: str | Path) -> bytes:
    return subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603 - commands of our own


def printed(folder: Path) -> Path:
    """The sample's workbook as LibreOffice prints it."""
    book = xlremic.build(xlremic.read(SAMPLE), folder / f"{SAMPLE.stem}.xlsx").path
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, book)
    return book.with_suffix(".pdf")


def first_pages(document: Path) -> Iterator[tuple[str, int, float, float]]:
    """For each sheet: its name, its first page, and where the header ends and the footer begins, in points."""
    seen: set[str] = set()
    pages = run("pdftotext", "-bbox", document, "-").decode().split("<page ")[1:]
    for number, page in enumerate(pages, 1):
        words = [(float(top), float(bottom), text) for top, bottom, text in _WORD.findall(page)]
        head = min(top for top, _, _ in words)
        sheet = [text for top, _, text in words if top < head + 1][-1]
        if sheet not in seen:
            seen.add(sheet)
            yield (
                sheet,
                number,
                max(bottom for top, bottom, _ in words if top < head + 1),
                max(top for top, *_ in words),
            )


def crop(document: Path, page: int, dots: int, top: float, bottom: float, height: int) -> list[str]:
    """The options of pdftoppm that leave only what is on a page between two heights."""
    grey = run("pdftoppm", "-gray", "-r", str(dots), "-f", str(page), "-l", str(page), document)
    found = re.match(rb"P5\s+(\d+)\s+(\d+)\s+\d+\s", grey)
    if found is None:
        raise SystemExit("pdftoppm wrote no picture")
    picture = np.frombuffer(grey, np.uint8, offset=found.end()).reshape(int(found[2]), int(found[1]))
    first, last = int(top * dots / 72) + 1, int(bottom * dots / 72) - 2
    rows, columns = (np.flatnonzero((picture[first:last] < 255).any(axis=axis)) for axis in (1, 0))
    left, right = max(0, int(columns[0]) - EDGE), int(columns[-1]) + EDGE
    above, below = first + max(0, int(rows[0]) - EDGE), min(first + int(rows[-1]) + EDGE, last)
    box = {"-x": left, "-y": above, "-W": right - left, "-H": min(below - above, height)}
    return [str(part) for option in box.items() for part in option]


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        document = printed(Path(temporary))
        for sheet, page, top, bottom in first_pages(document):
            dots, height = (LONG_DOTS, LONG_HEIGHT) if sheet in LONG else (DOTS, 10**6)
            target = HERE / "pictures" / sheet.lower()
            box = crop(document, page, dots, top, bottom, height)
            only = ("-r", str(dots), "-f", str(page), "-l", str(page), *box)
            run("pdftoppm", "-png", "-singlefile", *only, document, target)
            print(f"{target.name}.png")


if __name__ == "__main__":
    main()
