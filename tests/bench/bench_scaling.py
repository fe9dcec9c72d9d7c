"""Seconds to read noise and near misses of 0.2, 0.4 and 0.8 MB: time must grow as the input does, no faster.

Prints seconds and, for each size, how much longer it took per byte than the size before; about 1 is linear.
"""

import sys
import time
from collections.abc import Callable, Sequence

from xlremic.errors import XlremicError
from xlremic.reading.assemble import assemble
from xlremic.reading.filing import filing_of
from xlremic.reading.parser import parse
from xlremic.reading.tieout import tie_out

SIZES = (0.2, 0.4, 0.8)  # megabytes
FRONT = (
    "(Issuer in Respect of the REMIC Pass-Through Certificates, Series 2004-8)\n"
    "DETAILED DESCRIPTION OF THE MORTGAGE LOAN POOL AND THE MORTGAGED PROPERTIES(1)\n"
    'On October 28, 2004, Citicorp Mortgage Securities, Inc. ("CMSI") transferred to the Trustee mortgage loans with an'
    " aggregate scheduled principal balance outstanding as of October 1, 2004 of $493,641,377.57. "
)


def repeated(unit: str, front: str = FRONT) -> Callable[[int], str]:
    return lambda size: front + unit * ((size - len(front)) // len(unit))


def nested(size: int) -> str:
    half = size // 11
    return f"<html><body>{'<div>' * half}{FRONT}{'</div>' * half}"


NOISE: dict[str, Callable[[int], str]] = {
    "averages": repeated("weighted average interest rates of the pool I mortgage loans, "),
    "sentences": repeated("The total number of the pool I mortgage loans was 663. "),
    "pools": repeated("pool I mortgage loans, "),
    "values": repeated("$1,000,000, "),
    "percents": repeated("5%, 6% and "),
    "digits": repeated("1"),
    "digits and commas": repeated("123,"),
    "dollars": repeated("$"),
    "commas": repeated(","),
    "points": repeated(". "),
    "dashes": repeated("-"),
    "lines of dashes": repeated("--------\n"),
    "footnotes": repeated("--------\n1    Terms used\n\n"),
    "blank lines": repeated("\n"),
    "blank lines and blanks": repeated(" \n"),
    "pages": repeated("<PAGE>\n"),
    "pages with numbers": repeated("\n\n   2\n\n<PAGE>   2\n\n"),
    "parentheses": repeated("("),
    "marks": repeated("95%(2) "),
    "class list": repeated("class B-1, ") ,
    "pool ids": lambda size: FRONT + "pool I" + ", II" * (size // 4) + " and",
    "number words": repeated("twenty one hundred and "),
    "tags": repeated("<b>x</b>"),
    "open tags": repeated("<p "),
    "ampersands": lambda size: "<html><body>" + FRONT + "&" * size,
    "entities": lambda size: "<html><body>" + FRONT + "&nbsp;" * (size // 6),
    "deep nesting": nested,
    "heading without end": repeated("DETAILED DESCRIPTION OF THE MORTGAGE ", ""),
    "openings": repeated("On October 28, 2004, Citicorp Mortgage Securities, Inc. ", ""),
    "openings, trustee": repeated("On May 1, 2004, A Bc transferred to the Trustee, Xyz and ", ""),
    "documents": repeated("<DOCUMENT>\n<TYPE>EX-1\n<TEXT>\nx\n", ""),
    "mail headers": repeated("-----BEGIN PRIVACY-ENHANCED MESSAGE-----\n", ""),
    "series": repeated("(Issuer in Respect of Series ", ""),
    "addresses": repeated("12 Main Street Item 2 Series 19 /s/ x\n", ""),
    "signatures": repeated("/s/ Somebody\n---\n", FRONT + "\nSIGNATURES\n"),
    "sentence of documentation": repeated("require proof of income and liquid assets and not require proof of "),
    "original terms": repeated("original maturities of at least "),
    "loss limits": repeated("special hazard, fraud, "),
    "letters": repeated("x"),
    "capitals": repeated("A"),
    "random words": repeated("Lorem ipsum dolor 12 sit amet, consectetur 3.4% adipiscing. "),
}  # fmt: skip


def seconds(text: str) -> float:
    data = text.encode()
    start = time.perf_counter()
    try:
        reading = parse(filing_of(data, name="noise.txt"))
        tie_out(reading, assemble(reading))
    except XlremicError:
        pass
    return time.perf_counter() - start


def main(names: Sequence[str], sizes: Sequence[float]) -> None:
    for name in names or NOISE:
        times = [seconds(NOISE[name](int(size * 2**20))) for size in sizes]
        growth = [
            later / max(first, 0.005) * a / b
            for first, later, a, b in zip(times, times[1:], sizes, sizes[1:], strict=False)
        ]
        print(
            f"{name:28}"
            + "".join(f"{t:9.2f} s" for t in times)
            + "   growth per byte"
            + "".join(f"{g:6.2f}" for g in growth),
            flush=True,
        )


if __name__ == "__main__":
    wanted = [argument for argument in sys.argv[1:] if argument in NOISE]
    given = [float(argument) for argument in sys.argv[1:] if argument not in NOISE]
    main(wanted, given or SIZES)
