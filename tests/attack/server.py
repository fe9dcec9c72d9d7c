"""Hostile requests to the local server, each answered in bounded time and memory: done, or a 4xx with its reason.

    python -m tests.attack.server --requests 5000 --seed 1

The server is a process of its own, as ``xlremic serve`` starts it. What counts as a fault: an answer that its kind of
request may not get, any 5xx, none at all, a traceback in what the server says, more than ``PATIENCE`` seconds of its
time, more than ``MEGABYTES`` of memory, an end that is not clean.
"""

import argparse
import json
import os
import random
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from xlremic.engine.assumptions import TERMS
from xlremic.functions.hosts.officejs import TOKEN_HEADER
from xlremic.functions.registry import FUNCTIONS
from xlremic.serve.running import LARGEST_HEAD

from ..support.golden_calls import ALL
from ..support.loopback import free_port
from .terms import SAMPLE, junk

FILING = SAMPLE.read_bytes()
PATIENCE = 5.0
MEGABYTES = 500.0
CLOSED = 0
"""The answer of a server that ends the connection: right for what is no request at all."""


@dataclass(frozen=True, slots=True)
class Started:
    """A server at work: where it answers, the secret of the functions, its certificate and what it says."""

    process: subprocess.Popen[bytes]
    page: int
    calls: int
    state: Path
    said: Path

    @property
    def token(self) -> str:
        return (self.state / "token").read_text(encoding="ascii")

    def seconds(self) -> float:
        """Of processors, until now."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        """The most that it ever had."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024

    def ended(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Its exit code when it is told to end."""
        self.process.send_signal(by)
        return self.process.wait(60)


@contextmanager
def started() -> Iterator[Started]:
    """The command ``serve`` in a process of its own, until it answers."""
    with tempfile.TemporaryDirectory() as name:
        page, calls, said = free_port(), free_port(), Path(name, "said")
        command = [sys.executable, "-m", "xlremic", "serve", "--no-open", f"--port={calls}", f"--page-port={page}"]
        with said.open("wb") as told:
            process = subprocess.Popen(
                command, stdout=told, stderr=told, env={**os.environ, "XLREMIC_STATE": str(Path(name, "state"))}
            )
        try:
            while process.poll() is None:
                with suppress(httpx.TransportError):
                    httpx.get(f"http://localhost:{page}/favicon.svg")
                    break
            yield Started(process, page, calls, Path(name, "state"), said)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def request(place: str, body: bytes = b"", method: str = "POST", **headers: str) -> bytes:
    """A request as it goes over the wire; a header of None is left out."""
    lines = [f"{method} {place} HTTP/1.1", "Connection: close"]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    lines += [f"{name.replace('_', '-')}: {text}" for name, text in headers.items()]
    return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + body


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of request: how one is made, the answers that it may get, and whether it asks the functions."""

    made: Callable[[random.Random, dict[str, str]], bytes]
    may: set[int]
    functions: bool = False


def _escaped(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


def _term(chance: random.Random, own: dict[str, str]) -> bytes:
    words = (
        "nan",
        "inf",
        "1e999",
        "",
        "1,000",
        "-5",
        "\ud800",
        "\x00",
        "9" * 400,
        "6 ramp 12 over 30",
        "١٢",
        "100",
        "0.5",
    )
    given = [
        f"{chance.choice([*TERMS, 'nobody'])}={_escaped(chance.choice(words))}" for _ in range(chance.randint(1, 4))
    ]
    return request(f"/api/project?{'&'.join(given)}", FILING, **own)


def _damaged(chance: random.Random, own: dict[str, str]) -> bytes:
    start, size = chance.randrange(len(FILING)), chance.choice([1, 100, 5000])
    middle = chance.choice([b"", b"\x00" * size, chance.randbytes(size), b"<table>" * size, b"$9" * size])
    data = chance.choice([FILING[:start] + middle + FILING[start + size :], middle * 20, b"PK\x03\x04" + middle])
    name = _escaped(chance.choice(["a.txt", "../../x", "\x00", "é" * 500]))
    return request(f"/api/read?name={name}", data, **own)


def _broken(chance: random.Random, own: dict[str, str]) -> bytes:
    host = own["Host"]
    head = f"POST /api/read HTTP/1.1\r\nHost: {host}\r\n"
    return chance.choice([
        b"\x16\x03\x01\x02\x00" + chance.randbytes(60) + b"\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: {host}\r\nHost: other\r\n\r\n".encode(),
        b"GET / HTTP/1.1\r\n\r\n",
        f"{head}Content-Length: -5\r\n\r\n".encode(),
        f"{head}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef".encode(),
        f"{head}Transfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n0\r\n\r\n".encode(),
        f"{head}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n".encode(),
        f"{head}Name\x00: x\r\n\r\n".encode(),
        f"GET /\x01\x02 HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(),
        f"GET / HTTP/one\r\nHost: {host}\r\n\r\n".encode(),
    ])  # fmt: skip


def _cut(chance: random.Random, own: dict[str, str]) -> bytes:
    whole = request("/api/read", FILING, **own)
    return whole[: chance.randrange(1, len(whole))]


def _form(chance: random.Random, own: dict[str, str]) -> bytes:
    mark = chance.choice(["x", "", "é", "x" * 3000])
    body = f'--{mark}\r\nContent-Disposition: form-data; name="\ufffd\r\n\r\n'.encode() + FILING[:2000]
    return request("/api/read", body, Content_Type=f"multipart/form-data; boundary={mark}", **own)


def _elsewhere(chance: random.Random, own: dict[str, str]) -> bytes:
    places = (
        "/etc/passwd",
        "/../../etc/passwd",
        "/%2e%2e/x",
        "//example.org/",
        "/api/",
        "/api/read/",
        "/%00",
        "/" + "a" * 9000,
    )
    return request(chance.choice(places), b"", chance.choice(["GET", "POST"]), **own)


def _host(chance: random.Random, own: dict[str, str]) -> bytes:
    names = ("example.org", "localhost", "[::1", "localhost:1", "", "x" * 3000, "a b", own["Host"] + ".example.org")
    return request(
        chance.choice(["/", "/api/read"]), b"", "GET" if chance.random() < 0 else "POST", Host=chance.choice(names)
    )


def _calls(body: Callable[[random.Random], bytes]) -> Callable[[random.Random, dict[str, str]], bytes]:
    return lambda chance, own: request("/call", body(chance), Content_Type="application/json", **own)


def _asking(arguments: str, name: str = '"REMIC_SMM"') -> bytes:
    return f'{{"calls": [{{"name": {name}, "arguments": [{arguments}]}}]}}'.encode()


def _deep(chance: random.Random) -> bytes:
    depth = chance.choice([1200, 20_000, 90_000, 250_000])
    return chance.choice([b"[" * depth, _asking("[" * depth + "]" * depth), b'{"a":' * depth + b"1" + b"}" * depth])


def _hostile(chance: random.Random) -> bytes:
    def value(given: object) -> object:
        return value(given.decode()) if isinstance(given, bytes) else given

    name = chance.choice([*(one.name for one in FUNCTIONS), "__import__", ""])
    given = list(chance.choice(ALL).arguments)
    for _ in range(chance.randint(1, 3)):
        given.insert(chance.randrange(len(given) + 1), json.loads(json.dumps(junk(chance), default=bytes.decode)))
    return json.dumps({"calls": [{"name": name, "arguments": given}] * chance.choice([1, 3])}).encode()


def _large(chance: random.Random) -> bytes:
    row = chance.choice(["1,", "1.5,", '"",', "null,"]) * chance.choice([200_000, 1_000_000])
    return _asking(f"[[{row}1]]", '"REMIC_SUBORD"')


_NO_NUMBERS = ("NaN", "Infinity", "-Infinity", "[[1, NaN]]", "9" * 5000, "1e", "0x10", "+1", "1_0", "'1'")
_SHAPES = (
    b"",
    b"1",
    b"[]",
    b"{}",
    b'{"calls": 1}',
    b'{"calls": [1]}',
    b'{"calls": [{"name": 1, "arguments": []}]}',
    b"\xff\xfe",
)
_HALVES = ('"\\ud800"', '"\\udfff x"', '[["a", "\\udabc"]]', '"\\udc00\\ud800"')
KINDS: dict[str, Kind] = {
    "term in the query": Kind(_term, {200, 400}),
    "damaged filing": Kind(_damaged, {200, 422}),
    "filing that is too large": Kind(lambda chance, own: request("/api/read", b"x" * (2**23 + 1), **own), {413}),
    "malformed form": Kind(_form, {415, 400}),
    "wrong type": Kind(lambda c, own: request("/api/read", FILING, Content_Type=c.choice(["image/png", "a" * 99]), **own), {415}),
    "wrong host": Kind(_host, {421, 400, 405}),
    "another site": Kind(lambda chance, own: request("/api/read", FILING, Origin="https://example.org", **own), {403}),
    "wrong method": Kind(
        lambda c, own: request(c.choice(["/", "/api/read"]), b"", c.choice(["PUT", "DELETE", "TRACE", "BREW"]), **own), {405}
    ),
    "no such place": Kind(_elsewhere, {404}),
    "huge head": Kind(lambda c, own: request("/", b"", "GET", X="y" * c.choice([LARGEST_HEAD, 40_000, 400_000, 900_000]), **own), {431, CLOSED}),
    "broken request": Kind(_broken, {400, CLOSED, 421, 405, 501, 404, 505}),
    "request cut short": Kind(_cut, {400, CLOSED}),
    "no secret": Kind(lambda chance, own: request("/call", _asking("1"), Host=own["Host"]), {401}, True),
    "wrong type of a call": Kind(lambda c, own: request("/call", _asking("1"), Content_Type="text/plain", **own), {415}, True),
    "deep lists": Kind(_calls(_deep), {400}, True),
    "no numbers": Kind(_calls(lambda chance: _asking(chance.choice(_NO_NUMBERS))), {400}, True),
    "half a character": Kind(_calls(lambda chance: _asking(chance.choice(_HALVES))), {400}, True),
    "wrong shape": Kind(_calls(lambda chance: chance.choice(_SHAPES)), {400}, True),
    "many records": Kind(_calls(lambda chance: b'{"calls": [' + b"{}," * chance.choice([10, 300_000]) + b"{}]}"), {400}, True),
    "large range": Kind(_calls(_large), {200}, True),
    "batch that is too large": Kind(_calls(lambda chance: b"[" + b"1," * 2**23 + b"1]"), {413}, True),
    "hostile arguments": Kind(_calls(_hostile), {200}, True),
}  # fmt: skip


@dataclass
class Tally:
    """What was answered to each kind of request, and what was wrong."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0
    megabytes: float = 0.0


def sent(server: Started, data: bytes, functions: bool, then_ends: bool) -> tuple[int, bytes]:
    """The status of the answer and its body; ``CLOSED`` if there is none. Some senders end before they are answered."""
    received = bytearray()
    with socket.create_connection(("127.0.0.1", server.calls if functions else server.page), 60) as plain:
        context = ssl.create_default_context(cafile=str(server.state / "localhost.crt"))
        with context.wrap_socket(plain, server_hostname="localhost") if functions else plain as wire:
            with suppress(OSError):  # it may have answered before it has heard all
                wire.sendall(data)
                if then_ends:
                    wire.shutdown(socket.SHUT_WR)
            with suppress(ConnectionError, ssl.SSLError):
                while part := wire.recv(2**16):
                    received += part
    head, _, body = bytes(received).partition(b"\r\n\r\n")
    return (int(head.split()[1]) if head.startswith(b"HTTP/1.1 ") else CLOSED), body


def attack(requests: int, seed: int) -> Tally:
    """So many requests, of every kind in turn."""
    tally, chance = Tally(), random.Random(seed)
    with started() as server:
        own = {
            True: {"Host": f"localhost:{server.calls}", TOKEN_HEADER: server.token},
            False: {"Host": f"localhost:{server.page}"},
        }
        for number in range(requests):
            name = list(KINDS)[number % len(KINDS)]
            kind, before = KINDS[name], server.seconds()
            status, body = sent(server, kind.made(chance, own[kind.functions]), kind.functions, CLOSED in kind.may)
            took = server.seconds() - before
            tally.answers[name, status] += 1
            tally.slowest = max(tally.slowest, took)
            if status not in kind.may:
                tally.faults.append(f"{number}: {name}: {status or 'no answer'}: {body[:200]!r}")
            if took > PATIENCE:
                tally.faults.append(f"{number}: {name}: {took:.1f} seconds")
        tally.megabytes = server.megabytes()
        if tally.megabytes > MEGABYTES:
            tally.faults.append(f"{tally.megabytes:.0f} MB")
        if (code := server.ended()) != 0:
            tally.faults.append(f"it ends with {code}")
        if b"Traceback" in (said := server.said.read_bytes()):
            tally.faults.append(f"it says {said[-2000:].decode(errors='replace')}")
    return tally


def main() -> int:
    """The attack from the command line; exit code 1 if anything was a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    tally = attack(asked.requests, asked.seed)
    for (name, status), count in sorted(tally.answers.items()):
        print(f"{name:28}{status or 'closed':>8}{count:7,}")
    print(*tally.faults, sep="\n")
    print(
        f"{asked.requests:,} requests of seed {asked.seed}: {len(tally.faults)} faults; "
        f"at most {tally.slowest:.2f} s of the server and {tally.megabytes:.0f} MB"
    )
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
