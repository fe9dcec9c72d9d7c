"""Which files of the package a host needs that carries the functions along: found by reading what imports what."""

import ast
from collections.abc import Iterator
from pathlib import Path


def bundled_files(package: Path, start: str) -> list[str]:
    """A file of the package and those of all modules that it imports, directly or not, with what opens their wings.

    Args:
        package: folder of the package.
        start: the file to begin with, as a path within the package.
    Returns: paths within the package, sorted.
    """
    found: set[Path] = set()
    left = [package / start]
    while left:
        file = left.pop()
        if file not in found:
            found.add(file)
            if file.parent != package:
                left.append(file.with_name("__init__.py"))
            left += _imported(file)
    return sorted(file.relative_to(package).as_posix() for file in found)


def _imported(file: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            place = file.parents[node.level - 1]
            names = [node.module] if node.module else [alias.name for alias in node.names]
            yield from (place.joinpath(*name.split(".")).with_suffix(".py") for name in names)
