"""The command ``send``: a workbook by e-mail, or as a draft."""

import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from ..errors import InputError
from ..files import read_whole, write_whole
from ..text import lines_for_terminal
from .mail import Security, Server, address, deliver, message
from .printing import say

USUAL_PORT = {Security.STARTTLS: 587, Security.IMPLICIT: 465}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Post:
    """What the options say: who sends what to whom, and how."""

    recipients: tuple[str, ...]
    sender: str | None
    subject: str | None
    eml: Path | None
    server: str | None
    security: str
    certificates: str | None
    max_mb: float
    force: bool
    dry_run: bool
    functions: bool


@click.command("send")
@click.argument("workbook", type=click.Path(path_type=Path))
@click.option("--to", "recipients", multiple=True, metavar="ADDRESS", help="Recipient; may be given several times")
@click.option(
    "--from", "sender", envvar="XLREMIC_MAIL_FROM", metavar="ADDRESS", help="Sender; default: XLREMIC_MAIL_FROM"
)
@click.option("--subject", help="Default: the deal, its as-of date, checks and call")
@click.option("--eml", type=click.Path(path_type=Path), help="Write a draft to open in a mail program; send nothing")
@click.option("--server", envvar="XLREMIC_SMTP_SERVER", metavar="HOST[:PORT]", help="Default: XLREMIC_SMTP_SERVER")
@click.option("--security", type=click.Choice(["starttls", "implicit"]), default="starttls", show_default=True)
@click.option("--certificates", metavar="FILE", help="Authorities to trust beside the system's")
@click.option("--max-mb", type=float, default=20.0, show_default=True, help="Largest workbook to send")
@click.option("--force", is_flag=True, help="Send although values are stale or checks fail; the message says so")
@click.option("--functions", is_flag=True, help="Send the code for xlwings Lite along; without it a workbook loses it")
@click.option("--dry-run", is_flag=True, help="Print the message's text; send nothing")
def send_command(workbook: Path, **given: Any) -> None:
    """E-mail a workbook, with a summary that a phone can show.

    The login is read from XLREMIC_SMTP_USER and XLREMIC_SMTP_PASSWORD, or from the system's keyring.

    Example: xlremic send deal.xlsx --to trustee@example.org --from me@example.org --eml draft.eml
    """
    from ..workbook import letter  # noqa: PLC0415 - the spreadsheet library is heavy
    from ..workbook.headline import faults, glance_of, headline_book, safe_name  # noqa: PLC0415 - as above

    post = _Post(**given)
    data = read_whole(workbook)
    if len(data) > post.max_mb * 2**20:
        raise InputError(
            f"{workbook} has {len(data) / 2**20:.1f} MB, over the limit of {post.max_mb:g} MB; see --max-mb"
        )
    data, remarks = _attached(data, with_code=post.functions)
    book = headline_book(data)
    glance = glance_of(book)
    found = tuple(faults(data, book))
    if found and not post.force:
        raise InputError(f"{workbook} is not sent: {'; '.join(found)}; mend it, or say --force")
    remarks += found
    if not post.sender:
        raise InputError("who sends? give --from name@example.org or set XLREMIC_MAIL_FROM")
    made = message(
        sender=post.sender,
        recipients=[address(one) for one in post.recipients],
        subject=post.subject or letter.subject(glance),
        text=letter.text(glance, remarks),
        html=letter.html(glance, remarks),
        attachment=data,
        name=safe_name(workbook.name),
        draft=post.eml is not None,
    )
    if post.dry_run:
        click.echo(
            lines_for_terminal(f"To: {made['To']}\nSubject: {made['Subject']}\n\n{letter.text(glance, remarks)}")
        )
    elif post.eml is not None:
        write_whole(post.eml, bytes(made))
        click.echo(f"{post.eml}: a draft for {made['To']}")
    else:
        deliver(made, _server(post))
        click.echo(f"sent {workbook} to {made['To']}, Message-ID {made['Message-ID']}")


def _attached(data: bytes, *, with_code: bool) -> tuple[bytes, tuple[str, ...]]:
    """The workbook as it is sent, and what the message says of code in it: code goes out only when that was said."""
    from ..functions.hosts.lite import admitted, code_of, without_code  # noqa: PLC0415 - it reads spreadsheets

    package = admitted(data)
    code = code_of(package)
    if code is None:
        if with_code:
            raise InputError("the workbook carries no functions to send: make a copy that does with addin lite")
        return data, ()
    if with_code:
        return data, (f"the workbook carries code for {code}; Excel asks before it runs",)
    say(f"note: the code for {code} stays behind; --functions sends it")
    return without_code(package).to_bytes(), ()


def _server(post: _Post) -> Server:
    if not post.server:
        raise InputError(
            "no mail server: give --server host:587 or set XLREMIC_SMTP_SERVER, or write a draft with --eml"
        )
    host, _, port = post.server.partition(":")
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 2**16):
        raise InputError(f"--server {post.server}: the port must be a number from 1 to 65535")
    user, password = _login(host)
    security = Security(post.security)
    return Server(
        host=host,
        port=int(port) if port else USUAL_PORT[security],
        security=security,
        user=user,
        password=password,
        certificates=post.certificates,
    )


def _login(host: str) -> tuple[str, str]:
    """User and password of a mail server, from the environment or the keyring; empty if there is none."""
    user, password = os.environ.get("XLREMIC_SMTP_USER", ""), os.environ.get("XLREMIC_SMTP_PASSWORD", "")
    if user and not password and find_spec("keyring"):
        import keyring  # noqa: PLC0415 - an optional dependency

        password = keyring.get_password(f"xlremic:{host}", user) or ""
    return user, password
