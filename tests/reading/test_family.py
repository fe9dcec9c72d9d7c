"""The whole family: what is read from a generated filing is what was rendered, in every dialect and envelope."""

from hypothesis import HealthCheck, example, given, settings

from xlremic.reading.assemble import assemble
from xlremic.reading.facts import Reading, printed
from xlremic.reading.filing import filing_of
from xlremic.reading.parser import parse
from xlremic.reading.tieout import Status, tie_out

from ..support.envelopes import Envelope
from ..support.envelopes import printed as printed_filing
from ..support.filing_generator import Dialect, Document, written
from ..support.strategies import dialects, envelopes

STEADY = settings(derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), max_examples=120)


def read_back(data: bytes) -> Reading:
    return parse(filing_of(data, name="made.txt"))


def meaning(reading: Reading) -> set[tuple[str, str, str, str, str]]:
    return {(f.key, f.scope, printed(f.value).replace("’", "'"), str(f.unit), str(f.qualifier)) for f in reading.facts}


def check_places(reading: Reading, data: bytes) -> None:
    source = data.decode(reading.source.encoding)
    for fact in reading.facts:
        place = fact.provenance
        assert source[place.char_start : place.char_end] == place.raw


def check_round_trip(document: Document, data: bytes) -> None:
    reading = read_back(data)
    assert meaning(reading) == document.expected()
    assert reading.unread == ()
    told = {"series_mismatch"} if document.dialect.cover_differs else set()
    told |= {"adjustable"} if any(fact[0] == "adjustable_rate" for fact in document.expected()) else set()
    shuffled = {"order_of_pools"} if document.dialect.orders == "any" else set()
    assert told <= {warning.code for warning in reading.warnings} <= told | shuffled
    check_places(reading, data)
    failed = {f.id for f in tie_out(reading, assemble(reading)) if f.status is Status.FAIL}
    assert failed == ({"series:cover_matches_body"} if document.dialect.cover_differs else set())
    silent = {f.id.split(":")[0] for f in tie_out(reading, assemble(reading)) if f.status is Status.NOT_EVALUATED}
    absent = (
        set() if document.dialect.sub_pools else {"discount_premium_sum", "discount_premium_weighted", "net_rate_split"}
    )
    assert silent <= absent


@STEADY
@given(dialect=dialects, envelope=envelopes)
@example(
    Dialect(pools=1, capitals=True, adjusted=True, citi=True, future=True, year=1998),
    Envelope(stuffed=True, container="mail"),
)
@example(Dialect(pools=6, classes=12, orders="any", folded=True), Envelope(form="html", depth=400, cut_numbers=True))
@example(
    Dialect(
        seed=5808,
        pools=6,
        classes=4,
        seniors="numbered",
        year=2004,
        citi=True,
        limits="mixed",
        future=True,
        adjusted=True,
    ),
    Envelope(seed=5808, width=66, indent=3, encoding="utf-16-le", footnotes_in_sentence=False),
)
def test_facts_read_are_the_facts_rendered(dialect: Dialect, envelope: Envelope) -> None:
    document = written(dialect)
    check_round_trip(document, printed_filing(document, envelope))
