"""A truth is never compared with a number: TRUE is 1 in one program, above every number in another, text in a third."""

from collections.abc import Iterator, Mapping, Sequence

from openpyxl.formula.tokenizer import Token, Tokenizer
from openpyxl.workbook import Workbook

from ..xlsx.references import Reference

COMPARISONS = ("=", "<>", "<", ">", "<=", ">=")
TRUTH_FUNCTIONS = frozenset(("AND", "FALSE", "ISERROR", "ISLOGICAL", "ISNUMBER", "NOT", "OR", "TRUE"))
NUMBER, TRUTH = "number", "truth"


class Kinds:
    """What the cells and names of a workbook hold: a truth, a number or neither."""

    def __init__(self, book: Workbook, values: Mapping[tuple[str, str], object]) -> None:
        self.book, self.values = book, values

    def of(self, operand: str, home: str) -> str:
        """Kind of one cell or name as a formula on sheet ``home`` writes it."""
        if operand in self.book.defined_names:
            operand = str(self.book.defined_names[operand].attr_text)
        found = Reference.parse(operand)
        sheet = (found.sheet or home) if found else ""
        if found is None or found.last is not None or sheet not in self.book.sheetnames:
            return ""
        cell = str(found.first).replace("$", "")
        value = self.values.get((sheet, cell), self.book[sheet][cell].value)
        return TRUTH if isinstance(value, bool) else NUMBER if isinstance(value, int | float) else ""


def compared_truths(formula: str, home: str, kinds: Kinds) -> Iterator[str]:
    """Each comparison of a bare truth with a bare number, as the formula has it."""
    tokens = [token for token in Tokenizer(formula).items if token.type != Token.WSPACE]
    for at, token in enumerate(tokens):
        if token.type == Token.OP_IN and token.value in COMPARISONS:
            left, right = _before(tokens, at), _after(tokens, at)
            if {_kind(left, home, kinds), _kind(right, home, kinds)} == {NUMBER, TRUTH}:
                yield "".join(one.value for one in (*left, token, *right))


def _before(tokens: Sequence[Token], at: int) -> Sequence[Token]:
    """The operand that ends before a comparison, if it stands there alone."""
    start = at - 1
    if tokens[start].subtype == Token.CLOSE:
        depth = 1
        while depth:
            start -= 1
            depth += {Token.CLOSE: 1, Token.OPEN: -1}.get(tokens[start].subtype, 0)
    alone = start == 0 or tokens[start - 1].subtype == Token.OPEN or tokens[start - 1].type == Token.SEP
    return tokens[start:at] if alone else ()


def _after(tokens: Sequence[Token], at: int) -> Sequence[Token]:
    """The operand that begins after a comparison, if it stands there alone."""
    end = at + 1
    if tokens[end].subtype == Token.OPEN:
        depth = 1
        while depth:
            end += 1
            depth += {Token.OPEN: 1, Token.CLOSE: -1}.get(tokens[end].subtype, 0)
    alone = end + 1 == len(tokens) or tokens[end + 1].subtype == Token.CLOSE or tokens[end + 1].type == Token.SEP
    return tokens[at + 1 : end + 1] if alone else ()


def _kind(operand: Sequence[Token], home: str, kinds: Kinds) -> str:
    if not operand:
        return ""
    first = operand[0]
    if first.type == Token.FUNC:
        return TRUTH if first.value.rstrip("(") in TRUTH_FUNCTIONS else ""
    if first.type == Token.PAREN:
        inside = operand[1:-1]
        depths = _depths(inside)
        compares = any(
            token.type == Token.OP_IN and token.value in COMPARISONS and not depth
            for token, depth in zip(inside, depths, strict=True)
        )
        return TRUTH if compares else _kind(inside, home, kinds)
    if first.subtype == Token.LOGICAL:
        return TRUTH
    if first.subtype == Token.NUMBER:
        return NUMBER
    return kinds.of(first.value, home) if first.subtype == Token.RANGE and len(operand) == 1 else ""


def _depths(tokens: Sequence[Token]) -> list[int]:
    """How deep in parentheses each token stands."""
    depth, found = 0, []
    for token in tokens:
        depth += {Token.OPEN: 1, Token.CLOSE: -1}.get(token.subtype, 0)
        found.append(depth)
    return found
