"""Texts of the hosts as files, in their own languages, with marks such as ``%{name}`` where the registry fills in."""

from importlib.resources import files
from string import Template


class _Marked(Template):
    delimiter = "%"  # the usual dollar is VBA's own


def filled(name: str, /, **marks: str) -> str:
    """A file's text with something for each of its marks."""
    return _Marked(files(__package__).joinpath(name).read_text(encoding="utf-8")).substitute(marks)
