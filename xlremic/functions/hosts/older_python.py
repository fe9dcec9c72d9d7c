"""The REMIC functions, as the add-in was made of them.

This file opens the package in the add-in. LibreOffice for Windows and macOS brings a Python of its own, which may be
3.10: what the functions need of 3.11's standard library is put in place here, where it is missing.
"""

import enum
import sys
import types
import typing

if not hasattr(enum, "StrEnum"):

    class _StrEnum(str, enum.Enum):  # noqa: UP042 - it is what is missing
        __str__ = str.__str__

    enum.StrEnum = _StrEnum  # type: ignore[assignment, misc]  # what older Pythons lack

if not hasattr(typing, "Self"):
    typing.Self = typing.Any  # type: ignore[assignment]  # as above

try:
    import tomllib  # noqa: F401 - only files of assumptions need it, and the functions read none
except ImportError:
    sys.modules["tomllib"] = types.ModuleType("tomllib")
