"""A headline as a message: its subject, and the same figures in plain text and in HTML.

The HTML fetches nothing, fits a phone's width, follows a dark screen, and names what it is to who has it read aloud:
its language, and the row or column that each header is of. Its colours stand twice, in the elements and in a style
sheet: a mail program that drops the sheet shows the light ones.
"""

from collections.abc import Iterator
from html import escape

from .headline import Glance, day_in_words

_STYLE = """\
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  body, .page { background: #1b1b1b !important; color: #e8e8e8 !important; }
  h1, .band th { color: #9dc3e6 !important; }
  .band th { background: #26384f !important; }
  .warned { color: #ff9a8d !important; }
  .said th { color: #b5b5b5 !important; }
  td, tbody th { border-color: #4a4a4a !important; }
}"""
_FONT = "font-family:Calibri,Arial,sans-serif"
_PLAIN = "font-weight:normal;text-align:left"
_LINE = "border-bottom:1px solid #d9d9d9"
_NUMBER = f"padding:4px 0 4px 6px;text-align:right;white-space:nowrap;{_LINE}"
_COLUMNS = ("Class", "Balance, USD", "Factor", "Level")


def subject(glance: Glance) -> str:
    """Deal, day, checks and call in one line, such as "CMSI 2004-8, 25 Mar 2006: all checks tie, not callable"."""
    checks = glance.checks[:1].lower() + glance.checks[1:]
    return f"{glance.short_title}, {day_in_words(glance.as_of)}: {checks}, {glance.called}"


def text(glance: Glance, remarks: tuple[str, ...] = ()) -> str:
    """The headline for a reader of plain text."""
    said = list(_said(glance))
    wide = max(len(label) for label, _ in said) + 2
    lines = [
        glance.title,
        f"As of {day_in_words(glance.as_of)}",
        *(f"ATTENTION: {remark}" for remark in remarks),
        "",
        *(f"{label:<{wide}}{words}" for label, words in said),
        "",
        "{:<8}{:>20}{:>14}{:>10}".format(*_COLUMNS),
        *(f"{label:<8}{balance:>20}{factor:>14}{level:>10}" for label, balance, factor, level in _classes(glance)),
        "",
        _LEVEL_NOTE,
        "",
    ]
    return "\n".join(lines)


def html(glance: Glance, remarks: tuple[str, ...] = ()) -> str:
    """The headline for a mail program."""
    warned = "".join(
        f'<p class="warned" style="color:#c00000;font-weight:bold;margin:8px 0">{escape(one)}</p>' for one in remarks
    )
    said = "".join(
        f'<tr><th scope="row" style="{_PLAIN};color:#595959;padding:4px 12px 4px 0;vertical-align:top;{_LINE}">'
        f'{escape(label)}</th><td style="padding:4px 0;{_LINE}">{escape(words)}</td></tr>'
        for label, words in _said(glance)
    )
    head = "".join(
        f'<th scope="col" style="padding:4px 6px;text-align:{"left" if k == 0 else "right"}">{label}</th>'
        for k, label in enumerate(_COLUMNS)
    )
    rows = "".join(
        f'<tr><th scope="row" style="{_PLAIN};padding:4px 6px;{_LINE}">{escape(label)}</th>'
        + "".join(f'<td style="{_NUMBER};padding-right:6px">{figure}</td>' for figure in figures)
        + "</tr>"
        for label, *figures in _classes(glance)
    )
    table = "border-collapse:collapse;width:100%;margin:0 0 16px"
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(subject(glance))}</title>'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        '<meta name="supported-color-schemes" content="light dark">'
        f"<style>{_STYLE}</style></head>"
        f'<body style="margin:0;background:#ffffff;color:#1a1a1a;{_FONT};font-size:15px;line-height:1.35">'
        '<div class="page" style="max-width:640px;padding:12px">'
        f'<h1 style="color:#1f3864;font-size:19px;line-height:1.25;margin:0">{escape(glance.title)}</h1>'
        f'<p style="margin:4px 0 12px">As of {day_in_words(glance.as_of)}</p>{warned}'
        f'<table class="said" style="{table}"><tbody>{said}</tbody></table>'
        f'<table style="{table};font-size:14px"><thead><tr class="band" style="background:#1f3864;color:#ffffff">{head}'
        f"</tr></thead><tbody>{rows}</tbody></table>"
        f'<p style="font-size:13px;margin:0">{_LEVEL_NOTE}</p></div></body></html>'
    )


_LEVEL_NOTE = "Level: the part of all classes that stands below a class and takes losses before it."


def _classes(glance: Glance) -> Iterator[tuple[str, str, str, str]]:
    for one in glance.classes:
        factor = f"{one.balance / one.initial:.6f}" if one.initial else ""
        yield one.label, f"{one.balance:,.2f}", factor, f"{one.level:.3%}"


def _said(glance: Glance) -> Iterator[tuple[str, str]]:
    """What is said of the deal: label and words."""
    yield "Checks", glance.checks
    yield "Pool balance", f"USD {glance.pool_balance:,.2f}, factor {glance.factor:.8f}"
    if (last := glance.last) is not None:
        paid = last.pool_balance - glance.pool_balance
        part = f" ({abs(paid) / last.pool_balance:.2%})" if last.pool_balance else ""
        way = "down" if paid >= 0 else "up"
        yield f"Since {day_in_words(last.as_of)}", f"{way} USD {abs(paid):,.2f}{part}"
    if glance.losses is not None:
        since = ""
        if glance.last is not None and glance.last.losses is not None:
            since = f", USD {glance.losses - glance.last.losses:,.2f} of them since {day_in_words(glance.last.as_of)}"
        yield "Losses to date", f"USD {glance.losses:,.2f}{since}"
    room = glance.pool_balance - glance.threshold
    where = f"USD {abs(room):,.2f} {'above' if room > 0 else 'below'}" if room else "exactly at"
    yield "Clean-up call", f"{glance.called}: {where} the threshold of USD {glance.threshold:,.2f}"
    if glance.first_callable:
        yield "First callable", glance.first_callable + (f", at {glance.speed}" if glance.speed else "")
    if glance.terms:
        yield "Projection", glance.terms
