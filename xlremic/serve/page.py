"""What the local page shows: a filing's facts in their place, its checks, its classes, a projection, the workbook.

Bytes and terms in, plain data out; ``serve`` carries it. Nothing is kept of a filing but the last few readings, so
that a slider moves without reading the filing anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from ..deal import Deal, Pool
from ..engine.assumptions import TERMS as ASSUMPTIONS
from ..engine.assumptions import Assumptions
from ..engine.reports import report_table
from ..engine.speeds import plain_number
from ..errors import DealError, InputError, shown
from ..reading.assemble import assemble
from ..reading.byhand import given_of, unread_numbers
from ..reading.facts import Fact, Reading, Token, printed
from ..reading.filing import filing_of
from ..reading.tieout import Finding, tie_out
from ..reading.told import parse_told
from ..reading.verdict import verdict
from .telling import FACTS, to_tell

LARGEST_FILING = 8 * 2**20
"""Bytes of a filing that the page takes; a pool description has some ten thousand."""
REMEMBERED = 4
TERMS = {name: term for name, term in ASSUMPTIONS.items() if term.on_page}
"""What the page varies."""
ASSETS = {
    "/": ("page.html", "text/html"),
    "/page.css": ("page.css", "text/css"),
    "/page.js": ("page.js", "text/javascript"),
    "/charts.js": ("charts.js", "text/javascript"),
    "/favicon.svg": ("favicon.svg", "image/svg+xml"),
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
"""The Content-Security-Policy of the page: its own files and nothing else, no inline script or style."""


@dataclass(frozen=True, slots=True)
class Read:
    """A filing read: its text, facts, deal if there is one, and checks."""

    text: str
    reading: Reading
    deal: Deal | None
    findings: tuple[Finding, ...]
    problem: str


@lru_cache(REMEMBERED)
def _read(data: bytes, name: str, facts: bytes | None = None) -> Read:
    filing = filing_of(data, name=name)
    reading = parse_told(filing, None if facts is None else given_of(facts, FACTS))
    try:
        deal = assemble(reading)
    except DealError as error:
        return Read(filing.source, reading, None, (), str(error))
    return Read(filing.source, reading, deal, tie_out(reading, deal), "")


def _deal(data: bytes, name: str, facts: bytes | None) -> Deal:
    read = _read(data, name, facts)
    if read.deal is None:
        raise DealError(read.problem)
    return read.deal


def asset(place: str) -> tuple[bytes, str]:
    """A file of the page and its media type."""
    name, kind = ASSETS[place]
    return files(__package__).joinpath("assets", name).read_bytes(), kind


def sample() -> bytes:
    """The sample filing, to try the page with."""
    from ..workbook.template import packaged  # noqa: PLC0415 - the spreadsheet library is heavy

    return packaged("samples", "cmsi-2004-8.txt").read_bytes()


def terms_of(query: Mapping[str, str]) -> Assumptions:
    """Assumptions from the terms of a request. Raises: InputError for one that is no number, or out of bounds."""
    terms = {}
    for name in TERMS:
        if name in query:
            terms[name] = plain_number(query[name])
            if terms[name] is None:
                raise InputError(f"{name} {shown(query[name])} is no number")
    return Assumptions(**terms)  # type: ignore[arg-type]  # names and values are checked there


def look(data: bytes, name: str, facts: bytes | None = None) -> dict[str, Any]:
    """All that the page tells of a filing. Raises: FilingError if it is no such filing; InputError for bad facts."""
    read = _read(data, name, facts)
    reading, deal = read.reading, read.deal
    return {
        "name": reading.source.file,
        "sha256": reading.source.sha256,
        "series": deal.series if deal else _said(reading, "series") or _said(reading, "cover_series"),
        "problem": read.problem,
        "about": {key: _said(reading, key) for key in ("registrant", "trustee", "closing_date", "cut_off_date")},
        "facts": [_fact(fact) for fact in reading.facts],
        "lines": lines(read.text, reading.facts, [token for token, _ in unread_numbers(reading)]),
        "tell": to_tell(reading),
        "checks": [finding.to_dict() for finding in read.findings],
        "verdict": _verdict(read),
        "warnings": [{"line": one.line, "message": one.message} for one in reading.warnings],
        "pools": [_pool(pool) for pool in _pools(deal)] if deal else [],
        "classes": _classes(deal) if deal else [],
        "call_threshold": None if deal is None else _number(deal.rules.call_threshold),
    }


def _verdict(read: Read) -> dict[str, str]:
    """What the checks come to, in a word and as it is told; nothing where there is no deal."""
    if read.deal is None:
        return {"outcome": "", "text": ""}
    found = verdict(read.reading, read.deal, read.findings)
    return {"outcome": found.outcome.name.lower(), "text": str(found)}


def _said(reading: Reading, key: str) -> str:
    fact = reading.get(key, "filing")
    return printed(fact.value) if fact else ""


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "key": fact.key,
        "scope": fact.scope,
        "value": printed(fact.value),
        "unit": str(fact.unit),
        "qualifier": str(fact.qualifier),
        "line": fact.provenance.line,
        "by_hand": fact.by_hand is not None,
    }


def lines(text: str, facts: Sequence[Fact], unread: Sequence[Token] = ()) -> list[list[tuple[str, list[int]]]]:
    """The source by line, each line in pieces: their text, and the numbers of the facts that were read from them.

    Numbers that were not understood are counted after the facts.
    """
    spans = [(fact.provenance.char_start, fact.provenance.char_end) for fact in facts]
    spans += [(token.char_start, token.char_end) for token in unread]
    begins: dict[int, list[int]] = {}
    ends: dict[int, list[int]] = {}
    for number, (start, end) in enumerate(spans):
        if start == end:
            continue  # a fact by hand that stands nowhere
        begins.setdefault(start, []).append(number)
        ends.setdefault(end, []).append(number)
    edges = sorted({*begins, *ends})
    found: list[list[tuple[str, list[int]]]] = []
    position, next_edge, open_now = 0, 0, set[int]()
    for line in text.splitlines(keepends=True):
        pieces: list[tuple[str, list[int]]] = []
        stop = position + len(line)
        while position < stop:
            while next_edge < len(edges) and edges[next_edge] <= position:
                open_now -= set(ends.get(edges[next_edge], ()))
                open_now |= set(begins.get(edges[next_edge], ()))
                next_edge += 1
            cut = min(stop, edges[next_edge]) if next_edge < len(edges) else stop
            pieces.append((text[position:cut].rstrip("\r\n"), sorted(open_now)))
            position = cut
        found.append([piece for piece in pieces if piece[0]])
    return found


def _pools(deal: Deal) -> tuple[Pool, ...]:
    return deal.pools if deal.pools == (deal.all,) else (*deal.pools, deal.all)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _pool(pool: Pool) -> dict[str, Any]:
    return {
        "label": pool.label,
        "balance": _number(pool.aggregate_scheduled_principal_balance),
        "loans": _number(pool.loan_count),
        "coupon": _number(pool.weighted_average_coupon),
        "remaining_term": _number(pool.weighted_average_remaining_term),
        "ltv": _number(pool.weighted_average_ltv),
    }


def _classes(deal: Deal) -> list[dict[str, Any]]:
    whole = sum(tranche.class_initial_principal_balance for tranche in deal.tranches)
    return [
        {
            "label": tranche.label,
            "senior": tranche.rank == 1,
            "balance": float(tranche.class_initial_principal_balance),
            "share": float(tranche.class_initial_principal_balance / whole) if whole else None,
            "level": _number(tranche.subordination_level),
        }
        for tranche in deal.tranches
    ]


def project(data: bytes, name: str, assumptions: Assumptions, facts: bytes | None = None) -> dict[str, Any]:
    """The projected classes of a filing: figures as ``xlremic run`` prints them.

    Raises: FilingError or DealError if it cannot be projected; InputError for terms that it does not allow.
    """
    from ..engine.waterfall import run  # noqa: PLC0415 - the engine, only when it runs

    flows = run(_deal(data, name, facts), assumptions)
    columns, rows = report_table(flows, "balances")
    names, measures = report_table(flows, "summary")
    return {
        "terms": {term: getattr(assumptions, term) for term in TERMS},
        "months": [row[0] for row in rows],
        "dates": [row[1] for row in rows],
        "classes": [
            {"label": label, "kind": flow.kind, "balances": [round(row[k], 6) + 0.0 for row in rows]}
            for k, (label, flow) in enumerate(zip(columns[2:], flows.classes, strict=True), 2)
        ],
        "measures": [
            dict(zip(names, (round(x, 6) + 0.0 if isinstance(x, float) else x for x in row), strict=True))
            for row in measures
        ],
    }


def workbook(data: bytes, name: str, assumptions: Assumptions, facts: bytes | None = None) -> bytes:
    """The workbook of a filing. Raises as ``build`` does."""
    from ..workbook.build import workbook_bytes  # noqa: PLC0415 - the spreadsheet library is heavy

    read = _read(data, name, facts)
    deal = _deal(data, name, facts)
    return workbook_bytes(read.reading, deal, read.findings, assumptions=assumptions)[0]


def description() -> dict[str, Any]:
    """The page's interface as an OpenAPI document."""
    body = {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
    named = {"name": "name", "in": "query", "schema": {"type": "string", "maxLength": 200}, "description": "file name"}
    facts = {
        "name": "facts",
        "in": "query",
        "schema": {"type": "integer", "minimum": 0, "maximum": LARGEST_FILING},
        "description": "how many bytes at the end of the body are a CSV of facts by hand",
    }
    terms = [
        {"name": name, "in": "query", "schema": {"type": "number", "minimum": term.least, "maximum": term.most}}
        for name, term in TERMS.items()
    ]
    problem = {
        "description": "what is wrong, and what to do",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["message"],
                    "properties": {"message": {"type": "string", "minLength": 1}},
                }
            }
        },
    }
    said = {"application/json": {"schema": {"type": "object"}}}
    book: dict[str, Any] = {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {}}

    def operation(summary: str, parameters: list[dict[str, Any]], content: dict[str, Any]) -> dict[str, Any]:
        refusals = dict.fromkeys(("400", "401", "403", "408", "413", "415", "421", "422", "503"), problem)
        return {
            "post": {
                "summary": summary,
                "parameters": [named, facts, *parameters],
                "requestBody": body,
                "responses": {"200": {"description": "done", "content": content}, **refusals},
            }
        }

    return {
        "openapi": "3.1.0",
        "info": {"title": "xlremic on this computer", "version": "1"},
        "paths": {
            "/api/read": operation("Facts, checks and classes of a filing", [], said),
            "/api/project": operation("Projected balances and measures of its classes", terms, said),
            "/api/workbook": operation("Its workbook", terms, book),
        },
    }
