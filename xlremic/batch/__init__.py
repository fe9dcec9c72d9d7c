"""Many filings: their workbooks, an index and a comparison."""
