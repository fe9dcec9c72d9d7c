"""How a failed call is told to the add-in for Excel on Windows: its VBA makes a true error value of the marked text."""

FAILURE = "xlremic-error "
"""What a marked text begins with; the code of the error value and the reason follow, a space between."""
