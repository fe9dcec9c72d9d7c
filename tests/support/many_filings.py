"""Folders of generated filings of all dialects, and what their deals are known to be."""

import random
from pathlib import Path

from .envelopes import Envelope, printed
from .filing_generator import Dialect, Document, written


def made(seed: int) -> tuple[Document, bytes]:
    """One filing of a dialect and an envelope drawn by its seed."""
    draw = random.Random(seed)
    dialect = Dialect(
        seed=seed,
        pools=draw.randint(1, 6),
        classes=draw.randint(2, 12),
        seniors=draw.choice(["one", "pools", "numbered", "po"]),
        year=draw.randint(1996, 2007),
        capitals=draw.random() < 0.5,
        citi=draw.random() < 0.5,
        orders=draw.choice(["all last", "all first", "any"]),
        limits=draw.choice(["no", "dollars", "list", "mixed"]),
    )
    envelope = Envelope(seed=seed, form=draw.choice(["text", "text", "html"]), width=draw.randint(60, 110))
    document = written(dialect)
    return document, printed(document, envelope)


def fill(folder: Path, number: int) -> dict[str, Document]:
    """Write that many filings into a folder; the documents by file name."""
    folder.mkdir(parents=True, exist_ok=True)
    documents = {}
    for seed in range(number):
        document, data = made(seed)
        name = f"filing-{seed:04}.txt"
        (folder / name).write_bytes(data)
        documents[name] = document
    return documents
