"""The command ``addin``: make or install the worksheet functions for a spreadsheet program."""

from pathlib import Path

import click

from ..errors import InputError


@click.group("addin")
def addin_command() -> None:
    """Make or install the REMIC worksheet functions for a spreadsheet program.

    Example: xlremic addin excel --install
    """


@addin_command.command()
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Add-in file to write; default: xlremic.xlam")
@click.option("--install", is_flag=True, help="Put it where Excel on Windows loads it at every start")
@click.option("--interpreter", help="Python that Excel starts, as a full Windows path; default: the one that runs this")
def excel(output: Path | None, install: bool, interpreter: str | None) -> None:
    """Make the add-in for Excel on Windows.

    Example: xlremic addin excel --install
    """
    from ..files import write_whole  # noqa: PLC0415 - only here
    from ..functions.hosts.xlam import FILE_NAME, build_addin, pinned_interpreter, start_folder  # noqa: PLC0415 - only here

    if install and output:
        raise click.UsageError("choose -o or --install, not both")
    target = Path(start_folder(), FILE_NAME) if install else output or Path(FILE_NAME)
    content = build_addin(pinned_interpreter(interpreter))
    if install:
        target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, content)
    click.echo(f"{target}: {'installed; start Excel again' if install else 'open it in Excel on Windows'}")


@addin_command.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("xlremic.oxt"),
    show_default=True,
    help="Extension to write",
)
@click.option("--install", is_flag=True, help="Add it to this user's LibreOffice too, in place of an older one")
def libreoffice(output: Path, install: bool) -> None:
    """Make the LibreOffice extension; it holds all the code it needs.

    Example: xlremic addin libreoffice -o xlremic.oxt --install
    """
    from ..files import write_whole  # noqa: PLC0415
    from ..functions.hosts.libreoffice import addin_bytes  # noqa: PLC0415 - only here
    from ..functions.hosts.libreoffice import install as install_addin  # noqa: PLC0415

    write_whole(output, addin_bytes())
    if install:
        install_addin(output)
    click.echo(f"{output}: {'installed' if install else 'open it in LibreOffice, or run unopkg add, to install it'}")


@addin_command.command()
@click.argument("workbook", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Copy to write; default: NAME-lite.xlsx")
@click.option(
    "--package",
    "by_name",
    is_flag=True,
    help="Let Lite install xlremic from the package index, instead of embedding it",
)
@click.option("--open-pane", is_flag=True, help="Let Lite and its pane start when the workbook is opened")
@click.option("--remove", is_flag=True, help="Write a copy without code instead; default: NAME-plain.xlsx")
def lite(workbook: Path, output: Path | None, by_name: bool, open_pane: bool, remove: bool) -> None:
    """Copy a workbook of ours with its functions inside, for xlwings Lite on Windows, Mac and the web.

    The recipient needs that add-in of Microsoft's store, and no Python. The workbook must call a REMIC function, as one
    made with build --functions does.

    Example: xlremic addin lite functions.xlsx
    """
    from ..files import read_whole, write_whole  # noqa: PLC0415
    from ..functions.hosts.lite import Form, code_of, with_code, without_code  # noqa: PLC0415
    from ..workbook.ours import recognise, refuse_stranger  # noqa: PLC0415
    from ..xlsx.preflight import preflight  # noqa: PLC0415

    if remove and (by_name or open_pane):
        raise click.UsageError("--remove goes with neither --package nor --open-pane")
    target = output or workbook.with_name(f"{workbook.stem}-{'plain' if remove else 'lite'}.xlsx")
    package = preflight(read_whole(workbook), code=True)
    if target.exists() and target.samefile(workbook):
        raise InputError(f"{target} is the workbook itself; choose another place with -o")
    recognise(package)
    refuse_stranger(package)
    if remove:
        code = code_of(package)
        if code is None:
            raise InputError(f"{workbook} carries no code for xlwings Lite; there is nothing to take out")
        write_whole(target, without_code(package).to_bytes())
        click.echo(f"{target}: without the code ({code})")
        return
    made = with_code(package, Form.PACKAGE if by_name else Form.EMBED, open_pane=open_pane)
    write_whole(target, made.to_bytes())
    click.echo(f"{target}: with the code of the functions ({code_of(made)}); Excel asks its reader before it runs")


@addin_command.command()
@click.argument("workbook", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Copy to write; default: NAME-portable.xlsx")
def portable(workbook: Path, output: Path | None) -> None:
    """Copy a workbook of ours with its functions as LAMBDA names, for people without an add-in.

    Example: xlremic addin portable cmsi-2004-8.xlsx
    """
    from ..files import read_whole, write_whole  # noqa: PLC0415
    from ..functions.hosts import lambda_names  # noqa: PLC0415

    target = output or workbook.with_name(f"{workbook.stem}-portable.xlsx")
    data = read_whole(workbook)
    if target.exists() and target.samefile(workbook):
        raise InputError(f"{target} is the workbook itself; choose another place with -o")
    write_whole(target, lambda_names.portable(data))
    click.echo(f"{target}: the functions that need no add-in, as names; the sheet Functions explains them")
