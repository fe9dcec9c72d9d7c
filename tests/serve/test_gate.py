"""What all who ask the server at once may take of it, how it ends, and what it keeps on disk."""

import http.client
import os
import re
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from xlremic.functions.hosts.officejs import TOKEN_HEADER
from xlremic.serve import app as application
from xlremic.serve import gate, page, running
from xlremic.serve.app import make_app, make_page

from ..attack.server import FILING, Started, started
from ..support.loopback import answering, free_port

POSIX = pytest.mark.skipif(os.name == "nt", reason="signals and permissions are POSIX")


@pytest.fixture
def port() -> Iterator[int]:
    number = free_port()
    with answering(make_page(f"http://localhost:{number}"), number):
        yield number


def begun(port: int, size: int, first: bytes) -> socket.socket:
    """An upload of that many bytes of which only the first are sent."""
    wire = socket.create_connection(("127.0.0.1", port), 30)
    wire.sendall(
        f"POST /api/read HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: {size}\r\n\r\n".encode() + first
    )
    return wire


def front(port: int) -> httpx.Response:
    return httpx.get(f"http://localhost:{port}/", timeout=30)


def upload(port: int, data: bytes = b"x") -> httpx.Response:
    return httpx.post(f"http://localhost:{port}/api/read", content=data, timeout=60)


def until(holds: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(3000):
        if holds():
            return
        waiting.wait(0.01)
    raise AssertionError("it never held")


def test_who_sends_slowly_is_cut_off(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "SENDING", 0.3)
    with begun(port, 1000, b"x") as wire:
        answer = wire.recv(4096)
        assert answer.startswith(b"HTTP/1.1 408 ") and b"connection: close" in answer.lower()
        while wire.recv(4096):  # a time-out would be an error
            pass
    assert front(port).status_code == 200


@pytest.mark.parametrize("before", [b"", b"GET /favicon.svg HTTP/1.1\r\nHost: localhost:%d\r\n\r\n"])
def test_a_head_that_never_ends_is_cut_off(port: int, monkeypatch: pytest.MonkeyPatch, before: bytes) -> None:
    monkeypatch.setattr(running, "HEAD_SECONDS", 0.5)
    with socket.create_connection(("127.0.0.1", port), 30) as wire:
        if before:
            wire.sendall(before % port)
            wire.recv(65536)
        wire.sendall(b"GET / HTTP/1.1\r\nHost: ")
        while wire.recv(4096):  # a time-out would be an error
            pass


@pytest.mark.parametrize("before", [b"", b"GET /favicon.svg HTTP/1.1\r\nHost: localhost:%d\r\n\r\n"])
def test_a_head_that_is_too_large_is_refused_however_fast_it_comes(port: int, before: bytes) -> None:
    room = running.LARGEST_HEAD - len(f"GET / HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\nX: \r\n")
    for size, status in ((room, b"200"), (room + 2000, b"431")):
        with socket.create_connection(("127.0.0.1", port), 30) as wire:
            if before:
                wire.sendall(before % port)
                first = http.client.HTTPResponse(wire)
                first.begin()
                assert first.read()
            filler = b"y" * size
            wire.sendall(b"GET / HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\nX: %b\r\n\r\n" % (port, filler))
            assert wire.recv(65536).startswith(b"HTTP/1.1 " + status)


def test_the_page_answers_while_eight_send_slowly(port: int) -> None:
    with ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(begun(port, 1000, b"x"))
        assert front(port).status_code == 200
        assert upload(port, FILING).status_code == 200


def test_uploads_are_bounded_together(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "HELD", 1500)
    with begun(port, 1001, b"x" * 1000) as first:
        until(lambda: upload(port, b"y" * 1000).status_code == 503)
        refused = upload(port, b"y" * 1000)
        assert refused.headers["Retry-After"] == str(gate.RETRY) and "try again" in refused.json()["message"]
        assert front(port).status_code == 200
        first.sendall(b"x")
        assert first.recv(4096).startswith(b"HTTP/1.1 422 ")
    assert upload(port, b"y" * 1000).status_code == 422


def test_work_is_bounded_and_the_page_answers_meanwhile(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "IN_HAND", 3)
    go_on, at_work = threading.Event(), threading.Semaphore(0)
    most: list[int] = []

    def slow(*_: Any) -> dict[str, Any]:
        at_work.release()
        most.append(1)
        go_on.wait(60)
        return {}

    monkeypatch.setattr(page, "look", slow)
    with ThreadPoolExecutor(4) as others:
        asked = [others.submit(upload, port) for _ in range(4)]
        assert at_work.acquire(timeout=30) and at_work.acquire(timeout=30)
        refused, _ = wait(asked, timeout=30, return_when=FIRST_COMPLETED)
        assert [one.result().status_code for one in refused] == [503]
        assert front(port).status_code == 200
        assert len(most) == gate.AT_WORK
        go_on.set()
        assert sorted(one.result().status_code for one in asked) == [200, 200, 200, 503]


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b'{"calls": [{"name": "REMIC_SMM", "arguments": ["\\ud800"]}]}', "Unicode"),
        (b'{"calls": [{"name": "\\udfff", "arguments": []}]}', "Unicode"),
        (b'{"calls": [{"name": "\xff", "arguments": []}]}', "Unicode"),
        (b'{"calls": [{"name": "REMIC_SMM", "arguments": [NaN]}]}', "no number"),
        (b"[" * 100_000, "deep"),
        (b'{"calls": [' + b"{}," * gate.MOST_PARTS + b"{}]}", "smaller"),
    ],
)
def test_a_question_that_is_none_is_refused_for_what_it_is(body: bytes, word: str) -> None:
    port = free_port()
    headers = {TOKEN_HEADER: "token", "Host": f"localhost:{port}"}
    with answering(make_app(f"https://localhost:{port}", "token"), port):
        answer = httpx.post(f"http://127.0.0.1:{port}/call", content=body, headers=headers, timeout=60)
    assert answer.status_code == 400 and word in answer.json()["message"]


def test_both_halves_of_a_character_are_one() -> None:
    assert gate.question_of(b'["\\ud83d\\ude00"]') == ["\N{GRINNING FACE}"]


def test_a_form_is_no_filing(port: int) -> None:
    answer = httpx.post(f"http://localhost:{port}/api/read", files={"file": FILING}, timeout=60)
    assert answer.status_code == 415
    assert set(application.FILING_KINDS) & {"multipart/form-data", "application/x-www-form-urlencoded"} == set()


def test_what_is_no_place_of_ours_redirects_nowhere(port: int) -> None:
    answer = httpx.post(f"http://localhost:{port}/api/read/", headers={"Host": "example.org"})
    assert answer.status_code == 404 and "location" not in answer.headers and answer.json()["message"]


def _building(server: Started) -> socket.socket:
    """A workbook asked for, and its answer not waited for."""
    head = f"POST /api/workbook HTTP/1.1\r\nHost: localhost:{server.page}\r\nContent-Length: {len(FILING)}\r\n\r\n"
    wire = socket.create_connection(("127.0.0.1", server.page), 30)
    wire.sendall(head.encode() + FILING)
    return wire


@POSIX
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("busy", [False, True])
def test_it_ends_cleanly_when_told_to(by: signal.Signals, busy: bool) -> None:
    with started() as server, ExitStack() as stack:
        if busy:
            stack.enter_context(begun(server.page, 1000, b"x"))
            before = server.seconds()
            stack.enter_context(_building(server))
            until(lambda: server.seconds() > before + 0.2)
            assert front(server.page).status_code == 200
        assert server.ended(by) == 0
        assert not re.search(r"Traceback|Error", server.said.read_text())


@POSIX
def test_what_is_kept_on_disk_is_for_this_user_alone_and_told_of() -> None:
    with started() as server:
        kept = {one.name: one.stat().st_mode & 0o777 for one in server.state.iterdir()}
        assert server.state.stat().st_mode & 0o777 == 0o700
    assert kept == {"token": 0o600, "localhost.crt": 0o600, "localhost.key": 0o600}
    told = (Path(__file__).resolve().parents[2] / "SECURITY.md").read_text(encoding="utf-8")
    for word in ("`token`", "`HOST.crt`", "`HOST.key`", "0600", "0700", "XLREMIC_STATE"):
        assert word in told
