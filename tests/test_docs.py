"""The documentation is current: made pages are what the product says now, links lead somewhere, commands exist."""

import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from xlremic.engine.rules import RULES, rules_in

from .conftest import SAMPLE
from .support.projection_cases import DOZEN

ROOT = SAMPLE.parent.parent
DOCS = ROOT / "docs"
PAGES = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
MAKE = runpy.run_path(str(DOCS / "make.py"))


def prose(page: Path) -> str:
    """A page without its blocks of code and code words, where brackets are not links."""
    return re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.S)


def anchors(page: Path) -> set[str]:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    return {MAKE["anchor"](heading) for heading in re.findall(r"^#+ (.+)$", text, re.M)}


def test_made_pages_are_what_the_product_says_now() -> None:
    made: Callable[[], dict[str, str]] = MAKE["pages"]
    for name, text in made().items():
        assert (DOCS / name).read_text(encoding="utf-8") == text, f"docs/{name} is not current: run make docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files_and_headings_that_are_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"[a-z]+:", target):
            assert target.startswith("https://"), target
            continue
        path, _, heading = target.partition("#")
        place = (page.parent / path).resolve() if path else page
        assert place.is_file() and place.is_relative_to(ROOT), f"{page.name}: {target}"
        assert not heading or heading in anchors(place), f"{page.name}: {target}"


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        seen.add(page)
        for target in re.findall(r"\]\(([^)#\s]+\.md)", prose(page)):
            place = (page.parent / target).resolve()
            if place not in seen and place.is_file():
                waiting.append(place)
    assert set(DOCS.rglob("*.md")) <= seen


def test_every_picture_is_shown() -> None:
    shown = {Path(found).name for page in PAGES for found in re.findall(r"\]\(([^)\s]+\.png)\)", prose(page))}
    assert {picture.name for picture in (DOCS / "pictures").glob("*.png")} <= shown


def test_every_column_of_the_projection_is_explained_under_its_rules() -> None:
    page = (DOCS / "numbers.md").read_text(encoding="utf-8")
    sections = {int(number): text for number, text in re.findall(r"^### Rule (\d+):(.*?)(?=^##)", page, re.M | re.S)}
    rules = runpy.run_path(str(DOCS / "rules.py"))
    assert set(sections) == {rule.value for rule in RULES} == {rule.value for rule in rules["RULES"]}
    others = page.partition("## Columns that follow no rule")[2]
    for sheet, column in rules["columns"]():
        said = f"| {sheet}: {column.field.replace('_', ' ')}"
        for rule in rules_in(column.rule):
            assert said in sections[rule.value], (said, rule)
        assert rules_in(column.rule) or said in others, said


def test_a_rule_has_its_number_where_it_has_its_words_and_over_the_functions_that_apply_it() -> None:
    """Sheets, commands and pages call a rule by its name, so that one that is put elsewhere is renumbered there."""
    homes = [ROOT / "templates", *(ROOT / "xlremic" / wing for wing in ("commands", "workbook", "batch", "serve"))]
    typed = re.compile(r"\brules? \d")
    assert [path.name for home in homes for path in home.rglob("*.py") if typed.search(path.read_text("utf-8"))] == []
    assert not typed.search((DOCS / "rules.py").read_text(encoding="utf-8").partition("MARK = ")[0])


def test_every_rule_has_functions_and_every_numbered_comment_is_over_one() -> None:
    rules = runpy.run_path(str(DOCS / "rules.py"))
    applied = rules["applied"]()
    assert set(applied) == set(rules["RULES"])
    pattern = r"^ *# (rules? \d.*)$"
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "xlremic").rglob("*.py")]
    comments = [comment for text in texts for comment in re.findall(pattern, text, re.M)]
    numbered = [number for comment in comments for number in re.findall(r"\d+", re.sub(r"\(.*?\)", "", comment))]
    assert len(numbered) == sum(map(len, applied.values()))


def test_the_table_of_published_figures_is_current() -> None:
    done = subprocess.run(
        [sys.executable, DOCS / "verify.py", "--published"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() in (DOCS / "verification.md").read_text(encoding="utf-8"), "run make verification"


def test_the_verification_page_has_a_row_for_every_case() -> None:
    page = (DOCS / "verification.md").read_text(encoding="utf-8")
    assert [case for case in DOZEN if f"| {case} |" not in page] == []


def test_a_change_touches_the_files_that_the_architecture_says() -> None:
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    table = page.partition("## To add something")[2].partition("## ")[0]
    rows = re.findall(r"^\| ([a-z].*?) \| (\d+) \| (.*?) \| (.*?) *\|$", table, re.M)
    assert len(rows) >= 5
    package = ROOT / "xlremic"
    past = package / "workbook" / "places_before.py"  # tells of older workbooks, and no addition touches it
    sources = {path: path.read_text(encoding="utf-8") for path in package.rglob("*.py") if path != past}
    for what, number, which, word in rows:
        files = {package / name for name in re.findall(r"`([a-z_/]+\.py)`", which)}
        assert len(files) == int(number), what
        assert files <= set(sources), what
        if word:
            pattern = re.compile(rf"\b{word.strip('`')}\b")
            found = {path for path, text in sources.items() if pattern.search(text)}
            assert found == files, f"{what}: {word} stands in {sorted(path.name for path in found)}"
