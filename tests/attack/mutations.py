"""The sample filing, damaged in thousands of small ways as copyists, scanners and bad faith damage it, and what is told.

A mutation is caught if a check fails, a new warning is given, a new sentence stays unread or the filing is refused; it is
harmless if every fact is what it was; a loss if facts are missing and nothing says so; else a value changed, and it is
silent: the one thing that must not happen. Run ``python -m tests.attack.mutations --count 5000 --seed 15``: the same
counts on every machine.
"""

import argparse
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from xlremic import assemble, tie_out
from xlremic.errors import XlremicError
from xlremic.reading.facts import Reading, printed
from xlremic.reading.filing import filing_of
from xlremic.reading.parser import parse
from xlremic.reading.tieout import Status

from ..conftest import SAMPLE
from .reasons import reason

COUNT = 5000
SEED = 15
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
NUMBER = r"\d[\d,.]*\d|\d"
OPPOSITES = (
    ("at least", "no more than"), ("At least", "No more than"), ("not less than", "not more than"),
    ("less than", "more than"), ("greater than", "less than"), ("greater than or equal to", "less than"),
    ("in excess of", "under"), ("prior to", "after"), ("later than", "earlier than"), ("on or before", "on or after"),
    ("nor more than", "nor less than"), ("not more than", "more than"), ("No more than", "More than"),
    ("without taking", "taking"), ("before deduction", "after deduction"), ("None of", "All of"), ("none", "all"),
    ("are not", "are"), ("had primary", "had no primary"), ("There are no", "There are"), ("does not require", "requires"),
    ("do not require", "require"),
)  # fmt: skip
"""Words of bounds and of negation, and what turns each around."""
SUBJECTS = (
    ("remaining terms", "original terms"), ("discount", "premium"), ("originated", "due"), ("streamlined", "full"),
    ("interest rates", "loan-to-value ratios"), ("primary residence", "second home"), ("all mortgage loans", "such loans"),
    ("special hazard", "flood"), ("investment properties", "cooperatives"), ("scheduled maturity", "origination"),
    ("income", "assets"), ("initial", "current"), ("net loan rates", "interest rates"), ("zip code", "state"),
)  # fmt: skip
"""What a sentence speaks of, and what else it might."""
UNITS = (
    (r"(?<=\d)%", ""), (r"(?<=\d)%", " months"), (r"(?<=\d) months", "%"), (r"(?<=\d) months", " years"),
    (r"(?<=\d) months", ""), (r"(?<=\d) years", " months"), (r"\$(?=\d)", ""), (r"\$(?=\d)", "DM"),
)  # fmt: skip

Mutation = Callable[[str, random.Random], str]


class Outcome(StrEnum):
    CAUGHT = "caught"
    HARMLESS = "harmless"
    LOST = "lost"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Result:
    kind: str
    outcome: Outcome
    key: str = ""


def _replaced(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]


def _one(pattern: str, text: str, rng: random.Random) -> re.Match[str]:
    return rng.choice(list(re.finditer(pattern, text)))


def _spaced(words: str) -> str:
    """A pattern for words that may go over a line end."""
    return rf"\b{re.escape(words)}\b".replace(r"\ ", r"\s+")


def _exchange(pairs: Sequence[tuple[str, str]]) -> Mutation:
    """One of two words for the other, in either direction."""

    def mutate(text: str, rng: random.Random) -> str:
        old, new = rng.sample(rng.choice(pairs), 2)
        found = list(re.finditer(_spaced(old), text))
        place = rng.choice(found) if found else None
        return _replaced(text, *place.span(), new) if place else text

    return mutate


def digit_changed(text: str, rng: random.Random) -> str:
    place = _one(r"\d", text, rng)
    return _replaced(text, *place.span(), rng.choice([d for d in "0123456789" if d != place[0]]))


def digit_dropped(text: str, rng: random.Random) -> str:
    return _replaced(text, *_one(r"\d", text, rng).span(), "")


def digit_doubled(text: str, rng: random.Random) -> str:
    place = _one(r"\d", text, rng)
    return _replaced(text, *place.span(), place[0] * 2)


def digits_swapped(text: str, rng: random.Random) -> str:
    place = _one(r"(?=(\d)([,.]?)(\d))", text, rng)
    first, between, second = place.groups()
    return _replaced(text, place.start(), place.start() + len(first + between + second), second + between + first)


def separator_moved(text: str, rng: random.Random) -> str:
    place = _one(r"(\d)([,.])(\d)", text, rng)
    left, mark, right = place.groups()
    return _replaced(text, *place.span(), rng.choice([mark + left + right, left + right + mark]))


def point_lost(text: str, rng: random.Random) -> str:
    """A decimal point or comma of thousands falls out, or one becomes the other."""
    place = _one(r"(?<=\d)[,.](?=\d)", text, rng)
    return _replaced(text, *place.span(), rng.choice(["", "." if place[0] == "," else ",", " "]))


def point_added(text: str, rng: random.Random) -> str:
    place = _one(r"(?<=\d)(?=\d)", text, rng)
    return _replaced(text, *place.span(), rng.choice([".", ",", " "]))


def sign_added(text: str, rng: random.Random) -> str:
    place = _one(rf"\$?(?:{NUMBER})", text, rng)
    return _replaced(text, *place.span(), rng.choice([f"-{place[0]}", f"({place[0]})", f"+{place[0]}", f"~{place[0]}"]))


def unit_exchanged(text: str, rng: random.Random) -> str:
    pattern, new = rng.choice(UNITS)
    return _replaced(text, *_one(pattern, text, rng).span(), new)


def pool_exchanged(text: str, rng: random.Random) -> str:
    place = _one(r"(?<=ool )I{1,3}\b", text, rng)
    return _replaced(text, *place.span(), rng.choice([name for name in ("I", "II", "III", "IV") if name != place[0]]))


def class_exchanged(text: str, rng: random.Random) -> str:
    place = _one(r"(?<=class )(?:A|B-\d)\b", text, rng)
    names = ["A", *(f"B-{k}" for k in range(1, 7)), "M"]
    return _replaced(text, *place.span(), rng.choice([name for name in names if name != place[0]]))


def month_exchanged(text: str, rng: random.Random) -> str:
    place = _one("|".join(MONTHS), text, rng)
    return _replaced(text, *place.span(), rng.choice([month for month in MONTHS if month != place[0]]))


def day_exchanged(text: str, rng: random.Random) -> str:
    place = _one(rf"(?<=\s)\d+(?=, (?:19|20)\d\d)|(?<=ober\n)1(?=,)|(?:{'|'.join(MONTHS)})\s+\d+", text, rng)
    old = re.search(r"\d+$", place[0])
    assert old
    day = rng.choice([day for day in range(1, 29) if str(day) != old[0]])
    return _replaced(text, place.end() - len(old[0]), place.end(), str(day))


def values_exchanged(text: str, rng: random.Random) -> str:
    """Two neighbours of a list of figures."""
    place = _one(rf"(?=(?<![\d,.])(\$?(?:{NUMBER})(?: months|%)?)((?:,\s+|,?\s+and\s+))(\$?(?:{NUMBER})))", text, rng)
    first, between, second = place.groups()
    unit = re.search(r" months$|%$", first)
    tail = unit[0] if unit else ""
    return _replaced(
        text, place.start(), place.start() + len(first + between + second), second + tail + between + first.removesuffix(tail)
    )  # fmt: skip


def names_exchanged(text: str, rng: random.Random) -> str:
    """Two neighbours of a list of pools."""
    place = _one(r"(?=(pool\s+I{1,3}\b)([^.;$%]{5,40}?)(pool\s+I{1,3}\b))", text, rng)
    first, between, second = place.groups()
    return _replaced(text, place.start(), place.start() + len(first + between + second), second + between + first)


def number_cut(text: str, rng: random.Random) -> str:
    """A figure falls out, with the comma after it or without."""
    return _replaced(text, *_one(rf"\$?(?:{NUMBER})%?(?:,\s)?", text, rng).span(), "")


def word_cut(text: str, rng: random.Random) -> str:
    return _replaced(text, *_one(r"(?<=\s)[a-z]+\s+", text, rng).span(), "")


def line_cut(text: str, rng: random.Random) -> str:
    lines = text.split("\n")
    del lines[_line_with_words(lines, rng)]
    return "\n".join(lines)


def line_doubled(text: str, rng: random.Random) -> str:
    lines = text.split("\n")
    k = _line_with_words(lines, rng)
    return "\n".join([*lines[: k + 1], *lines[k:]])


def line_moved(text: str, rng: random.Random) -> str:
    lines = text.split("\n")
    line = lines.pop(_line_with_words(lines, rng))
    k = rng.randrange(len(lines)) if rng.random() < 0.5 else _line_with_words(lines, rng)
    return "\n".join([*lines[:k], line, *lines[k:]])


def lines_exchanged(text: str, rng: random.Random) -> str:
    lines = text.split("\n")
    k = _line_with_words(lines[:-1], rng)
    lines[k : k + 2] = lines[k + 1], lines[k]
    return "\n".join(lines)


def _line_with_words(lines: Sequence[str], rng: random.Random) -> int:
    return rng.choice([k for k, line in enumerate(lines) if any(c.isalnum() for c in line)])


KINDS: dict[str, Mutation] = {
    "digit changed": digit_changed,
    "digit dropped": digit_dropped,
    "digit doubled": digit_doubled,
    "digits swapped": digits_swapped,
    "separator moved": separator_moved,
    "point or comma lost": point_lost,
    "point or comma added": point_added,
    "sign added": sign_added,
    "unit exchanged": unit_exchanged,
    "qualifier turned around": _exchange(OPPOSITES),
    "subject exchanged": _exchange(SUBJECTS),
    "pool exchanged": pool_exchanged,
    "class exchanged": class_exchanged,
    "month exchanged": month_exchanged,
    "day exchanged": day_exchanged,
    "figures exchanged": values_exchanged,
    "pools exchanged": names_exchanged,
    "figure cut": number_cut,
    "word cut": word_cut,
    "line cut": line_cut,
    "line doubled": line_doubled,
    "line moved": line_moved,
    "lines exchanged": lines_exchanged,
}

Meaning = set[tuple[str, str, str, str]]


def meaning(reading: Reading) -> Meaning:
    return {(fact.key, fact.scope, str(fact.qualifier), printed(fact.value)) for fact in reading.facts}


def told(reading: Reading) -> Counter[str]:
    """All that speaks to a person: warnings, unread sentences, failed checks. Lines, which shift, are left out."""
    findings = tie_out(reading, assemble(reading))
    return Counter([
        *(re.sub(r"\bline \d+", "line", f"{warning.code}: {warning.message}") for warning in reading.warnings),
        *(f"unread: {entry.text}" for entry in reading.unread),
        *(f"failed: {finding.id}" for finding in findings if finding.status is Status.FAIL),
    ])  # fmt: skip


def read_text(text: str) -> Reading:
    return parse(filing_of(text.encode(), name="mutated.txt"))


class Attack:
    """Mutates one filing and says what became of it."""

    def __init__(self, text: str) -> None:
        self.text = text
        reading = read_text(text)
        self.meaning, self.told = meaning(reading), told(reading)

    def judged(self, kind: str, mutated: str) -> Result:
        try:
            reading = read_text(mutated)
            news = told(reading) - self.told
        except XlremicError:
            return Result(kind, Outcome.CAUGHT)
        found = meaning(reading)
        if news or found == self.meaning:
            return Result(kind, Outcome.CAUGHT if news else Outcome.HARMLESS)
        changed = found - self.meaning
        return Result(kind, Outcome.SILENT if changed else Outcome.LOST, min(changed or self.meaning - found)[0])

    def results(self, count: int, seed: int) -> Iterator[Result]:
        """So many mutations, of every kind in turn."""
        names = list(KINDS)
        for number in range(count):
            kind, rng = names[number % len(names)], random.Random(f"{seed}:{number}")
            mutated = self.text
            while mutated == self.text:
                mutated = KINDS[kind](self.text, rng)
            yield self.judged(kind, mutated)


@dataclass(frozen=True, slots=True)
class Score:
    outcomes: Counter[Outcome]
    classes: dict[Outcome, Counter[tuple[str, str]]]
    """Silent mutations and losses, each by its kind and the key of the (first) fact concerned."""

    def share(self, outcome: Outcome) -> float:
        return self.outcomes[outcome] / self.outcomes.total()


def attacked(count: int = COUNT, seed: int = SEED) -> Score:
    results = list(Attack(SAMPLE.read_text(encoding="utf-8")).results(count, seed))
    classes = {
        outcome: Counter((result.kind, result.key) for result in results if result.outcome is outcome)
        for outcome in (Outcome.SILENT, Outcome.LOST)
    }
    return Score(Counter(result.outcome for result in results), classes)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args(arguments)
    score = attacked(given.count, given.seed)
    print(", ".join(f"{score.outcomes[outcome]} {outcome}" for outcome in Outcome))
    for outcome, classes in score.classes.items():
        print(f"\n{outcome}: {score.share(outcome):.2%}")
        for (kind, key), count in sorted(classes.items(), key=lambda item: (-item[1], item[0])):
            print(f"{count:4}  {kind}: {key}: {reason(kind, key) or 'a fault'}")


if __name__ == "__main__":
    main()
