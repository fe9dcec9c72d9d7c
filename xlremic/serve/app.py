"""The command ``serve``: a page to drop a filing on, and the worksheet functions for Excel on Mac and the web.

Both are from this computer to itself. The page is plain HTTP, for this computer alone; where others reach it, it is
HTTPS and asks for a token of this run. Of the functions only the add-in may call: a request needs the token that our
own script carries, must be meant for this host by name, and must not come from another site's page. No answer but the
public description of the functions is shared with other origins, so no other page can read the script that holds the
token.
"""

import hmac
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from ..errors import InputError, XlremicError

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

PORT, PAGE_PORT = 8643, 8642
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
PAGE_TOKEN_HEADER = "X-Xlremic-Page"  # noqa: S105 - the name of a header
LARGEST_REQUEST = 32 * 1024 * 1024
VALID, RENEW = timedelta(days=820), timedelta(days=30)
_PRIVATE = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PUBLIC = {**_PRIVATE, "Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}


def _refusing(base: str) -> Callable[["Request"], "Response | None"]:
    """Tells why a request is not answered, if so: it is for another host, or from another site's page."""
    from starlette.responses import JSONResponse  # noqa: PLC0415 - an extra

    scheme, _, netloc = base.partition("://")
    port = netloc.rpartition(":")[2]
    # Over HTTP the page answers to every name of this computer; over HTTPS only to that of the manifest.
    hosts = {f"{name}:{port}" for name in LOOPBACK} if scheme == "http" else {netloc}

    def refusal(request: "Request") -> "Response | None":
        host = request.headers.get("host", "")
        if host not in hosts:
            return JSONResponse({"message": f"this is {netloc}"}, 421, headers=_PRIVATE)
        if request.headers.get("origin", f"{scheme}://{host}") != f"{scheme}://{host}":
            return JSONResponse({"message": "another site may not ask"}, 403, headers=_PRIVATE)
        return None

    return refusal


def page_routes(base: str, token: str = "") -> "list[Route]":
    """The page and what it asks for, at ``base``; with a token, only who has it is answered."""
    from starlette.concurrency import run_in_threadpool  # noqa: PLC0415 - an extra
    from starlette.responses import JSONResponse, Response  # noqa: PLC0415
    from starlette.routing import Route  # noqa: PLC0415

    from . import page  # noqa: PLC0415 - keeps other commands quick
    from .telling import parted  # noqa: PLC0415

    refusal = _refusing(base)
    headers = {**_PRIVATE, "Content-Security-Policy": page.POLICY, "Cross-Origin-Opener-Policy": "same-origin"}

    def said(status: int, message: str) -> "Response":
        return JSONResponse({"message": message}, status, headers=headers)

    def own(request: "Request") -> "Response":
        refused = refusal(request)
        if refused:
            return refused
        content, kind = page.asset(request.url.path)
        return Response(content, media_type=kind, headers=headers)

    def plain(content: Callable[[], "Response"]) -> "Callable[[Request], Response]":
        return lambda request: refusal(request) or content()

    def asked(
        answer: "Callable[[bytes, str, bytes | None, Request], Response]",
    ) -> "Callable[[Request], Awaitable[Response]]":
        async def endpoint(request: "Request") -> "Response":
            refused = refusal(request)
            if refused:
                return refused
            if not hmac.compare_digest(request.headers.get(PAGE_TOKEN_HEADER, "").encode(), token.encode()) and token:
                return said(401, "open the page with the whole address that xlremic serve has printed")
            body = await _body(request, page.LARGEST_FILING)
            if body is None:
                return said(
                    413, f"a filing of more than {page.LARGEST_FILING:,} bytes is not taken; one is far smaller"
                )
            name = request.query_params.get("name", "filing.txt")[:200]
            try:
                filing, facts = parted(body, request.query_params.get("facts"))
                return await run_in_threadpool(answer, filing, name, facts, request)
            except InputError as error:
                return said(400, str(error))
            except XlremicError as error:
                return said(422, str(error))

        return endpoint

    def read(data: bytes, name: str, facts: bytes | None, _: "Request") -> "Response":
        return JSONResponse(page.look(data, name, facts), headers=headers)

    def project(data: bytes, name: str, facts: bytes | None, request: "Request") -> "Response":
        return JSONResponse(page.project(data, name, page.terms_of(request.query_params), facts), headers=headers)

    def workbook(data: bytes, name: str, facts: bytes | None, request: "Request") -> "Response":
        made = page.workbook(data, name, page.terms_of(request.query_params), facts)
        return Response(made, media_type=_XLSX, headers=headers)

    return [
        *(Route(place, own) for place in page.ASSETS),
        Route("/sample.txt", plain(lambda: Response(page.sample(), media_type="text/plain", headers=headers))),
        Route("/openapi.json", plain(lambda: JSONResponse(page.description(), headers=headers))),
        Route("/api/read", asked(read), methods=["POST"]),
        Route("/api/project", asked(project), methods=["POST"]),
        Route("/api/workbook", asked(workbook), methods=["POST"]),
    ]


def make_page(base: str) -> "Starlette":
    """The page alone, for this computer, at ``base`` such as http://localhost:8642."""
    from starlette.applications import Starlette  # noqa: PLC0415 - an extra

    return Starlette(routes=page_routes(base))


async def _body(request: "Request", most: int) -> bytes | None:
    """The body of a request, unless it is larger than that."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            return None
    return bytes(body)


def make_app(base: str, token: str, page_token: str = "") -> "Starlette":
    """The functions, and the page, behind ``base``, such as https://localhost:8643."""
    from starlette.applications import Starlette  # noqa: PLC0415 - an extra
    from starlette.concurrency import run_in_threadpool  # noqa: PLC0415
    from starlette.responses import JSONResponse, Response  # noqa: PLC0415
    from starlette.routing import Route  # noqa: PLC0415

    from ..functions.hosts import officejs  # noqa: PLC0415 - keeps other commands quick

    refusal = _refusing(base)

    def shared(make: Callable[[], bytes | str], kind: str) -> Callable[["Request"], "Response"]:
        return lambda request: Response(make(), media_type=kind, headers=_PUBLIC)

    def own(make: Callable[[], bytes | str], kind: str) -> Callable[["Request"], "Response"]:
        return lambda request: refusal(request) or Response(make(), media_type=kind, headers=_PRIVATE)

    async def calls(request: "Request") -> "Response":
        refused = refusal(request)
        if refused:
            return refused
        if not hmac.compare_digest(request.headers.get(officejs.TOKEN_HEADER, "").encode(), token.encode()):
            return JSONResponse({"message": "the token is missing or wrong"}, 401, headers=_PRIVATE)
        body = await _body(request, LARGEST_REQUEST)
        if body is None:
            return JSONResponse({"message": "the request is too large"}, 413, headers=_PRIVATE)
        try:
            answer = await run_in_threadpool(officejs.answer, json.loads(body))
        except (ValueError, RecursionError) as error:  # InputError among them
            return JSONResponse({"message": str(error)}, 400, headers=_PRIVATE)
        return JSONResponse(answer, headers=_PRIVATE)

    description = json.dumps(officejs.metadata())
    return Starlette(
        routes=[
            Route("/call", calls, methods=["POST"]),
            Route("/functions.js", own(lambda: officejs.functions_js(f"{base}/call", token), "text/javascript")),
            Route("/functions.json", shared(lambda: description, "application/json")),
            Route("/functions.html", own(officejs.functions_page, "text/html")),
            *page_routes(base, page_token),
            Route("/manifest.xml", own(lambda: officejs.manifest(base), "application/xml")),
            Route("/icon-32.png", shared(lambda: officejs.icon(32), "image/png")),
            Route("/icon-64.png", shared(lambda: officejs.icon(64), "image/png")),
        ]
    )
