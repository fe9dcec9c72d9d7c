"""Tables of a description, each row as the sentence that it stands for, so that one set of finders reads both.

A table of classes has a class and its figures in each row; a table of pools has a measure in each row and a group of
loans over each column. What is neither stays as it is.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .certificates import NAME
from .grammar import DATE
from .mentions import names_pools
from .traced import Piece, Traced

_VALUE = (
    rf"(?:{DATE}|\$\s{{0,12}}\d[\d,.]*(?:\smillion)?|\d[\d,]*(?:\.\d+)?\s?%|\d[\d,]*(?:\.\d+)?(?:\s(?:months|years))?"
    r"|none|-+)(?!\w)"
)
_LEADERS = r"(?:[ \t]*(?:\.[ \t]?){3,}[ \t]*|[ \t]{2,})"
_CLASS_CELL = rf"(?:Class[ \t]+)?(?P<name>{NAME})(?:\s?\(\w\))?"
_CLASS_ROW = re.compile(rf"[ \t]*{_CLASS_CELL}{_LEADERS}(?=\S)")
_NEXT_CLASS = re.compile(rf"(?<=[ \t]){_CLASS_CELL}{_LEADERS}(?=[$\d-])")
_ROW = re.compile(
    rf"(?P<indent>[ \t]*)(?P<label>[A-Za-z(][^\n]*?){_LEADERS}(?P<cells>{_VALUE}(?:[ \t]+{_VALUE})*)[ \t]*\Z"
)
_CELL = re.compile(_VALUE)
_COLUMN = re.compile(
    r"\b(?:(?:pool|group)s?[ \t]+(?P<id>[IVX]{1,5}|\d{1,2}|[A-H])(?![\w-])|(?P<all>all|total)\b)"
    r"(?:[ \t](?:mortgage[ \t])?loans)?",
    re.I,
)
_TABLE = re.compile(
    rf"^[ \t]*(?:{_CLASS_CELL}{_LEADERS}\S"
    r"|(?:(?:[Pp]ool|POOL|[Gg]roup|GROUP)s?[ \t]+[IVXA-H\d]{1,5}|[Aa]ll|ALL|[Tt]otal|TOTAL)\b[ \t]*"
    r"(?:$|[ \t]{2}|mortgage[ \t]loans[ \t]*$|loans[ \t]*$)|[A-Z][^\n]{5,90}?(?::[ \t]{2,}|[ \t]*\.{4})[^\n]{0,40}\d)",
    re.M,
)
"""How a table begins."""
_BALANCES = re.compile(r"\binitial\s(?:principal\s)?balances?\b|\binitial\sprincipal\b|\bstated\samounts?\b", re.I)
_LEVELS = re.compile(r"\bsubordination\b", re.I)
_RATES = re.compile(r"\brate\b|\bcoupon\b", re.I)
_OF_LOANS = re.compile(r"\sof\s(?:the\s)?(?:mortgage\s)?loans?\s*\Z", re.I)
HEAD = 400
"""Characters before a table in which its subject is named."""
_NO_ROW = 3
"""Lines without figures that a table may have in one run: a label over two lines, a blank."""

_FEWEST_LABELS = 3
_Table = tuple[list[Traced], int, int]  # sentences, first line, line after the last
_Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    def span(self, match: re.Match[str], group: str) -> _Span:
        return self.start + match.start(group), self.start + match.end(group)


def part_tables(text: Traced) -> tuple[Traced, list[Traced]]:
    """The text without its tables, and the sentences that their rows stand for."""
    if not _TABLE.search(text.text):
        return text, []
    lines = list(_lines(text.text))
    one_pool = not names_pools(text.text)
    said: list[Traced] = []
    taken: list[_Span] = []
    at = 0
    while at < len(lines):
        if found := _pools(text, lines, at) or _classes(text, lines, at) or (one_pool and _labels(text, lines, at)):
            sentences, first, at = found
            said += sentences
            taken.append((lines[first].start, lines[at - 1].end))
        else:
            at += 1
    return (text, []) if not taken else (_without(text, taken), said)


def _without(text: Traced, taken: Sequence[_Span]) -> Traced:
    def kept() -> Iterator[Piece]:
        position = 0
        for start, end in taken:
            yield from text.pieces(position, start)
            edge = text.span(start, start + 1)[0]
            yield "\n\n", edge, edge
            position = end
        yield from text.pieces(position)

    return Traced.join(kept())


def _lines(text: str) -> Iterator[_Line]:
    start = 0
    for line in text.split("\n"):
        yield _Line(start, line)
        start += len(line) + 1


def _classes(text: Traced, lines: Sequence[_Line], first: int) -> _Table | None:
    """A table of classes that starts on that line, if one does."""
    rows: list[_Line] = []
    at = last = first
    while at < len(lines):
        if _CLASS_ROW.match(lines[at].text):
            rows.append(lines[at])
            last = at
        elif lines[at].text.strip():
            break
        at += 1
    if len(rows) < 2:
        return None
    before = text.text[max(0, rows[0].start - HEAD) : rows[0].start]
    columns = _columns_of_classes(before[max(before.rfind(". "), before.rfind(".\n")) + 1 :])
    sentences = [sentence for row in rows for sentence in _class_row(text, row, columns)]
    return (sentences, first, last + 1) if sentences else None


def _columns_of_classes(head: str) -> list[str]:
    """What the figures of the rows are, in the order of the words over them."""
    kinds = (("balance", _BALANCES), ("level", _LEVELS), ("rate", _RATES))
    found = [(match.start(), name) for name, pattern in kinds if (match := pattern.search(head))]
    return [name for _, name in sorted(found)]


def _class_row(text: Traced, row: _Line, columns: Sequence[str]) -> Iterator[Traced]:
    """The sentences of a row; it may hold several classes, side by side."""
    names = [match for match in (_CLASS_ROW.match(row.text), *_NEXT_CLASS.finditer(row.text, 1)) if match]
    names = [name for k, name in enumerate(names) if k == 0 or name.start("name") >= names[0].end()]
    percents = [column for column in columns if column != "balance"]
    for k, name in enumerate(names):
        end = names[k + 1].start() if k + 1 < len(names) else len(row.text)
        cells = [
            (row.start + cell.start(), row.start + cell.end()) for cell in _CELL.finditer(row.text, name.end(), end)
        ]
        money = [cell for cell in cells if "$" in text.text[slice(*cell)] or "," in text.text[slice(*cell)]]
        shares = [cell for cell in cells if "%" in text.text[slice(*cell)]]
        label = row.span(name, "name")
        if "balance" in columns and len(money) == 1:
            yield _said(text, "The initial principal balance of class ", label, " is ", money[0])
        if "level" in percents and len(shares) == len(percents):
            yield _said(text, "The subordination level of class ", label, " is ", shares[percents.index("level")])


def _said(text: Traced, before: str, name: _Span, between: str, value: _Span) -> Traced:
    edge = text.span(*name)[0]
    money = "" if "%" in text.text[slice(*value)] or "$" in text.text[slice(*value)] else "$"
    return Traced.join((
        (before, edge, edge), *text.pieces(*name), (between + money, edge, edge),
        *text.pieces(*value), (".", edge, edge),
    ))  # fmt: skip


def _pools(text: Traced, lines: Sequence[_Line], first: int) -> _Table | None:
    """A table whose columns are groups of loans, if that line names them."""
    columns = list(_COLUMN.finditer(lines[first].text))
    if not columns or _COLUMN.sub("", lines[first].text).strip():
        return None
    named = [f"the pool {one['id']} mortgage loans" if one["id"] else "all mortgage loans" for one in columns]
    loans = ", ".join(named)
    sentences: list[Traced] = []
    prefix: _Line | None = None
    at = first + 1
    last = first
    while at < len(lines) and at - last <= _NO_ROW:
        row = lines[at]
        match = _ROW.match(row.text)
        if match:
            offset = row.start + match.start("cells")
            cells = [(offset + cell.start(), offset + cell.end()) for cell in _CELL.finditer(match["cells"])]
            if prefix and len(match["indent"]) <= len(prefix.text) - len(prefix.text.lstrip()):
                prefix = None
            if len(cells) == len(columns):
                sentences.append(_row_said(text, prefix, row.span(match, "label"), loans, cells))
            last = at
        elif re.search(r"\d|[.;:]\s*\Z", row.text):
            break
        elif row.text.strip(" \t-_="):
            prefix = row
        at += 1
    return (sentences, first, last + 1) if sentences else None


def _labels(text: Traced, lines: Sequence[_Line], first: int) -> _Table | None:
    """A list of labels, each with its one figure, in a filing of one pool: "Number of Mortgage Loans:     683"."""
    sentences: list[Traced] = []
    prefix: _Line | None = None
    at = last = first
    while at < len(lines) and at - last <= _NO_ROW:
        row = lines[at]
        match = _ROW.match(row.text)
        if _CLASS_ROW.match(row.text):
            break
        if match and (match["label"].endswith((":", ".")) or "..." in row.text):
            start, end = row.span(match, "label")
            offset = row.start + match.start("cells")
            cells = [(offset + cell.start(), offset + cell.end()) for cell in _CELL.finditer(match["cells"])]
            if match["label"][0].isupper():
                prefix = None
            if len(cells) == 1:
                label = (start, start + len(text.text[start:end].rstrip(": .")))
                sentences.append(_row_said(text, prefix, label, "all mortgage loans", cells))
            prefix, last = None, at
        elif re.match(r"[ \t]*[A-Z][^:]*:[ \t]{2,}\S", row.text):
            last = at  # a label with figures of another form, which stay unread
        elif re.search(r"\d|[.;:]\s*\Z", row.text):
            break
        elif row.text.strip(" \t-_="):
            prefix = row
        at += 1
        if at == first + 1 and not (sentences or prefix):
            return None
    return (sentences, first, last + 1) if len(sentences) >= _FEWEST_LABELS else None


def _row_said(text: Traced, prefix: _Line | None, label: _Span, loans: str, cells: Sequence[_Span]) -> Traced:
    """ "Number of mortgage loans   2   4   6" as "Number of mortgage loans of the pool I ... were 2, 4 and 6."."""
    words = text.text[slice(*label)] + (prefix.text if prefix else "")
    edge = text.span(*label)[0]
    if loose := _OF_LOANS.search(text.text, *label):  # "Number of mortgage loans" names them once more
        label = (label[0], loose.start())
    unit = " months" if "(months)" in words.lower() else ""

    def pieces() -> Iterator[Piece]:
        if prefix:
            blanks = len(prefix.text) - len(prefix.text.lstrip())
            yield from text.pieces(prefix.start + blanks, prefix.start + len(prefix.text.rstrip()))
            yield " ", edge, edge
        yield from text.pieces(*label)
        yield f" of {loans} were ", edge, edge
        for k, cell in enumerate(cells):
            if k:
                yield (" and " if k == len(cells) - 1 else ", "), edge, edge
            yield from text.pieces(*cell)
            yield unit, edge, edge
        yield ".", edge, edge

    return Traced.join(pieces())
