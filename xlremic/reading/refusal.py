"""What a document is that is no pool description of this shelf: its kind by its heading, whose it is, the way on."""

import re

from ..errors import FilingError
from .filing import Filing

SHELF = "Citicorp Mortgage Securities, Inc."
WAY_ON = (
    "to give its facts by hand: xlremic parse --unread lists its numbers, --facts takes them, and xlremic new begins"
    " without a filing"
)
_EXPECTED = (
    f"xlremic reads the pool descriptions of {SHELF}: expected an 8-K with the heading"
    ' "DETAILED DESCRIPTION OF THE MORTGAGE POOL AND THE MORTGAGED PROPERTIES" or the sentence'
    ' "On <date>, <issuer> transferred to the Trustee mortgage loans ..."'
)
_OWN = r"(?:^[ \t]*(?:Exhibit[^\n]{0,20})?|\b(?:attached|following|enclosed|filed|files|furnishe[ds])\b[^.]{0,120}?)"
"""A heading, or the sentence with which a cover tells what it brings; another text may well mention a report."""
_KINDS = (
    (
        re.compile(
            rf"{_OWN}\b(?P<words>monthly\s+servicing\s+report|monthly\s+(?:statement|report)\s+to\s+certificateholders)\b",
            re.I | re.M,
        ),
        "a monthly servicing report",
    ),
    (re.compile(rf"{_OWN}\b(?P<words>Collateral\s+Term\s+Sheets?)\b", re.I | re.M), "Collateral Term Sheets"),
    (re.compile(rf"{_OWN}\b(?P<words>Computational\s+Materials?)\b", re.I | re.M), "Computational Materials"),
    (re.compile(rf"{_OWN}\b(?P<words>Structural\s+Term\s+Sheets?)\b", re.I | re.M), "Structural Term Sheets"),
    (re.compile(r"^[ \t]*(?P<words>PROSPECTUS\s+SUPPLEMENT)\b[^.\n]{0,80}$", re.M), "a prospectus supplement"),
    (
        re.compile(r"^[ \t]*(?P<words>POOLING\s+(?:AND\s+SERVICING\s+)?AGREEMENT)\b[^.\n]{0,80}$", re.M),
        "a pooling agreement",
    ),
)
_OTHER_FORM = re.compile(r"\bFORM\s+(\d+-[A-Z]+\w*|S-\d+|424B\d)", re.I)
_OF_LOANS = (re.compile(r"\bmortgage\s+loans\b", re.I), re.compile(r"\bcut-?\s?off\s+date\b", re.I))
_FRONT = 6000
"""Characters of a cover page, in which the registrant is named."""
_REGISTRANT = re.compile(
    r"^[ \t]*(?P<exact>\S[^\n]{2,100}?)[ \t]*\n(?:[ \t]*[-_]*[ \t]*\n){0,3}"
    r"[ \t]*\(?Exact\s+name\s+of\s+(?:the\s+)?registrant"
    r"|^[ \t]*(?P<capitals>[A-Z][A-Z&.,' -]{3,80}\b(?:INC|CORP|CORPORATION|COMPANY|TRUST|L\.?P|LLC)\b\.?)[ \t]*$",
    re.M,
)


def refusal(filing: Filing) -> FilingError:
    """Why a document without the heading and the opening of a pool description is not read."""
    text = filing.text.text
    whose = f" of {name}" if (name := registrant(filing)) else ""
    for pattern, kind in _KINDS:
        if match := pattern.search(text):
            line = filing.line(filing.text.span(*match.span("words"))[0])
            return _error(filing, f"{kind}{whose} (line {line}), not a pool description")
    form = _OTHER_FORM.search(text)
    if (form is None or form[1].upper().startswith("8-K")) and all(words.search(text) for words in _OF_LOANS):
        return _error(filing, f"a description of mortgage loans{whose} in another shelf's form")
    found = (
        f"a form {form[1]} without a pool description{whose.replace(' of', ', of', 1)}"
        if form
        else "not a form that xlremic knows"
    )
    return _error(filing, found)


def _error(filing: Filing, found: str) -> FilingError:
    return FilingError(f"{filing.name} is {found}; {_EXPECTED}; {WAY_ON}")


def registrant(filing: Filing) -> str:
    """Whose filing it is, as the submission's header or the cover says; empty if neither does."""
    if name := filing.submission.get("company_conformed_name", ""):
        return name
    match = _REGISTRANT.search(filing.text.text, 0, _FRONT)
    return re.sub(r"\s+", " ", match["exact"] or match["capitals"]).strip() if match else ""
