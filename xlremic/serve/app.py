"""The command ``serve``: a page to drop a filing on, and the worksheet functions for Excel on Mac and the web.

Both are from this computer to itself. The page is plain HTTP, for this computer alone; where others reach it, it is
HTTPS and asks for a token of this run. Of the functions only the add-in may call: a request needs the token that our
own script carries, must be meant for this host by name, and must not come from another site's page. No answer but the
public description of the functions is shared with other origins, so no other page can read the script that holds the
token.
"""

import asyncio
import hmac
import ipaddress
import json
import os
import secrets
import sys
import threading
import webbrowser
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

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

    def asked(answer: "Callable[[bytes, str, Request], Response]") -> "Callable[[Request], Awaitable[Response]]":
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
                return await run_in_threadpool(answer, body, name, request)
            except InputError as error:
                return said(400, str(error))
            except XlremicError as error:
                return said(422, str(error))

        return endpoint

    def read(data: bytes, name: str, _: "Request") -> "Response":
        return JSONResponse(page.look(data, name), headers=headers)

    def project(data: bytes, name: str, request: "Request") -> "Response":
        return JSONResponse(page.project(data, name, page.terms_of(request.query_params)), headers=headers)

    def workbook(data: bytes, name: str, request: "Request") -> "Response":
        made = page.workbook(data, name, page.terms_of(request.query_params))
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


def state_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the certificate and the token are kept, for this user alone."""
    if environment.get("XLREMIC_STATE"):
        return Path(environment["XLREMIC_STATE"])
    if environment.get("LOCALAPPDATA"):
        return Path(environment["LOCALAPPDATA"], "xlremic")
    return Path(environment.get("XDG_STATE_HOME") or Path.home() / ".local" / "state", "xlremic")


def kept_token(folder: Path) -> str:
    """The token that the script and the server share; made once, since Excel keeps the script."""
    place = folder / "token"
    if not place.exists():
        _write_secret(place, secrets.token_urlsafe(32).encode())
    return place.read_text(encoding="ascii").strip()


def certificate(folder: Path, host: str, now: datetime | None = None) -> tuple[Path, Path]:
    """Files of a certificate for this computer and its key, made here when missing, for another host or nearly over.

    It is no authority: whoever trusts it trusts this server, and nothing that the key could sign.
    """
    from cryptography import x509  # noqa: PLC0415 - an extra
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID  # noqa: PLC0415

    now = now or datetime.now(UTC)
    public, private = folder / f"{_file_name(host)}.crt", folder / f"{_file_name(host)}.key"
    if public.exists() and private.exists():
        kept = x509.load_pem_x509_certificate(public.read_bytes())
        if kept.not_valid_after_utc - now > RENEW:
            return public, private
    names: list[x509.GeneralName] = []
    for name in dict.fromkeys(("localhost", "127.0.0.1", "::1", host)):
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            names.append(x509.DNSName(name))
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "xlremic on this computer")])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    _write_secret(private, key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    _write_secret(public, made.public_bytes(pem))
    return public, private


def _file_name(host: str) -> str:
    return "".join(letter if letter.isalnum() or letter in ".-" else "_" for letter in host)


def _write_secret(place: Path, content: bytes) -> None:
    """Write what only this user may read."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    place.unlink(missing_ok=True)
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def is_loopback(host: str) -> bool:
    """Whether only this computer can reach a host of this name."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@click.command("serve")
@click.option("--host", default="localhost", show_default=True, help="Name or address to serve at")
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True, help="Of the functions, HTTPS")
@click.option("--page-port", type=click.IntRange(1, 65535), default=PAGE_PORT, show_default=True, help="Of the page")
@click.option("--open/--no-open", "open_it", default=True, help="Show the page in the browser, where there is one")
def serve_command(host: str, port: int, page_port: int, open_it: bool) -> None:
    """Serve a page to drop a filing on, and the worksheet functions to Excel on Mac and the web, until interrupted.

    At a --host that others can reach the page is served by HTTPS beside the functions, to who has its token.

    Example: xlremic serve
    """
    if host in ("0.0.0.0", "::"):  # noqa: S104 - refused
        raise InputError(f"{host} is no name: give --host the name by which others reach this computer")
    if port == page_port:
        raise InputError(f"--port and --page-port are both {port}: the functions and the page need one each")
    shown = f"[{host}]" if ":" in host else host
    base = f"https://{shown}" if port == 443 else f"https://{shown}:{port}"
    here = is_loopback(host)
    page_token = "" if here else secrets.token_urlsafe(32)
    page_base = f"http://{shown}:{page_port}"
    folder = state_folder()
    try:
        import uvicorn  # noqa: PLC0415 - an extra

        public, private = certificate(folder, host)
        app = make_app(base, kept_token(folder), page_token)
        page = make_page(page_base)
    except ImportError as error:
        raise InputError("serving needs one more library: pip install 'xlremic[serve]'") from error
    except OSError as error:
        raise InputError(f"{error.filename} cannot be written: {error.strerror}; set XLREMIC_STATE") from error
    usual: dict[str, Any] = {
        "host": host, "log_level": "warning", "server_header": False, "ws": "none", "lifespan": "off",
    }  # fmt: skip
    configs = [uvicorn.Config(app, port=port, ssl_certfile=public, ssl_keyfile=private, **usual)]
    if here:
        configs.append(uvicorn.Config(page, port=page_port, **usual))
    else:
        click.echo(f"{host} can be reached by others: whoever can read {base}/functions.js can call", err=True)
    address = page_base if here else f"{base}/#{page_token}"
    click.echo(f"{address} is the page to drop a filing on", err=True)
    click.echo(f"{base}/manifest.xml is the add-in for Excel; trust the certificate {public} first", err=True)
    if open_it and (
        sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        threading.Timer(1.0, webbrowser.open, [address]).start()

    async def all_of_them() -> None:
        await asyncio.gather(*(uvicorn.Server(config).serve() for config in configs))

    with suppress(KeyboardInterrupt):  # the way to end it
        asyncio.run(all_of_them())
