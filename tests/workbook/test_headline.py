"""What a recipient reads: the words, the same figures in text and HTML, and a page that a phone and a dark screen show."""

import re
import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from xlremic.deal import Deal
from xlremic.workbook import letter
from xlremic.workbook.entering import Reported
from xlremic.workbook.headline import ClassNow, Glance, Month, glance_of, headline_book
from xlremic.workbook.update import update

GLANCE = Glance(
    title="Citicorp Mortgage Securities, Inc., REMIC Pass-Through Certificates, Series 2004-8",
    as_of=date(2006, 3, 25),
    pool_balance=300_000_000.0,
    factor=0.6077286,
    threshold=49_364_137.76,
    callable_now=False,
    checks="All checks tie",
    classes=(
        ClassNow("A", 290_000_000.0, 481_546_830.0, 0.0333),
        ClassNow("B-1 <&>", 10_000_000.0, 12_094_547.57, 0.0),
    ),
    last=Month(date(2006, 2, 25), 305_000_000.0, 1_000.0),
    losses=1_500.5,
    speed="300 PSA",
    terms="At 300 PSA, no defaults, never called",
    first_callable="25 Sep 2013",
)


class _Tags(HTMLParser):
    """Every start tag with its attributes, and all text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_subject_says_deal_day_checks_and_call() -> None:
    assert letter.subject(GLANCE) == "CMSI 2004-8, 25 Mar 2006: all checks tie, not callable"


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("CitiMortgage Alternative Loan Trust, Series 2007-A1", "CALT 2007-A1"),
        ("Citicorp, REMIC Pass-Through Certificates, Series 2004-8", None),
        ("A title of its own", None),
    ],
)
def test_a_title_without_initials_stays_whole(title: str, short: str | None) -> None:
    glance = Glance(
        title=title, as_of=date(2006, 3, 25), pool_balance=1.0, factor=1.0, threshold=2.0, callable_now=True, checks="x", classes=(),
    )  # fmt: skip
    assert glance.short_title == (short or title)


def test_the_message_says_what_has_changed_in_words() -> None:
    said = letter.text(GLANCE)
    for words in (
        "USD 300,000,000.00, factor 0.60772860",
        "Since 25 Feb 2006  down USD 5,000,000.00 (1.64%)",
        "USD 1,500.50, USD 500.50 of them since 25 Feb 2006",
        "not callable: USD 250,635,862.24 above the threshold of USD 49,364,137.76",
        "25 Sep 2013, at 300 PSA",
        "At 300 PSA, no defaults, never called",
        "0.602226",
    ):
        assert words in said


def test_text_and_html_say_the_same() -> None:
    remarks = ("2 inputs to look at",)
    shown = " ".join(" ".join(_Tags(letter.html(GLANCE, remarks)).words).split())
    for line in letter.text(GLANCE, remarks).splitlines():
        for part in re.split(r"\s{2,}", line.removeprefix("ATTENTION: ").strip()):
            assert part in shown, part


def test_who_has_it_read_aloud_is_told_the_language_and_what_each_header_is_of() -> None:
    page = _Tags(letter.html(GLANCE))
    assert next(attributes for tag, attributes in page.tags if tag == "html")["lang"] == "en"
    headers = [attributes.get("scope") for tag, attributes in page.tags if tag == "th"]
    assert set(headers) == {"row", "col"} and headers.count("col") == 4
    assert {attributes.get("content") for tag, attributes in page.tags if attributes.get("name") == "color-scheme"} == {
        "light dark"
    }
    assert not [one for one in page.tags if "src" in one[1] or "href" in one[1]]


def test_a_real_workbook_tells_its_last_month(workbook: Path, deal: Deal, tmp_path: Path) -> None:
    path = tmp_path / "deal.xlsx"
    path.write_bytes(workbook.read_bytes())
    issued = {tranche.label: tranche.class_initial_principal_balance for tranche in deal.tranches}
    totals = []
    for share, month, lost in (("0.9", 3, "10"), ("0.8", 4, "30.5")):
        balances = {label: (Decimal(share) * balance).quantize(Decimal("0.01")) for label, balance in issued.items()}
        totals.append(float(sum(balances.values())))
        update(path, balances, as_of=date(2006, month, 25), reported=Reported(cumulative_losses=Decimal(lost)))
    glance = glance_of(headline_book(path.read_bytes()))
    assert glance.last is not None and (glance.last.as_of, glance.last.losses) == (date(2006, 3, 25), 10.0)
    assert [glance.last.pool_balance, glance.pool_balance] == pytest.approx(totals)
    assert (glance.as_of, glance.losses) == (date(2006, 4, 25), 30.5)
    assert glance.factor == pytest.approx(0.8, abs=1e-9)
    assert (glance.terms, glance.first_callable) == ("", "")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip("chromium is not installed")
    from selenium import webdriver  # noqa: PLC0415 - only here

    options = webdriver.ChromeOptions()
    options.binary_location = program
    for one in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(one)
    opened = webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=driver))
    yield opened
    opened.quit()


def _luminance(colour: str) -> float:
    """Relative luminance of a colour as a browser tells it (WCAG 2.1)."""
    parts = [int(one) / 255 for one in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.real
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_the_page_whole_and_legibly(browser: Any, scheme: str, tmp_path: Path) -> None:
    """At 375 pixels nothing is cut off, and every text has a contrast of 4.5 with what is behind it."""
    path = tmp_path / "mail.html"
    path.write_text(letter.html(GLANCE, ("2 inputs to look at",)), encoding="utf-8")
    tell = browser.execute_cdp_cmd
    tell("Emulation.setDeviceMetricsOverride", {"width": 375, "height": 800, "deviceScaleFactor": 1, "mobile": True})
    tell("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    browser.get(path.as_uri())
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 375
    pairs = browser.execute_script(
        """return [...document.querySelectorAll("h1, p, th, td")].map((one) => {
          let behind = one;
          while (behind && getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
          return [one.textContent, getComputedStyle(one).color, getComputedStyle(behind).backgroundColor];
        });"""
    )
    assert len(pairs) > 20
    for words, colour, behind in pairs:
        darker, lighter = sorted((_luminance(colour), _luminance(behind)))
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (words, colour, behind)
    assert (_luminance(pairs[0][2]) < 0.1) is (scheme == "dark")
