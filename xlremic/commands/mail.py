"""A message with a workbook, and handing it to a mail server; knows nothing of deals.

The server's certificate is verified, the login never appears in a message or an error, a header cannot be smuggled
in, and a retry carries the same Message-ID, so that a receiver can tell a repetition.
"""

import re
import smtplib
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, localtime, make_msgid
from enum import StrEnum

from ..errors import InputError, MailError
from ..text import for_header

WORKBOOK_TYPE = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")
ATTEMPTS = 4
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)*")


class Security(StrEnum):
    """How the connection is encrypted: from its start, or after a STARTTLS. There is no plain one."""

    STARTTLS = "starttls"
    IMPLICIT = "implicit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A mail server. ``password`` is never shown; ``certificates`` is a file of authorities beside the system's."""

    host: str
    port: int = 587
    security: Security = Security.STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)
    certificates: str | None = None
    timeout: float = 30.0


def address(text: str) -> str:
    """A mail address. Raises: InputError for anything else, such as one with a line break."""
    clean = text.strip()
    if not _ADDRESS.fullmatch(clean) or len(clean) > 254 or "\n" in text.strip(" ") or "\r" in text:
        raise InputError(f"{text!r} is no mail address")
    return clean


def message(
    *,
    sender: str,
    recipients: Sequence[str],
    subject: str,
    text: str,
    html: str,
    attachment: bytes,
    name: str,
    draft: bool = False,
) -> EmailMessage:
    """A message in text and HTML with one workbook attached; a ``draft`` opens for editing in Outlook.

    Raises: InputError for a bad address or no recipient.
    """
    if not recipients:
        raise InputError("a message needs a recipient: --to name@example.org")
    made = EmailMessage(policy=SMTP)
    made["From"] = _one(sender)
    made["To"] = [_one(one) for one in dict.fromkeys(recipients)]
    made["Subject"] = for_header(subject)
    made["Date"] = format_datetime(localtime())
    made["Message-ID"] = make_msgid(domain=address(sender).rpartition("@")[2])
    if draft:
        made["X-Unsent"] = "1"
    made.set_content(text)
    made.add_alternative(html, subtype="html")
    made.add_attachment(attachment, maintype=WORKBOOK_TYPE[0], subtype=WORKBOOK_TYPE[1], filename=name)
    return made


def _one(text: str) -> Address:
    return Address(addr_spec=address(text))


def deliver(made: EmailMessage, server: Server, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Hand a message to a server; transient failures are waited out, and only who has not got it yet is tried again.

    Raises: InputError if there are no certificates in the file of them; MailError that says what the server said.
    """
    context = ssl.create_default_context()
    if server.certificates:
        try:
            context.load_verify_locations(server.certificates)
        except OSError as error:  # of which errors of certificates are a kind
            raise InputError(f"--certificates {server.certificates}: no certificates there ({error})") from error
    left = [one.addr_spec for one in made["To"].addresses]
    reason = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            sleep(5.0 * 4 ** (attempt - 1))
        try:
            with _connected(server, context) as connection:
                refused = connection.send_message(made, to_addrs=left)
        except smtplib.SMTPRecipientsRefused as error:
            refused = error.recipients
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError, ssl.SSLError) as error:
            raise MailError(f"{server.host}: {_said(error)}; nothing was sent") from error
        except smtplib.SMTPResponseException as error:
            if error.smtp_code >= 500:
                raise MailError(f"{server.host} refuses the message: {_said(error)}") from error
            reason = _said(error)
            continue
        except (smtplib.SMTPException, OSError) as error:
            reason = _said(error)
            continue
        lasting = {one: answer for one, answer in refused.items() if answer[0] >= 500}
        if lasting:
            told = "; ".join(f"{one}: {code} {said.decode(errors='replace')}" for one, (code, said) in lasting.items())
            others = [one for one in left if one not in refused]
            raise MailError(f"{server.host} refuses {told}; sent to {', '.join(others) or 'nobody'}")
        left = list(refused)
        if not left:
            return
        reason = "; ".join(f"{one}: {code} {said.decode(errors='replace')}" for one, (code, said) in refused.items())
    raise MailError(f"{server.host} did not take the message for {', '.join(left)} in {ATTEMPTS} attempts ({reason})")


def _connected(server: Server, context: ssl.SSLContext) -> smtplib.SMTP:
    if server.security is Security.IMPLICIT:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
    try:
        if server.security is Security.STARTTLS:
            connection.starttls(context=context)
        if server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _said(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    return f"{type(error).__name__}: {error}"
