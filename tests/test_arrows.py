"""Who may import whom: the design as data."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "xlremic"

ARROWS: dict[str, set[str]] = {
    "errors": set(),
    "edgar": set(),
    "traced": set(),
    "deal": set(),
    "speeds": set(),
    "subordination": set(),
    "measures": set(),
    "cached_values": set(),
    "charts": {"cached_values"},
    "markup": {"traced"},
    "filing": {"traced", "markup"},
    "names": {"deal"},
    "assumptions": {"speeds"},
    "facts": {"filing"},
    "grammar": {"facts", "traced"},
    "ledger": {"facts", "filing", "grammar", "traced"},
    "cover": {"facts", "grammar", "ledger", "traced"},
    "narrative": {"facts", "grammar", "ledger"},
    "classes": {"facts", "grammar", "ledger"},
    "parser": {"filing", "facts", "traced", "grammar", "ledger", "cover", "narrative", "classes"},
    "assemble": {"facts", "deal", "subordination"},
    "tieout": {"facts", "deal", "subordination"},
    "strips": set(),
    "collateral": {"deal", "assumptions", "speeds", "strips"},
    "capital": {"deal", "assumptions", "collateral"},
    "distribution": {"deal", "assumptions", "capital"},
    "waterfall": {"deal", "assumptions", "collateral", "capital", "distribution", "measures", "strips"},
    "scenarios": {
        "deal",
        "assumptions",
        "collateral",
        "capital",
        "distribution",
        "measures",
        "strips",
        "waterfall",
        "workers",
    },
    "projection": {
        "deal",
        "assumptions",
        "waterfall",
        "scenarios",
        "measures",
        "parser",
        "assemble",
        "edgar",
        "progress",
    },
    "cells": set(),
    "tables": {"cells", "deal", "assumptions", "waterfall"},
    "bodies": {
        "cells",
        "tables",
        "speeds",
        "subordination",
        "measures",
        "strips",
        "distribution",
        "assumptions",
        "collateral",
        "waterfall",
    },
    "functions": {"bodies", "cells", "speeds"},
    "hosts": {"functions"},
    "heal": {"cached_values", "functions", "wholefile"},
    "columns": set(),
    "months": {"cached_values"},
    "template": {"names", "cached_values", "columns"},
    "mirror": {"capital", "collateral", "measures", "waterfall"},
    "projection_sheets": {
        "assumptions",
        "capital",
        "deal",
        "measures",
        "mirror",
        "months",
        "names",
        "subordination",
        "template",
        "tieout",
        "waterfall",
    },
    "inputs": {"assumptions", "cells", "deal", "tables"},
    "engines": {"cached_values"},
    "lint": {"names", "cached_values"},
    "workbook": {
        "charts",
        "names",
        "facts",
        "deal",
        "assemble",
        "tieout",
        "subordination",
        "assumptions",
        "cached_values",
        "template",
        "functions",
        "history",
        "months",
        "projection_sheets",
        "waterfall",
        "wholefile",
    },
    "wholefile": set(),
    "progress": set(),
    "workers": set(),
    "places": {"wholefile"},
    "outcome": {"places", "filing", "parser", "facts", "deal", "assemble", "tieout", "workbook"},
    "comparison": {"charts", "outcome", "cached_values"},
    "batch": {"places", "edgar", "outcome", "workers", "progress", "comparison"},
    "addin": {"hosts", "wholefile", "cached_values"},
    "page": {
        "filing",
        "facts",
        "parser",
        "assemble",
        "deal",
        "tieout",
        "assumptions",
        "waterfall",
        "projection",
        "template",
        "workbook",
    },
    "serve": {"hosts", "page"},
    "doctor": {"hosts"},
    "history": set(),
    "patch": {"cached_values"},
    "update": {"charts", "names", "subordination", "cached_values", "functions", "history", "patch", "wholefile"},
    "glance": {"charts", "cached_values", "functions", "patch"},
    "mail": set(),
    "audit": {
        "charts",
        "capital",
        "cells",
        "wholefile",
        "patch",
        "names",
        "tieout",
        "subordination",
        "cached_values",
        "engines",
        "functions",
        "inputs",
        "lint",
        "mirror",
        "projection_sheets",
        "waterfall",
    },
    "cli": {
        "batch",
        "addin",
        "serve",
        "doctor",
        "heal",
        "facts",
        "parser",
        "assemble",
        "tieout",
        "workbook",
        "audit",
        "edgar",
        "projection",
        "update",
        "wholefile",
        "glance",
        "mail",
    },
}
"""``errors`` is open to all; ``__init__`` and ``__main__`` only hand on names."""

HEAVY = {
    "openpyxl": {
        "charts",
        "comparison",
        "template",
        "columns",
        "projection_sheets",
        "workbook",
        "lint",
        "audit",
        "inputs",
        "engines",
        "patch",
        "update",
        "glance",
        "hosts",
    },
    "formualizer": {"cached_values"},
    "xlwings": {"cli", "hosts"},
    "distributed": {"workers"},
    "fsspec": {"places"},
    "starlette": {"serve"},
    "uvicorn": {"serve"},
    "cryptography": {"serve"},
}


def imports(module: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 1 and room(module) == "hosts":
            continue  # within the one room
        if isinstance(node, ast.ImportFrom) and node.level:
            found |= {node.module.partition(".")[0]} if node.module else {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(f"*{(node.module or '').partition('.')[0]}")
        elif isinstance(node, ast.Import):
            found |= {f"*{alias.name.partition('.')[0]}" for alias in node.names}
    return found


def modules() -> list[Path]:
    return [path for path in PACKAGE.rglob("*.py") if path.stem not in ("__init__", "__main__")]


def room(module: Path) -> str:
    """Its row in the table: the hosts share one."""
    return "hosts" if module.parent.name == "hosts" else module.stem


def test_every_arrow_is_in_the_table() -> None:
    for module in modules():
        own = {name for name in imports(module) if not name.startswith("*")} - {"errors"}
        assert room(module) in ARROWS, f"{module.stem} has no row in the table"
        assert own <= ARROWS[room(module)], f"{module.stem} imports {own - ARROWS[room(module)]}"
        assert "*xlremic" not in imports(module), f"{module.stem} imports the package by its full name"


def test_no_circles() -> None:
    left = {name: set(arrows) for name, arrows in ARROWS.items()}
    while left:
        free = {name for name, arrows in left.items() if not arrows & left.keys()}
        assert free, f"a circle among {sorted(left)}"
        left = {name: arrows for name, arrows in left.items() if name not in free}


def test_heavy_libraries_stay_in_their_rooms() -> None:
    for library, rooms in HEAVY.items():
        users = {room(module) for module in modules() if f"*{library}" in imports(module)}
        assert users <= rooms, f"{library} is imported by {users - rooms}"
