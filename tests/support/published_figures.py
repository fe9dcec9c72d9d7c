"""Reads the tables in ``tests/support/published``: comment lines first (source, rounding), then CSV."""

import csv
from pathlib import Path

PUBLISHED = Path(__file__).parent / "published"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one table, each a dict by column name, comment lines skipped."""
    lines = (PUBLISHED / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))
