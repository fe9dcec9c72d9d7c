"""From the 8-K that describes a REMIC's mortgage pool to a live, checked Excel deal model."""
