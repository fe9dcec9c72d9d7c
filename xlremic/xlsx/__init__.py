"""Spreadsheet files as such: packages, cells, values; knows nothing of deals."""
