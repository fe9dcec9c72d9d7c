"""The rules of the projection: their numbers, and what they say in words.

Sheets, commands and documentation name a rule here and nowhere write its number; a comment over each function of the
engine that applies a rule has the number, and a test holds the comments to these.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Rule(Enum):
    """A rule by its name; in a text it is its number: "rule 3"."""

    SCHEDULED_PRINCIPAL = 1
    AGE = 2
    PREPAYMENTS = 3
    DEFAULTS = 4
    LIQUIDATION = 5
    NET_INTEREST = 6
    SHORTFALL = 7
    DISCOUNT_LOANS = 8
    PREMIUM_LOANS = 9
    SPLIT_ALIKE = 10
    COUPONS = 11
    SHIFTING_INTEREST = 12
    STEP_TESTS = 13
    AMONG_SUBORDINATED = 14
    NOTHING_BELOW_ZERO = 15
    COMPONENTS = 16
    LOSSES = 17
    RETIRED_POOL = 18
    SHORT_POOL = 19
    ORDER = 20
    INTEREST_AND_DATES = 21
    PO_LOSSES = 22
    CALL = 23
    LEVELS = 24
    PRICE_AND_LIFE = 25
    INDEX_COUPONS = 26
    STEPS = 27
    PLANS = 28
    ACCRUAL = 29
    NON_ACCELERATED = 30
    SUPER_SENIOR = 31
    NOTIONAL = 32

    def __str__(self) -> str:
        return f"rule {self.value}"


def together(*rules: Rule) -> str:
    """Rules in a text: "rules 12, 13"."""
    return f"rule{'s' * (len(rules) > 1)} {', '.join(str(rule.value) for rule in rules)}"


def rules_in(text: str) -> tuple[Rule, ...]:
    """The rules that a text names, the other way round.

    >>> rules_in("rules 12, 13"), rules_in("rule 3: 100% PSA"), rules_in("months from the start")
    ((<Rule.SHIFTING_INTEREST: 12>, <Rule.STEP_TESTS: 13>), (<Rule.PREPAYMENTS: 3>,), ())
    """
    found = re.search(r"\brules? ([\d, ]+)", text)
    return tuple(Rule(int(number)) for number in re.findall(r"\d+", found[1])) if found else ()


@dataclass(frozen=True, slots=True)
class Words:
    """What a rule is called and what it says."""

    title: str
    says: str


RULES: Mapping[Rule, Words] = {
    Rule.SCHEDULED_PRINCIPAL: Words(
        "scheduled principal",
        "A pool is its discount and its premium loans, each taken as one level-payment loan with the averages "
        "that the filing gives (a rep line). The part of the balance that a payment repays depends on rate and "
        "remaining months alone. Average terms are fractional: the exponent uses the fraction as it is, and the "
        "last payment falls in the month in which the term ends. Balances are scheduled balances: payments due by "
        "the cut-off date are deducted, received or not.",
    ),
    Rule.AGE: Words(
        "age",
        "The age of a pool's loans is the original less the remaining term, both averages. The first projected "
        "month is the month of age that follows the age rounded up. Pools of 15-year loans use the same curve: a "
        "convention.",
    ),
    Rule.PREPAYMENTS: Words(
        "prepayments",
        "100% PSA is a yearly rate that grows by 0.2% a month to 6% in month 30 and stays there. The month's rate "
        "is taken of the performing balance after scheduled principal. A rate given month by month comes first, "
        "then one of the pool, then the common one.",
    ),
    Rule.DEFAULTS: Words(
        "defaults",
        "100% SDA rises by 0.02% a month to 0.60% in month 30, is flat to month 60, falls by 0.0095% a month to "
        "0.03% in month 120, and stays. The month's rate is taken of the performing balance before scheduled "
        "principal. Nothing defaults in the last months of a loan that are shorter than the lag.",
    ),
    Rule.LIQUIDATION: Words(
        "liquidation and loss",
        "A default is liquidated after the lag. While the servicer advances, the defaulted loan amortises as the "
        "others do; the loss is the severity times the balance that defaulted, and at most what is left of it; "
        "the rest is recovered. Without advances it neither amortises nor pays interest.",
    ),
    Rule.NET_INTEREST: Words(
        "net interest",
        "The servicing fee comes off the gross rate first. The filing gives rates before the fee and does not "
        "state it.",
    ),
    Rule.SHORTFALL: Words(
        "prepayment interest shortfall",
        "A loan that is prepaid within a month loses interest for some days. The servicer makes it good up to a "
        "part of the month's fee; what is left reduces the interest of every class alike. The default is no "
        "shortfall: a convention.",
    ),
    Rule.DISCOUNT_LOANS: Words(
        "discount loans",
        "A loan whose net rate is below the pool's target rate has two parts: the PO strip takes (target - net) / "
        "target of each dollar of principal, the target-rate strip the rest, and the rest at the target rate is "
        "exactly the loan's net interest.",
    ),
    Rule.PREMIUM_LOANS: Words(
        "premium loans",
        "A loan at or above the target rate is in the target-rate strip whole; the interest above the target rate "
        "is the IO strip's. The IO strip's notional is the balance of the premium loans.",
    ),
    Rule.SPLIT_ALIKE: Words(
        "every dollar is split alike",
        "Scheduled principal, prepayments, recoveries and losses of a loan are split by the same fraction, fixed "
        "for its life.",
    ),
    Rule.COUPONS: Words(
        "coupons",
        "The target-rate classes of a pool earn the target rate together. A class A that is not cut earns it; a "
        "cut earns its own coupon, or what the others leave. The subordinated classes earn the average of the "
        "pools' target rates, weighted by their components.",
    ),
    Rule.SHIFTING_INTEREST: Words(
        "shifting interest",
        "The senior percentage is class A over class A plus subordination, before the distribution. Scheduled "
        "principal is shared by it. Unscheduled principal goes to class A whole while the percentage of the "
        "series is above its initial value; else class A has its percentage, and a part of the rest that the "
        "schedule names.",
    ),
    Rule.STEP_TESTS: Words(
        "tests of the steps",
        "The schedule steps down only on a day when cumulative losses are within the limit and the six-month "
        "average of delinquencies is within its part of the subordination; a refused step waits for a day that "
        "passes both. While the loss test fails, class A's share does not fall. The schedule is the shelf's; the "
        "limits are a convention, as is the earlier step once support has doubled, which is off unless asked for.",
    ),
    Rule.AMONG_SUBORDINATED: Words(
        "among the subordinated classes",
        "What is theirs is pooled over all pools and paid pro rata. But if the support of a class was below its "
        "level at issue after the day before, that class and those senior to it are paid first.",
    ),
    Rule.NOTHING_BELOW_ZERO: Words(
        "nothing below zero",
        "No class is paid more than it has. What one cannot take goes to the next that is entitled.",
    ),
    Rule.COMPONENTS: Words(
        "components",
        "A subordinated class is backed by a component of every pool, in the same proportions for each class. The "
        "sum of a pool's components is its target-rate strip less its class A. At issue they are the same part of "
        "every strip: a convention that the classes' total fixes.",
    ),
    Rule.LOSSES: Words(
        "losses",
        "A loss of the target-rate strip is written down from the most junior class up, and from the component of "
        "the pool that had it. When the subordinated classes are gone, it goes to class A of that pool. There are "
        "no limits of special hazard, fraud or bankruptcy losses in the sample, so every loss is treated alike.",
    ),
    Rule.RETIRED_POOL: Words(
        "a retired pool lends",
        "When the class A of one pool is retired while another's is not, and support is less than twice its level "
        "at issue, the retired pool's unscheduled principal is paid to the class A of the others.",
    ),
    Rule.SHORT_POOL: Words(
        "a pool that is short",
        "A pool whose class A is larger than its strip earns less interest than class A is due: the others' "
        "excess covers it, and what is not covered is carried forward. Its principal is made up from what would "
        "have gone to the subordinated classes.",
    ),
    Rule.ORDER: Words(
        "order of a distribution day",
        "Interest of class A and IO with what is carried forward; principal of class A and of PO; PO losses "
        f"({Rule.PO_LOSSES}) made good from the principal of the subordinated classes, the most junior first; then "
        "each subordinated class its interest and its principal, in order of seniority; what is left over is residual.",
    ),
    Rule.INTEREST_AND_DATES: Words(
        "interest and dates",
        "Interest is the balance before the distribution times a twelfth of the rate. The first distribution is "
        "in the month after the cut-off date.",
    ),
    Rule.PO_LOSSES: Words(
        "losses of PO strips",
        f"The PO strip's part of a loss reduces it, and is made good by {Rule.ORDER} as far as there is principal of "
        "the subordinated classes.",
    ),
    Rule.CALL: Words(
        "the clean-up call",
        "All loans may be bought back when their scheduled balance is strictly less than the threshold. A "
        "projection never calls unless asked to: on the first eligible day, or on the first from a given month "
        "on. Every class is then retired at par.",
    ),
    Rule.LEVELS: Words(
        "levels",
        "The level of a class is the sum of the classes below it over all. The filing's own footnote describes it "
        "as the class's balance over the loans', which gives other figures than it prints. The printed twelve "
        "decimals are those of a percentage rounded up, so a level and its printed figure may differ by one in "
        "the last place.",
    ),
    Rule.PRICE_AND_LIFE: Words(
        "price, yield and life",
        "A price is the sum of the flows discounted at half-yearly compounding over 30/360 years from settlement "
        "to payment. Yield is searched for on the sheet itself, in steps that stand beside each other. The "
        "average life comes in two conventions: months over twelve, and 30/360 from settlement.",
    ),
    Rule.INDEX_COUPONS: Words(
        "coupons that follow an index",
        "A floater's coupon is the index times its multiplier plus its margin, no less than its floor and no more "
        "than its cap; an inverse floater's multiplier is negative. The rates of an index by month are the "
        "assumption `index_rates`. A deal whose coupons could take more than its loans earn, at any rate of the "
        "index, is refused.",
    ),
    Rule.STEPS: Words(
        "steps of principal",
        "What a group receives of principal runs through its steps in their order. A step pays its classes in turn, "
        "or lists side by side pro rata to their balances and in turn inside, down to a plan or to zero. Cash that "
        "no step may take runs through the steps once more without their limits.",
    ),
    Rule.PLANS: Words(
        "plans",
        "Planned balances are given by month, or by PSA speeds: month by month the smallest of what arrives at the "
        "step at the speeds, after a number of months without a payment. What arrives is principal of the loans "
        "less what the steps before take, without defaults; interest that accrual classes lend is not planned on. "
        "One speed makes a targeted balance.",
    ),
    Rule.ACCRUAL: Words(
        "accrual classes",
        "The interest of an accrual class is added to its balance. The cash pays other classes as principal, in the "
        "order of the accretions; what they leave joins the principal of the group. Average lives count net "
        "reductions of the balance only.",
    ),
    Rule.NON_ACCELERATED: Words(
        "non-accelerated classes",
        "A step with `share = \"nas\"` pays at most its classes' pro rata share of the group's principal, by balances "
        "before the distribution, times the fraction of its schedule: nothing for five years and more from then on, "
        "unless the file has another.",
    ),
    Rule.SUPER_SENIOR: Words(
        "super senior classes",
        "Losses of a group fall pro rata to balance after principal is paid. What falls on a class that another one "
        "supports is taken by the support, as far as its balance goes.",
    ),
    Rule.NOTIONAL: Words(
        "notional classes",
        "A notional is the sum of the balances of the classes that it is notional on, times its share. The interest "
        "comes out of the group of each of them.",
    ),
}
