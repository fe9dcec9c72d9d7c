"""Makes the parts of the documentation that the product itself knows: run ``make docs`` after a change of it.

``commands.md`` comes from the command line's own definitions, ``functions.md`` from the registry of worksheet
functions. A page that a person writes may hold made parts between ``<!-- made: NAME -->`` and ``<!-- end -->``; what
stands around them is kept. A test makes everything again and compares.
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from inspect import cleandoc
from pathlib import Path

import click

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import rules  # noqa: E402 - beside this file, wherever it is run from

from xlremic.commands.cli import main as command_line  # noqa: E402
from xlremic.functions.registry import FUNCTIONS, Argument, Function  # noqa: E402

RESULTS = {"number": "a number", "text": "a text", "boolean": "TRUE or FALSE", "table": "a table, or one value"}

COMMANDS_SAY = """\
Made by `make docs` from the command line itself.

Exit codes: 0 done and everything ties; 1 done, but a check failed; 2 bad input or usage, nothing written; 3 an outside
service failed. Data goes to standard output, messages to standard error."""
FUNCTIONS_SAY = """\
Made by `make docs` from the registry that every add-in is made from ([how to install one](excel-functions.md)).

Rates are fractions of one (6% is 0.06), PSA and SDA speeds per cent of the curve (300), balances dollars, terms months,
dates as a cell holds them. A wrong argument gives an error value, never a text. A function reads its arguments and
nothing else. Every workbook that `xlremic build` makes has the named ranges of the last column to pass; in Excel on
Windows alone a range left out is taken from them."""


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; what would end a cell is escaped."""
    lines = [header, ["---"] * len(header), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def code(text: str) -> str:
    return f"`{text}`" if text else ""


# ---- commands.md


def commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command of a group with the words that call it, groups of commands opened, in the order of ``--help``."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        elif command is not None and not command.hidden:
            yield f"{path} {name}", command


def help_of(command: click.Command) -> tuple[list[str], list[str]]:
    """The paragraphs of a command's help, and the command lines that it gives as examples."""
    said, examples = [], []
    for paragraph in re.split(r"\n\s*\n", cleandoc(command.help or "").replace("\b\n", "")):
        text = " ".join(paragraph.split())
        if text.startswith("Example:"):
            examples += [line.strip() for line in paragraph.removeprefix("Example:").splitlines() if line.strip()]
        elif text:
            said.append(text)
    return said, examples


def option_row(option: click.Option, context: click.Context) -> list[str]:
    """How an option is given, what it does, and its default."""
    kind = option.make_metavar(context) if not option.is_flag else ""
    names = "/".join([*option.opts, *option.secondary_opts]) if option.secondary_opts else ", ".join(option.opts)
    said = (option.help or "").rstrip(".") + ("; required" if option.required else "")
    if isinstance(option.type, click.Choice):
        said = said or f"One of {', '.join(option.type.choices)}"
    default = option.get_default(context) if option.show_default and not option.is_flag else None
    return [code(f"{names} {kind}".strip()), said, code("" if default is None else str(default))]


def command_section(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=name)
    said, examples = help_of(command)
    usage = f"{context.command_path} {' '.join(command.collect_usage_pieces(context))}"
    parts = [f"## {name}", *said, f"```text\n{usage}\n```"]
    options = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
    if options:
        rows = [option_row(one, context) for one in options]
        columns = 3 if any(row[2] for row in rows) else 2
        header = ("option", "what it does", "default")
        parts.append(table(header[:columns], [row[:columns] for row in rows]))
    if examples:
        lines = "\n".join(f"$ {example}" for example in examples)
        parts.append(f"```console\n{lines}\n```")
    return "\n\n".join(parts)


def commands_page() -> str:
    found = list(commands(command_line, "xlremic"))
    contents = "\n".join(f"- [{name}](#{anchor(name)}): {command.get_short_help_str(200)}" for name, command in found)
    return "\n\n".join(
        [
            "# Commands",
            COMMANDS_SAY,
            contents,
            *(command_section(name, command) for name, command in found),
        ]
    )


# ---- functions.md


def signature(function: Function) -> str:
    """The call with its arguments, those that may be left out in brackets."""
    given = [f"[{one.name}]" if one.optional else one.name for one in function.arguments]
    return f"{function.name}({', '.join(given)})"


def argument_row(argument: Argument) -> list[str]:
    kind = f"range of {argument.kind}s" if argument.is_range and argument.kind != "any" else argument.kind
    kind = "table" if argument.is_range and argument.kind == "any" else kind
    may = "yes" if argument.optional else "no"
    return [code(argument.name), kind, argument.unit, argument.help, may, code(argument.workbook_name)]


def function_section(function: Function) -> str:
    header = ("argument", "kind", "unit", "what it is", "may be left out", "named range of ours")
    form = (
        f"Closed form, also in a portable copy as a LAMBDA name:\n\n```text\n{function.closed_form}\n```"
        if function.closed_form
        else "No closed form: it needs an add-in."
    )
    return "\n\n".join(
        [
            f"## {function.name}",
            function.help,
            f"```text\n{signature(function)}\n{function.example}\n```",
            table(header, [argument_row(one) for one in function.arguments]),
            f"Gives {RESULTS[function.returns]}. {form}",
        ]
    )


def functions_page() -> str:
    rows = [
        (f"[{one.name}](#{anchor(one.name)})", re.split(r"[:;.] |\.$", one.help)[0], "yes" if one.closed_form else "no")
        for one in FUNCTIONS
    ]
    return "\n\n".join(
        [
            "# Worksheet functions",
            FUNCTIONS_SAY,
            table(("function", "what it gives", "closed form"), rows),
            *(function_section(one) for one in FUNCTIONS),
        ]
    )


# ---- parts of pages that people write


def anchor(heading: str) -> str:
    """The address of a heading on a page, as Markdown hosts make it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def filled(text: str, parts: Mapping[str, Callable[[], str]]) -> str:
    """A page with its made parts made anew. Raises: KeyError for a part that nobody makes."""

    def part(match: re.Match[str]) -> str:
        return f"{match[1]}\n\n{parts[match[2]]()}\n\n<!-- end -->"

    return re.sub(r"(<!-- made: ([a-z0-9 ]+) -->).*?<!-- end -->", part, text, flags=re.S)


def pages() -> dict[str, str]:
    """Every page that is made here, as it should be, by its name in this folder."""
    parts = rules.parts(table)
    return {
        **{name: filled((HERE / name).read_text(encoding="utf-8"), parts) for name in ("limits.md", "numbers.md")},
        "commands.md": f"{commands_page()}\n",
        "functions.md": f"{functions_page()}\n",
    }


def main() -> None:
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
