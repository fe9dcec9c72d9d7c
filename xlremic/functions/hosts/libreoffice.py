"""The LibreOffice add-in: an .oxt that holds the functions' own code, their help texts, and what binds them at load.

An extension needs no compiled type library: LibreOffice reads the .idl as it is. Two names make a function known: its
method, which versions before 24 look up, and its CompatibilityName, which later ones take from an .xlsx; a second
method bears the name under which Excel's web add-in stores a call.
"""

import io
import subprocess
import zipfile
from importlib import metadata
from pathlib import Path
from xml.sax.saxutils import escape

from ...errors import InputError
from ...xlsx.libreoffice import libreoffice
from ..registry import FUNCTIONS, STORED, Function
from .bundle import bundled_files
from .texts import filled

SERVICE, REBIND = "XLREMIC", "org.xlremic.Rebind"
ALIAS = "XLDUDF_"
PACKAGE = "xlremic_functions"
REGISTRY = "functions/registry.py"
COMPONENT, OPENING = "libreoffice_component.py", "older_python.py"
_UNDATED = (2000, 1, 1, 0, 0, 0)


def addin_bytes() -> bytes:
    """The .oxt as bytes, the same for the same package."""
    hosts = Path(__file__).parent
    package = hosts.parent.parent
    parts = {
        "META-INF/manifest.xml": _manifest(),
        "description.xml": filled("description.xml", version=metadata.version("xlremic")),
        "XFunctions.idl": _idl(),
        "CalcAddIns.xcu": _calc_addins(),
        "Jobs.xcu": filled("Jobs.xcu", service=REBIND),
        COMPONENT: (hosts / COMPONENT).read_text(encoding="utf-8"),
        f"pythonpath/{PACKAGE}/__init__.py": (hosts / OPENING).read_text(encoding="utf-8"),
        **{
            f"pythonpath/{PACKAGE}/{name}": (package / name).read_text(encoding="utf-8")
            for name in bundled_files(package, REGISTRY)
        },
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in parts.items():
            bundle.writestr(zipfile.ZipInfo(name, _UNDATED), text.encode(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def install(addin: Path) -> None:
    """Add an .oxt to this user's LibreOffice, in place of an older one.

    Raises: InputError if LibreOffice's unopkg is not found, or refuses.
    """
    unopkg = libreoffice("unopkg")
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


def _manifest() -> str:
    kinds = {
        "XFunctions.idl": "application/vnd.sun.star.uno-typelibrary;type=RDB",
        COMPONENT: "application/vnd.sun.star.uno-component;type=Python",
        "CalcAddIns.xcu": "application/vnd.sun.star.configuration-data",
        "Jobs.xcu": "application/vnd.sun.star.configuration-data",
    }
    entries = (
        f' <manifest:file-entry manifest:full-path="{name}" manifest:media-type="{kind}"/>\n'
        for name, kind in kinds.items()
    )
    return filled("manifest.xml", entries="".join(entries))


def _idl() -> str:
    methods = (
        f"  {_result(function)} {prefix}{function.name}("
        + ", ".join(f"[in] any {_idl_name(argument.name)}" for argument in function.arguments)
        + ");\n"
        for function in FUNCTIONS
        for prefix in ("", ALIAS)
    )
    return filled("XFunctions.idl", methods="".join(methods))


def _result(function: Function) -> str:
    return "sequence< sequence< any > >" if function.returns == "table" else "any"


def _idl_name(name: str) -> str:
    """An argument as UNO spells it: no underscores, and no word of the language."""
    first, *others = name.split("_")
    return "a" + first.capitalize() + "".join(word.capitalize() for word in others)


def _calc_addins() -> str:
    functions = (_node(function, *names) for function in FUNCTIONS for names in (("", ""), (ALIAS, STORED)))
    return filled("CalcAddIns.xcu", service=SERVICE, functions="".join(functions))


def _node(function: Function, prefix: str, stored: str) -> str:
    arguments = (
        filled(
            "CalcAddIns.argument.xcu",
            name=_idl_name(argument.name),
            shown=escape(argument.name),
            help=escape(argument.help),
        ).strip()
        for argument in function.arguments
    )
    return filled(
        "CalcAddIns.function.xcu",
        name=prefix + function.name,
        stored=stored + function.name,
        help=escape(f"The same as {function.name}, as Excel's web add-in stores it." if prefix else function.help),
        arguments="".join(arguments),
    )
