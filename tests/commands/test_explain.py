"""The command explain: text for a person, JSON for a program, refusals that name what exists."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from xlremic.commands import cli

from ..conftest import SAMPLE


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(cli.main, ["explain", *map(str, arguments)])


def test_a_figure_is_told_with_its_cell_its_rules_and_its_numbers(projected: Path) -> None:
    result = invoke("B-1", "2006-03", projected, "--figure", "principal")
    assert result.exit_code == 0, result.output
    assert "Class B-1, month 17, 2006-03-25\n\nprincipal            9,478.76  Waterfall!FK27\n" in result.output
    assert (
        "allocation of B-1, USD  [Waterfall!ES27, rule 14]\n"
        "      = ahead of B-1 * ahead part\n"
        "      = 6024409.184729 * 0.00157339257064021\n"
        "      = 9478.760654\n"
    ) in result.output
    assert "line 202: The weighted average interest rates of the pool I discount loans" in result.output
    assert "rule 14, among the subordinated classes: What is theirs is pooled over all pools" in result.output


def test_json_has_every_figure_of_the_class(projected: Path) -> None:
    data = json.loads(invoke("IO-I", "17", projected, "--json").output)
    assert (data["schema"], data["class"], data["month"], data["date"]) == (
        "xlremic.explanation/1", "IO-I", 17, "2006-03-25",
    )  # fmt: skip
    assert list(data["figures"]) == ["interest", "balance"]
    last = data["steps"][-1]
    assert last["cell"] == data["figures"]["balance"]["cell"] and last["value"] == data["figures"]["balance"]["value"]
    assert {one["kind"] for one in data["given"]} <= {"filing", "assumption", "constant", "another month"}


def test_a_filing_is_explained_under_the_terms_given() -> None:
    terms = ("--psa", "150", "--cdr", "0.02")
    explained = json.loads(invoke("B-2", "30", SAMPLE, "--json", *terms).output)
    cash = CliRunner().invoke(cli.main, ["run", str(SAMPLE), *terms, "--report", "cash", "--json"])
    row = next(row for row in json.loads(cash.output)["rows"] if row["class"] == "B-2" and row["month"] == 30)
    figures = {kind: one["value"] for kind, one in explained["figures"].items()}
    assert figures == pytest.approx(
        {"interest": row["interest"], "principal": row["principal"], "loss": row["loss"],
         "balance": row["ending_balance"]}, abs=0.005,
    )  # fmt: skip


def test_what_cannot_be_explained_is_one_line_and_exit_code_2(projected: Path, workbook: Path) -> None:
    for arguments, said in (
        (("B-9", "2006-03", projected), "there is no class 'B-9'; the classes are A-I"),
        (("B-1", "1999-01", projected), "there is no month '1999-01'; the months are 1 to 359, or 2004-11 to 2034-09"),
        (("B-1", "17", workbook), "the workbook has no sheet Waterfall"),
        (("IO-I", "17", projected, "--figure", "loss"), "class IO-I has no loss; it has interest, balance"),
    ):
        result = invoke(*arguments)
        assert result.exit_code == 2 and said in result.output and result.output.count("\n") == 1
    assert "a workbook has its own terms" in invoke("B-1", "17", projected, "--psa", "150").output
