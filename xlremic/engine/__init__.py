"""From a deal and assumptions to collateral, class flows and measures; hears nothing of filings or cells."""
