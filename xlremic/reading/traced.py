"""Text that remembers where it came from, so that cleaning a filing never loses the place of a number."""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

Piece = tuple[str, int, int]  # text, first offset in the source, offset after the last character


@dataclass(frozen=True, slots=True)
class Traced:
    """A string made of runs, each of which stands at known offsets of the source string.

    A run either is a slice of the source, character by character, or replaces a slice as a whole (an entity, the
    blank that stands for a line break).
    """

    text: str
    starts: Sequence[int]  # arrays, since a file of 25 MB may have millions of runs
    origins: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def whole(cls, source: str) -> "Traced":
        return cls(source, (0,), (0,), (len(source),))

    @classmethod
    def join(cls, pieces: Iterable[Piece]) -> "Traced":
        """Pieces in order, empty ones dropped."""
        texts: list[str] = []
        starts, origins, ends = array("q"), array("q"), array("q")
        position = 0
        for text, origin, end in pieces:
            if text:
                texts.append(text)
                starts.append(position)
                origins.append(origin)
                ends.append(end)
                position += len(text)
        return cls("".join(texts), starts, origins, ends)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the source of ``text[start:end]``, which must not be empty."""
        starts, origins, ends, last = self.starts, self.origins, self.ends, len(self.starts) - 1
        i = bisect_right(starts, start) - 1
        begin, origin, after = starts[i], origins[i], ends[i]
        until = starts[i + 1] if i < last else len(self.text)
        literal = after - origin == until - begin
        source_start = origin + start - begin if literal else origin
        if end > until:
            i = bisect_right(starts, end - 1, i) - 1
            begin, origin, after = starts[i], origins[i], ends[i]
            literal = after - origin == (starts[i + 1] if i < last else len(self.text)) - begin
        return source_start, origin + end - begin if literal else after

    def pieces(self, start: int = 0, end: int | None = None) -> Iterator[Piece]:
        """The runs of ``text[start:end]``."""
        stop = len(self.text) if end is None else end
        i = bisect_right(self.starts, start) - 1
        while start < stop:
            begin, origin, after = self.starts[i], self.origins[i], self.ends[i]
            until = self.starts[i + 1] if i + 1 < len(self.starts) else len(self.text)
            cut = min(until, stop)
            if after - origin == until - begin:
                yield self.text[start:cut], origin + start - begin, origin + cut - begin
            else:
                yield self.text[start:cut], origin, after
            start, i = cut, i + 1

    def slice(self, start: int, end: int) -> "Traced":
        """``text[start:end]`` with its places: whole runs, of which the first and the last may be cut."""
        if start >= end:
            return Traced.join(())
        first = bisect_right(self.starts, start) - 1
        after = bisect_left(self.starts, end, first + 1)
        starts = array("q", [begin - start for begin in self.starts[first:after]])
        origins, ends = array("q", self.origins[first:after]), array("q", self.ends[first:after])
        starts[0] = 0
        origins[0], ends[-1] = self.span(start, end)
        return Traced(self.text[start:end], starts, origins, ends)

    def sub(self, pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str]) -> "Traced":
        """Replace every match as a whole; the replacement stands for all of the matched source."""
        matches = pattern.finditer(self.text)
        first = next(matches, None)
        if first is None:
            return self

        def parts() -> Iterator[Piece]:
            starts, origins, ends, last = self.starts, self.origins, self.ends, len(self.starts) - 1
            position = run = 0
            for match in chain((first,), matches):
                start, end = match.span()
                if start == end:
                    continue
                while run < last and starts[run + 1] <= position:
                    run += 1
                until = starts[run + 1] if run < last else len(self.text)
                offset = origins[run] - starts[run]
                if end <= until and ends[run] - offset == until:  # within one literal run, as most are
                    yield self.text[position:start], position + offset, start + offset
                    yield replacement(match), start + offset, end + offset
                else:
                    yield from self.pieces(position, start)
                    yield (replacement(match), *self.span(start, end))
                position = end
            yield from self.pieces(position)

        return Traced.join(parts())
