"""Workbooks by mail, against a real SMTP server on this computer, with TLS and a login, that misbehaves when told to."""

import asyncio
import email
import io
import socket
import ssl
import warnings
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from click.testing import CliRunner
from openpyxl import load_workbook

from xlremic.commands.cli import main
from xlremic.commands.mail import Security, Server, address, deliver, message
from xlremic.errors import InputError, MailError
from xlremic.reading.tieout import BALANCE
from xlremic.workbook import letter
from xlremic.workbook.class_columns import CALL, TRANCHES
from xlremic.workbook.filing_rows import measure_cell
from xlremic.workbook.headline import faults, glance_of, headline_book, safe_name
from xlremic.xlsx.calculate import calculate
from xlremic.xlsx.charts import with_points
from xlremic.xlsx.engines import libreoffice_values
from xlremic.xlsx.libreoffice import libreoffice
from xlremic.xlsx.package import Package

from ..support.exim import exim, running
from ..support.loopback import free_port

SECRET = "correct horse"  # noqa: S105 - of the server below


class Post:
    """Takes mail, or answers what it was told to answer, in turn."""

    def __init__(self) -> None:
        self.received: list[tuple[list[str], bytes]] = []
        self.data_answers: list[str] = []
        self.recipient_answers: dict[str, list[str]] = {}
        self.drops = 0

    async def handle_RCPT(  # noqa: N802 - the library names it
        self, server: object, session: object, envelope: object, one: str, options: object
    ) -> str:
        answers = self.recipient_answers.get(one, [])
        if answers:
            return answers.pop(0)
        envelope.rcpt_tos.append(one)  # type: ignore[attr-defined]  # the library's own way
        return "250 OK"

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802
        if self.drops:
            self.drops -= 1
            server.transport.abort()  # type: ignore[attr-defined]  # the connection breaks in the middle of DATA
            await asyncio.sleep(0)
            return "451 gone"
        if self.data_answers:
            return self.data_answers.pop(0)
        self.received.append((list(envelope.rcpt_tos), envelope.original_content))  # type: ignore[attr-defined]
        return "250 taken"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def post() -> Post:
    return Post()


class Encrypted(Controller):
    """A server that speaks TLS from the start; the library's own probe of it cannot."""

    def _trigger_server(self) -> None:
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection((self.hostname, self.port), 5) as plain, trusting.wrap_socket(plain) as secured:
            secured.recv(1024)


def context_of(authority: trustme.CA, host: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return context


def login(server: object, session: object, envelope: object, mechanism: str, data: object) -> AuthResult:
    right = data.login == b"ada" and data.password == SECRET.encode()  # type: ignore[attr-defined]
    return AuthResult(success=right, handled=False)


@pytest.fixture
def server(post: Post, authority: trustme.CA, tmp_path: Path) -> Iterator[Server]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        controller = Controller(
            post, hostname="127.0.0.1", port=free_port(), tls_context=context_of(authority, "localhost"), require_starttls=True,
            authenticator=login, auth_required=True,
        )  # fmt: skip
        controller.start()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    port = controller.port
    yield Server(
        host="localhost", port=port, user="ada", password=SECRET, certificates=str(tmp_path / "ca.pem"), timeout=10
    )
    controller.stop()


def made(workbook: Path, *recipients: str) -> EmailMessage:
    data = workbook.read_bytes()
    glance = glance_of(headline_book(data))
    return message(
        sender="ada@example.org", recipients=recipients or ("bob@example.net",), subject=letter.subject(glance), text=letter.text(glance),
        html=letter.html(glance), attachment=data, name=safe_name(workbook.name),
    )  # fmt: skip


def check_arrived(content: bytes, sent: EmailMessage, workbook: Path) -> None:
    """What came out of a mail server is what went in: the workbook byte for byte, and headers that keep a signature."""
    arrived = email.message_from_bytes(content, policy=default)
    assert isinstance(arrived, EmailMessage)
    assert arrived.get_all("Message-ID") == [sent["Message-ID"]]
    (attachment,) = arrived.iter_attachments()
    assert attachment.get_content_type() == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert attachment.get_filename() == "cmsi-2004-8.xlsx"
    assert attachment.get_content() == workbook.read_bytes()
    assert (
        load_workbook(io.BytesIO(attachment.get_content()), data_only=True)["Call"][
            CALL.cell("value", "threshold")
        ].value
        == 49364137.76
    )
    text, html = arrived.get_body(("plain",)), arrived.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "not callable" in text.get_content()
    assert "2.450%" in html.get_content()
    assert "http" not in html.get_content()
    assert all(len(line) <= 998 for line in content.splitlines())
    assert SECRET.encode() not in content


@pytest.mark.filterwarnings("ignore")
def test_what_arrives_is_the_workbook_byte_for_byte(workbook: Path, server: Server, post: Post) -> None:
    sent = made(workbook)
    deliver(sent, server)
    ((recipients, content),) = post.received
    assert recipients == ["bob@example.net"]
    check_arrived(content, sent, workbook)


@pytest.mark.filterwarnings("ignore")
def test_greylisting_and_drops_are_waited_out_with_one_message_id(workbook: Path, server: Server, post: Post) -> None:
    post.data_answers = ["451 greylisted, come back"]
    post.drops = 1
    waits: list[float] = []
    sent = made(workbook)
    deliver(sent, server, sleep=waits.append)
    assert len(post.received) == 1
    assert len(waits) == 2
    assert waits == sorted(waits)
    arrived = email.message_from_bytes(post.received[0][1], policy=default)
    assert arrived["Message-ID"] == sent["Message-ID"]


@pytest.mark.filterwarnings("ignore")
def test_only_who_has_not_got_it_is_tried_again(workbook: Path, server: Server, post: Post) -> None:
    post.recipient_answers["carl@example.net"] = ["450 busy"]
    deliver(made(workbook, "bob@example.net", "carl@example.net"), server, sleep=lambda _: None)
    assert [recipients for recipients, _ in post.received] == [["bob@example.net"], ["carl@example.net"]]


@pytest.mark.filterwarnings("ignore")
def test_lasting_refusals_are_told(workbook: Path, server: Server, post: Post) -> None:
    post.recipient_answers["carl@example.net"] = ["550 no such user"]
    with pytest.raises(MailError, match=r"carl@example.net: 550 no such user; sent to bob@example.net"):
        deliver(made(workbook, "bob@example.net", "carl@example.net"), server)
    post.data_answers = ["554 too large"]
    with pytest.raises(MailError, match="554 too large"):
        deliver(made(workbook), server)
    post.data_answers = ["451 later"] * 9
    with pytest.raises(MailError, match="in 4 attempts"):
        deliver(made(workbook), server, sleep=lambda _: None)


@pytest.mark.filterwarnings("ignore")
def test_a_wrong_login_or_certificate_ends_it_and_nothing_leaks(
    workbook: Path, server: Server, post: Post, authority: trustme.CA, tmp_path: Path
) -> None:
    wrong = Server(host="localhost", port=server.port, user="ada", password="hunter2", certificates=server.certificates)  # noqa: S106
    with pytest.raises(MailError, match="535") as caught:
        deliver(made(workbook), wrong, sleep=lambda _: None)
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(wrong)
    strangers = tmp_path / "strangers.pem"
    trustme.CA().cert_pem.write_to_path(str(strangers))
    for bad in (
        Server(host="localhost", port=server.port, certificates=str(strangers)),
        Server(host="127.0.0.1", port=server.port, certificates=server.certificates),  # the name does not match
    ):
        with pytest.raises(MailError, match=r"CERTIFICATE_VERIFY_FAILED|certificate"):
            deliver(made(workbook), bad, sleep=lambda _: None)
    assert post.received == []


@pytest.mark.filterwarnings("ignore")
def test_a_server_without_tls_gets_nothing(workbook: Path, post: Post) -> None:
    controller = Controller(post, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        port = controller.port
        with pytest.raises(MailError, match="STARTTLS"):
            deliver(made(workbook), Server(host="127.0.0.1", port=port), sleep=lambda _: None)
    finally:
        controller.stop()
    assert post.received == []


@pytest.mark.filterwarnings("ignore")
def test_implicit_tls(workbook: Path, post: Post, authority: trustme.CA, tmp_path: Path) -> None:
    controller = Encrypted(post, hostname="127.0.0.1", port=free_port(), ssl_context=context_of(authority, "localhost"))
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    controller.start()
    try:
        port = controller.port
        deliver(made(workbook), Server(
            host="localhost", port=port, security=Security.IMPLICIT, certificates=str(tmp_path / "ca.pem")))  # fmt: skip
    finally:
        controller.stop()
    assert len(post.received) == 1


@pytest.mark.real
@pytest.mark.skipif(exim() is None, reason="exim is not installed, or this is not root")
def test_a_mail_server_of_the_field_takes_it_and_what_it_refuses_is_told(workbook: Path, authority: trustme.CA) -> None:
    with running(exim() or "", authority, "ada", SECRET) as office:
        server = Server(
            host="localhost", port=office.port, user="ada", password=SECRET, certificates=office.certificates
        )
        sent = made(workbook, "bob@example.net", "grey@example.net")
        waits = []

        def wait(seconds: float) -> None:
            waits.append(seconds)
            office.relent()

        deliver(sent, server, sleep=wait)
        first, second = office.arrived(2)
        assert len(waits) == 1
        for content, name in ((first, b"bob"), (second, b"grey")):
            check_arrived(content, sent, workbook)
            assert b"Envelope-to: " + name + b"@example.net\n" in content
        with pytest.raises(MailError, match=r"nobody@example.net: 550 nobody of this name; sent to bob@example.net"):
            deliver(made(workbook, "bob@example.net", "nobody@example.net"), server)
        assert len(office.arrived(3)) == 3
        wrong = replace(server, password="hunter2")  # noqa: S106
        with pytest.raises(MailError, match="535"):
            deliver(made(workbook), wrong, sleep=lambda _: None)
        stranger = replace(server, user="", password="")
        with pytest.raises(MailError, match="550"):
            deliver(made(workbook), stranger, sleep=lambda _: None)
        assert len(office.arrived(3)) == 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bob",
        "bob@",
        "@x.org",
        "a b@x.org",
        "bob@x.org\nBcc: eve@x.org",
        "bob@x.org\r\n",
        "<bob@x.org>",
        "b@x..org",
        "b@-x.org",
    ],
)
def test_addresses_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="no mail address"):
        address(text)


def test_headers_cannot_be_smuggled_in() -> None:
    sent = message(
        sender="ada@example.org", recipients=["bob@example.net"], subject="a\r\nBcc: eve@example.net", text="t", html="h",
        attachment=b"x", name="x.xlsx",
    )  # fmt: skip
    parsed = email.message_from_bytes(bytes(sent), policy=SMTP)
    assert parsed["Bcc"] is None
    assert parsed["Subject"] == "a Bcc: eve@example.net"
    assert safe_name("../../évil\r\nX: name?.xlsx") == "vil-X-name.xlsx"


def stale(workbook: Path, tmp_path: Path, *, recalculate: bool) -> Path:
    book = load_workbook(workbook)
    book["Tranches"][TRANCHES.cell("current")].value = 1.0
    sheet, cell = measure_cell(BALANCE, "whole")
    book[sheet][cell].value = 5.0
    buffer = io.BytesIO()
    book.save(buffer)
    data = buffer.getvalue()
    (tmp_path / "stale.xlsx").write_bytes(with_points(calculate(Package.of(data))).to_bytes() if recalculate else data)
    return tmp_path / "stale.xlsx"


def test_what_speaks_against_sending_is_found(workbook: Path, tmp_path: Path) -> None:
    assert faults(workbook.read_bytes()) == []
    assert "checks fail" in faults(stale(workbook, tmp_path, recalculate=True).read_bytes())[0]
    with pytest.raises(InputError, match="shows nothing"):
        glance_of(headline_book(stale(workbook, tmp_path, recalculate=False).read_bytes()))


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as caught:
        main([str(one) for one in arguments])
    return int(caught.value.code or 0)


@pytest.mark.real
@pytest.mark.skipif(libreoffice() is None, reason="LibreOffice is not installed")
def test_a_draft_holds_a_workbook_that_opens(workbook: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft.eml"
    assert run("send", workbook, "--to", "bob@example.net", "--from", "ada@example.org", "--eml", draft) == 0
    arrived = email.message_from_bytes(draft.read_bytes(), policy=default)
    assert isinstance(arrived, EmailMessage)
    assert arrived["X-Unsent"] == "1"
    (attachment,) = arrived.iter_attachments()
    values = libreoffice_values(Package.of(attachment.get_content()))
    assert values is not None
    assert values[CALL.place("value", "threshold")] == 49364137.76


@pytest.mark.filterwarnings("ignore")
def test_the_command_sends_with_a_login_from_the_environment(
    workbook: Path,
    server: Server,
    post: Post,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("XLREMIC_SMTP_USER", "ada")
    monkeypatch.setenv("XLREMIC_SMTP_PASSWORD", SECRET)
    monkeypatch.setenv("XLREMIC_SMTP_SERVER", f"localhost:{server.port}")
    common = ("--from", "ada@example.org", "--certificates", server.certificates)
    assert run("send", workbook, "--to", "bob@example.net", *common) == 0
    assert "Message-ID" in capsys.readouterr().out
    bad = stale(workbook, tmp_path, recalculate=True)
    assert run("send", bad, "--to", "bob@example.net", *common) == 2
    assert "checks fail" in capsys.readouterr().err
    assert run("send", bad, "--to", "bob@example.net", "--force", *common) == 0
    assert b"ATTENTION: " in post.received[-1][1]
    assert run("send", workbook, "--to", "bob@example.net", "--max-mb", "0.001", *common) == 2
    assert run("send", workbook, *common) == 2
    assert run("send", workbook, "--to", "bob", *common) == 2
    assert run("send", workbook, "--to", "bob@example.net", "--dry-run", *common) == 0
    post.data_answers = ["554 no"]
    capsys.readouterr()
    assert run("send", workbook, "--to", "bob@example.net", *common) == 3
    said = capsys.readouterr()
    assert "554 no" in said.err
    assert SECRET not in said.err + said.out
    assert len(post.received) == 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--server", "localhost:99999"], "from 1 to 65535"),
        (["--server", "localhost:\u0661"], "from 1 to 65535"),
        (["--server", "localhost:25", "--certificates", "nowhere.pem"], "no certificates there"),
        (["--server", "localhost:25", "--certificates", __file__], "no certificates there"),
    ],
)
def test_a_port_or_certificates_that_are_none_are_refused(workbook: Path, options: list[str], words: str) -> None:
    done = CliRunner().invoke(
        main, ["send", str(workbook), "--to", "a@example.org", "--from", "b@example.org", *options]
    )
    assert done.exit_code == 2 and words in done.stderr, done.output
