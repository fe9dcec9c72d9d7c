"""Prepayment and default speeds: CPR, SMM, PSA, CDR, MDR, SDA, conversions, month-by-month curves and vectors.

Rates are fractions of one (6% CPR is 0.06); PSA and SDA speeds are per cent of the standard curve (300 = 300%), as
the market quotes them. Months count from 1. The room knows no loan and no deal: a curve is a function of a speed and
of the loans' age.
"""

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from math import ceil, isfinite

from ..errors import InputError, shown

PSA_RAMP_MONTHS = 30
LONGEST = 1200
"""Months of the longest term or vector: a date, or dollars, in the wrong place must not be projected."""
NO_COMMAS = "numbers take no thousands separator: write 1000 for a thousand, and values by month with spaces"
_NUMBER = re.compile(r"[+-]?(?:(?:0|[1-9][0-9]{0,29})(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,3})?\Z")


# rule 3 (Standard Formulas, B.3)
def smm_from_cpr(cpr: float) -> float:
    """Single monthly mortality of a conditional (annual) prepayment rate.

    SMM = 1 - (1 - CPR)^(1/12)

    Args:
        cpr: fraction of one a year.
    Returns: fraction of one a month.
    Raises: InputError if the rate is not between zero and one.
    Source: Standard Formulas, B.3 (SF-5).

    >>> round(smm_from_cpr(0.06), 8)
    0.00514301
    """
    return _monthly(cpr, "CPR")


def cpr_from_smm(smm: float) -> float:
    """Conditional (annual) prepayment rate of a single monthly mortality.

    CPR = 1 - (1 - SMM)^12

    Args:
        smm: fraction of one a month.
    Returns: fraction of one a year.
    Raises: InputError if the rate is not between zero and one.
    Source: Standard Formulas, B.3 (SF-5).

    >>> round(cpr_from_smm(0.00435270), 5)
    0.051
    """
    return _annual(smm, "SMM")


# rule 3 (Standard Formulas, B.3)
def realised_cpr(opening: float, scheduled: float, ending: float, months: int = 1) -> float:
    """CPR at which loans were prepaid over some months.

    CPR = 1 - (ending / (opening - scheduled))^(12 / months)

    Args:
        opening: balance before the first month, dollars.
        scheduled: principal that was due over the months without prepayments, dollars.
        ending: balance after the last month, dollars; liquidated balances added to it leave the voluntary speed.
        months: how many there were.
    Returns: fraction of one a year, below zero if more is left than there should be.
    Raises: InputError for balances below zero, nothing that could be prepaid, or no month.
    Source: Standard Formulas, B.3 (SF-6, SF-12).

    >>> round(realised_cpr(0.85150625, 0.00047916, 0.84732282), 6)
    0.051
    """
    _months(months)
    left = opening - scheduled
    if opening < 0 or scheduled < 0 or ending < 0 or left <= 0:
        raise InputError(
            f"an opening balance of {opening:g}, {scheduled:g} scheduled and {ending:g} left: nothing could be prepaid"
        )
    return float(1.0 - (ending / left) ** (12 / months))


# rule 4
def realised_cdr(opening: float, defaulted: float, months: int = 1) -> float:
    """CDR at which loans defaulted over some months.

    CDR = 1 - (1 - defaulted / opening)^(12 / months)

    Args:
        opening: balance before the first month, dollars.
        defaulted: balance that defaulted, or was liquidated, over the months, dollars: recoveries and losses together.
        months: how many there were.
    Returns: fraction of one a year.
    Raises: InputError for a balance of nothing, more defaults than that, or no month.

    >>> round(realised_cdr(1_000_000.0, 5143.01), 4)
    0.06
    """
    _months(months)
    if opening <= 0 or not 0 <= defaulted <= opening:
        raise InputError(f"defaults of {defaulted:g} on an opening balance of {opening:g}: give a part of it")
    return float(1.0 - (1.0 - defaulted / opening) ** (12 / months))


def _months(months: int) -> None:
    if not 1 <= months <= LONGEST:
        raise InputError(f"{months} months: give a whole number from 1 to {LONGEST}")


# rule 3 (Standard Formulas, B.4)
def psa_cpr(speed: float, month: int) -> float:
    """CPR of loans in a month of age at a PSA speed.

    CPR = min(100%, speed/100 x 0.2% x min(max(month, 1), 30))

    Args:
        speed: per cent of the standard curve.
        month: month of the loans' life, 1 for the first.
    Returns: fraction of one a year.
    Raises: InputError if the speed is negative.
    Source: Standard Formulas, B.4 (SF-5).

    >>> psa_cpr(100, 30), psa_cpr(150, 10)
    (0.06, 0.03)
    """
    return min(1.0, _at_least_zero(speed, "PSA") * min(max(month, 1), PSA_RAMP_MONTHS) / 50_000)


def psa_from_cpr(cpr: float, month: int) -> float:
    """PSA speed at which loans in a month of age have a CPR: the inverse of ``psa_cpr`` below its 100% cap.

    PSA = 100 x CPR / (0.2% x min(max(month, 1), 30))

    Args:
        cpr: fraction of one a year.
        month: month of the loans' life, 1 for the first.
    Returns: per cent of the standard curve.
    Raises: InputError if the rate is not between zero and one.
    Source: Standard Formulas, B.4 (SF-7).

    >>> round(psa_from_cpr(0.051, 17), 2)
    150.0
    """
    return _fraction(cpr, "CPR") * 50_000 / min(max(month, 1), PSA_RAMP_MONTHS)


def abs_smm(speed: float, month: int) -> float:
    """SMM of loans in a month of age at an absolute prepayment (ABS) speed, which counts original loans.

    SMM = ABS / (1 - ABS x (month - 1))

    Args:
        speed: fraction of the original number of loans that prepays each month.
        month: month of the loans' life, 1 for the first.
    Returns: fraction of one a month.
    Raises: InputError if no loans are left in that month.
    Source: Standard Formulas, B.5 (SF-14).

    >>> round(abs_smm(0.02, 11), 6)
    0.025
    """
    left = 1 - _fraction(speed, "ABS") * (month - 1)
    if left < speed:
        raise InputError(f"ABS {speed} leaves no loans in month {month}")
    return speed / left


def average_smm(actual_factor: float, scheduled_factor: float, months: int) -> float:
    """Constant SMM that explains a balance at the end of several months.

    SMM = 1 - (actual / scheduled)^(1/months)

    Args:
        actual_factor: balance at the end, in any unit.
        scheduled_factor: balance at the end had nothing prepaid, in the same unit.
        months: number of months.
    Returns: fraction of one a month.
    Raises: InputError if the scheduled balance or the number of months is not positive.
    Source: Standard Formulas, B.6 (SF-11, SF-12).

    >>> round(average_smm(2_813_127.42, 2_859_330.23, 6), 8)
    0.00271142
    """
    if scheduled_factor <= 0 or months < 1:
        raise InputError(f"scheduled balance {scheduled_factor} over {months} months: both must be positive")
    return 1.0 - math.pow(actual_factor / scheduled_factor, 1 / months)


# rule 4 (Standard Formulas, C.2)
def mdr_from_cdr(cdr: float) -> float:
    """Monthly default rate of a conditional (annual) default rate.

    MDR = 1 - (1 - CDR)^(1/12)

    Args:
        cdr: fraction of one a year.
    Returns: fraction of one a month.
    Raises: InputError if the rate is not between zero and one.
    Source: Standard Formulas, C.2 (SF-19).

    >>> round(mdr_from_cdr(0.0002), 12)
    1.6668195e-05
    """
    return _monthly(cdr, "CDR")


def cdr_from_mdr(mdr: float) -> float:
    """Conditional (annual) default rate of a monthly default rate.

    CDR = 1 - (1 - MDR)^12

    Args:
        mdr: fraction of one a month.
    Returns: fraction of one a year.
    Raises: InputError if the rate is not between zero and one.
    Source: Standard Formulas, C.2 (SF-19).

    >>> round(cdr_from_mdr(0.01), 6)
    0.113615
    """
    return _annual(mdr, "MDR")


# rule 4 (Standard Formulas, C.2)
def sda_cdr(speed: float, month: int) -> float:
    """CDR of loans in a month of age at an SDA speed.

    100% SDA: 0.02% x month to 0.60% in month 30, flat to month 60, then down 0.0095% a month to 0.03% in month 120
    and after. Capped at 100%. The standard's zero in the last months before maturity depends on the lag and the term
    and belongs to the projection, not to the curve.

    Args:
        speed: per cent of the standard curve.
        month: month of the loans' life, 1 for the first.
    Returns: fraction of one a year.
    Raises: InputError if the speed is negative.
    Source: Standard Formulas, C.2 (SF-20).

    >>> round(sda_cdr(100, 30), 6), round(sda_cdr(100, 90), 6), round(sda_cdr(200, 120), 6)
    (0.006, 0.00315, 0.0006)
    """
    standard = 0.0002 * min(max(month, 1), 30) - 0.000095 * max(0, min(month, 120) - 60)
    return min(1.0, _at_least_zero(speed, "SDA") / 100 * standard)


@lru_cache(maxsize=512)
def psa_smms(speed: float, first_month: int, months: int) -> tuple[float, ...]:
    """SMM of each projected month at a PSA speed, loans in month ``first_month`` of their life in the first of them.

    Args:
        speed: per cent of the standard curve.
        first_month: month of the loans' life in projected month 1.
        months: number of projected months.
    Returns: months + 1 fractions of one, entry 0 zero.
    Raises: InputError if the speed is negative.
    Source: Standard Formulas, B.4. The curve is flat from month 30, so at most 30 powers are taken.

    >>> [round(x, 8) for x in psa_smms(100.0, 4, 2)]
    [0.0, 0.00066912, 0.00083718]
    """
    rising = _psa_ramp(speed)[first_month - 1 :][:months]
    return (0.0, *rising, *[_psa_ramp(speed)[-1]] * (months - len(rising)))


@lru_cache(maxsize=512)
def _psa_ramp(speed: float) -> tuple[float, ...]:
    """SMM of months 1 to 30 at a PSA speed; loans of every age read from the same ramp."""
    return tuple(smm_from_cpr(psa_cpr(speed, month)) for month in range(1, PSA_RAMP_MONTHS + 1))


@lru_cache(maxsize=512)
def sda_mdrs(speed: float, first_month: int, months: int) -> tuple[float, ...]:
    """MDR of each projected month at an SDA speed, loans in month ``first_month`` of their life in the first of them.

    Args:
        speed: per cent of the standard curve.
        first_month: month of the loans' life in projected month 1.
        months: number of projected months.
    Returns: months + 1 fractions of one, entry 0 zero.
    Raises: InputError if the speed is negative.
    Source: Standard Formulas, C.2. The curve is flat from month 120.

    >>> [round(x, 12) for x in sda_mdrs(100.0, 1, 2)]
    [0.0, 1.6668195e-05, 3.3339446e-05]
    """
    moving = min(months, max(0, 121 - first_month))
    curve = [mdr_from_cdr(sda_cdr(speed, first_month + k)) for k in range(moving)]
    flat = mdr_from_cdr(sda_cdr(speed, 120))
    return (0.0, *curve, *[flat] * (months - moving))


# rule 2
def seasoned_month(age: float) -> int:
    """Month of the loans' life in the first projected month: PSA and SDA curves are read from there.

    month = ceil(age) + 1

    Args:
        age: months since origination at the cut-off date; an average over loans may be fractional.
    Returns: a whole month, 1 for new loans.
    Raises: InputError if the age is negative.
    Source: the standard has whole ages; the next whole month is our reading of a fractional average.

    >>> seasoned_month(0), seasoned_month(3), seasoned_month(1.46)
    (1, 4, 3)
    """
    return ceil(_at_least_zero(age, "age")) + 1


def vector(text: str) -> tuple[float, ...]:
    """A month-by-month vector in the market's words, per cent made fractions of one; the last value holds for ever.

    ``6 ramp 12 over 30`` goes from 6% in month 1 to 12% in month 30 in equal steps; ``2 for 12`` holds 2% twelve
    months; parts follow one another: ``2 for 12 6 ramp 12 over 30``. So ``0.2 ramp 6 over 30`` is 100 PSA of new
    loans.

    Args:
        text: numbers in per cent, as quoted.
    Returns: one fraction of one for each month, the last for all later months.
    Raises: InputError at the word that cannot be read.

    >>> vector("6 ramp 12 over 3")
    (0.06, 0.09, 0.12)
    >>> vector("1 for 2 3")
    (0.01, 0.01, 0.03)
    """
    if re.search("[0-9],[0-9]", text):
        raise InputError(f"vector {shown(text)}: {NO_COMMAS}")
    words = text.lower().replace(",", " ").split()
    values: list[float] = []
    while words:
        value = _number(words.pop(0), text)
        if words[:1] == ["for"]:
            values += [value] * _month_count(words, text)
        elif words[:1] == ["ramp"]:
            end = _number(words[1] if len(words) > 1 else "", text)
            if words[2:3] != ["over"]:
                raise InputError(f"vector {shown(text)}: after 'ramp {words[1]}' say 'over' and a number of months")
            del words[:2]
            steps = _month_count(words, text)
            values += [value + (end - value) * k / max(1, steps - 1) for k in range(steps - 1)] + [end]
        else:
            values.append(value)
        if len(values) > LONGEST:
            raise InputError(f"vector {shown(text)}: more than {LONGEST} months")
    if not values:
        raise InputError("an empty vector: write for example '6 ramp 12 over 30'")
    return tuple(value / 100 for value in values)


def monthly(values: Sequence[float], months: int) -> tuple[float, ...]:
    """A vector stretched over a projection: entry 0 zero, then month by month, the last value held.

    >>> monthly([0.1, 0.2], 3)
    (0.0, 0.1, 0.2, 0.2)
    """
    if not values:
        raise InputError("an empty vector: give at least one value")
    return (0.0, *values[:months], *[values[-1]] * (months - len(values)))


def plain_number(word: str) -> float | None:
    """A number as people type it: digits with a decimal point, perhaps an exponent; nothing if the word is none.

    No thousands separators, underscores, digits of other scripts, infinities: what is ambiguous is no number.

    >>> plain_number("0.06"), plain_number("1e-3"), plain_number("1,000"), plain_number("007")
    (0.06, 0.001, None, None)
    """
    return float(word) if _NUMBER.match(word) else None


def _number(word: str, text: str) -> float:
    number = plain_number(word)
    if number is None:
        raise InputError(f"vector {shown(text)}: {shown(word)} is not a number")
    return number


def _month_count(words: list[str], text: str) -> int:
    """Take a word (for, over) and the whole positive number after it off the list."""
    keyword = words.pop(0)
    if not (words and re.fullmatch("[0-9]{1,4}", words[0]) and 1 <= int(words[0]) <= LONGEST):
        raise InputError(f"vector {shown(text)}: after {keyword!r} give a number of months, {LONGEST} at most")
    return int(words.pop(0))


def _monthly(annual: float, name: str) -> float:
    return 1.0 - math.pow(1.0 - _fraction(annual, name), 1 / 12)


def _annual(monthly_rate: float, name: str) -> float:
    return 1.0 - (1.0 - _fraction(monthly_rate, name)) ** 12


def _fraction(rate: float, name: str) -> float:
    if not 0 <= rate <= 1:
        raise InputError(f"{name} {rate}: give a fraction of one, such as 0.06 for 6%")
    return rate


def _at_least_zero(speed: float, name: str) -> float:
    if not isfinite(speed) or speed < 0:
        raise InputError(f"{name} {speed}: give a number, zero or more")
    return speed
