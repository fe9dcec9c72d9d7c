"""Dialects and envelopes for hypothesis to draw from."""

from hypothesis import strategies as st

from .envelopes import Envelope
from .filing_generator import Dialect

YESNO = st.booleans()

dialects = st.builds(
    Dialect,
    seed=st.integers(0, 10**6),
    pools=st.integers(1, 6),
    classes=st.integers(2, 12),
    seniors=st.sampled_from(["one", "pools", "numbered", "po"]),
    mezzanine=YESNO,
    year=st.integers(1996, 2007),
    capitals=YESNO,
    adjusted=YESNO,
    citi=YESNO,
    stated_amount=YESNO,
    future=YESNO,
    orders=st.sampled_from(["all last", "all first", "any"]),
    oxford=YESNO,
    folded=YESNO,
    every=st.sampled_from(["", "each of", "both"]),
    shared_unit=YESNO,
    none_word=st.sampled_from(["none", "no"]),
    premium_first=YESNO,
    sub_pools=st.sampled_from([True, True, True, False]),
    limits=st.sampled_from(["no", "dollars", "list", "mixed"]),
    item=st.sampled_from(["2", "2.01", "5", "8.01"]),
    one_class_list=YESNO,
    glued=YESNO,
    cover_differs=st.sampled_from([False, False, False, True]),
    pool_names=st.sampled_from(["pool I", "pool I", "group I", "pool 1"]),
    direct=YESNO,
    nnr=YESNO,
    own_levels=YESNO,
)

envelopes = st.builds(
    Envelope,
    seed=st.integers(0, 10**6),
    form=st.sampled_from(["text", "text", "html"]),
    width=st.integers(60, 110),
    indent=st.sampled_from([0, 3, 5, 8]),
    justified=YESNO,
    break_words=YESNO,
    pages=st.sampled_from(["none", "plain", "numbered", "before", "bare", "after"]),
    footnotes_in_sentence=YESNO,
    stuffed=YESNO,
    container=st.sampled_from(["bare", "submission", "mail", "mirror"]),
    first_document=YESNO,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    depth=st.sampled_from([0, 0, 3, 400]),
    cut_numbers=YESNO,
    tables=YESNO,
)
