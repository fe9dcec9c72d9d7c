"""The add-in for Excel on Windows: its VBA, the file that carries it, and the way of a call through xlwings."""

import io
import json
import random
import re
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from click.testing import CliRunner
from oletools.olevba import VBA_Parser, decompress_stream

from xlremic.commands.cli import main
from xlremic.errors import InputError, TemplateError
from xlremic.functions.hosts import vba, xlam
from xlremic.functions.hosts.failures import FAILURE
from xlremic.functions.hosts.ole import Streams, compress, decompress, read_container, write_container
from xlremic.functions.registry import FUNCTIONS, CellError, call

from ..support.golden_calls import ALL

CALLS = [(one.name, list(one.arguments)) for one in ALL]

INTERPRETER = r"C:\Program Files\Python312\pythonw.exe"
RESERVED = set(
    re.findall(
        r"\w+",
        "and as boolean byref byte byval call case const currency date debug declare dim do double each else end enum"
        " erase error event exit false for function get global gosub goto if implements in input integer is let like"
        " lock long loop lset me mod new next not nothing null object on open option optional or paramarray print"
        " private property public put redim rem resume return rset seek select set single static step stop string sub"
        " then to true type unlock until variant wend while with write xor",
    )
)


@pytest.fixture(scope="module")
def addin() -> bytes:
    return xlam.build_addin(INTERPRETER)


@pytest.fixture(scope="module")
def modules(addin: bytes) -> dict[str, str]:
    """Name and text of every module, as an independent reader of VBA finds them."""
    parser = VBA_Parser("xlremic.xlam", data=addin)
    found = {name: text.replace("\r\n", "\n") for _, _, name, text in parser.extract_macros()}
    parser.close()
    return found


def test_an_independent_reader_lists_the_modules_and_reads_our_source_back(modules: dict[str, str]) -> None:
    assert set(modules) == {"ThisWorkbook.cls", "Sheet2.cls", "xlwings.bas", "RemicFunctions.bas"}
    ours = vba.functions_module().splitlines()
    assert [line for line in modules["RemicFunctions.bas"].splitlines() if line] == [line for line in ours if line]


def test_nothing_in_the_add_in_reads_the_active_workbook_a_folder_or_a_settings_file(modules: dict[str, str]) -> None:
    whole = "\n".join(modules.values())
    for word in (
        "ActiveWorkbook",
        "GetConfigFromSheet",
        "GetConfigFromFile",
        "Environ",
        "PYTHONPATH",
        "cmd.exe",
        "Shell",
    ):
        assert word not in re.sub(r"^\s*'.*$", "", whole, flags=re.M), word
    config = whole[whole.index("Function GetConfig(") :].partition("End Function")[0]
    assert re.findall(r"GetConfig = (.*)", config) == [f'"{INTERPRETER}"', "default"]
    assert whole.count("Function GetConfig(") == 1


def test_python_starts_from_the_pinned_path_and_imports_nothing_from_the_current_folder(
    modules: dict[str, str],
) -> None:
    command = modules["xlwings.bas"].partition("Function XLPyCommand")[2].partition("End Function")[0]
    assert 'Chr$(34) & GetConfig("INTERPRETER_WIN") & Chr$(34) & " -P -B -c "' in command
    # xlwings would run sheets named *.py of a workbook that a call hands over, so none is handed over.
    assert re.findall(r"XLPy\.CallUDF\(.*\)", modules["RemicFunctions.bas"]) == [
        'XLPy.CallUDF("xlremic.functions.hosts.xlwings_udfs", functionName, plain)'
    ]


def test_failures_become_true_error_values(modules: dict[str, str]) -> None:
    text = modules["RemicFunctions.bas"]
    for line in (
        'Case "#N/A": ErrorValue = CVErr(xlErrNA)',
        'Case "#NUM!": ErrorValue = CVErr(xlErrNum)',
        'Case "#DIV/0!": ErrorValue = CVErr(xlErrDiv0)',
        "Case Else: ErrorValue = CVErr(xlErrValue)",
    ):
        assert line in text
    assert " = Err.Description" not in text
    assert 'unreachable:\n    Debug.Print functionName & ": " & Err.Description\n    Answer = CVErr(xlErrValue)' in text


def test_one_function_for_each_entry_of_the_registry(modules: dict[str, str]) -> None:
    text = modules["RemicFunctions.bas"]
    assert re.findall(r"^Public Function (\w+)", text, re.M) == [one.name for one in FUNCTIONS]
    assert (
        "Public Function REMIC_SUBORD(Optional ByVal tranche As Variant, Optional ByVal classes As Variant,"
        " Optional ByVal balances As Variant) As Variant\n"
        "    If IsMissing(tranche) Then tranche = Empty\n"
        '    If IsMissing(classes) Then classes = OwnName("Classes")\n'
        '    If IsMissing(balances) Then balances = OwnName("CurrentBalances")\n'
        '    REMIC_SUBORD = Answer("REMIC_SUBORD", Array(tranche, classes, balances))\n'
        "End Function\n"
    ) in text
    for function in FUNCTIONS:
        names = [one.name for one in function.arguments]
        assert not RESERVED & set(names) and len(set(names)) == len(names)
        required = [one.optional for one in function.arguments]
        assert required == sorted(required), f"{function.name}: VBA wants optional arguments last"


def test_volatile_only_where_a_range_is_left_out(modules: dict[str, str]) -> None:
    text = modules["RemicFunctions.bas"]
    assert text.count("Application.Volatile") == 1
    assert "Application.Volatile" in text.partition("Function OwnName")[2].partition("End Function")[0]
    assert re.findall(r"(?<!If IsMissing)(?<!Function )OwnName\(", text)
    assert all(line.lstrip().startswith("If IsMissing(") for line in text.splitlines() if 'OwnName("' in line)


def test_help_texts_are_registered_within_what_excel_takes(modules: dict[str, str]) -> None:
    text = modules["RemicFunctions.bas"]
    assert text.count("Application.MacroOptions") == text.count('Category:="REMIC"') == len(FUNCTIONS)
    assert all(len(vba.argument_help(one)) <= 255 for function in FUNCTIONS for one in function.arguments)
    for module in modules.values():
        assert max(map(len, module.splitlines())) < 1023
    assert not re.search(r"(?:_\n.*){25}", text)


def test_the_add_in_is_tied_to_the_installed_xlwings(addin: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert xlam.pinned_in(addin) == (metadata.version("xlwings"), INTERPRETER)
    assert xlam.pinned_in(xlam.build_addin("C:\\Ж\\python.exe"))[1] == "C:\\Ж\\python.exe"
    with pytest.raises(TemplateError, match="not an add-in"):
        xlam.pinned_in(b"nothing")
    monkeypatch.setattr(metadata, "version", lambda name: "0.0.1")
    with pytest.raises(TemplateError, match=r"xlwings 0\.0\.1 ships an add-in for"):
        xlam.build_addin(INTERPRETER)


def test_the_file_holds_no_stray_part_or_stream(addin: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(addin)) as made:
        assert made.testzip() is None
        project = made.read("xl/vbaProject.bin")
        assert b"_myaddin" not in made.read("xl/workbook.xml") and b"Users" not in made.read("xl/workbook.xml")
    streams = read_container(project)
    assert set(streams) == {
        *((one,) for one in ("PROJECT", "PROJECTwm")),
        *(("VBA", one) for one in ("dir", "_VBA_PROJECT", "ThisWorkbook", "Sheet2", "xlwings", "RemicFunctions")),
    }
    assert xlam.build_addin(INTERPRETER) == addin


def test_containers_are_what_an_independent_reader_expects(addin: bytes) -> None:
    import olefile  # noqa: PLC0415 - comes with oletools

    for count in (1, 2, 3, 7, 40):
        rng = random.Random(count)
        streams: Streams = {
            ("S", f"stream {i}"): rng.randbytes(rng.choice((0, 1, 64, 4095, 4096, 9000))) for i in range(count)
        }
        streams["PROJECT",] = b"x"
        written = write_container(streams)
        assert read_container(written) == streams
        with olefile.OleFileIO(written, raise_defects=olefile.DEFECT_POTENTIAL) as read:
            assert {tuple(path): read.openstream(path).read() for path in read.listdir()} == streams


def test_packed_text_is_unpacked_by_ourselves_and_by_others() -> None:
    for seed in range(60):
        rng = random.Random(seed)
        size = rng.randrange(1, 300) if seed % 6 else rng.randrange(4000, 20_000)
        text = bytes(rng.choice(b"ab \r\nSub(") for _ in range(size))
        packed = compress(text)
        assert decompress(packed) == text == bytes(decompress_stream(bytearray(packed)))


@pytest.mark.parametrize("path", ["python.exe", "/usr/bin/python3", 'C:\\a" & calc & "', "C:\\$(TEMP)\\python.exe"])
def test_an_interpreter_that_cannot_be_pinned_is_refused(path: str) -> None:
    with pytest.raises(InputError, match="full Windows path"):
        xlam.build_addin(path)


def test_a_path_of_any_letters_is_pinned() -> None:
    assert '"C:\\" & ChrW(1046) & "\\python.exe"' in vba.xlwings_module(_original(), "C:\\Ж\\python.exe")


def test_an_xlwings_of_another_kind_is_refused() -> None:
    with pytest.raises(TemplateError, match="another version"):
        vba.xlwings_module("Sub Nothing_()\nEnd Sub\n", INTERPRETER)


def _original() -> str:
    import xlwings  # noqa: PLC0415 - heavy

    return Path(xlwings.__file__).with_name("xlwings_custom_addin.bas").read_text(encoding="utf-8")


def test_calls_through_xlwings_answer_as_the_registry() -> None:
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parents[1] / "support" / "com_server_calls.py")],
        input=json.dumps(CALLS), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    for (name, given), answer in zip(CALLS, said["answers"], strict=True):
        try:
            expected = call(name, given)
        except CellError as error:
            assert answer == [[f"{FAILURE}{error.code} {error.reason}"]], name
        else:
            assert answer == (expected if isinstance(expected, list) else [[expected]]), name
    assert said["described"] == {one.name: "REMIC" for one in FUNCTIONS}


def test_the_command_writes_the_file(tmp_path: Path) -> None:
    target = tmp_path / "our.xlam"
    done = CliRunner().invoke(main, ["addin", "excel", "-o", str(target), "--interpreter", INTERPRETER])
    assert (done.exit_code, done.output) == (0, f"{target}: open it in Excel on Windows\n")
    assert target.read_bytes() == xlam.build_addin(INTERPRETER)


def test_installing_asks_for_windows() -> None:
    done = CliRunner().invoke(main, ["addin", "excel", "--install", "--interpreter", INTERPRETER], env={"APPDATA": ""})
    assert done.exit_code == 2 and "on Windows only" in done.output
    folder = xlam.start_folder({"APPDATA": r"C:\Users\ann\AppData\Roaming"})
    assert str(folder) == r"C:\Users\ann\AppData\Roaming\Microsoft\Excel\XLSTART"
