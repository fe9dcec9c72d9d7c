"""The local page: its numbers are those of the commands, it answers nobody else, and a person can use it."""

import io
import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from schemathesis.checks import CHECKS

from xlremic.reading.facts import Reading
from xlremic.serve import page
from xlremic.serve.app import PAGE_TOKEN_HEADER, make_app, make_page
from xlremic.workbook.class_columns import CALL

from ..commands.test_cli import xlremic
from ..conftest import SAMPLE
from ..support.loopback import answering, free_port
from ..support.many_filings import made

DATA = SAMPLE.read_bytes()
NAME = SAMPLE.name


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    port = free_port()
    with answering(make_page(f"http://localhost:{port}"), port):
        yield f"http://localhost:{port}"


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60) as made_client:
        yield made_client


@pytest.mark.parametrize("terms", [{}, {"psa": 150, "cdr": 0.012, "severity": 0.45}])
def test_projections_are_what_the_command_prints(client: httpx.Client, terms: dict[str, float]) -> None:
    answer = client.post("/api/project", params=terms, content=DATA).json()
    options = [f"--{name}={value}" for name, value in terms.items()]
    printed = json.loads(xlremic("run", SAMPLE, "--report", "balances", "--json", *options).stdout)["rows"]
    assert answer["months"] == [row["month"] for row in printed]
    for one in answer["classes"]:
        assert one["balances"] == [row[one["label"]] for row in printed]
    assert answer["measures"] == json.loads(xlremic("run", SAMPLE, "--json", *options).stdout)["rows"]


def test_facts_and_checks_are_what_the_commands_print(client: httpx.Client) -> None:
    answer = client.post("/api/read", params={"name": NAME}, content=DATA).json()
    printed = json.loads(xlremic("parse", SAMPLE, "--json").stdout)
    assert answer["checks"] == printed["checks"]
    assert [(f["key"], f["scope"], f["value"], f["line"]) for f in answer["facts"]] == [
        (f["key"], f["scope"], f["value"], f["provenance"]["line"]) for f in printed["facts"]
    ]
    assert (answer["name"], answer["sha256"]) == (NAME, printed["source"]["sha256"])


@pytest.mark.parametrize("seed", range(12))
def test_the_source_is_whole_and_each_fact_is_marked_where_it_stands(seed: int) -> None:
    read = page._read(made(seed)[1], "made.txt")
    found = page.lines(read.text, read.reading.facts)
    assert ["".join(text for text, _ in line) for line in found] == [
        line.rstrip("\r\n") for line in read.text.splitlines(keepends=True)
    ]
    for number, fact in enumerate(read.reading.facts):
        marked = "".join(text for line in found for text, facts in line if number in facts)
        assert marked == re.sub(r"[\r\n]", "", fact.provenance.raw)


def test_the_workbook_has_the_terms_of_the_page(client: httpx.Client) -> None:
    response = client.post("/api/workbook", params={"name": NAME, "psa": 175, "severity": 0.4}, content=DATA)
    book = load_workbook(io.BytesIO(response.content), data_only=True)
    assert book["Call"][CALL.cell("value", "threshold")].value == 49364137.76
    values = {cell for row in book["Assumptions"].iter_rows(values_only=True) for cell in row}
    assert {175, 0.4} <= values


def test_what_is_no_filing_or_no_term_is_refused_with_a_reason(client: httpx.Client) -> None:
    for place, data, query, status in (
        ("read", b"", {}, 422),
        ("read", b"PK\x03\x04", {}, 422),
        ("project", b"<html>nothing</html>", {}, 422),
        ("project", DATA, {"psa": "fast"}, 400),
        ("project", DATA, {"psa": "nan"}, 400),
        ("project", DATA, {"cdr": "-1"}, 400),
        ("workbook", DATA, {"severity": "2"}, 400),
        ("read", b"x" * (page.LARGEST_FILING + 1), {}, 413),
    ):
        response = client.post(f"/api/{place}", params=query, content=data)
        assert (response.status_code, bool(response.json()["message"])) == (status, True), (place, query)


def test_only_this_computers_own_page_is_answered(client: httpx.Client) -> None:
    port = client.base_url.port
    for host in ("example.org", "localhost", "localhost:1", "127.0.0.1:80"):
        assert client.post("/api/read", content=DATA, headers={"Host": host}).status_code == 421
        assert client.get("/", headers={"Host": host}).status_code == 421
    for origin in ("https://example.org", "null", "http://localhost:1", f"https://localhost:{port}"):
        assert client.post("/api/read", content=DATA, headers={"Origin": origin}).status_code == 403
    for host in (f"127.0.0.1:{port}", f"[::1]:{port}"):
        headers = {"Host": host, "Origin": f"http://{host}"}
        assert client.post("/api/read", content=DATA, headers=headers).status_code == 200
    for place in (*page.ASSETS, "/sample.txt", "/openapi.json"):
        headers_of = client.get(place).headers
        policy = headers_of["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
        assert "Access-Control-Allow-Origin" not in headers_of


def test_reached_by_others_the_page_asks_for_its_token() -> None:
    base = "https://deals.example.org:8643"
    port, host = free_port(), {"Host": "deals.example.org:8643"}
    with (
        answering(make_app(base, "token of the functions", "token of the page"), port),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=host) as client,
    ):
        assert "<title>xlremic</title>" in client.get("/").text
        for token, status in (("", 401), ("wrong", 401), ("token of the functions", 401), ("token of the page", 200)):
            answer = client.post("/api/read", content=DATA, headers={PAGE_TOKEN_HEADER: token})
            assert answer.status_code == status
        for place in (*page.ASSETS, "/functions.js"):
            assert "token of the page" not in client.get(place).text


def test_the_page_names_nothing_outside_itself() -> None:
    for place in page.ASSETS:
        content = page.asset(place)[0].decode()
        assert set(re.findall(r"https?://[^\"' )]+", content)) <= {"http://www.w3.org/2000/svg"}
        assert not re.search(r"innerHTML|insertAdjacent|\beval\b|document\.write|\sstyle=|\son\w+=", content)


PATIENCE = 120
"""Seconds that a busy machine may take for a workbook."""


@pytest.mark.parametrize(("operation", "examples"), [("read", 30), ("project", 30), ("workbook", 4)])
def test_the_interface_keeps_what_it_describes(address: str, operation: str, examples: int) -> None:
    described = schemathesis.openapi.from_url(f"{address}/openapi.json")[f"/api/{operation}"]["POST"]
    about_bytes = CHECKS.get_one("positive_data_acceptance")  # not all bytes are a filing

    @settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=described.as_strategy(), filing=st.booleans())
    def kept(case: Any, filing: bool) -> None:
        if filing:
            case.body = DATA
            case.query.pop("facts", None)  # else the end of the filing would be taken for a file of facts
        response = case.call_and_validate(base_url=address, timeout=PATIENCE, excluded_checks=[about_bytes])
        assert response.status_code == 200 or not filing

    @settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=described.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE))
    def refused(case: Any) -> None:
        case.call_and_validate(base_url=address, timeout=PATIENCE)

    kept()
    refused()


# --- in a browser ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def browser(downloads: Path) -> Iterator[Any]:
    driver, program = shutil.which("chromedriver"), shutil.which("chromium") or shutil.which("google-chrome")
    if not driver or not program:
        pytest.skip("Chromium and chromedriver are not installed")
    from selenium import webdriver  # noqa: PLC0415 - only here

    options = webdriver.ChromeOptions()
    options.binary_location = program
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run",
        "--window-size=1440,1000", "--force-prefers-reduced-motion",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    ):  # fmt: skip
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    opened = webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=driver))
    opened.set_page_load_timeout(20)
    yield opened
    opened.quit()


DROP = """
const [name, text] = arguments;
const moved = new DataTransfer();
moved.items.add(new File([text], name, { type: "text/plain" }));
document.dispatchEvent(new DragEvent("drop", { dataTransfer: moved, bubbles: true, cancelable: true }));
"""


def wait_for(browser: Any, script: str, *arguments: object) -> Any:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if found := browser.execute_script(f"return {script}", *arguments):
            return found
        time.sleep(0.05)
    raise AssertionError(f"never came: {script}: {browser.get_log('browser')}")


def dropped(browser: Any, address: str, text: str, name: str = NAME) -> None:
    browser.get(address)
    browser.execute_script(DROP, name, text)
    wait_for(browser, "document.querySelectorAll('#measures tbody tr').length")


def measured(browser: Any) -> list[list[str]]:
    rows: list[list[str]] = browser.execute_script(
        "return [...document.querySelectorAll('#measures tbody tr')].map((r) => [...r.cells].map((c) => c.textContent))"
    )
    return rows


@pytest.mark.real
def test_drop_look_slide_and_download(browser: Any, downloads: Path, address: str, reading: Reading) -> None:
    from selenium.webdriver.common.keys import Keys  # noqa: PLC0415 - only here

    dropped(browser, address, SAMPLE.read_text(encoding="utf-8"))
    assert browser.find_element("id", "series").text == "Series 2004-8"
    assert browser.find_element("id", "verdict").text == "90 of 90 checks tie"
    buttons = browser.find_elements("css selector", "#fact-table button")
    assert len(buttons) == len(reading.facts)
    place = next(k for k, fact in enumerate(reading.facts) if fact.key == "weighted_average_coupon")
    buttons[place].click()
    (now,) = browser.find_elements("css selector", "mark.now")
    assert now.text == reading.facts[place].provenance.raw
    inside = (
        "const p = document.getElementById('source').getBoundingClientRect(), m = arguments[0].getBoundingClientRect();"
    )
    assert browser.execute_script(f"{inside} return m.top >= p.top && m.bottom <= p.bottom", now)

    before = measured(browser)
    slider = browser.find_element("id", "cdr")
    slider.send_keys(*[Keys.ARROW_RIGHT] * 5)
    assert slider.get_attribute("aria-valuetext") == "0.5% a year"
    wait_for(browser, "[...document.querySelectorAll('#measures tbody tr')].at(-1).cells[6].textContent !== '0.00'")
    time.sleep(0.3)
    rows = json.loads(xlremic("run", SAMPLE, "--cdr", "0.005", "--json").stdout)["rows"]
    shown = {row[0]: row for row in measured(browser)}
    assert shown.keys() == {row["class"] for row in rows} and list(shown.values()) != before
    for row in rows:
        assert shown[row["class"]][3] == f"{row['wal_month']:.2f}"
        assert shown[row["class"]][6] == f"{row['loss']:,.2f}"

    browser.find_element("id", "download").click()
    until = time.monotonic() + 20
    target = downloads / "cmsi-2004-8.xlsx"
    while not target.exists() and time.monotonic() < until:
        time.sleep(0.05)
    book = load_workbook(target, data_only=True)
    assert book["Call"][CALL.cell("value", "threshold")].value == 49364137.76
    assert 0.005 in {cell for row in book["Assumptions"].iter_rows(values_only=True) for cell in row}
    asked = browser.execute_script("return performance.getEntriesByType('resource').map((one) => one.name)")
    assert asked and all(one.startswith((address, f"blob:{address}")) for one in asked)
    assert browser.get_log("browser") == []


@pytest.mark.real
def test_a_person_says_what_an_unread_number_is_and_downloads_the_facts(
    browser: Any, downloads: Path, address: str, tmp_path: Path
) -> None:
    from selenium.webdriver.support.ui import Select  # noqa: PLC0415 - only here

    text = SAMPLE.read_text(encoding="utf-8")
    text = text.replace("663, 154, 153 and 970,respectively.", "many. The office has 970 keys.")
    dropped(browser, address, text)
    numbers = browser.find_elements("css selector", "#unread-table button")
    marked = [one.text for one in browser.find_elements("css selector", "mark.unread")]
    assert marked == ["October 1, 2004", "970"] and [one.text for one in numbers] == ["2004-10-01", "970"]
    browser.execute_script("[...document.querySelectorAll('mark.unread')].at(-1).click()")
    assert browser.find_element("id", "tell-value").get_attribute("value") == "970"

    def take(key: str, scope: str, value: str) -> None:
        Select(browser.find_element("id", "tell-key")).select_by_value(key)
        Select(browser.find_element("id", "tell-scope")).select_by_value(scope)
        field = browser.find_element("id", "tell-value")
        field.clear()
        field.send_keys(value)
        browser.find_element("id", "tell-add").click()

    take("loan_count", "all", "9.5")
    refused = wait_for(browser, "document.getElementById('tell-problem').textContent")
    assert "found '9.5'; allowed is a whole number" in refused
    browser.get_log("browser")  # the refusal itself is noted there
    numbers[-1].click()
    take("loan_count", "all", "970")
    wait_for(browser, "document.querySelectorAll('#hand-table tbody tr').length === 1")
    for row, value in enumerate(("663", "154", "154"), 2):
        take("loan_count", f"pool:{'I' * (row - 1)}", value)
        wait_for(browser, f"document.querySelectorAll('#hand-table tbody tr').length === {row}")
    assert "1 of " in browser.find_element("id", "verdict").text  # 971 loans are not 970: the checks follow
    take("loan_count", "pool:III", "153")
    wait_for(browser, "!document.getElementById('verdict').textContent.includes('fail')")
    assert "970" not in [one.text for one in browser.find_elements("css selector", "#unread-table button")]

    browser.find_element("id", "save-facts").click()
    until = time.monotonic() + 20
    while not (downloads / "facts.csv").exists() and time.monotonic() < until:
        time.sleep(0.05)
    filing = tmp_path / NAME
    filing.write_text(text, encoding="utf-8")
    checked = xlremic("check", filing, "--facts", downloads / "facts.csv", "--json")
    counted = {one["id"]: one["status"] for one in json.loads(checked.stdout)["checks"]}["pools_sum:loan_count"]
    assert counted == "pass", checked.stderr
    (downloads / "cmsi-2004-8.xlsx").unlink(missing_ok=True)
    browser.find_element("id", "download").click()
    until = time.monotonic() + 60
    while not (downloads / "cmsi-2004-8.xlsx").exists() and time.monotonic() < until:
        time.sleep(0.05)
    book = load_workbook(downloads / "cmsi-2004-8.xlsx", data_only=True)
    assert any("by hand" in str(cell) for row in book["Source"].iter_rows(values_only=True) for cell in row)
    assert browser.get_log("browser") == []


@pytest.mark.real
def test_what_is_no_filing_of_the_shelf_can_be_told_by_hand(browser: Any, address: str) -> None:
    browser.get(address)
    browser.execute_script(DROP, "other.txt", "Another issuer has 970 mortgage loans.")
    wait_for(browser, "document.getElementById('problem').textContent")
    browser.find_element("id", "tell-all").click()
    wait_for(browser, "document.querySelectorAll('#unread-table button').length === 1")
    missing = [one.text for one in browser.find_elements("css selector", "#missing button")]
    assert "missing: series, filing" in missing
    browser.get_log("browser")


@pytest.mark.real
def test_a_bad_filing_says_why_and_a_failing_check_is_shown(browser: Any, address: str) -> None:
    browser.get(address)
    browser.execute_script(DROP, "<img src=x onerror=alert(1)>.txt", "junk")
    problem = wait_for(browser, "document.getElementById('problem').textContent")
    assert "<img src=x onerror=alert(1)>.txt is not a form" in problem
    browser.get_log("browser")  # the refusal itself is noted there
    text = SAMPLE.read_text(encoding="utf-8")
    dropped(browser, address, text.replace("153 and 970", "153 and 971"))
    assert browser.find_element("id", "verdict").text == "1 of 90 checks fail"
    browser.find_element("id", "open-only").click()
    (row,) = browser.find_elements("css selector", "#check-table tbody tr")
    assert "pools_sum:loan_count" in row.text and "fails" in row.text


@pytest.mark.real
def test_everything_has_a_name_and_can_be_reached_by_keyboard(browser: Any, address: str) -> None:
    dropped(browser, address, SAMPLE.read_text(encoding="utf-8"))
    tree = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    spoken = ("button", "slider", "checkbox", "searchbox", "link", "img", "image", "table", "region")
    for node in tree:
        role = node.get("role", {}).get("value")
        if role in spoken and not node.get("ignored"):
            assert node.get("name", {}).get("value"), node
    assert {"slider", "table", "image", "region"} <= {node.get("role", {}).get("value") for node in tree} | {"image"}
    from selenium.webdriver.common.keys import Keys  # noqa: PLC0415 - only here

    browser.execute_script("document.getElementById('series').focus()")
    reached = set()
    for _ in range(14):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        reached.add(browser.execute_script("return document.activeElement.id"))
    assert {"download", "psa", "cdr", "severity", "month", "find"} <= reached


@pytest.mark.real
@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_is_wider_than_the_screen(browser: Any, address: str, width: int) -> None:
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    dropped(browser, address, SAMPLE.read_text(encoding="utf-8"))
    sizes = browser.execute_script("const page = document.documentElement; return [page.scrollWidth, page.clientWidth]")
    assert sizes[0] == sizes[1] <= width
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
