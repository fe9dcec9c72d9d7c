"""The loops of a projection, plain or compiled by numba, and the rows that they run over.

A kernel is a plain function over records of rows. Compiled, the same source runs over arrays, with results equal to a
millionth of a dollar.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from types import FunctionType
from typing import Any, cast
from zlib import crc32

from ..errors import InputError
from .classes import SHARING_RULES, share_out
from .collateral import project_lines
from .distribution import RULES, distribute
from .records import Cut, Issue, LineFlows, Loans, Paid, Ratio, Shared, Sharing, Speeds, State, Strips, Terms, Trace
from .scenario_measures import monthly_yield, summarise
from .strips import add_shortfalls, strip_lines


def zeros(rows: int, months: int) -> list[list[float]]:
    """Empty flow rows: one list of months + 1 zeros each."""
    return [[0.0] * (months + 1) for _ in range(rows)]


def _same(row: Sequence[float]) -> Sequence[float]:
    return row


@dataclass(frozen=True, slots=True)
class Kernels:
    """The loops of a projection and the containers they run over."""

    project: Callable[[Loans, Speeds, LineFlows], None] = project_lines
    strip: Callable[[Ratio, LineFlows, Strips], None] = strip_lines
    distribute: Callable[[int, State, Strips, Terms, Issue, Paid, Trace], int] = distribute
    share: Callable[[int, Cut, Paid, Sharing, Shared], None] = share_out
    summarise: Callable[..., tuple[float, ...]] = summarise
    monthly_yield: Callable[..., float] = monthly_yield
    empty: Callable[[int, int], Any] = zeros
    vector: Callable[[Sequence[float]], Any] = list
    matrix: Callable[[Sequence[Sequence[float]]], Any] = list
    as_row: Callable[[Sequence[float]], Any] = _same
    reuses: bool = False


PLAIN = Kernels()
OPTIONS = {"_nrt": False, "no_cfunc_wrapper": True}
"""How kernels are compiled: they make no array, so no references need counting, which would cost more than they do."""


@cache
def compiled_kernels() -> Kernels:
    """The same loops compiled by numba over arrays; the first call of a process loads or compiles them.

    Raises: InputError if numba is not installed.
    """
    if find_spec("numba") is None:
        raise InputError("numba is not installed: pip install 'xlremic[fast]', or leave compiled out")
    import numpy as np  # noqa: PLC0415 - only the compiled kernels need arrays

    def matrix(rows: Sequence[Sequence[float]]) -> Any:
        # Lines of one age share one curve: turn each into an array once.
        arrays = {key: np.array(row) for key, row in {id(row): row for row in rows}.items()}
        return np.array([arrays[id(row)] for row in rows])

    return Kernels(
        project=compiled(project_lines),
        strip=compiled(strip_lines, add_shortfalls),
        distribute=compiled(distribute, *RULES),
        share=compiled(share_out, *SHARING_RULES),
        summarise=compiled(summarise),
        monthly_yield=compiled(monthly_yield),
        empty=lambda rows, months: np.zeros((rows, months + 1)),
        vector=np.array,
        matrix=matrix,
        as_row=np.asarray,
        reuses=True,
    )


def compiled(kernel: Callable[..., Any], *rules: Callable[..., Any]) -> Callable[..., Any]:
    """The same source compiled: the kernel finds the compiled rules where it names the plain ones.

    The rules must be in the kernel's own file, since numba keeps compiled code until that file changes.
    """
    import numba  # noqa: PLC0415 - optional, and slow to import

    source, njit = cast(FunctionType, kernel), cast(Callable[..., Any], numba.njit)
    within = njit(**OPTIONS, forceinline=True, no_cpython_wrapper=True)
    world = {**source.__globals__, **{rule.__name__: within(rule) for rule in rules}}
    copy = FunctionType(source.__code__, world, source.__name__)
    copy.__qualname__ = f"{source.__name__}_{fingerprint(source, *rules)}"
    try:
        return cast(Callable[..., Any], njit(**OPTIONS, cache=True)(copy))
    except RuntimeError:
        # Nowhere to keep compiled code: neither beside the package nor in the user's cache.
        return cast(Callable[..., Any], njit(**OPTIONS)(copy))


def fingerprint(*functions: Callable[..., Any]) -> str:
    """What compiled code takes from other files, as part of its name in numba's cache.

    These are the fields of the records, since a field is compiled to its place, the numbers that stand in the
    functions by name, and how they are compiled.
    """
    found = {repr(OPTIONS)}
    for one in functions:
        function = cast(FunctionType, one)
        for kind in function.__annotations__.values():
            if isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields"):
                found.add(f"{kind.__name__}{kind._fields}")
        for name in function.__code__.co_names:
            if isinstance(function.__globals__.get(name), float):
                found.add(f"{name}={function.__globals__[name]!r}")
    return f"{crc32(repr(sorted(found)).encode()):08x}"


class Block:
    """Rows of arrays cut from one block, which one call clears for the next scenario."""

    def __init__(self, rows: int, months: int) -> None:
        import numpy as np  # noqa: PLC0415 - only the compiled kernels need arrays

        self.rows, self.cut = np.zeros((rows, months + 1)), 0

    def empty(self, rows: int, months: int) -> Any:
        """The next rows of the block."""
        self.cut += rows
        return self.rows[self.cut - rows : self.cut]

    def clear(self) -> None:
        """All rows zero again."""
        self.rows.fill(0.0)
