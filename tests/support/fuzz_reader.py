"""Mutated filings, for as long as one likes: nothing but an XlremicError may come out of reading and tying out.

Run ``python -m tests.fuzz_reader --seconds 60 --seed 1``; a failure prints the seed that repeats it.
"""

import argparse
import random
import time
from collections.abc import Sequence

from xlremic.errors import XlremicError
from xlremic.reading.assemble import assemble
from xlremic.reading.facts import facts_from_json
from xlremic.reading.filing import filing_of
from xlremic.reading.parser import parse
from xlremic.reading.tieout import tie_out

from ..conftest import SAMPLE
from .envelopes import Envelope, printed
from .filing_generator import Dialect, written

PIECES = (
    "pool I mortgage loans", "all mortgage loans", "respectively", "none", "no", "$", "$1,000,000,000,000,000.00", "%", "0",
    "-1", "0.00", "October 32, 2004", "February 30, 2004", "December 31, 9999", "January 1, 0001", "99999999999999999999",
    "<PAGE>", "\n\n", "--------\n1    ", "(1)", "*", "<table>", "</table>", "<sup>2</sup>", "&#xD800;", "&#1114112;", "&bogus;",
    "<!--", "-->", "<![CDATA[", "]]>", "<!DOCTYPE", "\x00", "\x1b[31m", "\u202e", "\ufeff", "\ud7ff", "１２３", "²", "½", "٣",
    "class B-1", "class Z-9", "class XIV-A", "Series 2004-8", "SIGNATURES", "<DOCUMENT>", "</TEXT>", "such", "discount loans",
    "subordination level is 100.000000000001%", "one hundred percent", "zero", "minus five percent", "not less than", "pool ",
)  # fmt: skip


def mutated(text: str, rng: random.Random) -> str:
    """The text after a few random cuts, repetitions, swaps and insertions."""
    for _ in range(rng.randint(1, 12)):
        a, b = sorted((rng.randint(0, len(text)), rng.randint(0, len(text))))
        b = min(b, a + rng.choice((1, 5, 40, 400, 4000)))
        match rng.randint(0, 6):
            case 0:
                text = text[:a] + text[b:]
            case 1:
                text = text[:b] + text[a:b] + text[b:]
            case 2:
                text = text[:a] + rng.choice(PIECES) + text[b:]
            case 3:
                text = text[:a] + rng.choice(PIECES) + text[a:]
            case 4:
                text = (
                    text[:a] + "".join(rng.choice("0123456789,.$%()- \n") for _ in range(rng.randint(1, 8))) + text[a:]
                )
            case 5:
                c = rng.randint(0, len(text))
                text = text[:c] + text[a:b] + text[c:]
            case _:
                text = text[:a] + text[a:b].swapcase() + text[b:]
    return text[:200_000]


def seeds(rng: random.Random) -> list[str]:
    """The sample and a few generated filings, as text and as HTML."""
    texts = [SAMPLE.read_text(encoding="utf-8")]
    for pools in (1, 2, 4):
        document = written(Dialect(seed=rng.randint(0, 999), pools=pools, capitals=pools == 1, adjusted=pools == 1))
        texts += [printed(document, Envelope(form=form, container="mail")).decode() for form in ("text", "html")]
    return texts


def try_one(text: str, encoding: str = "utf-8") -> bool:
    """Read it all the way; True if it was read, False if it was refused. Anything else is raised."""
    try:
        filing = filing_of(text.encode(encoding, errors="surrogatepass"), name="fuzz.txt")
        reading = parse(filing)
        for fact in reading.facts:
            place = fact.provenance
            assert filing.source[place.char_start : place.char_end] == place.raw, fact
        assert facts_from_json(reading.to_json()) == reading.facts
        findings = tie_out(reading, assemble(reading))
        assert all((finding.difference is None) == (finding.status == "not_evaluated") for finding in findings)
    except XlremicError:
        return False
    return True


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    originals = seeds(random.Random(given.seed))
    end, number, read = time.monotonic() + given.seconds, given.seed, 0
    while time.monotonic() < end:
        number += 1
        rng = random.Random(number)
        try:
            read += try_one(mutated(rng.choice(originals), rng), rng.choice(("utf-8", "utf-8-sig", "utf-16")))
        except BaseException:
            print(f"seed {number} of originals {given.seed}")
            raise
    print(f"{number - given.seed} filings: {read} read, the others refused")


if __name__ == "__main__":
    main()
