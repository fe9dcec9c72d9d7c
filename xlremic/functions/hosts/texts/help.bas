    Application.MacroOptions Macro:="'" & ThisWorkbook.Name & "'!%{name}", Category:="REMIC", _
        Description:=%{description}, _
        ArgumentDescriptions:=Array( _
            %{arguments})
