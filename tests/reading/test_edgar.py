"""Downloads, against a real server on this computer that misbehaves."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from xlremic.commands.cli import main
from xlremic.errors import FetchError, InputError
from xlremic.reading.edgar import fetch, is_remote, url_of

from ..conftest import SAMPLE
from ..support.loopback import free_port

AGENT = "Ada Lovelace ada@example.org"
BODY = SAMPLE.read_bytes()


class Server(ThreadingHTTPServer):
    """Answers each path with a list of (status, headers, body), in turn; the last one again and again."""

    answers: dict[str, list[tuple[int, dict[str, str], bytes]]]
    seen: list[tuple[str, str]]

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.seen.append((self.path, self.headers.get("User-Agent", "")))
        answers = self.server.answers[self.path]
        status, headers, body = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server(("127.0.0.1", 0), Handler)
    made.answers, made.seen = {}, []
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def test_a_filing_is_fetched_once_and_kept(server: Server, tmp_path: Path) -> None:
    server.answers["/0001141776-04-000244.txt"] = [(200, {}, BODY)]
    url = server.url("/0001141776-04-000244.txt")
    first = fetch(url, folder=tmp_path, user_agent=AGENT)
    assert first.read_bytes() == BODY
    assert first.parent.name == "0001141776-04-000244"
    assert fetch(url, folder=tmp_path) == first
    assert server.seen == [("/0001141776-04-000244.txt", AGENT)]


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_refusals_are_waited_out_longer_each_time(server: Server, tmp_path: Path, status: int) -> None:
    server.answers["/x.txt"] = [(status, {}, b""), (status, {"Retry-After": "30"}, b""), (200, {}, BODY)]
    waits: list[float] = []
    assert fetch(server.url("/x.txt"), folder=tmp_path, user_agent=AGENT, sleep=waits.append).read_bytes() == BODY
    long = [wait for wait in waits if wait >= 1]
    assert long[0] == 1
    assert long[1] == 30


def test_a_lasting_refusal_ends_with_what_was_said_and_nothing_kept(server: Server, tmp_path: Path) -> None:
    server.answers["/x.txt"] = [(503, {}, b"")]
    with pytest.raises(FetchError, match="status 503"):
        fetch(server.url("/x.txt"), folder=tmp_path, user_agent=AGENT, sleep=lambda _: None)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.name != ".last-request"]


def test_a_host_that_cannot_be_reached_is_given_up_soon_and_every_wait_is_told(tmp_path: Path) -> None:
    waits: list[float] = []
    told: list[str] = []
    url = f"http://127.0.0.1:{free_port()}/x.txt"
    with pytest.raises(FetchError, match="ConnectError"):
        fetch(url, folder=tmp_path, user_agent=AGENT, sleep=waits.append, tell=told.append)
    assert [wait for wait in waits if wait >= 1] == [1, 4]
    assert [f"asking again in {wait} s" in say for wait, say in zip((1, 4), told, strict=True)] == [True, True]
    assert all(say.startswith(f"{url}: ConnectError") for say in told)


@pytest.mark.parametrize("address", ["https://[::1", "https://exa mple.org\t/x"])
def test_what_is_no_address_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(InputError, match=r"is no address|is neither"):
        fetch(address, folder=tmp_path, user_agent=AGENT)


def test_what_does_not_exist_is_not_asked_for_again(server: Server, tmp_path: Path) -> None:
    server.answers["/x.txt"] = [(404, {}, b"")]
    with pytest.raises(FetchError, match="status 404"):
        fetch(server.url("/x.txt"), folder=tmp_path, user_agent=AGENT, sleep=lambda _: None)
    assert len(server.seen) == 1


def test_a_truncated_answer_is_not_taken_for_the_filing(server: Server, tmp_path: Path) -> None:
    server.answers["/x.txt"] = [(200, {"Content-Length": str(len(BODY) + 1), "Connection": "close"}, BODY)]
    with pytest.raises(FetchError, match="RemoteProtocolError"):
        fetch(server.url("/x.txt"), folder=tmp_path, user_agent=AGENT, sleep=lambda _: None)


def test_redirects_stay_on_the_host(server: Server, tmp_path: Path) -> None:
    server.answers["/old.txt"] = [(302, {"Location": "/new.txt"}, b"")]
    server.answers["/new.txt"] = [(200, {}, BODY)]
    assert fetch(server.url("/old.txt"), folder=tmp_path, user_agent=AGENT).read_bytes() == BODY
    server.answers["/away.txt"] = [(302, {"Location": "http://example.org/x.txt"}, b"")]
    with pytest.raises(FetchError, match="another host"):
        fetch(server.url("/away.txt"), folder=tmp_path, user_agent=AGENT)
    server.answers["/loop.txt"] = [(302, {"Location": "/loop.txt"}, b"")]
    with pytest.raises(FetchError, match="redirects"):
        fetch(server.url("/loop.txt"), folder=tmp_path, user_agent=AGENT)


def test_requests_are_spaced(server: Server, tmp_path: Path) -> None:
    waits: list[float] = []
    for k in range(3):
        server.answers[f"/{k}.txt"] = [(200, {}, BODY)]
        fetch(server.url(f"/{k}.txt"), folder=tmp_path, user_agent=AGENT, per_second=0.01, sleep=waits.append)
    assert len(waits) == 2
    assert all(0 < wait <= 100 for wait in waits)


@pytest.mark.parametrize("agent", ["", "curl/8", "Ada", "ada@example.org", "Ada\nX: y ada@example.org"])
def test_without_a_name_and_e_mail_nothing_is_asked(server: Server, tmp_path: Path, agent: str) -> None:
    with pytest.raises(InputError, match="who is calling"):
        fetch(server.url("/x.txt"), folder=tmp_path, user_agent=agent or None)
    assert server.seen == []


def test_names() -> None:
    assert url_of("0001141776-04-000244").endswith("/811785/000114177604000244/0001141776-04-000244.txt")
    assert url_of("000114177604000244") == url_of("0001141776-04-000244")
    assert is_remote("0001141776-04-000244")
    assert not is_remote("samples/cmsi-2004-8.txt")
    for name in (
        "ftp://www.sec.gov/x",
        "http://www.sec.gov/x",
        "file:///etc/passwd",
        "https://",
        "https://a:0/x",
    ):
        with pytest.raises(InputError, match="accession"):
            url_of(name)
    for name in ("https://[::1", "https://a:99999/x", "https://a:b/x"):
        with pytest.raises(InputError, match="is no address"):
            url_of(name)


def test_the_commands_take_addresses(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server.answers["/cmsi.txt"] = [(200, {}, BODY)]
    server.answers["/gone.txt"] = [(404, {}, b"")]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XLREMIC_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XLREMIC_USER_AGENT", AGENT)
    for arguments, code in (
        (["check", server.url("/cmsi.txt")], None),
        (["build", server.url("/cmsi.txt")], None),
        (["fetch", server.url("/cmsi.txt"), "-o", "copy.txt"], None),
        (["fetch", server.url("/gone.txt")], 3),
        (["fetch", "nonsense"], 2),
    ):
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        assert (caught.value.code or None) == code, arguments
    assert (tmp_path / "cmsi.xlsx").exists()
    assert (tmp_path / "copy.txt").read_bytes() == BODY
    assert [path for path, _ in server.seen] == ["/cmsi.txt", "/gone.txt"]
