"""The command ``addin``: make or install the worksheet functions for a spreadsheet program."""

from pathlib import Path

import click


@click.group()
def addin() -> None:
    """Make or install the REMIC worksheet functions for a spreadsheet program.

    Example: xlremic addin excel --install
    """


@addin.command()
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Add-in file to write; default: xlremic.xlam")
@click.option("--install", is_flag=True, help="Put it where Excel on Windows loads it at every start")
@click.option("--interpreter", help="Python that Excel starts, as a full Windows path; default: the one that runs this")
def excel(output: Path | None, install: bool, interpreter: str | None) -> None:
    """Make the add-in for Excel on Windows.

    Example: xlremic addin excel --install
    """
    from .hosts.xlam import FILE_NAME, build_addin, pinned_interpreter, start_folder  # noqa: PLC0415 - only here
    from .wholefile import write_whole  # noqa: PLC0415 - only here

    if install and output:
        raise click.UsageError("choose -o or --install, not both")
    target = Path(start_folder(), FILE_NAME) if install else output or Path(FILE_NAME)
    content = build_addin(pinned_interpreter(interpreter))
    target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, content)
    click.echo(f"{target}: start Excel again to use it" if install else target)
