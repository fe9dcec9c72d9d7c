"""Polite, cached download of filings from EDGAR.

A filing never changes, so what was fetched once is kept for good. Requests carry the name and e-mail that EDGAR asks
for, are spaced, and wait longer after each refusal. A redirect to another host is not followed.
"""

import hashlib
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from ..errors import FetchError, InputError, shown
from ..files import write_whole

if TYPE_CHECKING:
    import httpx

SHELF_CIK = 811785  # Citicorp Mortgage Securities, Inc.
ARCHIVES = "https://www.sec.gov/Archives/edgar/data"
SIZE_LIMIT = 25 * 2**20
REQUESTS_PER_SECOND = 5.0
MOST_PER_SECOND = 10.0  # EDGAR's own limit for all requests of one user
ATTEMPTS, UNREACHED = 5, 3
"""How often is asked in all, and how often a host that cannot be reached: that is no refusal that time would lift."""
TIMEOUT, CONNECTING = 30.0, 5.0  # seconds for an answer, and to reach the host
LONGEST_WAIT = 600.0  # a block by EDGAR lasts about ten minutes
REDIRECTS = 3
_ACCESSION = re.compile(r"(\d{10})-?(\d{2})-?(\d{6})")
_USER_AGENT = re.compile(r"[^\s@][^@\r\n]*\s[^\s@]+@[^\s@]+\.[^\s@]+")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def is_remote(name: str) -> bool:
    """Whether a filing's name is an accession number or a URL rather than a path."""
    return _ACCESSION.fullmatch(name) is not None or re.match(r"https?://", name) is not None


def unheard(_: str) -> None:
    """Nobody is told how a download goes."""


def path_of(filing: str, tell: Callable[[str], None] = unheard) -> Path:
    """A filing given as a path, an accession number or an address, as a path; fetched if need be."""
    return fetch(filing, tell=tell) if is_remote(filing) and not Path(filing).exists() else Path(filing)


def url_of(name: str, *, cik: int = SHELF_CIK) -> str:
    """The address of a filing.

    Args:
        name: an accession number, with or without its dashes, or a URL (https; http only on this computer).
        cik: registrant under which EDGAR files the accession number.
    Raises: InputError if it is neither.
    """
    if match := _ACCESSION.fullmatch(name):
        accession = "-".join(match.groups())
        return f"{ARCHIVES}/{cik}/{accession.replace('-', '')}/{accession}.txt"
    try:
        parts = urlsplit(name)
        named = parts.hostname if parts.port != 0 else None
    except ValueError as error:  # a bracket that is not closed, a port that is no number or too large
        raise InputError(f"{shown(name)} is no address: {error}") from error
    if named and (parts.scheme == "https" or (parts.scheme == "http" and named in _LOOPBACK)):
        return name
    raise InputError(f"{shown(name)} is neither an accession number (0001141776-04-000244) nor an https address")


def cache_folder() -> Path:
    """Where fetched filings are kept: XLREMIC_CACHE, or the system's place for caches."""
    if given := os.environ.get("XLREMIC_CACHE"):
        return Path(given)
    base = os.environ.get("LOCALAPPDATA") or os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "xlremic"


def fetch(
    name: str,
    *,
    user_agent: str | None = None,
    cik: int = SHELF_CIK,
    folder: Path | None = None,
    per_second: float = REQUESTS_PER_SECOND,
    sleep: Callable[[float], None] = time.sleep,
    tell: Callable[[str], None] = unheard,
) -> Path:
    """The path of a filing in the cache, downloaded first if it is not there.

    Args:
        name: accession number or URL, see ``url_of``.
        user_agent: "Name e-mail" as EDGAR asks for; default: the environment's XLREMIC_USER_AGENT.
        per_second: requests a second, at most ten.
        sleep: waits that many seconds.
        tell: is told, in a sentence, what is waited for.
    Raises: InputError for a bad name or user agent; FetchError if the filing cannot be downloaded.
    """
    url = url_of(name, cik=cik)
    match = _ACCESSION.search(urlsplit(url).path)
    last = re.sub(r"[^A-Za-z0-9._-]", "_", urlsplit(url).path.rpartition("/")[2])[-80:] or "index"
    key = "-".join(match.groups()) if match else hashlib.sha256(url.encode()).hexdigest()[:20]
    place = (folder or cache_folder()) / key / last
    if place.is_file():
        return place
    agent = user_agent or os.environ.get("XLREMIC_USER_AGENT", "")
    if not _USER_AGENT.fullmatch(agent):
        raise InputError(
            f"EDGAR asks who is calling, found {agent!r}; give --user-agent 'Your Name you@example.org'"
            " or set XLREMIC_USER_AGENT"
        )
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{place.parent} cannot be made: {error.strerror or error}; set XLREMIC_CACHE") from error
    data = _download(url, agent, place.parent.parent, 1 / min(max(per_second, 0.01), MOST_PER_SECOND), sleep, tell)
    write_whole(place, data)
    return place


def _download(
    url: str,
    agent: str,
    folder: Path,
    spacing: float,
    sleep: Callable[[float], None],
    tell: Callable[[str], None],
) -> bytes:
    try:
        import httpx  # noqa: PLC0415 - an optional dependency
    except ModuleNotFoundError:
        raise InputError("fetching needs one more package: pip install 'xlremic[edgar]'") from None

    reason, unreached = "", 0
    wait = 1.0
    timeout = httpx.Timeout(TIMEOUT, connect=CONNECTING)
    with httpx.Client(headers={"User-Agent": agent, "Accept-Encoding": "gzip"}, timeout=timeout) as client:
        for attempt in range(ATTEMPTS):
            if attempt:
                wait = min(wait, LONGEST_WAIT)
                tell(f"{url}: {reason}; asking again in {wait:g} s")
                sleep(wait)
                wait *= 4
            _take_turn(folder, spacing, sleep)
            try:
                status, headers, body = _get(client, url)
            except httpx.InvalidURL as error:
                raise InputError(f"{url!r} is no address: {error}") from error
            except httpx.TransportError as error:
                reason = f"{type(error).__name__}: {error}"
                unreached += isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
                if unreached == UNREACHED:
                    break
                continue
            if status == httpx.codes.OK:
                return body
            reason = f"status {status}"
            if status not in (403, 429) and status < 500:
                break
            if headers.get("retry-after", "").isdigit():
                wait = max(wait, float(headers["retry-after"]))
    raise FetchError(f"{url} could not be downloaded ({reason}); try again later, or download it with a browser")


def _get(client: "httpx.Client", url: str) -> tuple[int, "httpx.Headers", bytes]:
    """Status, headers and body, redirects within the host followed, size bounded."""
    host = urlsplit(url).netloc
    for _ in range(REDIRECTS + 1):
        with client.stream("GET", url) as response:
            if response.is_redirect:
                url = urljoin(url, response.headers.get("location", ""))
                if urlsplit(url).netloc != host or urlsplit(url).scheme not in ("https", "http"):
                    raise FetchError(f"{host} redirects to {url}, another host; that is not followed")
                continue
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > SIZE_LIMIT:
                    raise FetchError(f"{url} is over the limit of {SIZE_LIMIT:,} bytes; a filing is far smaller")
            return response.status_code, response.headers, bytes(body)
    raise FetchError(f"{url}: more than {REDIRECTS} redirects")


def _take_turn(folder: Path, spacing: float, sleep: Callable[[float], None]) -> None:
    """Keep requests apart, also those of other processes that share the cache."""
    mark = folder / ".last-request"
    if mark.exists():
        since = time.time() - mark.stat().st_mtime
        if 0 <= since < spacing:
            sleep(spacing - since)
    mark.touch()
