"""Text that is cleaned keeps the place of every character."""

import re

from hypothesis import given
from hypothesis import strategies as st

from xlremic.reading.traced import Traced

TEXTS = st.text(alphabet="ab1 \n$,.", max_size=60)
PATTERNS = st.sampled_from([r"\s{2,}", r"[^\S ]", r"a+", r"\$1?", r",\n", r"b"])


@given(TEXTS, st.lists(st.tuples(PATTERNS, st.sampled_from(["", " ", "xy", "\n"])), max_size=4))
def test_characters_never_replaced_stand_where_they_stood(source: str, steps: list[tuple[str, str]]) -> None:
    traced = Traced.whole(source)
    for pattern, replacement in steps:
        traced = traced.sub(re.compile(pattern), lambda _, new=replacement: new)  # type: ignore[misc]
    for position, character in enumerate(traced.text):
        start, end = traced.span(position, position + 1)
        assert 0 <= start < end <= len(source)
        if end - start == 1 and character not in "xy \n":
            assert source[start] == character


@given(TEXTS, st.data())
def test_slices_of_slices_agree_with_the_source(source: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(source)))
    end = data.draw(st.integers(start, len(source)))
    part = Traced.whole(source).slice(start, end)
    assert part.text == source[start:end]
    if part.text:
        assert part.span(0, len(part.text)) == (start, end)


def test_a_number_broken_over_lines_keeps_its_span() -> None:
    source = "of $493,641,\n  377.57 as"
    traced = Traced.whole(source).sub(re.compile(r"\n\s*"), lambda _: "")
    start = traced.text.index("$493")
    first, last = traced.span(start, start + len("$493,641,377.57"))
    assert source[first:last] == "$493,641,\n  377.57"
