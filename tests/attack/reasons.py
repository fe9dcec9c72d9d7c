"""Why nothing can catch a silent mutation, by its kind and the key that it changed. What has no reason here is a fault."""

_FIGURES = {"digit changed", "digits swapped", "figures exchanged"}
"""Kinds that leave a figure well formed and of the same size as printed."""
_ANY_DIGIT = _FIGURES | {"digit doubled", "digit dropped", "point or comma added", "line doubled"}
_WORDS = {"line cut", "line doubled", "line moved", "lines exchanged"}

_ROWS: tuple[tuple[set[str], tuple[str, ...], str], ...] = (
    (
        {"month exchanged", "digit changed", "digits swapped", "figures exchanged"},
        ("earliest_origination_date", "latest_origination_date", "latest_maturity_date"),
        "a month that the loans' ages and terms allow; the filing says it once",
    ),
    (
        {"month exchanged", "day exchanged", "digit changed", "digits swapped", "digit dropped", "digit doubled"},
        ("prospectus_date",),
        "any day of the weeks before the closing may be the prospectus's",
    ),
    (
        _FIGURES,
        ("max_zip_code_balance", "high_ltv_balance", "original_principal_balance", "max_ltv"),
        "said once; bounds hold it to a wide range only",
    ),
    (
        _FIGURES,
        ("pledged_asset_balance", "pledged_asset_loan_count", "pledged_asset_ltv_with_collateral",
         "pledged_asset_ltv_without_collateral"),
        "said once, of a few loans of which nothing else is said",
    ),
    (
        _FIGURES,
        ("weighted_average_coupon", "weighted_average_remaining_term", "weighted_average_original_term",
         "weighted_average_ltv", "primary_residence_percent", "documentation_full_percent",
         "documentation_no_asset_verification_percent", "documentation_no_income_verification_percent",
         "documentation_streamlined_percent", "subordination_level"),
        "the change is within the rounding of the figures that it is tied to",
    ),
    (
        {"digit dropped", "digit doubled"},
        ("high_ltv_balance", "pledged_asset_balance", "original_principal_balance", "pledged_asset_loan_count"),
        "its first digit: the figure stays well formed, and bounds hold it to a wide range only",
    ),
    ({"figures exchanged"}, ("loan_count",), "the sum stays, and the average loans stay within their bounds"),
    (
        _ANY_DIGIT,
        ("commission_file_number", "irs_employer_id", "telephone", "zip_code", "principal_address", "item_number"),
        "a number of the cover of which nothing else in the filing depends",
    ),
    (_FIGURES, ("primary_residence_basis_months",), "said once, and nothing depends on it"),
    ({"qualifier turned around"}, ("relocation_loans",), "the sentence says the contrary just as well, and says it once"),
    (_WORDS, ("signatory_name", "signatory_title", "principal_address"), "a name or address may be any words"),
)  # fmt: skip

_BY_CLASS = {(kind, key): why for kinds, keys, why in _ROWS for kind in kinds for key in keys}


def reason(kind: str, key: str) -> str:
    """Why the filing itself cannot tell; empty where it could."""
    return _BY_CLASS.get((kind, key), "")
