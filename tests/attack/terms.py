"""Hostile terms: seeded files of assumptions and command lines, each answered by a result or by one clear line.

    python -m tests.attack.terms --cases 10000 --seed 1

What counts as a fault: an exception that is not the product's own, a refusal without a reason, figures that are not
finite, more than ``PATIENCE`` seconds of this
process, whatever else the machine does. The same seed makes the same cases.
"""

import argparse
import random
import re
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from xlremic.commands.cli import main as command_line
from xlremic.engine.assumptions import TERMS
from xlremic.engine.terms import Kind, Term

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "cmsi-2004-8.txt"
POOLS = ("I", "II", "III", "all", "IV", "", "a b", "é")
PATIENCE = 5.0
REFUSED = 2
_WORDS = (
    "fast", "", " ", "6 ramp 12 over 30", "ramp", "6 ramp", "6 ramp 12", "6 ramp 12 over", "6 ramp 12 over 0", "2 for 12 3",
    "2 for 99999999999", "1 for ²", "nan", "inf", "-inf", "1e308", "1e-308", "1_0", "١٢", "0x10", "1,000", "1,000.5", "0,06",
    "-1", "+1", "--5", "%", "6%", "never", "first", "true", "yes", "2004-10-25", "sequential", "pro rata", "\x00", "\x1b[2J",
    "x" * 5000, "1 " * 3000, "9" * 400, "{}", "[1, 2]", "None", "=1+1",
)  # fmt: skip


@dataclass
class Tally:
    """What became of the cases."""

    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0


def toml(value: Any) -> str:
    """A value in TOML; ``bytes`` stand for text that is written as it is."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = "".join(c if c.isprintable() and c not in '"\\' else f"\\u{ord(c):04x}" for c in value)
        return f'"{escaped}"'
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(str(key))} = {toml(one)}" for key, one in value.items()) + "}"
    return str(value)


def junk(chance: random.Random, depth: int = 0) -> Any:
    """Any value that a TOML file can hold, where something else belongs."""
    kinds: list[Callable[[], Any]] = [
        lambda: chance.choice([0, 1, -1, 7, 25, 61, 360, 1200, 5000, 99999, -(2**63), 10**30, 2**70]),
        lambda: chance.choice([0.0, 0.5, 1.0, 1.5, -0.1, 1e-300, 1e17, 1e308, 5e-324]),
        lambda: chance.choice([b"inf", b"-inf", b"nan", b"0x" + b"f" * 5000, b"9" * 5000, b"1e999", b"1_000", b"0o17"]),
        lambda: chance.choice(_WORDS),
        lambda: chance.choice([True, False]),
        lambda: chance.choice([b"2004-10-25", b"0001-01-01", b"9999-12-31", b"2004-10-31", b"2004-02-30"]),
        lambda: chance.choice([b"2004-10-25T10:00:00Z", b"2004-10-25 10:00:00", b"10:00:00"]),
    ]
    if depth < 4:
        kinds += [
            lambda: [junk(chance, depth + 1) for _ in range(chance.choice([0, 1, 2, 3, 8]))],
            lambda: {chance.choice(POOLS): junk(chance, depth + 1) for _ in range(chance.choice([0, 1, 2]))},
            lambda: [[junk(chance, 9), junk(chance, 9)] for _ in range(chance.choice([1, 2, 4]))],
        ]
    return chance.choice(kinds)()


def _class(chance: random.Random) -> dict[str, Any]:
    """A row of a cut of class A, mostly in order."""
    row: dict[str, Any] = {"label": chance.choice(["A-1", "A-2", "A-3", "Z", "IO"])}
    usual: dict[str, Callable[[], Any]] = {
        "balance": lambda: chance.choice([1e6, 5e7, 4e8, 100.0]),
        "rank": lambda: chance.choice([1, 2, 3]),
        "coupon": lambda: chance.choice([0.0, 0.02, 0.05, 0.9]),
        "accrual": lambda: chance.choice([True, False]),
        "planned": lambda: [1e8 - 1e6 * k for k in range(chance.choice([1, 30, 90]))],
        "notional_of": lambda: chance.choice(["A-1", "A-2", "nobody"]),
        "share": lambda: chance.choice([1.0, 0.5, 0.0]),
    }
    for key in chance.sample(sorted(usual), chance.randrange(4)):
        row[key] = junk(chance) if chance.random() < 0.25 else usual[key]()
    if chance.random() < 0.08:
        row[chance.choice(["label", "name", "principal"])] = junk(chance)
    return row


def usable(term: Term, chance: random.Random) -> Any:
    """A value that the term may have, or nearly."""
    if term.kind is Kind.YES_NO:
        return chance.choice([True, False])
    if term.kind is Kind.DATE:
        return chance.choice([b"2004-10-25", b"2004-11-01", b"1999-01-28", b"2199-12-31", b"2004-12-31"])
    if term.kind is Kind.STEPS:
        return [[day, round(chance.random(), 3)] for day in sorted(chance.sample(range(1, 400), 4))]
    if term.kind is Kind.CURVE:
        return [[float(years), 5.0] for years in sorted(chance.sample(range(1, 30), 3))]
    if term.kind is Kind.BY_CLASS:
        return {chance.choice(["A", "B-1", "PO", "IO", "nobody"]): chance.choice([100, 0, 0.001, 1000, 55.5])}
    if term.kind is Kind.CUT:
        return {chance.choice(POOLS): [_class(chance) for _ in range(chance.choice([1, 2, 3, 5]))]}
    if term.choices and chance.random() < 0.5:
        return chance.choice(list(map(str, term.choices)))
    ends = (term.least, min(term.most, 1e6))
    number = chance.choice([*ends, chance.uniform(*ends), chance.uniform(*ends) / 20 + ends[0]])
    value: Any = round(number) if term.kind is Kind.WHOLE else number
    if term.by_month and chance.random() < 0.3:
        value = [value, *(chance.uniform(*ends) / 10 for _ in range(chance.randrange(40)))]
    if term.by_pool and chance.random() < 0.3:
        value = dict.fromkeys(chance.sample(POOLS, 3), value) | ({"all": value} if chance.random() < 0.8 else {})
    return value


def broken(text: str, chance: random.Random) -> bytes:
    """A file that somebody's editor, disk or malice has been at."""
    data = text.encode("utf-8", "replace")
    place = chance.randrange(len(data) + 1)
    ways: list[Callable[[], bytes]] = [
        lambda: data[:place],
        lambda: data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :],
        lambda: data + b"\n" + data,
        lambda: b"\xef\xbb\xbf" + data,
        lambda: text.encode("utf-16"),
        lambda: data + b"\npsa = " + b"[" * 3000 + b"]" * 3000,
        lambda: data + b"\nx" + b".y" * 2000 + b" = 1",
        lambda: data + b"\n#" + b"x" * 2_000_000,
        lambda: data.replace(b" = ", b" == ", 1),
    ]
    return chance.choice(ways)()


def file_of_terms(chance: random.Random) -> bytes:
    """A file of assumptions, from good ones with one slip to nonsense throughout."""
    share = chance.choice([0.0, 0.1, 0.3, 1.0])
    lines = []
    for name in chance.sample(list(TERMS), chance.choice([1, 2, 3, 6])):
        value = junk(chance) if chance.random() < share else usable(TERMS[name], chance)
        lines.append(f"{name} = {toml(value)}")
        if isinstance(value, dict) and value and chance.random() < 0.2:
            lines[-1] = "\n".join(f"{name}.{toml(str(key))} = {toml(one)}" for key, one in value.items())
    if chance.random() < 0.05:
        lines.append(f"{chance.choice(['speed', 'PSA', 'psa', '', '[psa]'])} = {toml(junk(chance))}")
    text = "\n".join(lines) + "\n"
    return broken(text, chance) if chance.random() < 0.1 else text.encode("utf-8", "replace")


def options(chance: random.Random, several: bool) -> list[str]:
    """Options of terms with values that a person, a script or an enemy may type."""
    given = []
    for term in chance.sample([one for one in TERMS.values() if one.option], chance.choice([1, 1, 2, 3])):
        values = [_text(term, chance) for _ in range(chance.choice([1, 2, 3]) if several else 1)]
        text = chance.choice([",", ", "]).join(values)
        given.append(f"{term.flag}={text}".replace("\x00", ""))  # no program can be given a null character
    return given


def _text(term: Term, chance: random.Random) -> str:
    if chance.random() < 0.4:
        return chance.choice(_WORDS)
    value = usable(term, chance)
    while isinstance(value, dict | list):
        value = next(iter(value.values())) if isinstance(value, dict) else value[0]
    return re.sub(r"(?<=\d)(?=(\d{3})+$)", ",", str(value)) if chance.random() < 0.1 else str(value)


def cases(count: int, seed: int, folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Kind and arguments of each case; a file of assumptions is written first."""
    chance = random.Random(seed)
    file = folder / "terms.toml"
    for number in range(count):
        if chance.random() < 0.75:
            file.write_bytes(file_of_terms(chance))
            report = chance.choice(["balances", "cash", "summary", "decrement", "losses"])
            yield "file", ["run", str(SAMPLE), "--assumptions", str(file), "--report", report, "--csv"]
        elif number % 100 == 0:
            yield (
                "build",
                ["build", str(SAMPLE), "-o", str(folder / "o.xlsx"), "--no-projection", *options(chance, False)],
            )
        elif chance.random() < 0.4:
            yield "grid", ["grid", str(SAMPLE), "--csv", *options(chance, True)]
        else:
            yield "run", ["run", str(SAMPLE), "--csv", *options(chance, False)]


def fault_of(arguments: list[str], kind: str) -> tuple[str, str]:
    """What a command came to (done, refused), and what is wrong with that, if anything is."""
    result = CliRunner().invoke(command_line, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        where = traceback.extract_tb(result.exc_info[2])[-1] if result.exc_info else None
        place = f"{Path(where.filename).name}:{where.lineno}" if where else ""
        return "traceback", f"{type(result.exception).__name__} at {place}: {str(result.exception)[:100]}"
    said = result.stderr.strip()
    if result.exit_code == REFUSED:
        named = kind != "file" or any(
            word in said for word in ("terms.toml", "pool", "class", "servicing fee", "settlement")
        )
        good = len(said) > 15 and named and (said.count("\n") == 0 or said.startswith("Usage:"))
        return "refused", "" if good else f"a refusal that says too little or too much: {said[:200]!r}"
    if result.exit_code != 0:
        return f"exit {result.exit_code}", f"exit {result.exit_code}: {said[:200]!r}"
    return "done", "figures that are not finite" if re.search(r"\b(nan|inf)\b", result.stdout) else ""


def attack(count: int, seed: int) -> Tally:
    """Run the cases in this process and count what they came to."""
    tally = Tally()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind, arguments in cases(count, seed, folder):
            start = time.process_time()
            outcome, fault = fault_of(arguments, kind)
            took = time.process_time() - start
            tally.outcomes[f"{kind} {outcome}"] += 1
            tally.slowest = max(tally.slowest, took)
            if took > PATIENCE:
                fault = fault or f"{took:.1f} s"
            if fault:
                shown = (folder / "terms.toml").read_bytes()[:300] if kind == "file" else arguments
                tally.faults.append(f"{fault} <- {str(shown)[:400]}")
    return tally


def main() -> int:
    """The attack from the command line; exit code 1 if anything was a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    tally = attack(asked.cases, asked.seed)
    for outcome, count in sorted(tally.outcomes.items()):
        print(f"{outcome:20} {count:7,}")
    for fault in tally.faults:
        print(f"FAULT {fault}")
    print(f"{asked.cases:,} cases of seed {asked.seed}: {len(tally.faults)} faults, the slowest {tally.slowest:.2f} s")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
