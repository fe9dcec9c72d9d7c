"""Our model in Excel: its layout, formulas and filling, and its checking and updating."""
