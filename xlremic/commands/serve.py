"""The command ``serve``: the local page, and the worksheet functions for Excel on Mac and the web."""

import os
import secrets
import sys
import threading
import webbrowser

import click

from ..errors import InputError
from ..serve.app import make_app, make_page
from ..serve.certificate import certificate, is_loopback, kept_token, state_folder

PORT, PAGE_PORT = 8643, 8642


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
        from ..serve.gate import Gate  # noqa: PLC0415 - an extra
        from ..serve.running import configured, serve_until_told  # noqa: PLC0415

        public, private = certificate(folder, host)
        gate = Gate()
        configs = [configured(make_app(base, kept_token(folder), page_token, gate), host, port, public, private)]
        page = make_page(page_base, gate)
    except ImportError as error:
        raise InputError("serving needs one more library: pip install 'xlremic[serve]'") from error
    except OSError as error:
        raise InputError(f"{error.filename} cannot be written: {error.strerror}; set XLREMIC_STATE") from error
    if here:
        configs.append(configured(page, host, page_port))
    else:
        click.echo(f"{host} can be reached by others: whoever can read {base}/functions.js can call", err=True)
    address = page_base if here else f"{base}/#{page_token}"
    click.echo(f"{address} is the page to drop a filing on", err=True)
    click.echo(f"{base}/manifest.xml is the add-in for Excel; trust the certificate {public} first", err=True)
    if open_it and (
        sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        threading.Timer(1.0, webbrowser.open, [address]).start()

    serve_until_told(configs)
