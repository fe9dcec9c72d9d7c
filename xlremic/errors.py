"""The ways in which xlremic refuses: every message says what was found, where, and what to do about it."""

from reprlib import Repr

_SHORT = Repr()
_SHORT.maxlevel = 2
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxdict = 4
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 60


def shown(value: object) -> str:
    """What was found, as a message quotes it: in one line and short, whatever it is."""
    if isinstance(value, float):
        return str(value)
    try:
        return _SHORT.repr(value)
    except ValueError:  # a whole number of thousands of digits
        return "a number of thousands of digits"


class XlremicError(Exception):
    """Root of everything that xlremic raises on purpose."""


class InputError(XlremicError, ValueError):
    """An argument or input file cannot be used."""


class FilingError(XlremicError):
    """The document cannot be read, or is not a pool-description 8-K of this shelf."""


class DealError(XlremicError):
    """The facts needed for a deal are missing or contradict each other."""


class TemplateError(XlremicError):
    """A workbook or its template lacks a name or part that xlremic relies on, or its computed values disagree."""


class FetchError(XlremicError):
    """A filing could not be downloaded."""


class MailError(XlremicError):
    """A message could not be built or handed over."""


class ClusterError(XlremicError):
    """A cluster does not answer, has no workers, or is lost."""
