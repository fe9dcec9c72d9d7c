"""Summary: four tiles, the terms in a sentence, and one line a class, above the facts of the deal."""

from dataclasses import dataclass

from ..xlsx.references import column_letters
from .class_columns import IN_ERROR, TRANCHES
from .layout import Column, Table
from .results_columns import RESULTS


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure to see first: caption, formula and number format of the large one, and of the lines below it."""

    caption: str
    first: str
    last: str
    large: tuple[str, str]
    lines: tuple[tuple[str, str], ...]


SPEED = (
    'IF(InputsInError>0,"an input is in error","at "&IF({a.cpr}>0,ROUND(100*{a.cpr},1)&"% CPR",{a.psa}&" PSA")&'
    'IF({a.sda}>0,", "&{a.sda}&" SDA",IF({a.cdr}>0,", "&ROUND(100*{a.cdr},2)&"% CDR",", no defaults"))'
    '&IF(COUNT({terms_by_month})>0," (and by month)",""))'
)
"""The speeds that the projection has now, in words."""
TILE_ROW = 6
TILES = (
    Tile("Pool balance, USD", "A", "B", ("CurrentPoolBalance", "#,##0"), (("PoolFactor", '"factor "0.00000000'),)),
    Tile("Senior level now", "C", "D", ("INDEX(SubordinationLevels,1)", "0.000%"),
         (("INDEX(SubordinationLevelsAtIssue,1)", '0.000%" at issue"'),)),
    Tile("Clean-up call", "E", "G",
         (f'IF(ISNUMBER(CurrentPoolBalance),IF(Callable,"callable","not callable"),{IN_ERROR})', "General"),
         (("CallHeadroom", '"headroom "#,##0;"below by "#,##0'),
          ("FirstCallableDate", '"first "d mmm yyyy;;;"first: "@'),
          (SPEED, "General"))),
    Tile("Checks", "H", "J", ("ChecksStatus", "General"), (("InputsToLookAt", '0" inputs to look at"'),)),
)  # fmt: skip
SENTENCE_ROW = TILE_ROW + 6
SPEED_CELL = f"E{TILE_ROW + 4}"
"""Name ``SpeedInWords``, in the tile of the call."""
SENTENCE = (
    '"Lives, windows and yields "&SpeedInWords&IF({start.call_from}=0,", never called.",'
    'IF({start.call_from}=1,", called when it can be.",", called from month "&{start.call_from}&" on."))'
)


def _of_results(key: str) -> str:
    return f"{RESULTS.sheet}!{RESULTS.cell(key)}"


def _of_class(key: str) -> str:
    """A figure of Tranches: the class's own, class A's for a part of class A, nothing for strips."""
    cells, levels = TRANCHES.absolute(key), TRANCHES.absolute("level")
    own = f'IF({{kind}}="senior",INDEX({cells},1),"")'
    return (
        f'IF(ISNUMBER(INDEX({levels},1)),IF({{kind}}="subordinated",SUMPRODUCT((Classes={{class}})*{cells}),{own}),"")'
    )


SUMMARY_CLASSES = Table(
    "Summary", SENTENCE_ROW + 2, columns=(
        Column("class", "Class", 15, "Link", formula=_of_results("class"), text=True),
        Column("kind", "Kind", 15, "Link", formula=_of_results("kind"), text=True),
        Column("balance", "Balance or notional, USD", 19, "Link", "USD", formula=_of_results("balance")),
        Column("factor", "Factor", 12, "Formula", "0.00000000", formula=_of_class("factor")),
        Column("level", "Level", 12, "Formula", "0.000%", formula=_of_class("level")),
        Column("life", "Life, years", 9, "Link", "0.00", formula=_of_results("wal_month")),
        Column("first_date", "First paid", 12, "Link", "date", "right", _of_results("first_date")),
        Column("last_date", "Last paid", 12, "Link", "date", "right", _of_results("last_date")),
        Column("price", "Price, %", 10, "Link", "0.000", formula=_of_results("price")),
        Column("yield", "Yield", 10, "Link", "0.000%", formula=_of_results("yield")),
        Column(width=3),
    ),
)  # fmt: skip
WITHOUT_PROJECTION = {key: f"={TRANCHES.sheet}!{TRANCHES.cell(own)}" for key, own in (
    ("class", "class"), ("balance", "current"), ("factor", "factor"), ("level", "level"),
)}  # fmt: skip
"""What the line of a class shows in a workbook that has no projection."""
LAST = column_letters(len(SUMMARY_CLASSES.columns) - 1)
