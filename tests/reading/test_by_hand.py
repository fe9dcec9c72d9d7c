"""Facts by hand: the file of them, what they replace, what they settle, and what every bad row is told."""

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from xlremic.errors import InputError, XlremicError
from xlremic.reading.asking import USUAL_CLASSES, as_csv, as_toml, blank, missing, template
from xlremic.reading.assemble import assemble
from xlremic.reading.byhand import FIELDS, given_of, unread_numbers, with_given
from xlremic.reading.facts import Fact, Qualifier, Reading, facts_from_json, printed
from xlremic.reading.filing import filing_of
from xlremic.reading.findings import Status
from xlremic.reading.keys import KEYS
from xlremic.reading.parser import parse
from xlremic.reading.tieout import tie_out
from xlremic.reading.told import facts_alone, parse_told

from ..conftest import SAMPLE
from ..support.dialects import LAWYERS, drawn
from ..support.dialects.telling import Filing
from ..support.many_filings import made

HEAD = "key,scope,value,unit,qualifier,line,note\n"


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def corrected(reading: Reading, text: str, name: str = "facts.csv") -> Reading:
    return with_given(reading, given_of(text.encode(), name))


@pytest.mark.parametrize("seed", range(20))
def test_every_fact_that_is_read_could_be_given_by_hand(seed: int) -> None:
    """The vocabulary and the reader know the same keys, units, scopes and qualifiers."""
    for fact in parse(filing_of(made(seed)[1], name="made.txt")).facts:
        key = KEYS[fact.key]
        assert (key.unit, key.allows(fact.scope)) == (fact.unit, True), fact
        assert fact.qualifier in (*key.qualifiers, Qualifier.NONE), fact


@pytest.mark.parametrize("lawyer", LAWYERS)
def test_every_fact_of_other_lawyers_could_be_given_by_hand(lawyer: str) -> None:
    for fact in drawn(lawyer, 0).truth:
        assert KEYS[fact.key].allows(fact.scope), fact
        assert fact.qualifier in (*KEYS[fact.key].qualifiers, Qualifier.NONE), fact


def test_a_fact_by_hand_replaces_what_was_read_and_says_so(reading: Reading) -> None:
    other = corrected(reading, HEAD + "loan_count,pool:I,664,,,90,counted again\n")
    (fact,) = other.by_hand
    assert (fact.value, fact.provenance.line, fact.provenance.raw) == (Decimal(664), 90, "663")
    assert fact.by_hand and "663" in fact.by_hand.replaced
    assert fact.provenance.sentence.startswith("by hand (facts.csv, line 2): counted again; instead of 663")
    assert len(other.facts) == len(reading.facts)
    assert [w.code for w in other.warnings if w not in reading.warnings] == ["by_hand"]
    row = next(row for row in other.to_dict()["facts"] if "by_hand" in row)
    assert row["by_hand"] == {
        "file": "facts.csv", "row": "line 2", "note": "counted again", "replaced": fact.by_hand.replaced,
    }  # fmt: skip
    again = facts_from_json(other.to_json())
    assert again == other.facts and [one.by_hand for one in again] == [one.by_hand for one in other.facts]


def test_a_damaged_fact_by_hand_makes_its_checks_fail_and_the_checks_name_it(reading: Reading) -> None:
    before = {one.id: one for one in tie_out(reading, assemble(reading))}
    other = corrected(reading, HEAD + "loan_count,pool:I,664,,,,\nlatest_maturity_date,pool:II,2034-10-01,,,,\n")
    changed = [one for one in tie_out(other, assemble(other)) if one != before[one.id]]
    named = {one.id: one.status for one in changed if "loan_count of pool:I is 664 by hand" in one.says}
    assert named.pop("pools_sum:loan_count") is Status.FAIL
    assert named == {"loan_size:pool:I": Status.PASS} | named and all(one.endswith("pool:I") for one in named)
    assert "instead of 663" in changed[0].says


def test_what_is_given_as_it_was_read_stays_as_it_was_read(reading: Reading) -> None:
    text = HEAD + "".join(
        f'{f.key},{f.scope},"{printed(f.value)}",,{f.qualifier},,\n'
        for f in reading.facts
        if f.qualifier != Qualifier.NONE
    )
    assert corrected(reading, text) == reading


def test_loans_that_were_taken_for_adjustable_are_fixed_by_hand() -> None:
    filing = drawn("adjustable", 0)
    reading = parse(filing_of(filing.text.encode(), name="filing.txt"))
    assert assemble(reading).adjustable
    assert not assemble(corrected(reading, HEAD + "adjustable_rate,filing,false,,,,\n")).adjustable


def test_one_of_two_contradicting_values_is_chosen_by_hand() -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    twice = text.replace("SIGNATURES", "The numbers of pool I mortgage loans were 665.\n\n     SIGNATURES", 1)
    reading = parse(filing_of(twice.encode(), name="twice.txt"))
    if reading.get("loan_count", "pool:I") is None:
        assert any(w.code == "contradiction" for w in reading.warnings)
    settled = corrected(reading, HEAD + "loan_count,pool:I,663,,,,\n")
    assert settled.get("loan_count", "pool:I") is not None
    assert not any(w.code == "contradiction" for w in settled.warnings)


@pytest.mark.parametrize(
    ("row", "found", "allowed"),
    [
        ("loan_cuont,all,3", "no key 'loan_cuont'", "loan_count"),
        ("loan_count,class:B-1,3", "'class:B-1'", "a pool such as pool:I"),
        ("class_initial_principal_balance,class:Q-9,3", "'class:Q-9'", "class:B-1"),
        ("loan_count,,3", "''", "all, or a pool"),
        ("loan_count,all,3.5", "'3.5'", "a whole number"),
        ("loan_count,all,-3", "'-3'", "a whole number"),
        ("loan_count,all,1e3", "'1e3'", "a whole number"),
        ("aggregate_scheduled_principal_balance,all,1.234", "'1.234'", "no decimals or two"),
        ("aggregate_scheduled_principal_balance,all,3%", "'3%'", "dollars"),
        ("weighted_average_coupon,all,$6", "'$6'", "a percentage"),
        ("weighted_average_coupon,all,25", "'25'", "between 2 and 20"),
        ("weighted_average_coupon,all,six", "'six'", "a percentage"),
        ("closing_date,filing,2004-02-30", "'2004-02-30'", "2004-10-01"),
        ("closing_date,filing,10/28/2004", "'10/28/2004'", "2004-10-01"),
        ("closing_date,filing,1066-10-14", "'1066-10-14'", "between 1970"),
        ("relocation_loans,all,perhaps", "'perhaps'", "true or false"),
        ("original_term_years,all,30", "qualifier ''", "at_least, no_more_than, exact"),
        ("loan_count,all,3,months", "'months'", "loans"),
        ("loan_count,all,3,,at_most", "'at_most'", "exact"),
        ("loan_count,all,3,,,zero", "'zero'", "from 1"),
        ("loan_count,all,none", "'none'", "a whole number"),
    ],
)  # fmt: skip
def test_a_bad_row_is_told_with_its_place_what_was_found_and_what_is_allowed(
    row: str, found: str, allowed: str
) -> None:
    with pytest.raises(InputError) as refused:
        given_of((HEAD + "\n" + row + "\n").encode(), "facts.csv")
    message = str(refused.value)
    assert message.startswith("facts.csv, line 3: ") and found in message and allowed in message
    assert row.partition(",")[0] in message


def test_two_rows_for_one_fact_are_refused_but_not_two_sides() -> None:
    sides = "original_term_years,all,20,,at_least,,\noriginal_term_years,all,30,,no_more_than,,\n"
    assert len(given_of((HEAD + sides).encode(), "f.csv")) == 2
    for again in ("original_term_years,all,25,,exact,,\n", "original_term_years,all,21,,at_least,,\n"):
        with pytest.raises(InputError, match="line 4: original_term_years of all is given twice, on line 2"):
            given_of((HEAD + sides + again).encode(), "f.csv")


def test_all_bad_rows_are_told_at_once_and_an_unquoted_comma_is_noticed() -> None:
    with pytest.raises(InputError, match=r"line 2: .*; line 3: .*"):
        given_of((HEAD + "a,all,3\nb,all,4\n").encode(), "f.csv")
    with pytest.raises(InputError, match="double quotes"):
        given_of(b"key,scope,value\nloan_count,all,1,234\n", "f.csv")
    with pytest.raises(InputError, match=r"found 'amount' in the headings; they are key, scope, value"):
        given_of(b"key,scope,amount\n", "f.csv")


def test_values_may_be_written_as_filings_print_them() -> None:
    text = (
        HEAD
        + 'call_threshold,all,"$49,364,137.76",,,,\nclosing_date,filing,"October 28, 2004",,,,\nmax_ltv,all,95%,,,,\n'
    )
    for data in (text.encode(), text.encode("utf-16"), text.encode("utf-8-sig"), text.replace("\n", "\r\n").encode()):
        assert [printed(one.value) for one in given_of(data, "f.csv")] == ["49364137.76", "2004-10-28", "95"]
    german = "key;scope;value\ncall_threshold;all;49364137.76\n"
    assert printed(given_of(german.encode(), "f.csv")[0].value) == "49364137.76"
    toml = '[[fact]]\nkey = "weighted_average_coupon"\nscope = "all"\nvalue = 6.10\n'
    assert printed(given_of(toml.encode(), "f.toml")[0].value) == "6.10"
    toml = '[[fact]]\nkey = "closing_date"\nscope = "filing"\nvalue = 2004-10-28\nline = 3\n'
    assert [(printed(one.value), one.line) for one in given_of(toml.encode(), "f.toml")] == [("2004-10-28", 3)]


# --- no dead end ----------------------------------------------------------------------------------------------------


def filled(reading: Reading, filing: Filing) -> str:
    """The template as a person fills it in who has read the filing: the rows for what is missing, the unread numbers,
    and further rows for what stands only in words."""
    asked = rows(template(reading))
    sides = [fact for fact in filing.truth if fact.qualifier != "none"]
    known = {(fact.key, fact.scope, str(fact.qualifier)) for fact in reading.facts}
    open_facts = [fact for fact in sides if (fact.key, fact.scope, fact.qualifier) not in known]
    for fact in open_facts:
        mine = [row for row in asked if (row["key"], row["scope"]) == (fact.key, fact.scope) and not row["value"]]
        mine = mine or [row for row in asked if not row["key"] and row["value"] == fact.value]
        row = mine[0] if mine else dict.fromkeys(FIELDS, "")
        row |= {"key": fact.key, "scope": fact.scope, "value": fact.value, "qualifier": fact.qualifier, "unit": ""}
        if not mine:
            asked.append(row)
    return as_csv(asked)


@pytest.mark.parametrize("lawyer", LAWYERS)
def test_a_filled_template_makes_whole_what_was_not_read(lawyer: str) -> None:
    filing = drawn(lawyer, 1)
    document = filing_of(filing.text.encode(), name="filing.txt")
    reading = parse_told(document, ())
    whole = corrected(reading, filled(reading, filing))
    for fact in filing.truth:
        assert whole.get(fact.key, fact.scope) or list(whole.find(fact.key, fact.scope)), fact
    assert not any(one.status is Status.FAIL for one in tie_out(whole, assemble(whole)))
    assert len(whole.unread) <= len(reading.unread)


def test_a_number_that_is_given_a_meaning_is_not_unread_any_more() -> None:
    filing = drawn("column for each group", 0)
    reading = parse_told(filing_of(filing.text.encode(), name="filing.txt"), ())
    token, sentence = next((t, s) for t, s in unread_numbers(reading) if t.raw.replace(",", "").isdigit())
    value = token.raw.replace(",", "")
    told = corrected(reading, HEAD + f"pledged_asset_loan_count,all,{value},,,{token.line},\n")
    assert told.token_counts()["unread"] == reading.token_counts()["unread"] - 1
    (fact,) = told.by_hand
    assert fact.provenance.char_start == token.char_start and fact.provenance.raw == token.raw
    assert sentence in reading.unread


def test_the_template_asks_for_what_a_workbook_needs() -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    cut = text.replace("6.132%", "six percent").replace("$6,170,000.00", "some money")
    asked = missing(parse(filing_of(cut.encode(), name="cut.txt")))
    found = {(row["key"], row["scope"]) for row in asked}
    assert found, "nothing is missing"
    assert not missing(parse(filing_of(text.encode(), name="whole.txt")))


def deal_by_hand(reading: Reading, write: str) -> bytes:
    """The sample told by hand: the empty file of its pools and classes, filled with what its filing says."""
    pools = [scope.removeprefix("pool:") for scope in reading.scopes("pool:")]
    asked = blank(pools, USUAL_CLASSES)
    for row in asked:
        sides = (Qualifier(row["qualifier"]), Qualifier.EXACT) if row["qualifier"] else ()
        fact: Fact | None = reading.get(row["key"], row["scope"], *sides)
        row["value"] = printed(fact.value) if fact else ""
    return (as_toml if write.endswith("toml") else as_csv)(asked).encode()


@pytest.mark.parametrize("name", ["deal.csv", "deal.toml"])
def test_a_deal_told_by_hand_is_the_deal_of_its_filing(name: str, reading: Reading) -> None:
    told = facts_alone(deal_by_hand(reading, name), name)
    deal, filed = assemble(told), assemble(reading)
    assert (deal.series, deal.tranches, deal.rules.call_threshold) == (
        filed.series, filed.tranches, filed.rules.call_threshold,
    )  # fmt: skip
    for pool, other in zip(deal.pools, filed.pools, strict=True):
        for field in ("aggregate_scheduled_principal_balance", "weighted_average_coupon", "loan_count"):
            assert getattr(pool, field) == getattr(other, field)
    evaluated = [one for one in tie_out(told, deal) if one.status is not Status.NOT_EVALUATED]
    assert len(evaluated) > 15 and all(one.status is Status.PASS for one in evaluated)
    assert not missing(told)


def test_an_empty_file_of_facts_is_refused_until_it_is_filled() -> None:
    for write, name in ((as_csv, "deal.csv"), (as_toml, "deal.toml")):
        with pytest.raises(InputError, match="no row has a key and a value"):
            facts_alone(write(blank(["I", "II"], ["A", "B-1"])).encode(), name)


def test_rows_for_another_filing_are_not_used(reading: Reading) -> None:
    text = "key,scope,value,filing\nloan_count,all,7,other.txt\nloan_count,all,970,cmsi-2004-8.txt\n"
    assert corrected(reading, text) == reading
    with pytest.raises(InputError, match=r"no row is for cmsi-2004-8.txt; the first is for 'other.txt'"):
        corrected(reading, "key,scope,value,filing\nloan_count,all,7,other.txt\n")


# --- files from strangers -------------------------------------------------------------------------------------------

CELLS = st.one_of(
    st.sampled_from([*KEYS, "all", "pool:I", "class:B-1", "filing", "none", "2004-10-01", "$1,234.50", "6.132%", "1e9", "nan"]),
    st.text(max_size=20),
    st.integers().map(str),
    st.decimals().map(str),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=9), max_size=8), st.sampled_from([HEAD, "key,scope,value\n", ""]))
@example([["loan_count", "all", "9" * 5000]], HEAD)
@example([["closing_date", "filing", "October , 2004"]], HEAD)
@example([["closing_date", "filing", "January"]], HEAD)
def test_any_csv_is_taken_or_refused_in_our_own_words(table: list[list[str]], head: str) -> None:
    text = io.StringIO(newline="")
    text.write(head)
    csv.writer(text).writerows(table)
    _taken_or_refused(text.getvalue().encode("utf-8", "surrogatepass"), "strange.csv")


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda t: (HEAD + t).encode("utf-8", "replace"))))
@example(b"\xff\xfe\x00")
@example(b'key,scope,value\n"' + b"x" * 200_000)
@example(b"key,scope,value\n\0,\0,\0\n")
def test_any_bytes_are_taken_or_refused_in_our_own_words(data: bytes) -> None:
    _taken_or_refused(data, "strange.csv")
    _taken_or_refused(data, "strange.toml")


SIMPLE = st.one_of(CELLS, st.integers(), st.booleans(), st.floats(), st.lists(st.integers(), max_size=2))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from([*FIELDS, "other"]), SIMPLE, max_size=8), max_size=4))
def test_any_toml_is_taken_or_refused_in_our_own_words(tables: list[dict[str, object]]) -> None:
    text = "".join("[[fact]]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in one.items()) for one in tables)
    _taken_or_refused(text.encode("utf-8", "surrogatepass"), "strange.toml")
    _taken_or_refused(b"a = " + b"[" * 10_000, "strange.toml")


def _taken_or_refused(data: bytes, name: str) -> None:
    try:
        reading = facts_alone(data, name)
        tie_out(reading, assemble(reading))
        reading.to_json()
        template(replace(reading, unread=()))
    except XlremicError as error:
        assert name in str(error)
