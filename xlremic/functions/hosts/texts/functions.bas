Attribute VB_Name = "%{module}"
Option Explicit
' The REMIC worksheet functions of xlremic. Generated: changes are lost when the add-in is made again.

Private Const FAILURE As String = %{failure}

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
    result = XLPy.CallUDF(%{udf_module}, functionName, plain)
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
%{cases}
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

%{functions}
Public Sub RegisterRemicHelp()
    ' Excel refuses help texts while it shows no workbook; the functions work without them.
    On Error Resume Next
%{help}
End Sub
