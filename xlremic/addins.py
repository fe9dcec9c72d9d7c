"""The command ``addin``: make or install the REMIC functions for a spreadsheet program.

Arguments in, one file out, one line that says where; what the files hold is the hosts' business.
"""

from pathlib import Path

import click

from .errors import InputError


@click.group("addin", short_help="Make or install the functions for a spreadsheet program.")
def addin_command() -> None:
    """Make or install the REMIC_ functions for a spreadsheet program."""


@addin_command.command("libreoffice")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("xlremic.oxt"),
    show_default=True,
    help="Extension to write.",
)
@click.option("--install", is_flag=True, help="Add it to this user's LibreOffice too, in place of an older one.")
def libreoffice_command(output: Path, install: bool) -> None:
    """Make the LibreOffice extension; it holds all the code it needs.

    \b
    Example: xlremic addin libreoffice -o xlremic.oxt --install
    """
    from .hosts import libreoffice  # noqa: PLC0415 - each host, only when asked for

    write(output, libreoffice.addin_bytes())
    if install:
        libreoffice.install(output)
    click.echo(f"{output}: {'installed' if install else 'open it in LibreOffice, or run unopkg add, to install it'}")


def write(path: Path, data: bytes) -> None:
    """Write a file. Raises: InputError if the place cannot be written."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}; choose another with -o") from error


@addin_command.command("portable")
@click.argument("workbook", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Copy to write; default: NAME-portable.xlsx")
def portable_command(workbook: Path, output: Path | None) -> None:
    """Copy a workbook of ours with its functions as LAMBDA names, for people without an add-in.

    \b
    Example: xlremic addin portable cmsi-2004-8.xlsx
    """
    from .cached_values import preflight  # noqa: PLC0415 - each host, only when asked for
    from .hosts import lambda_names  # noqa: PLC0415

    target = output or workbook.with_name(f"{workbook.stem}-portable.xlsx")
    try:
        data = workbook.read_bytes()
    except OSError as error:
        raise InputError(f"{workbook} cannot be read: {error.strerror or error}") from error
    if target.exists() and target.samefile(workbook):
        raise InputError(f"{target} is the workbook itself; choose another place with -o")
    preflight(data)
    write(target, lambda_names.portable(data))
    click.echo(f"{target}: the functions that need no add-in, as names; the sheet Functions explains them")


@addin_command.command("excel")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Add-in to write; default: xlremic.xlam")
@click.option("--install", is_flag=True, help="Put it where Excel on Windows loads it at every start.")
@click.option("--interpreter", help="Python that Excel starts, as a full Windows path; default: the one that runs this")
def excel_command(output: Path | None, install: bool, interpreter: str | None) -> None:
    """Make the add-in for Excel on Windows.

    \b
    Example: xlremic addin excel --install
    """
    from .hosts import xlam  # noqa: PLC0415 - each host, only when asked for

    if install and output:
        raise click.UsageError("choose -o or --install, not both")
    target = Path(xlam.start_folder(), xlam.FILE_NAME) if install else output or Path(xlam.FILE_NAME)
    data = xlam.build_addin(xlam.pinned_interpreter(interpreter))
    if install:
        target.parent.mkdir(parents=True, exist_ok=True)
    write(target, data)
    click.echo(f"{target}: {'installed; start Excel again' if install else 'open it in Excel on Windows'}")
