"""The VBA text of the add-in for Excel on Windows, made from the registry.

The worksheet functions are ours. Of xlwings' module only what starts and finds its COM server stays; what it would
read from the active workbook, its folder or a settings file is not there, so that no workbook chooses what runs.
"""

import re
from collections.abc import Sequence

from ...errors import InputError, TemplateError
from ..registry import FUNCTIONS, Argument, Function

MODULE = "RemicFunctions"
UDF_MODULE = "xlremic.hosts.xlwings_udfs"
HELP_LENGTH = 255
FAILURE = "xlremic-error "
"""What a marked text begins with; the code of the error value and the reason follow, a space between."""
_KEPT = ("XLPyLoadDLL", "XLPy", "ParentFolder")
"""The procedures of xlwings that a call needs."""

_ERROR_CONSTANTS = {"#N/A": "xlErrNA", "#NUM!": "xlErrNum", "#DIV/0!": "xlErrDiv0", "#VALUE!": "xlErrValue"}


def vba_text(text: str) -> str:
    """A text as a VBA expression.

    >>> vba_text('a "b" \\u0416')
    '"a ""b"" " & ChrW(1046)'
    """
    parts = [
        '"' + piece.replace('"', '""') + '"' if " " <= piece[0] <= "~" else f"ChrW({ord(piece)})"
        for piece in re.findall(r"[ -~]+|[^ -~]", text)
    ]
    return " & ".join(parts) or '""'


def functions_module(functions: Sequence[Function] = FUNCTIONS) -> str:
    """The module of the worksheet functions."""
    cases = "\n".join(
        f"        Case {vba_text(code)}: ErrorValue = CVErr({constant})"
        for code, constant in _ERROR_CONSTANTS.items()
        if code != "#VALUE!"
    )
    common = f"""
Private Const FAILURE As String = {vba_text(FAILURE)}

Private Function Answer(ByVal functionName As String, ByVal arguments As Variant) As Variant
    ' One call of Python. Error values in arguments pass through, as in Excel's own functions.
    Dim plain() As Variant, i As Long, wrong As Variant, result As Variant, words() As String
    ReDim plain(0 To UBound(arguments))
    For i = 0 To UBound(arguments)
        plain(i) = CellValues(arguments(i))
        wrong = FirstError(plain(i))
        If IsError(wrong) Then
            Answer = wrong
            Exit Function
        End If
    Next i
    On Error GoTo unreachable
    result = XLPy.CallUDF({vba_text(UDF_MODULE)}, functionName, plain)
    On Error GoTo 0
    If VarType(result) = vbString Then
        If Left$(result, Len(FAILURE)) = FAILURE Then
            words = Split(Mid$(result, Len(FAILURE) + 1), " ", 2)
            Debug.Print functionName & ": " & words(1)
            Answer = ErrorValue(words(0))
            Exit Function
        End If
    End If
    Answer = result
    Exit Function
unreachable:
    Debug.Print functionName & ": " & Err.Description
    Answer = CVErr(xlErrValue)
End Function

Private Function ErrorValue(ByVal code As String) As Variant
    Select Case code
{cases}
        Case Else: ErrorValue = CVErr(xlErrValue)
    End Select
End Function

Private Function CellValues(ByVal given As Variant) As Variant
    ' The bare values of a range, dates as numbers; of whole columns and rows only the part in use.
    Dim part As Range
    If Not IsObject(given) Then
        CellValues = given
        Exit Function
    End If
    CellValues = CVErr(xlErrValue)
    If Not TypeOf given Is Range Then Exit Function
    If given.Areas.Count > 1 Then Exit Function
    Set part = given
    If part.Rows.Count = part.Worksheet.Rows.Count Or part.Columns.Count = part.Worksheet.Columns.Count Then
        Set part = Application.Intersect(part, part.Worksheet.UsedRange)
    End If
    CellValues = Empty
    If Not part Is Nothing Then CellValues = part.Value2
End Function

Private Function FirstError(ByVal values As Variant) As Variant
    Dim one As Variant
    FirstError = Empty
    If IsError(values) Then
        FirstError = values
    ElseIf IsArray(values) Then
        For Each one In values
            If IsError(one) Then
                FirstError = one
                Exit Function
            End If
        Next one
    End If
End Function

Private Function OwnName(ByVal label As String) As Variant
    ' What the calling cell's workbook has under a name, where a range is left out. Excel does not know that the cell
    ' depends on it, so the cell is calculated at every change; with ranges as arguments it is not.
    Dim found As Variant
    Application.Volatile
    OwnName = Empty
    If TypeName(Application.Caller) <> "Range" Then Exit Function
    found = CellValues(Application.Caller.Worksheet.Evaluate(label))
    If Not IsError(found) Then OwnName = found
End Function
"""
    return "\n".join(
        [
            f'Attribute VB_Name = "{MODULE}"',
            "Option Explicit",
            "' The REMIC worksheet functions of xlremic. Generated: changes are lost when the add-in is made again.",
            common,
            *(_function(function) for function in functions),
            _help(functions),
        ]
    )


def _function(function: Function) -> str:
    lines = [f"Public Function {function.name}({', '.join(map(_parameter, function.arguments))}) As Variant"]
    for one in function.arguments:
        if one.optional:
            left_out = f"OwnName({vba_text(one.workbook_name)})" if one.workbook_name else "Empty"
            lines.append(f"    If IsMissing({one.name}) Then {one.name} = {left_out}")
    names = ", ".join(one.name for one in function.arguments)
    lines += [f"    {function.name} = Answer({vba_text(function.name)}, Array({names}))", "End Function", ""]
    return "\n".join(lines)


def _parameter(argument: Argument) -> str:
    return f"{'Optional ' if argument.optional else ''}ByVal {argument.name} As Variant"


def argument_help(argument: Argument) -> str:
    """What the function wizard says of an argument, within the length that it shows."""
    text = argument.help + (f" ({argument.unit})" if argument.unit else "")
    return text if len(text) <= HELP_LENGTH else text[: HELP_LENGTH - 3] + "..."


def _help(functions: Sequence[Function]) -> str:
    return "\n".join(
        [
            "Public Sub RegisterRemicHelp()",
            "    ' Excel refuses help texts while it shows no workbook; the functions work without them.",
            "    On Error Resume Next",
            *(_function_help(function) for function in functions),
            "End Sub",
            "",
        ]
    )


def _function_help(function: Function) -> str:
    wrap = ", _\n            "
    return (
        f'    Application.MacroOptions Macro:="\'" & ThisWorkbook.Name & "\'!{function.name}", Category:="REMIC", _\n'
        f"        Description:={vba_text(function.help[:HELP_LENGTH])}, _\n        ArgumentDescriptions:=Array( _\n"
        f"            {wrap.join(vba_text(argument_help(one)) for one in function.arguments)})"
    )


def workbook_module(attributes: str) -> str:
    """The add-in's own workbook module; ``attributes`` are the lines that Excel keeps at its top."""
    return attributes + "\n".join(
        [
            "Option Explicit",
            "",
            "Private Sub Workbook_Open()",
            '    Application.OnTime Now, "\'" & ThisWorkbook.Name & "\'!RegisterRemicHelp"',
            "End Sub",
            "",
        ]
    )


def xlwings_module(original: str, interpreter: str) -> str:
    """xlwings' module reduced to what a call needs, with its configuration pinned.

    Args:
        original: text of the module ``xlwings`` in xlwings' custom add-in.
        interpreter: path of the Python that Excel starts, as Windows writes it.
    Raises: InputError for an interpreter that cannot be pinned, TemplateError for a module of another kind.
    """
    if '"' in interpreter or "$(" in interpreter or not re.match(r"[A-Za-z]:\\|\\\\", interpreter):
        raise InputError(
            f"{interpreter}: give the full Windows path of a python.exe, such as C:\\Python312\\python.exe"
        )
    original = original.replace("\r\n", "\n")
    head, found, _ = original.partition("\nPublic Function RunPython(")
    kept = [re.search(rf"^(?:Private )?(Function|Sub) {name}\(.*?^End \1\n", original, re.M | re.S) for name in _KEPT]
    if not found or not all(kept):
        raise TemplateError("the xlwings add-in is not built as expected; use another version of xlwings")
    pinned = f"""
' From here on this is not the module that xlwings ships: see docs/excel-functions.md of xlremic.

Function GetConfig(configKey As String, Optional default As String = "", Optional source As String = "") As Variant
    ' Pinned when the add-in was made. No sheet, folder, settings file or environment variable is asked.
    Select Case configKey
        Case "INTERPRETER_WIN": GetConfig = {vba_text(interpreter)}
        Case Else: GetConfig = default
    End Select
End Function

Function XLPyCommand() As String
    ' -P: the current folder, which may be that of any workbook, is not a place to import from.
    XLPyCommand = Chr$(34) & GetConfig("INTERPRETER_WIN") & Chr$(34) & " -P -B -c " & Chr$(34) & _
        "import xlwings; xlwings.serve('$(CLSID)')" & Chr$(34)
End Function
"""
    return "\n".join([head, pinned, *(one[0] for one in kept if one)])
