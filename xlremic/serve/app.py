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
from typing import TYPE_CHECKING

from ..errors import InputError, XlremicError

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from .gate import Gate

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
PAGE_TOKEN_HEADER = "X-Xlremic-Page"  # noqa: S105 - the name of a header
CALL_KINDS = ("", "application/json")
LARGEST_REQUEST = 16 * 2**20
"""Bytes of a batch of calls; Excel sends some kilobytes."""
FILING_KINDS = ("", "application/octet-stream", "text/plain", "text/html")
"""Media types that a filing may come as: never a form, whose wrapping would be read as text of the filing."""
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


def _kind(request: "Request") -> str:
    """The media type of what is sent, in small letters; empty if none is told."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def page_routes(base: str, gate: "Gate", token: str = "") -> "list[Route]":
    """The page and what it asks for, at ``base``; with a token, only who has it is answered."""
    from starlette.responses import JSONResponse, Response  # noqa: PLC0415 - an extra
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
            if _kind(request) not in FILING_KINDS:
                return said(415, "send the bytes of the filing alone, as application/octet-stream")
            name = request.query_params.get("name", "filing.txt")[:200]
            large = f"a filing of more than {page.LARGEST_FILING:,} bytes is not taken; one is far smaller"
            async with gate.body(request, page.LARGEST_FILING, large) as body:
                try:
                    filing, facts = parted(body, request.query_params.get("facts"))
                    return await gate.work(lambda: answer(filing, name, facts, request))
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


def _application(routes: "list[Route]") -> "Starlette":
    from starlette.applications import Starlette  # noqa: PLC0415 - an extra
    from starlette.exceptions import HTTPException  # noqa: PLC0415
    from starlette.responses import JSONResponse  # noqa: PLC0415

    async def said(_: "Request", error: "HTTPException") -> "Response":
        return JSONResponse({"message": error.detail}, error.status_code, headers={**_PRIVATE, **(error.headers or {})})

    made = Starlette(routes=routes, exception_handlers={HTTPException: said})  # type: ignore[dict-item]  # handlers of one kind of error are typed as of all
    made.router.redirect_slashes = False  # a redirection would repeat whatever host was asked for
    return made


def make_page(base: str, gate: "Gate | None" = None) -> "Starlette":
    """The page alone, for this computer, at ``base`` such as http://localhost:8642."""
    from .gate import Gate  # noqa: PLC0415 - an extra

    return _application(page_routes(base, gate or Gate()))


def make_app(base: str, token: str, page_token: str = "", gate: "Gate | None" = None) -> "Starlette":
    """The functions, and the page, behind ``base``, such as https://localhost:8643."""
    from starlette.responses import JSONResponse, Response  # noqa: PLC0415 - an extra
    from starlette.routing import Route  # noqa: PLC0415

    from ..functions.hosts import officejs  # noqa: PLC0415 - keeps other commands quick
    from .gate import Gate, question_of  # noqa: PLC0415

    refusal, door = _refusing(base), gate or Gate()

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
        if _kind(request) not in CALL_KINDS:
            return JSONResponse({"message": "send application/json"}, 415, headers=_PRIVATE)
        async with door.body(request, LARGEST_REQUEST, "the request is too large") as body:
            try:
                return await door.work(lambda: JSONResponse(officejs.answer(question_of(body)), headers=_PRIVATE))
            except InputError as error:
                return JSONResponse({"message": str(error)}, 400, headers=_PRIVATE)

    description = json.dumps(officejs.metadata())
    return _application(
        [
            Route("/call", calls, methods=["POST"]),
            Route("/functions.js", own(lambda: officejs.functions_js(f"{base}/call", token), "text/javascript")),
            Route("/functions.json", shared(lambda: description, "application/json")),
            Route("/functions.html", own(officejs.functions_page, "text/html")),
            *page_routes(base, door, page_token),
            Route("/manifest.xml", own(lambda: officejs.manifest(base), "application/xml")),
            Route("/icon-32.png", shared(lambda: officejs.icon(32), "image/png")),
            Route("/icon-64.png", shared(lambda: officejs.icon(64), "image/png")),
        ]
    )
