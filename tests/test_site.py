"""The documentation as a site: built without a warning, seen without an error, and nothing is asked of another host."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from .conftest import SAMPLE

ROOT = SAMPLE.parent.parent
PAGES = ("index.html", "tour.html", "gallery.html", "numbers.html", "samples/index.html", "decisions/eight-wings.html")


def made(root: Path, site: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "-f", str(root / "mkdocs.yml"), "-d", str(site)]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, env=quiet, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("site")
    done = made(ROOT, place)
    assert done.returncode == 0 and "WARNING" not in done.stderr, done.stderr
    return place


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Nothing: the test says what went wrong."""


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    driver, program = shutil.which("chromedriver"), shutil.which("chromium") or shutil.which("google-chrome")
    if not driver or not program:
        pytest.skip("Chromium and chromedriver are not installed")
    from selenium import webdriver  # noqa: PLC0415 - only here

    options = webdriver.ChromeOptions()
    options.binary_location = program
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    opened = webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=driver))
    opened.set_page_load_timeout(120)
    yield opened
    opened.quit()


def asked(browser: Any) -> set[str]:
    """Addresses that pages have asked for since the last call."""
    messages = (json.loads(entry["message"])["message"] for entry in browser.get_log("performance"))
    sent = (one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent")
    return {url for url in sent if url.startswith(("http:", "https:", "ws:", "wss:"))}


@pytest.mark.real
def test_pages_open_without_an_error_and_ask_no_other_host(address: str, browser: Any) -> None:
    for page in PAGES:
        browser.get(f"{address}/{page}")
        assert browser.find_element("tag name", "h1").text
    urls = asked(browser)
    assert len(urls) > len(PAGES)
    assert {url for url in urls if not url.startswith(f"{address}/")} == set()
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


@pytest.mark.real
def test_a_page_that_asks_another_host_is_noticed(site: Path, address: str, browser: Any) -> None:
    page = (site / "tour.html").read_text(encoding="utf-8")
    (site / "asks.html").write_text(
        page.replace("</body>", '<img src="http://localhost:9/pixel.png"></body>'), encoding="utf-8"
    )
    asked(browser)
    browser.get(f"{address}/asks.html")
    assert "http://localhost:9/pixel.png" in asked(browser)
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] != []


def test_a_link_that_leads_nowhere_stops_the_site(tmp_path: Path) -> None:
    for name in ("docs", "samples"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("pictures"))
    shutil.copytree(ROOT / "docs" / "pictures", tmp_path / "docs" / "pictures")
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    page = tmp_path / "docs" / "tour.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n[nowhere](guide.md#nowhere)\n", encoding="utf-8")
    done = made(tmp_path, tmp_path / "site")
    assert done.returncode != 0 and "#nowhere" in done.stdout + done.stderr


def test_every_page_is_in_the_index() -> None:
    """The index of the documentation leads to every page, but for the decisions, to which the architecture leads."""
    linked = set(re.findall(r"\]\(([\w-]+\.md)", (ROOT / "docs" / "index.md").read_text(encoding="utf-8")))
    assert linked == {page.name for page in (ROOT / "docs").glob("*.md")} - {"index.md"}
