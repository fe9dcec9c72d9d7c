"""The words of the house: phrases that readers stumbled over stand nowhere, and every form of the project is well made."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
PHRASES = ROOT / "tests" / "support" / "phrases.txt"
"""One a line: what is not written, a tab, what is written instead. The first is a regular expression."""
TEXTS = sorted(
    path
    for place in ("xlremic", "docs", "templates", "samples", ".github")
    for path in (ROOT / place).rglob("*")
    if path.suffix in (".py", ".md", ".bas", ".js", ".html", ".yml", ".toml") and "node_modules" not in path.parts
) + sorted(ROOT.glob("*.md"))


def said_otherwise(text: str) -> list[str]:
    """Phrases of a text that are to be said otherwise, each with what to say."""
    joined = " ".join(re.sub(r"[\s#>\"]+", " ", text).split())
    return [
        f"{found[0]}: write {instead}"
        for phrase, instead in (line.split("\t") for line in PHRASES.read_text(encoding="utf-8").splitlines())
        for found in re.finditer(phrase, joined)
    ]


def test_no_text_has_a_phrase_that_readers_stumble_over() -> None:
    assert said_otherwise('as LAMBDA names, "\n    # for who has no add-in') != []
    found = {
        path.relative_to(ROOT).as_posix(): said for path in TEXTS if (said := said_otherwise(path.read_text("utf-8")))
    }
    assert found == {}


def test_issue_forms_ask_for_filing_line_and_figure() -> None:
    forms = {
        path.stem: yaml.safe_load(path.read_text("utf-8")) for path in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml")
    }
    asked = {one["id"] for one in forms["wrong-number"]["body"] if one.get("validations", {}).get("required")}
    assert asked == {"filing", "line", "figure", "version"}
    assert {one["id"] for one in forms["not-read"]["body"]} >= {"filing", "unread", "sentences"}


def test_the_workflow_runs_what_readme_tells_a_reader() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    job = yaml.safe_load((ROOT / ".github/workflows/checks.yml").read_text("utf-8"))["jobs"]["readme"]
    assert job["strategy"]["matrix"]["os"] == ["ubuntu-latest", "macos-latest", "windows-latest"]
    lowest = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"].removeprefix(
        ">="
    )
    assert job["strategy"]["matrix"]["python"] == [lowest, "3.12", "3.13", "3.14"]
    commands = [line for step in job["steps"] for line in step.get("run", "").splitlines()]
    for command in commands:
        assert re.sub(r'"', "", command) in re.sub(r'"', "", readme), command
    assert len(commands) == 6


def test_the_citation_has_the_version_and_the_licence_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert (citation["version"], citation["license"]) == (project["version"], project["license"])


def test_what_runs_before_a_commit_is_what_lint_runs() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]["hooks"]
    lint = re.search(r"^lint:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text("utf-8"), re.M)
    assert lint is not None
    assert [one["name"].split()[0] for one in hooks] == re.findall(r"\$\(BIN\)/(\w+)", lint[1])
