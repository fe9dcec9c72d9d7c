"""Charts of a saved workbook show what its cells show: the points that they keep for programs that compute nothing.

A chart holds a copy of every cell that it draws. Mail previews and Protected View draw the copy, so it must follow the
cells as their own cached values do. Parts and text, nothing of deals.
"""

import re
from xml.sax.saxutils import escape, unescape

from .calculate import same
from .package import Package
from .references import Reference
from .shown import Points, Shown

_CHARTED = re.compile(
    r"<(?P<prefix>\w+:)?(?P<kind>num|str)Ref>\s*<(?P=prefix)?f>(?P<f>[^<]*)</(?P=prefix)?f>"
    r"(?P<cache>\s*<(?P=prefix)?(?P=kind)Cache>.*?</(?P=prefix)?(?P=kind)Cache>)?",
    re.DOTALL,
)
_COUNT = re.compile(r'<(?:\w+:)?ptCount val="(\d+)"')
_FORMAT = re.compile(r"<(?:\w+:)?formatCode>[^<]*</(?:\w+:)?formatCode>")
_POINT = re.compile(r'<(?:\w+:)?pt idx="(\d+)"[^>]*>\s*<(?:\w+:)?v>([^<]*)</', re.DOTALL)


def with_points(package: Package) -> Package:
    """The workbook whose charts, a person's own too, keep what their cells show; charts that do are left as they are.

    References that are no plain range of this workbook (names, other files, several ranges) keep what they have.
    """
    sheets = Shown(package)
    return package.edited(
        {
            part: _CHARTED.sub(lambda match: _kept(match, sheets), package[part].decode()).encode()
            for part in package.charts
        }
    )


def stale_points(package: Package) -> list[str]:
    """Ranges of which a chart shows something else than their cells do, or nothing.

    A chart that keeps fewer points than its range has cells leaves out hidden ones, and is not judged.
    """
    sheets = Shown(package)
    found = []
    for part in package.charts:
        for match in _CHARTED.finditer(package[part].decode()):
            place = _range(match["f"])
            count = _COUNT.search(match["cache"] or "")
            if place and (count is None or int(count[1]) == place.size):
                points = sheets.points(place)
                if points is not None and not _alike(match, points):
                    found.append(unescape(match["f"]))
    return list(dict.fromkeys(found))


def _range(text: str) -> Reference | None:
    """Cells of a sheet that is named, which is what a chart draws."""
    found = Reference.parse(unescape(text, {"&apos;": "'", "&quot;": '"'}))
    return found if found and found.sheet else None


def _kept(match: re.Match[str], sheets: Shown) -> str:
    """The reference with the points of its cells."""
    place = _range(match["f"])
    points = sheets.points(place) if place else None
    if place is None or points is None or _alike(match, points):
        return match[0]
    p, kind = match["prefix"] or "", match["kind"]
    shown = _shown(kind, points)
    code = _FORMAT.search(match["cache"] or "")
    body = "".join(f'<{p}pt idx="{k}"><{p}v>{escape(v)}</{p}v></{p}pt>' for k, v in shown.items())
    cache = f'{code[0] if code else ""}<{p}ptCount val="{place.size}"/>{body}'
    return f"{match[0].removesuffix(match['cache'] or '')}<{p}{kind}Cache>{cache}</{p}{kind}Cache>"


def _shown(kind: str, points: Points) -> Points:
    """Of numbers those that are numbers."""
    return points if kind == "str" else {k: v for k, v in points.items() if _number(v) is not None}


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _alike(match: re.Match[str], points: Points) -> bool:
    """Whether a chart already keeps these points."""
    if match["cache"] is None:
        return False
    old = {int(k): unescape(v) for k, v in _POINT.findall(match["cache"])}
    new = _shown(match["kind"], points)
    if match["kind"] == "str":
        return old == new
    return old.keys() == new.keys() and all(same(_number(old[k]), _number(new[k])) for k in new)
