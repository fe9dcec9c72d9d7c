"""Words for those who do not see a chart, and no green corners on numbers that are kept as text: parts of a saved file.

openpyxl writes neither, so both are put into the parts after it; nothing here knows of deals.
"""

import re
from collections.abc import Mapping
from xml.sax.saxutils import quoteattr, unescape

from .package import Package

_FRAME = re.compile(r"<(?P<p>\w+:)?cNvPr\b(?P<attributes>[^>]*?)(?P<end>/?>)")
_CHART = re.compile(r'<(?:\w+:)?chart\b[^>]*?r:id="([^"]+)"|<(?:\w+:)?chart\b[^>]*?:id="([^"]+)"')
_TARGET = re.compile(r"<Relationship\b[^>]*>")
_TEXT = re.compile(r"<a:t>([^<]*)</a:t>")
_AFTER_IGNORED = re.compile(r"<(?:smartTags|drawing|legacyDrawing|tableParts|extLst)\b|</worksheet>")


def described(package: Package) -> Package:
    """The workbook whose charts each have a description: what they show, from their own titles."""
    drawings = [name for name in package.parts if re.fullmatch(r"xl/drawings/drawing\d+\.xml", name)]
    return package.edited({name: _drawing(package, name) for name in drawings})


def descriptions(package: Package) -> Mapping[str, list[str]]:
    """Description of every chart, by drawing; an empty text where one has none."""
    found = {}
    for name in package.parts:
        if re.fullmatch(r"xl/drawings/drawing\d+\.xml", name):
            attributes = [match["attributes"] for match in _FRAME.finditer(package[name].decode())]
            known = [re.search(r'\bdescr="([^"]*)"', text) for text in attributes]
            found[name] = [match[1] if match else "" for match in known]
    return found


def ignoring(package: Package, ranges: Mapping[str, str]) -> Package:
    """The workbook that does not mark numbers kept as text in those ranges, by sheet."""
    parts = {}
    for title, cells in ranges.items():
        if title in package.sheets:
            part = package.sheets[title]
            text = package[part].decode()
            at = _AFTER_IGNORED.search(text, text.rindex("</sheetData>"))
            if at and "<ignoredErrors" not in text:
                mark = f'<ignoredErrors><ignoredError sqref="{cells}" numberStoredAsText="1"/></ignoredErrors>'
                parts[part] = (text[: at.start()] + mark + text[at.start() :]).encode()
    return package.edited(parts)


def _drawing(package: Package, name: str) -> bytes:
    """The drawing with a description for each of its charts, in their order."""
    text = package[name].decode()
    relations = package.parts.get(name.replace("drawings/", "drawings/_rels/") + ".rels", b"").decode()
    targets = {}
    for relation in _TARGET.findall(relations):
        own = dict(re.findall(r'(\w+)="([^"]*)"', relation))
        targets[own["Id"]] = "xl/" + own["Target"].removeprefix("/xl/").removeprefix("../")
    charts = [targets.get(one or other, "") for one, other in _CHART.findall(text)]
    words = iter(_words(package[chart].decode()) if chart in package.parts else "" for chart in charts)

    def with_words(match: re.Match[str]) -> str:
        said = next(words, "")
        if "descr=" in match["attributes"] or not said:
            return match[0]
        return f"<{match['p'] or ''}cNvPr{match['attributes'].rstrip()} descr={quoteattr(said)}{match['end']}"

    return _FRAME.sub(with_words, text).encode()


def _words(chart: str) -> str:
    """A chart in words: its title, then what its axes are."""
    texts = [unescape(text) for text in _TEXT.findall(chart)]
    return f"Chart: {'; '.join(dict.fromkeys(texts))}" if texts else ""
