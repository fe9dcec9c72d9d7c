"""The LibreOffice add-in: an .oxt that holds the functions' own code, their help texts, and what binds them at load.

An extension needs no compiled type library: LibreOffice reads the .idl as it is. Two names make a function known: its
method, which versions before 24 look up, and its CompatibilityName, which later ones take from an .xlsx; a second
method bears the name under which Excel's web add-in stores a call.
"""

import ast
import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from ...errors import InputError
from ..registry import FUNCTIONS, Function

SERVICE, REBIND = "XLREMIC", "org.xlremic.Rebind"
ALIAS, STORED = "XLDUDF_", "_xldudf_"
PACKAGE = "xlremic_functions"
COMPONENT, OPENING = "libreoffice_component.py", "older_python.py"
_UNDATED = (2000, 1, 1, 0, 0, 0)
_REGISTRY = 'xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"'


def addin_bytes() -> bytes:
    """The .oxt as bytes, the same for the same package."""
    hosts = Path(__file__).parent
    package = hosts.parent.parent
    parts = {
        "META-INF/manifest.xml": _manifest(),
        "description.xml": _description(),
        "XFunctions.idl": _idl(),
        "CalcAddIns.xcu": _calc_addins(),
        "Jobs.xcu": _jobs(),
        COMPONENT: (hosts / COMPONENT).read_text(encoding="utf-8"),
        f"pythonpath/{PACKAGE}/__init__.py": (hosts / OPENING).read_text(encoding="utf-8"),
        **{
            f"pythonpath/{PACKAGE}/{name}": (package / name).read_text(encoding="utf-8")
            for name in bundled_files(package)
        },
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in parts.items():
            bundle.writestr(zipfile.ZipInfo(name, _UNDATED), text.encode(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def bundled_files(package: Path) -> list[str]:
    """The registry's file and those of all modules that it imports, directly or not, with what opens their wings."""
    found: set[Path] = set()
    left = [package / "functions" / "registry.py"]
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


def install(addin: Path) -> None:
    """Add an .oxt to this user's LibreOffice, in place of an older one.

    Raises: InputError if LibreOffice's unopkg is not found, or refuses.
    """
    places = [
        "unopkg",
        "/Applications/LibreOffice.app/Contents/MacOS/unopkg",
        r"C:\Program Files\LibreOffice\program\unopkg.com",
    ]
    unopkg = next((found for place in places if (found := shutil.which(place))), None)
    if unopkg is None:
        raise InputError(f"unopkg of LibreOffice is not found; open {addin} in LibreOffice to install it")
    try:
        done = subprocess.run(  # noqa: S603 - LibreOffice's own program, no shell
            [unopkg, "add", "--force", str(addin)], capture_output=True, text=True, timeout=300, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError(f"{unopkg} did not run: {error}") from error
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())
        raise InputError(f"LibreOffice did not take {addin} (close it and try again): {said}")


def _xml(body: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _manifest() -> str:
    kinds = {
        "XFunctions.idl": "application/vnd.sun.star.uno-typelibrary;type=RDB",
        COMPONENT: "application/vnd.sun.star.uno-component;type=Python",
        "CalcAddIns.xcu": "application/vnd.sun.star.configuration-data",
        "Jobs.xcu": "application/vnd.sun.star.configuration-data",
    }
    entries = "".join(
        f' <manifest:file-entry manifest:full-path="{name}" manifest:media-type="{kind}"/>\n'
        for name, kind in kinds.items()
    )
    return _xml(
        f'<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">\n{entries}</manifest:manifest>'
    )


def _description() -> str:
    return _xml(
        '<description xmlns="http://openoffice.org/extensions/description/2006"'
        ' xmlns:xlink="http://www.w3.org/1999/xlink">\n'
        f' <identifier value="org.xlremic.functions"/>\n <version value="{metadata.version("xlremic")}"/>\n'
        ' <display-name><name lang="en">REMIC functions (xlremic)</name></display-name>\n</description>'
    )


def _result(function: Function) -> str:
    return "sequence< sequence< any > >" if function.returns == "table" else "any"


def _idl() -> str:
    methods = "".join(
        f"  {_result(function)} {prefix}{function.name}("
        + ", ".join(f"[in] any {_idl_name(argument.name)}" for argument in function.arguments)
        + ");\n"
        for function in FUNCTIONS
        for prefix in ("", ALIAS)
    )
    return (
        "module org { module xlremic {\n interface XFunctions : com::sun::star::uno::XInterface {\n"
        f"{methods} }};\n}}; }};\n"
    )


def _idl_name(name: str) -> str:
    """An argument as UNO spells it: no underscores, and no word of the language."""
    first, *others = name.split("_")
    return "a" + first.capitalize() + "".join(word.capitalize() for word in others)


def _calc_addins() -> str:
    nodes = "".join(
        _node(function, prefix, stored) for function in FUNCTIONS for prefix, stored in (("", ""), (ALIAS, STORED))
    )
    return _xml(
        f'<oor:component-data {_REGISTRY} oor:name="CalcAddIns" oor:package="org.openoffice.Office">\n'
        f' <node oor:name="AddInInfo"><node oor:name="{SERVICE}" oor:op="replace"><node oor:name="AddInFunctions">\n'
        f"{nodes} </node></node></node>\n</oor:component-data>"
    )


def _node(function: Function, prefix: str, stored: str) -> str:
    help_text = f"The same as {function.name}, as Excel's web add-in stores it." if prefix else function.help
    parameters = "".join(
        f'<node oor:name="{_idl_name(argument.name)}" oor:op="replace">'
        f"{_prop('DisplayName', argument.name)}{_prop('Description', argument.help)}</node>"
        for argument in function.arguments
    )
    return (
        f'  <node oor:name="{prefix}{function.name}" oor:op="replace">{_prop("DisplayName", stored + function.name)}'
        f'{_prop("Description", help_text)}<prop oor:name="Category"><value>Add-In</value></prop>'
        f'{_prop("CompatibilityName", stored + function.name)}<node oor:name="Parameters">{parameters}</node></node>\n'
    )


def _prop(name: str, text: str) -> str:
    return f'<prop oor:name={quoteattr(name)}><value xml:lang="en">{escape(text)}</value></prop>'


def _jobs() -> str:
    return _xml(
        f'<oor:component-data {_REGISTRY} oor:name="Jobs" oor:package="org.openoffice.Office">\n'
        f' <node oor:name="Jobs"><node oor:name="XlremicRebind" oor:op="replace">'
        f'<prop oor:name="Service" oor:type="xs:string"><value>{REBIND}</value></prop></node></node>\n'
        ' <node oor:name="Events"><node oor:name="OnLoadFinished" oor:op="fuse"><node oor:name="JobList">'
        '<node oor:name="XlremicRebind" oor:op="replace"/></node></node></node>\n</oor:component-data>'
    )
