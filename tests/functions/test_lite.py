"""A workbook that carries its functions for xlwings Lite: its parts, its code run in a real runtime, and who takes it."""

import hashlib
import json
import re
import shutil
import subprocess
import zipfile
from email import message_from_bytes, policy
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from lxml import etree
from openpyxl import load_workbook

from xlremic.errors import InputError
from xlremic.functions.hosts import lite
from xlremic.functions.hosts.lambda_names import portable
from xlremic.functions.registry import FUNCTIONS
from xlremic.xlsx.engines import libreoffice_values
from xlremic.xlsx.libreoffice import libreoffice
from xlremic.xlsx.package import Package

from ..support.used import told

ROOT = Path(__file__).parents[2]

WE = "{http://schemas.microsoft.com/office/webextensions/webextension/2010/11}"
PANES = "{http://schemas.microsoft.com/office/webextensions/taskpanes/2010/11}"
ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
OFFICE = "http://schemas.microsoft.com/office/2011/relationships/"
CODE = ("xl/webextensions/taskpanes.xml", "xl/webextensions/webextension1.xml",
        "xl/webextensions/_rels/taskpanes.xml.rels")  # fmt: skip
CHILDREN = ["reference", "alternateReferences", "properties", "bindings", "snapshot", "extLst"]
"""Of a web extension, in the order of the published schema (MS-OWEXML, 2.2.7); snapshot and extLst may be missing."""
PLANTED = "open('planted', 'w').close()"


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def properties(path: Path) -> dict[str, str]:
    """What Lite would read out of the workbook, by an independent reader."""
    found = etree.fromstring(parts_of(path)[CODE[1]]).iter(f"{WE}property")
    return {one.get("name", ""): json.loads(one.get("value", "")) for one in found}


@pytest.fixture(scope="module")
def calling(workbook: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The light workbook, in which a person has typed a call in place of a formula."""
    package = Package.of(workbook.read_bytes())
    part = package.sheets["Call"]
    typed, count = re.subn(
        rb"<f>ROUND\([^<]*CutOffBalance,2\)</f>",
        b"<f>REMIC_CALL_THRESHOLD(CutOffBalance,CallPercent)</f>",
        package[part],
    )
    assert count == 1
    path = tmp_path_factory.mktemp("calling") / "deal.xlsx"
    path.write_bytes(package.edited({part: typed}).to_bytes())
    return path


@pytest.fixture(scope="module")
def carrying(calling: Path) -> Path:
    path = calling.with_name("deal-lite.xlsx")
    done = told("addin", "lite", calling, "-o", path)
    assert done.exit_code == 0, done.output
    return path


@pytest.fixture
def foreign(carrying: Path, tmp_path: Path) -> Path:
    """The workbook with other code in the same place, which would leave a file if anything ran it."""
    package = Package.of(carrying.read_bytes())
    planted = json.dumps(f"# Made by xlremic 0.0.1\n{PLANTED}\n").replace('"', "&quot;").encode()
    extension = re.sub(rb"(name=\"main.py\" value=)(?:\"[^\"]*\"|'[^']*')", rb'\1"@"', package[CODE[1]])
    path = tmp_path / "foreign.xlsx"
    path.write_bytes(package.edited({CODE[1]: extension.replace(b'"@"', b'"' + planted + b'"')}).to_bytes())
    assert PLANTED in properties(path)["main.py"]
    return path


def test_the_parts_are_what_the_published_schema_and_the_package_rules_ask_for(carrying: Path) -> None:
    parts = parts_of(carrying)
    extension, panes = etree.fromstring(parts[CODE[1]]), etree.fromstring(parts[CODE[0]])
    assert extension.tag == f"{WE}webextension" and re.fullmatch(r"\{[0-9A-F-]{36}\}", extension.get("id", ""))
    names = [child.tag.removeprefix(WE) for child in extension]
    assert names == [name for name in CHILDREN if name in names] and {*CHILDREN} - {*names} == {"snapshot"}
    for reference in extension.iter(f"{WE}reference"):
        assert dict(reference.items()) == {
            "id": "wa200008175", "version": "1.0.0.0", "store": "en-US", "storeType": "OMEX"
        }  # fmt: skip
    listed = [one.text for one in extension.iter(f"{WE}customFunctionIds")]
    assert listed == [f"_xldudf_{function.name}" for function in FUNCTIONS]
    (pane,) = panes
    assert pane.tag == f"{PANES}taskpane" and {"dockstate", "visibility", "width", "row"} == set(pane.keys())
    relations = {
        name: {one.get("Id"): one for one in etree.fromstring(parts[name])} for name in ("_rels/.rels", CODE[2])
    }
    assert all(parts[name].count(b"Id=") == len(ids) for name, ids in relations.items())
    (to_panes,) = (one for one in relations["_rels/.rels"].values() if "webextension" in one.get("Type", ""))
    assert (to_panes.get("Type"), to_panes.get("Target")) == (f"{OFFICE}webextensiontaskpanes", CODE[0])
    to_extension = relations[CODE[2]][pane[0].get(ID)]
    assert (to_extension.get("Type"), to_extension.get("Target")) == (f"{OFFICE}webextension", "webextension1.xml")
    types = {one.get("PartName"): one.get("ContentType") for one in etree.fromstring(parts["[Content_Types].xml"])}
    assert types[f"/{CODE[0]}"] == "application/vnd.ms-office.webextensiontaskpanes+xml"
    assert types[f"/{CODE[1]}"] == "application/vnd.ms-office.webextension+xml"


def test_the_pane_is_closed_unless_it_is_asked_for(carrying: Path, calling: Path, tmp_path: Path) -> None:
    assert b'visibility="0"' in parts_of(carrying)[CODE[0]] and set(properties(carrying)) == {
        "main.py",
        "requirements.txt",
    }
    done = told("addin", "lite", calling, "--open-pane", "-o", tmp_path / "open.xlsx")
    assert done.exit_code == 0, done.output
    assert b'visibility="1"' in parts_of(tmp_path / "open.xlsx")[CODE[0]]
    assert properties(tmp_path / "open.xlsx")["xlwingsSettingsWorkbook"] == {"startupBehavior": "taskpane"}  # type: ignore[comparison-overlap]


def test_the_head_says_what_it_is_and_the_digest_of_what_follows(carrying: Path) -> None:
    text = properties(carrying)["main.py"]
    head, body = text[: text.index("\nimport ") + 1], text[text.index("\nimport ") + 1 :]
    assert f"Made by xlremic {metadata.version('xlremic')}" in head and all(
        line[0] == "#" for line in head.splitlines()
    )
    assert head.splitlines()[-1] == f"# {hashlib.sha256(body.encode()).hexdigest()}"
    assert len(text) < 100_000 and properties(carrying)["requirements.txt"].startswith("xlwings>=")


def test_by_name_it_is_some_lines_and_a_pinned_requirement(calling: Path, tmp_path: Path) -> None:
    done = told("addin", "lite", calling, "--package", "-o", tmp_path / "named.xlsx")
    assert done.exit_code == 0, done.output
    texts = properties(tmp_path / "named.xlsx")
    assert texts["requirements.txt"] == f"xlremic=={metadata.version('xlremic')}\n"
    assert "base64" not in texts["main.py"] and texts["main.py"].count("REMIC_") == len(FUNCTIONS) + 1
    checked = told("check", tmp_path / "named.xlsx")
    assert "code:xlwings_lite" in checked.output and checked.exit_code == 0


def test_the_calls_are_stored_as_those_of_a_web_add_in_and_nothing_else_of_the_model_changes(
    carrying: Path, calling: Path
) -> None:
    before, after = parts_of(calling), parts_of(carrying)
    sheet = Package.of(calling.read_bytes()).sheets["Call"]
    assert after[sheet] == before[sheet].replace(b"<f>REMIC_", b"<f>_xldudf_REMIC_")
    changed = {name for name in before if after[name] != before[name]}
    assert changed == {sheet, "_rels/.rels", "[Content_Types].xml"} and set(after) - set(before) == set(CODE)


def test_taken_out_again_the_workbook_is_byte_for_byte_what_it_was(
    carrying: Path, calling: Path, tmp_path: Path
) -> None:
    done = told("addin", "lite", carrying, "--remove", "-o", tmp_path / "plain.xlsx")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "plain.xlsx").read_bytes() == calling.read_bytes()
    healing = Path(shutil.copy(carrying, tmp_path / "healing.xlsx"))
    done = told("heal", healing)
    assert done.exit_code == 0 and "taken out: xlwings Lite: main.py of" in done.output
    assert healing.read_bytes() == calling.read_bytes()


def test_check_names_the_code_and_says_that_it_is_this_versions(carrying: Path, calling: Path) -> None:
    done = told("check", carrying, "--json")
    assert done.exit_code == 0, done.output
    (found,) = (one for one in json.loads(done.stdout)["checks"] if one["id"] == "code:xlwings_lite")
    assert found["status"] == "pass" and "byte for byte this version's: xlwings Lite: main.py of" in found["says"]
    assert "code:" not in told("check", calling).output


def test_an_update_keeps_the_code_byte_for_byte(carrying: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(carrying, tmp_path / "deal.xlsx"))
    book = load_workbook(path, data_only=True)
    sheet = book["Tranches"]
    cells = {
        name: book.defined_names[name].attr_text.split("!")[1].replace("$", "")
        for name in ("Classes", "CurrentBalances")
    }
    rows = zip(sheet[cells["Classes"]], sheet[cells["CurrentBalances"]], strict=True)
    (tmp_path / "b.csv").write_text(
        "class,current_balance\n" + "".join(f"{a[0].value},{b[0].value / 2:.2f}\n" for a, b in rows)
    )
    done = told("update", path, "--balances", tmp_path / "b.csv", "--as-of", "2005-03-25")
    assert done.exit_code == 0, done.output
    before, after = parts_of(carrying), parts_of(path)
    assert all(after[name] == before[name] for name in (*CODE, "_rels/.rels"))
    assert b"_xldudf_REMIC_CALL_THRESHOLD" in after[Package.of(path.read_bytes()).sheets["Call"]]


def _draft(path: Path, folder: Path, *words: str) -> tuple[Result, str, bytes]:
    done = told("send", path, "--to", "a@example.org", "--from", "b@example.org", "--eml", folder / "d.eml", *words)
    assert done.exit_code == 0, done.output
    made = message_from_bytes((folder / "d.eml").read_bytes(), policy=policy.default)
    text = made.get_body(("plain",))
    assert text is not None
    (attached,) = made.iter_attachments()
    return done, str(text.get_content()), attached.get_content()


def test_code_is_sent_only_when_that_was_said_and_the_message_says_so(
    carrying: Path, calling: Path, tmp_path: Path
) -> None:
    done, text, attached = _draft(carrying, tmp_path)
    assert attached == calling.read_bytes() and "xlwings" not in text
    assert "stays behind; --functions sends it" in done.output
    _, text, attached = _draft(carrying, tmp_path, "--functions")
    assert attached == carrying.read_bytes()
    assert "ATTENTION: the workbook carries code for xlwings Lite: main.py of" in text
    refused = told("send", calling, "--to", "a@example.org", "--from", "b@example.org", "--functions", "--dry-run")
    assert refused.exit_code == 2 and "carries no functions to send" in refused.output


def test_other_code_is_named_and_refused_everywhere_and_never_run(
    foreign: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = foreign.read_bytes()
    (tmp_path / "b.csv").write_text("class,current_balance\nA,1\n")
    for words in (
        ["check", foreign],
        ["update", foreign, "--balances", "b.csv", "--as-of", "2005-03-25"],
        ["send", foreign, "--to", "a@example.org", "--from", "b@example.org", "--eml", "d.eml", "--functions"],
        ["heal", foreign],
        ["addin", "lite", foreign, "-o", "again.xlsx"],
        ["addin", "portable", foreign, "-o", "again.xlsx"],
    ):
        done = told(*words)
        assert done.exit_code == 2 and len(done.output.splitlines()) == 1, done.output
        if "portable" not in words:
            assert "by its own word of xlremic 0.0.1" in done.output and "--remove" in done.output, done.output
    assert {path.name for path in tmp_path.iterdir()} == {foreign.name, "b.csv"} and foreign.read_bytes() == before
    done = told("addin", "lite", foreign, "--remove", "-o", "clean.xlsx")
    assert done.exit_code == 0 and not set(CODE) & set(parts_of(tmp_path / "clean.xlsx"))
    assert not (tmp_path / "planted").exists()


@pytest.mark.parametrize(
    "change",
    [
        (rb'id="wa200008175"', rb'id="wa104381441"'),
        (rb'store="en-US" storeType="OMEX"', rb'store="C:\\x" storeType="FileSystem"'),
        (rb"</we:properties>", rb'<we:property name="other.py" value="&quot;1&quot;"/></we:properties>'),
        (rb"xlwings&gt;=|xlwings>=", rb"xlwingz>="),
    ],
)
def test_code_that_differs_in_one_place_is_not_ours(carrying: Path, change: tuple[bytes, bytes]) -> None:
    package = Package.of(carrying.read_bytes())
    extension, count = re.subn(change[0], change[1], package[CODE[1]])
    assert count
    with pytest.raises(InputError, match="active content"):
        lite.admitted(package.edited({CODE[1]: extension}).to_bytes())
    lite.admitted(carrying.read_bytes())


@pytest.mark.parametrize("target", ["http://example.org/x.xml", "../worksheets/sheet1.xml", "webextension2.xml"])
def test_a_pane_that_leads_elsewhere_is_refused(carrying: Path, target: str) -> None:
    package = Package.of(carrying.read_bytes())
    relation = package[CODE[2]].replace(b"webextension1.xml", target.encode())
    with pytest.raises(InputError, match="active or external"):
        lite.admitted(package.edited({CODE[2]: relation}).to_bytes())


def test_what_cannot_carry_functions_is_refused_in_one_line_and_nothing_is_written(
    workbook: Path, carrying: Path, tmp_path: Path
) -> None:
    (tmp_path / "portable.xlsx").write_bytes(portable(workbook.read_bytes()))
    (tmp_path / "other.xlsx").write_bytes(_stranger())
    (tmp_path / "none.xlsx").write_text("none")
    for words, reason in (
        ([workbook], "calls no REMIC function"),
        ([carrying], "carries code already, this version's"),
        ([tmp_path / "portable.xlsx"], "portable copy"),
        ([tmp_path / "other.xlsx"], "not a workbook of xlremic"),
        ([tmp_path / "none.xlsx"], "not an Excel workbook"),
        ([tmp_path / "missing.xlsx"], "cannot be read"),
        ([workbook, "--remove"], "carries no code"),
    ):
        done = told("addin", "lite", *words, "-o", tmp_path / "out.xlsx")
        assert done.exit_code == 2 and reason in done.output and len(done.output.splitlines()) == 1, done.output
    with pytest.raises(InputError, match="code for xlwings Lite"):
        portable(carrying.read_bytes())
    assert not (tmp_path / "out.xlsx").exists()


def test_a_copy_that_cannot_be_written_is_one_line(calling: Path, tmp_path: Path) -> None:
    for target in (calling, tmp_path / "nowhere" / "out.xlsx"):
        done = told("addin", "lite", calling, "-o", target)
        assert done.exit_code == 2 and len(done.output.splitlines()) == 1, done.output


def _stranger() -> bytes:
    import io  # noqa: PLC0415 - only here

    from openpyxl import Workbook  # noqa: PLC0415

    book, buffer = Workbook(), io.BytesIO()
    book.active["A1"] = "=REMIC_SMM(0.06)"
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (["--functions", "filing.txt"], (True, False)),
        (["filing.txt", "--functions"], (True, False)),
        (["filing.txt", "--functions", "lite"], (True, True)),
        (["--functions=lite", "filing.txt"], (True, True)),
        (["filing.txt"], (False, False)),
    ],
)
def test_functions_alone_is_the_sheet_and_lite_their_code_too(
    words: list[str], kind: tuple[bool, bool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []

    def noted(*_: object, **options: Any) -> None:
        asked.append(options)
        raise InputError("noted")

    shutil.copy(ROOT / "samples" / "cmsi-2004-8.txt", tmp_path / "filing.txt")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("xlremic.workbook.build.build", noted)
    assert told("build", *words).exit_code == 2
    assert [(one["functions"], one["lite"]) for one in asked] == [kind]


def test_openpyxl_reads_the_model_of_a_workbook_that_carries_code(carrying: Path, calling: Path) -> None:
    with_code, without = (load_workbook(path, data_only=True) for path in (carrying, calling))
    for sheet in without.worksheets:
        assert list(sheet.iter_rows(values_only=True)) == list(with_code[sheet.title].iter_rows(values_only=True))


@pytest.mark.real
def test_libreoffice_recalculates_and_saves_it(carrying: Path, tmp_path: Path) -> None:
    soffice = libreoffice("soffice")
    if soffice is None:
        pytest.skip("LibreOffice is not installed")
    values = libreoffice_values(Package.of(carrying.read_bytes()))
    assert values is not None and len(values) > 500
    command = [
        soffice,
        f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        "xlsx",
    ]
    done = subprocess.run([*command, "--outdir", tmp_path / "saved", carrying], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    saved = load_workbook(tmp_path / "saved" / carrying.name, data_only=True)
    assert saved["Tranches"]["A1"].value == load_workbook(carrying)["Tranches"]["A1"].value
