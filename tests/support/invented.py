"""The invented filing of the samples: another lawyer's words for a deal that never was.

Run as ``python -m tests.support.invented`` it writes the sample.
"""

from pathlib import Path

from .dialects import drawn

PLACE = Path(__file__).parents[2] / "samples" / "invented-2003-99.txt"
NOTE = "[Invented: no such series was issued. The sample shows another wording of such filings.]\n\n"
SIGNED = ("Howard Darmstadter", "A. N. Officer")


def invented() -> str:
    """The text of the sample."""
    text = drawn("of them", 1).text
    series = (
        next(line for line in text.splitlines() if "Certificates, Series " in line).split("Series ")[1].split(")")[0]
    )
    return NOTE + text.replace(f"Series {series}", "Series 2003-99").replace(*SIGNED)


if __name__ == "__main__":
    PLACE.write_text(invented(), encoding="utf-8")
