"""The command ``serve``: the worksheet functions for Excel on Mac and the web, from this computer to itself.

Only the add-in may call: a request needs the token that our own script carries, must be meant for this host by name,
and must not come from another site's page. No answer but the public description of the functions is shared with
other origins, so no other page can read the script that holds the token.
"""

import hmac
import ipaddress
import json
import os
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .errors import InputError

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

PORT = 8643
LARGEST_REQUEST = 32 * 1024 * 1024
VALID, RENEW = timedelta(days=820), timedelta(days=30)
_PRIVATE = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_PUBLIC = {**_PRIVATE, "Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}


def make_app(base: str, token: str) -> "Starlette":
    """The application behind ``base``, such as https://localhost:8643."""
    from starlette.applications import Starlette  # noqa: PLC0415 - an extra
    from starlette.concurrency import run_in_threadpool  # noqa: PLC0415
    from starlette.responses import JSONResponse, Response  # noqa: PLC0415
    from starlette.routing import Route  # noqa: PLC0415

    from .hosts import officejs  # noqa: PLC0415 - keeps other commands quick

    netloc = base.partition("://")[2]

    def refusal(request: "Request") -> "Response | None":
        """Why a request is not answered, if so."""
        if request.headers.get("host", "") != netloc:
            return JSONResponse({"message": f"this is {netloc}"}, 421, headers=_PRIVATE)
        if request.headers.get("origin", base) != base:
            return JSONResponse({"message": "another site may not ask"}, 403, headers=_PRIVATE)
        return None

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
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > LARGEST_REQUEST:
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
            Route("/", own(officejs.functions_page, "text/html")),
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
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True)
def serve_command(host: str, port: int) -> None:
    """Serve the worksheet functions to Excel on Mac and the web, until interrupted.

    Example: xlremic serve
    """
    if host in ("0.0.0.0", "::"):  # noqa: S104 - refused
        raise InputError(f"{host} is no name: give --host the name by which Excel reaches this computer")
    shown = f"[{host}]" if ":" in host else host
    base = f"https://{shown}" if port == 443 else f"https://{shown}:{port}"
    folder = state_folder()
    try:
        import uvicorn  # noqa: PLC0415 - an extra

        public, private = certificate(folder, host)
        app = make_app(base, kept_token(folder))
    except ImportError as error:
        raise InputError("serving needs one more library: pip install 'xlremic[serve]'") from error
    except OSError as error:
        raise InputError(f"{error.filename} cannot be written: {error.strerror}; set XLREMIC_STATE") from error
    if not is_loopback(host):
        click.echo(f"{host} can be reached by others: whoever can read {base}/functions.js can call", err=True)
    click.echo(f"{base}/manifest.xml is the add-in; trust the certificate {public} first", err=True)
    uvicorn.run(
        app, host=host, port=port, log_level="warning",
        ssl_certfile=public, ssl_keyfile=private, server_header=False, ws="none", lifespan="off",
    )  # fmt: skip
