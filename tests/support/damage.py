"""Filings with one number changed, and which facts the checks then protect. Run as a script, it prints the shares."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from xlremic.reading.assemble import assemble
from xlremic.reading.facts import Fact
from xlremic.reading.filing import filing_of
from xlremic.reading.parser import parse
from xlremic.reading.tieout import Status, tie_out

from .envelopes import Envelope, printed
from .filing_generator import Dialect, written

Kind = tuple[str, str]  # key of a fact and kind of its scope


@dataclass(slots=True)
class Tally:
    leading: int = 0
    leading_found: int = 0
    other: int = 0
    other_found: int = 0


def filings() -> Iterator[str]:
    """Filings of one to four pools, all of whose checks tie."""
    for pools in (1, 2, 3, 4):
        dialect = Dialect(seed=100 + pools, pools=pools, classes=3 + pools, mezzanine=True, limits="list")
        yield printed(written(dialect), Envelope(pages="plain")).decode()


def scope_kind(scope: str) -> str:
    kind, *rest = scope.split(":")
    return f"{kind}:part" if rest and rest[-1] in ("discount", "premium") else kind


def is_noticed(text: str) -> bool:
    """A warning or a failed check tells of the damage."""
    reading = parse(filing_of(text.encode(), name="damaged.txt"))
    if reading.warnings:
        return True
    return any(finding.status is Status.FAIL for finding in tie_out(reading, assemble(reading)))


def changed(text: str, fact: Fact, at: int, rng: random.Random) -> str:
    """The filing with one digit of the fact's number replaced by another one."""
    place = fact.provenance
    digit = rng.choice([d for d in "123456789" if d != place.raw[at]])
    position = place.char_start + at
    return text[:position] + digit + text[position + 1 :]


def tallied(text: str, rng: random.Random, others: int) -> dict[Kind, Tally]:
    """For each kind of fact, how many changes of its leading digit and of other digits are noticed."""
    tallies: dict[Kind, Tally] = defaultdict(Tally)
    for fact in parse(filing_of(text.encode(), name="whole.txt")).facts:
        digits = [k for k, character in enumerate(fact.provenance.raw) if character.isdigit()]
        if not digits:
            continue
        tally = tallies[fact.key, scope_kind(fact.scope)]
        tally.leading += 1
        tally.leading_found += is_noticed(changed(text, fact, digits[0], rng))
        for at in rng.sample(digits[1:], min(others, len(digits) - 1)):
            tally.other += 1
            tally.other_found += is_noticed(changed(text, fact, at, rng))
    return tallies


def main() -> None:
    rng = random.Random(1)
    total: dict[Kind, Tally] = defaultdict(Tally)
    for text in filings():
        for kind, tally in tallied(text, rng, 3).items():
            mine = total[kind]
            mine.leading += tally.leading
            mine.leading_found += tally.leading_found
            mine.other += tally.other
            mine.other_found += tally.other_found
    for (key, scope), tally in sorted(total.items(), key=lambda item: item[1].leading_found / item[1].leading):
        other = f"{tally.other_found / tally.other:5.0%}" if tally.other else "    -"
        print(f"{tally.leading_found / tally.leading:5.0%} {other}  {key} of {scope}")
    facts = sum(t.leading for t in total.values())
    print(f"{facts} numbers; leading digit wrong: {sum(t.leading_found for t in total.values()) / facts:.1%} noticed")
    others = sum(t.other for t in total.values())
    print(f"any other digit wrong: {sum(t.other_found for t in total.values()) / others:.1%} noticed")


if __name__ == "__main__":
    main()
