"""What all who ask a server at once may take of it: bytes in hand, work under way, seconds of sending."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from anyio.to_thread import run_sync
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from ..errors import InputError

HELD = 64 * 2**20
"""Bytes of all requests in hand together."""
AT_WORK, IN_HAND = 2, 16
"""Requests worked on at once, and those that may wait with them; a browser sends six at a time."""
SENDING = 20.0
"""Seconds in which a request must have been sent."""
RETRY = 5
"""Seconds after which a refused sender may try again."""
MOST_PARTS = 200_000
"""Lists and records in a question: a thousandth of this is usual, and each takes many times its bytes of memory."""
_CLOSE = {"Connection": "close"}
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def _busy(what: str) -> HTTPException:
    return HTTPException(503, f"{what}; try again in {RETRY} seconds", {"Retry-After": str(RETRY), **_CLOSE})


@dataclass(slots=True)
class Gate:
    """The bounds of one process, whatever it serves."""

    held: int = 0
    in_hand: int = 0
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_WORK))

    @asynccontextmanager
    async def body(self, request: Request, most: int, too_large: str) -> AsyncIterator[bytes]:
        """The body of a request, counted for as long as it is in hand.

        Raises: HTTPException 413 if it has more bytes than that, 408 if it is not sent in time, 503 if all requests
            together are too much, 400 if the sender leaves.
        """
        body, size = bytearray(), 0
        try:
            async with asyncio.timeout(SENDING):
                async for part in request.stream():
                    size += len(part)
                    if size > most:  # heard to its end, but not kept: a sender reads no answer before
                        self.held -= len(body)
                        body.clear()
                        continue
                    if self.held + len(part) > HELD:
                        raise _busy("others are sending as much as is taken at once")
                    body += part
                    self.held += len(part)
            if size > most:
                raise HTTPException(413, too_large)
            yield bytes(body)
        except TimeoutError as error:
            raise HTTPException(408, f"the request was not sent in {SENDING:.0f} seconds", _CLOSE) from error
        except ClientDisconnect as error:
            raise HTTPException(400, "the request ended before its end") from error
        finally:
            self.held -= len(body)

    async def work(self, answer: Callable[[], Response]) -> Response:
        """An answer, made beside the loop when its turn comes. Raises: HTTPException 503 if too many wait."""
        if self.in_hand >= IN_HAND:
            raise _busy("others are asking as much as is answered at once")
        self.in_hand += 1
        try:
            async with self.turns:
                return await run_sync(answer, abandon_on_cancel=True)  # the end of the server waits for none
        finally:
            self.in_hand -= 1


def question_of(body: bytes) -> object:
    """What JSON says. Raises: InputError if it is none, has too many parts, or text that is no Unicode."""
    if body.count(b"[") + body.count(b"{") > MOST_PARTS:
        raise InputError(f"the request has more than {MOST_PARTS:,} lists and records: ask in smaller ones")
    try:
        text = body.decode()
        question: object = json.loads(text, parse_constant=_no_number)
        if _SURROGATE.search(text):
            json.dumps(question, ensure_ascii=False).encode()
    except UnicodeError as error:
        raise InputError("the request has text that is no Unicode: half of a pair of surrogates") from error
    except RecursionError as error:
        raise InputError("the request is too deep: lists within lists within lists") from error
    except ValueError as error:
        raise InputError(f"the request is no JSON: {error}") from error
    return question


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")
