"""Where LibreOffice is on this computer: on the path, or where its installers put it."""

import shutil
from collections.abc import Callable
from pathlib import Path

NAMES = {"soffice": ("soffice", "libreoffice"), "unopkg": ("unopkg",)}
"""Its programs, and their names on the path."""
FOLDERS = (
    ("/Applications/LibreOffice.app/Contents/MacOS/", {"soffice": "soffice", "unopkg": "unopkg"}),
    ("C:\\Program Files\\LibreOffice\\program\\", {"soffice": "soffice.exe", "unopkg": "unopkg.com"}),
    ("C:\\Program Files (x86)\\LibreOffice\\program\\", {"soffice": "soffice.exe", "unopkg": "unopkg.com"}),
)
"""Folders of its installers, and the programs' files there."""


def libreoffice(
    program: str = "soffice",
    *,
    which: Callable[[str], str | None] = shutil.which,
    exists: Callable[[str], bool] = lambda place: Path(place).exists(),
) -> str | None:
    """The path of a program of LibreOffice, soffice or unopkg; ``None`` if it is not installed.

    Args:
        which: finds a program on the path.
        exists: whether a file is there.
    """
    on_path = (which(name) for name in NAMES[program])
    installed = (folder + files[program] for folder, files in FOLDERS)
    return next((place for place in on_path if place), None) or next(filter(exists, installed), None)
