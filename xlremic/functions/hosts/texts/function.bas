Public Function %{name}(%{parameters}) As Variant
%{left_out}    %{name} = Answer(%{quoted}, Array(%{arguments}))
End Function
