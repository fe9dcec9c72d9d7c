' From here on this is not the module that xlwings ships: see docs/excel-functions.md of xlremic.

Function GetConfig(configKey As String, Optional default As String = "", Optional source As String = "") As Variant
    ' Pinned when the add-in was made. No sheet, folder, settings file or environment variable is asked.
    Select Case configKey
        Case "INTERPRETER_WIN": GetConfig = %{interpreter}
        Case Else: GetConfig = default
    End Select
End Function

Function XLPyCommand() As String
    ' -P: the current folder, which may be that of any workbook, is not a place to import from.
    XLPyCommand = Chr$(34) & GetConfig("INTERPRETER_WIN") & Chr$(34) & " -P -B -c " & Chr$(34) & _
        "import xlwings; xlwings.serve('$(CLSID)')" & Chr$(34)
End Function
