"""Servers while they run: connections bounded in number and time, and an end as soon as it is asked for."""

import asyncio
import logging
import os
import re
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import h11
import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

CONNECTIONS = 100
"""Connections open at once; one more is told to come later."""
LARGEST_HEAD = 32 * 2**10
"""Bytes of the head of a request."""
HEAD_SECONDS = 10.0
"""Seconds in which the head of a request must have been sent."""
LAST_SECONDS = 1
"""Seconds that a request under way has left when the end is asked for."""
_END_OF_HEAD = re.compile(rb"\n\r?\n")
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n"
    b"the head of a request may have %d bytes\n" % LARGEST_HEAD
)
ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)]


class Hurried(H11Protocol):
    """A connection that is closed when the head of a request takes too long or is too large."""

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn narrows it
        super().connection_made(transport)
        self._patience = self.loop.call_later(HEAD_SECONDS, transport.close)

    def data_received(self, data: bytes) -> None:
        if self.conn.their_state is h11.IDLE:  # h11 itself counts only what has not ended by the time it is read
            head = self.conn.trailing_data[0] + data
            end = _END_OF_HEAD.search(head)
            if (end.start() if end else len(head)) > LARGEST_HEAD:
                self._relax()
                self.transport.write(_TOO_LARGE)
                self.transport.close()
                return
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._relax()
        elif self._patience is None:  # the first bytes of the next request
            self._patience = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        self._relax()
        super().connection_lost(exc)

    def _relax(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None


class Server(uvicorn.Server):
    """One of several servers of a process, which are all told to end together."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def configured(
    app: Starlette, host: str, port: int, certificate: Path | None = None, key: Path | None = None
) -> uvicorn.Config:
    """How an application is served: by HTTPS if it has a certificate."""
    return uvicorn.Config(
        app, host=host, port=port, ssl_certfile=certificate, ssl_keyfile=key, http=Hurried, ws="none",
        lifespan="off", log_level="warning", server_header=False, limit_concurrency=CONNECTIONS,
        h11_max_incomplete_event_size=LARGEST_HEAD, timeout_graceful_shutdown=LAST_SECONDS,
    )  # fmt: skip


def serve_until_told(configs: Sequence[uvicorn.Config]) -> None:
    """Serve until the person or the system ends it, and end the process if some work is still under way."""

    async def all_of_them() -> None:
        servers = [Server(config) for config in configs]

        def end(_signal: int, _frame: FrameType | None) -> None:
            logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # what is cut off now is meant to be
            for server in servers:
                server.should_exit = True

        for which in ENDING:
            signal.signal(which, end)
        await asyncio.gather(*(server.serve() for server in servers))

    asyncio.run(all_of_them())
    if any(not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
        # A reading or a build cannot be interrupted, and nobody is left who would take it; it has no file open.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
