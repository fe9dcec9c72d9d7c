"""The local page, and the endpoint of the functions for Excel on Mac and the web."""
