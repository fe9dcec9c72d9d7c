"""Servers on free ports of this computer, while a test asks them."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.applications import Starlette

from xlremic.serve.running import Server, configured


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def answering(app: Starlette, port: int, certificate: Path | None = None, key: Path | None = None) -> Iterator[None]:
    """The application on a port, by HTTPS if it has a certificate."""
    server = Server(configured(app, "127.0.0.1", port, certificate, key))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    assert server.started
    yield
    server.should_exit = True
    thread.join(10)
