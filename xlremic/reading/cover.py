"""Facts of the cover page, the heading of the description and the signature: names, numbers and dates of the filing."""

import re

from .facts import Unit
from .grammar import DATE, parse_date
from .ledger import Ledger
from .traced import Traced

_SERIES = r"Series,?\s+(?P<series>(?:19|20)\d\d\s?-\s?\w{1,4})"
_TRUST_SERIES = re.compile(rf"\bTrust,?\s+{_SERIES}[\s_-]*\(\s*Exact\s+name\s+of\s+(?:the\s+)?issuing\s+entity", re.I)
_DEPOSITOR = re.compile(
    r"^[ \t]*(?P<name>[A-Z][^\n(]*[^\s(])[ \t_-]*\n[\s_-]*\(\s*Exact\s+name\s+of\s+(?P<role>depositor)", re.M | re.I
)
_FORM = re.compile(r"\bFORM\s+(?P<form>\d+-[A-Z](?:/A)?|[A-Z]\w*-?\w*)")
_REPORT_DATE = re.compile(rf"Date\s+of\s+Report:?[\s(]+(?P<date>{DATE})", re.I)
_REGISTRANT = re.compile(r"^[ \t]*(?P<name>[A-Z][^\n(]*[^\s(])[ \t]*\s*\((?P<role>(?i:packager)[^)]{0,60})\)", re.M)
_COVER_SERIES = re.compile(rf"\(\s*Issuer\s+in\s+Respect\b[^)]{{0,200}}?{_SERIES}", re.I | re.S)
_FILE = r"\d{2,3}-\d{4,6}(?:-\d\d)?"
_CHARTER_LINE = re.compile(
    rf"^[ \t]*(?P<state>[A-Z][A-Za-z]+(?:[ ][A-Z][a-z]+)*)\s+(?P<file>{_FILE}(?:(?:,|\s|and)+{_FILE})*)"
    r"\s+(?P<employer>\d\d-\d{7})",
    re.M,
)
_ADDRESS = re.compile(
    r"^[ \t]*(?P<address>\d+[ ][^()]{5,150}?[^\s,])[,\s]+(?P<zip>\d{5}(?:-\d{4})?)[\s_-]+\(\s*Address\s+of\s+principal",
    re.M | re.I,
)
_TELEPHONE = re.compile(r"area\s+code:?\s*(?P<telephone>\(?\d{3}\)?[\s-]*\d{3}-\d{4})", re.I)
_ITEM = re.compile(r"^[ \t]*Item\s+(?P<item>\d+(?:\.\d+)?)\.?\s+(?P<title>[A-Z][A-Za-z, ]*[A-Za-z])", re.M | re.I)
_HEADING_SERIES = re.compile(_SERIES, re.I)
_DATE = re.compile(DATE)
_STATUTE = re.compile(r"Section\s+(13)\s+or\s+(15\(d\))\s+of\s+the\s+Securities\s+Exchange\s+Act\s+of\s+(1934)", re.I)
_ACT = re.compile(r"Securities\s+Exchange\s+Act\s+of\s+(1934)", re.I)
_COMMISSION_ZIP = re.compile(r"Washington,?\s+D\.?\s?C\.?,?\s+(\d{5})", re.I)
_ADJUSTABLE = re.compile(
    r"\(\s*Issuer\s+in\s+Respect\b[^)]{0,80}?(?P<words>Adjustable)|\bTrustee\b[^.]{0,120}?(?P<loans>adjustable[\s-]+rate)\s+mortgage"
    r"\s+loans",
    re.I,
)
_SIGNED = re.compile(rf"\b(?:Dated?|Date)\s*:?\s+(?P<date>{DATE})", re.I)
_SIGNATORY = re.compile(r"/s/[^\n]*\n(?:[ \t]*[-_]*[ \t]*\n)*[ \t]*(?:Name:[ \t]*)?(?P<name>[A-Z][^\n]*\S)[ \t]*\n"
                        r"(?:[ \t]*\n)*[ \t]*(?:Title:[ \t]*)?(?P<title>[A-Z][^\n]*\S)")  # fmt: skip


def read_cover(cover: Traced, ledger: Ledger, registrant: str | None) -> None:
    """Everything before the heading. ``registrant`` is its name as the body spells it, if the body does."""
    text = cover.text
    explain_statutes(cover, ledger)
    for code in _COMMISSION_ZIP.finditer(text):
        ledger.claim("address", cover, *code.span(1))
    item = _ITEM.search(text)
    front = item.start() if item else len(text)
    if match := _FORM.search(text):
        ledger.enter("form_type", "filing", match["form"], Unit.TEXT, cover, *match.span("form"))
    _date("report_date", _REPORT_DATE.search(text), cover, ledger)
    if match := _REGISTRANT.search(text) or _DEPOSITOR.search(text):
        printed = match["name"]
        same = registrant is not None and registrant.casefold() == re.sub(r"\s+", " ", printed).casefold()
        ledger.text_fact("registrant", cover, *match.span("name"), value=registrant if same else None)
        ledger.text_fact("registrant_role", cover, *match.span("role"))
    if match := _COVER_SERIES.search(text, 0, front) or _TRUST_SERIES.search(text, 0, front):
        _series("cover_series", match, cover, ledger)
    if match := _CHARTER_LINE.search(text):
        ledger.text_fact("state_of_organization", cover, *match.span("state"))
        ledger.text_fact("commission_file_number", cover, *match.span("file"))
        ledger.text_fact("irs_employer_id", cover, *match.span("employer"))
    if match := _ADDRESS.search(text):
        ledger.text_fact("principal_address", cover, *match.span("address"))
        ledger.text_fact("zip_code", cover, *match.span("zip"))
        for number in re.finditer(r"\d[\d-]*", match["address"]):
            ledger.claim(
                "address", cover, match.start("address") + number.start(), match.start("address") + number.end()
            )
    if match := _TELEPHONE.search(text):
        ledger.text_fact("telephone", cover, *match.span("telephone"))
    if item:
        ledger.text_fact("item_number", cover, *item.span("item"))
        ledger.text_fact("item_title", cover, *item.span("title"))
        if match := _HEADING_SERIES.search(text, item.end()):
            _series("series", match, cover, ledger)
            _date("heading_date", _DATE.search(text, match.end()), cover, ledger)


def read_adjustable(text: Traced, ledger: Ledger) -> None:
    """Whether the loans' rates adjust: on the cover of such a series, or where they are transferred."""
    match = _ADJUSTABLE.search(text.text) if "djustable" in text.text else None
    if match:
        ledger.enter(
            "adjustable_rate", "filing", True, Unit.BOOLEAN, text, *match.span("words" if match["words"] else "loans")
        )
        ledger.warn(
            "adjustable", "the rates of these loans adjust: no projection of fixed rates is made", text, match.start()
        )


def read_footnote(footnote: Traced, ledger: Ledger) -> None:
    """A footnote: the date of the prospectus, and the series once more."""
    if re.search(r"\bprospectus\b", footnote.text, re.I):
        _date("prospectus_date", re.search(rf"dated\s+(?P<date>{DATE})", footnote.text, re.I), footnote, ledger)
    if match := _HEADING_SERIES.search(footnote.text):
        _series("series", match, footnote, ledger)


def read_signature(page: Traced, ledger: Ledger) -> None:
    """The signature page: who signed and when."""
    explain_statutes(page, ledger)
    if match := _SIGNATORY.search(page.text):
        ledger.text_fact("signatory_name", page, *match.span("name"))
        ledger.text_fact("signatory_title", page, *match.span("title"))
    _date("signature_date", _SIGNED.search(page.text), page, ledger)


def explain_statutes(text: Traced, ledger: Ledger) -> None:
    """Numbers of the statute under which the report is made."""
    for pattern in (_STATUTE, _ACT):
        for match in pattern.finditer(text.text):
            for group in range(1, pattern.groups + 1):
                ledger.claim("statute", text, *match.span(group))


def _date(key: str, match: re.Match[str] | None, text: Traced, ledger: Ledger) -> None:
    if match is None:
        return
    group = "date" if "date" in match.re.groupindex else 0
    try:
        value = parse_date(match[group])
    except ValueError:
        ledger.warn("no_such_date", f"{key}: there is no such day as {match[group]!r}", text, match.start(group))
        return
    ledger.enter(key, "filing", value, Unit.DATE, text, *match.span(group))


def _series(key: str, match: re.Match[str], text: Traced, ledger: Ledger) -> None:
    value = re.sub(r"\s", "", match["series"])
    ledger.enter(key, "filing", value, Unit.TEXT, text, *match.span("series"))
