"""A formula as a tree: numbers, texts, references, names, operators and calls. Nothing is computed here.

Arrays in braces and the operators of ranges (union, intersection) are read only as far as our own formulas use them.
"""

import re
from dataclasses import dataclass

from ..errors import InputError
from .references import Reference

COMPARISONS = ("=", "<>", "<=", ">=", "<", ">")
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)(?![\w!])
    |(?P<text>"(?:[^"]|"")*")
    |(?P<reference>(?:'(?:[^']|'')+'!|[^\W\d][\w.]*!)?\$?[A-Z]{1,3}\$?\d{1,7}(?::\$?[A-Z]{1,3}\$?\d{1,7})?(?![\w(.]))
    |(?P<word>[^\W\d][\w.]*)
    |(?P<sign><>|<=|>=|[-+*/^&=<>(),{}%])
    )""",
    re.X,
)


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text, or TRUE or FALSE."""

    value: float | str | bool


@dataclass(frozen=True, slots=True)
class Cells:
    """A cell or a range of cells."""

    reference: Reference


@dataclass(frozen=True, slots=True)
class Name:
    """A defined name."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments, or an operator with what it joins; ``name`` is in capitals, or the sign."""

    name: str
    arguments: "tuple[Node, ...]"


Node = Literal | Cells | Name | Call


def parse(formula: str) -> Node:
    """The tree of a formula, with or without its equals sign.

    Raises: InputError for what is no formula, or more than is read here.

    >>> parse("=-Classes*2").name, parse("=-Classes*2").arguments[0].arguments
    ('*', (Name(name='Classes'),))
    """
    return _Parser(formula).whole()


class _Parser:
    """Each level of precedence is a method, the loosest first."""

    def __init__(self, formula: str) -> None:
        self.formula = formula
        self.tokens = _tokens(formula.removeprefix("="), formula)
        self.at = 0

    def whole(self) -> Node:
        node = self.comparison()
        if self.at < len(self.tokens):
            raise self.refusal()
        return node

    def refusal(self) -> InputError:
        rest = "".join(text for _, text in self.tokens[self.at :])
        return InputError(f"the formula {self.formula[:80]!r} cannot be read from {rest[:20] or 'its end'!r} on")

    def taken(self, *signs: str) -> str:
        """The sign that comes next, if it is one of these, and goes past it."""
        if self.at < len(self.tokens):
            kind, text = self.tokens[self.at]
            if kind == "sign" and text in signs:
                self.at += 1
                return text
        return ""

    def comparison(self) -> Node:
        node = self.joined()
        while sign := self.taken(*COMPARISONS):
            node = Call(sign, (node, self.joined()))
        return node

    def joined(self) -> Node:
        node = self.sum()
        while self.taken("&"):
            node = Call("&", (node, self.sum()))
        return node

    def sum(self) -> Node:
        node = self.product()
        while sign := self.taken("+", "-"):
            node = Call(sign, (node, self.product()))
        return node

    def product(self) -> Node:
        node = self.power()
        while sign := self.taken("*", "/"):
            node = Call(sign, (node, self.power()))
        return node

    def power(self) -> Node:
        node = self.signed()
        while self.taken("^"):
            node = Call("^", (node, self.signed()))
        return node

    def signed(self) -> Node:
        """A minus binds tighter than a power, as in Excel: -2^2 is 4."""
        if self.taken("-"):
            return Call("-", (self.signed(),))
        if self.taken("+"):
            return self.signed()
        node = self.single()
        while self.taken("%"):
            node = Call("/", (node, Literal(100.0)))
        return node

    def single(self) -> Node:
        if self.at >= len(self.tokens):
            raise self.refusal()
        if self.taken("("):
            node = self.comparison()
            self.closed(")")
            return node
        if self.taken("{"):
            node = self.comparison()
            self.closed("}")
            return node
        kind, text = self.tokens[self.at]
        if kind == "sign":
            raise self.refusal()
        self.at += 1
        if kind == "number":
            return Literal(float(text))
        if kind == "text":
            return Literal(text[1:-1].replace('""', '"'))
        if kind == "reference":
            return Cells(Reference.of(text))
        if self.taken("("):
            return Call(text.upper(), self.arguments())
        return Literal(text.upper() == "TRUE") if text.upper() in ("TRUE", "FALSE") else Name(text)

    def arguments(self) -> tuple[Node, ...]:
        found: list[Node] = []
        if self.taken(")"):
            return ()
        while True:
            found.append(self.comparison())
            if not self.taken(","):
                break
        self.closed(")")
        return tuple(found)

    def closed(self, sign: str) -> None:
        if not self.taken(sign):
            raise self.refusal()


def _tokens(text: str, formula: str) -> list[tuple[str, str]]:
    found, at, text = [], 0, text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise InputError(f"the formula {formula[:80]!r} cannot be read from {text[at : at + 20]!r} on")
        found.append((str(match.lastgroup), match[str(match.lastgroup)]))
        at = match.end()
    return found
