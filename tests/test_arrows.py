"""Who may import whom: the design as data, nine rows held with equality."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "xlremic"
GROUND = {"errors", "deal", "subordination", "structure", "files", "text", "workers"}

ARROWS: dict[str, set[str]] = {
    "ground": set(),
    "reading": {"ground"},
    "engine": {"ground"},
    "xlsx": {"ground"},
    "functions": {"ground", "engine", "xlsx"},
    "workbook": {"ground", "reading", "engine", "xlsx", "functions"},
    "batch": {"ground", "reading", "xlsx", "workbook"},
    "serve": {"ground", "reading", "engine", "functions", "workbook"},
    "commands": {"ground", "reading", "engine", "xlsx", "functions", "workbook", "batch", "serve"},
}
"""Each wing and the wings that it imports. ``__init__`` and ``__main__`` of the package only hand on names."""

HEAVY = {
    "openpyxl": {"xlsx", "workbook", "batch"},
    "formualizer": {"xlsx"},
    "xlwings": {"functions", "commands"},
    "distributed": {"ground"},
    "fsspec": {"batch"},
    "starlette": {"serve"},
    "uvicorn": {"serve"},
    "cryptography": {"serve"},
    "click": {"commands"},
}
"""Libraries that are slow to import, or of one subject, and the wings that may know them."""

INSIDE_LIBREOFFICE = "libreoffice_component"
"""It runs in LibreOffice's own Python, beside a copy of the functions."""


def modules() -> dict[str, Path]:
    """Every module by its dotted name within the package."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts not in (("__init__",), ("__main__",)):
            found[".".join(parts).removesuffix(".__init__")] = path
    return found


def wing(module: str) -> str:
    first = module.partition(".")[0]
    return "ground" if first in GROUND else first


def imports(module: str, path: Path, known: dict[str, Path]) -> tuple[set[str], set[str]]:
    """Modules of the package that a module imports, and outside libraries."""
    own: set[str] = set()
    outside: set[str] = set()
    here = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = here[: len(here) - node.level + 1]
            target = ".".join([*base, *(node.module or "").split(".")]).strip(".")
            for alias in node.names:
                name = f"{target}.{alias.name}".strip(".")
                own.add(name if name in known else target)
        elif isinstance(node, ast.ImportFrom):
            outside.add((node.module or "").partition(".")[0])
        elif isinstance(node, ast.Import):
            outside |= {alias.name.partition(".")[0] for alias in node.names}
    return own, outside


def arrows() -> dict[str, tuple[set[str], set[str]]]:
    known = modules()
    return {name: imports(name, path, known) for name, path in known.items() if not name.endswith(INSIDE_LIBREOFFICE)}


def test_the_wings_import_what_the_table_says() -> None:
    found: dict[str, set[str]] = {name: set() for name in ARROWS}
    for module, (own, _) in arrows().items():
        found[wing(module)] |= {wing(name) for name in own} - {wing(module)}
    assert found == ARROWS


def test_no_circle_inside_a_wing() -> None:
    left = {
        name: {one for one in own if wing(one) == wing(name) and one != name} for name, (own, _) in arrows().items()
    }
    while left:
        free = {name for name, own in left.items() if not own & left.keys()}
        assert free, f"a circle among {sorted(left)}"
        left = {name: own for name, own in left.items() if name not in free}


def test_libraries_stay_in_their_wings() -> None:
    for library, wings in HEAVY.items():
        users = {wing(name) for name, (_, outside) in arrows().items() if library in outside}
        assert users == wings, f"{library} is imported by {users}, not by {wings}"


def test_the_package_is_not_imported_by_its_full_name() -> None:
    assert [name for name, (_, outside) in arrows().items() if "xlremic" in outside] == []
