"""The families of two steps."""

from lbt.problems.elementary.family import Family, Way
from lbt.problems.elementary.numbers import (
    count_and_days,
    factors,
    factors_and_more,
    factors_and_part,
    factors_and_total,
    hours_and_minutes,
    pair,
    total_and_part,
    total_part_and_factor,
    two_and_factor,
    two_and_part,
)
from lbt.problems.elementary.sums import Sum, divided, larger_minus_smaller, minus, plus, times


def _times_then_minus(a: int, b: int, c: int) -> tuple[Sum, Sum]:
    return times(a, b), minus(a * b, c)


def _times_then_plus(a: int, b: int, c: int) -> tuple[Sum, Sum]:
    return times(a, b), plus(a * b, c)


def _plus_then_minus(a: int, b: int, c: int) -> tuple[Sum, Sum]:
    return plus(a, b), minus(a + b, c)


def _total_minus_product(a: int, b: int, total: int) -> tuple[Sum, Sum]:
    return times(a, b), minus(total, a * b)


def _second_and_third(a: int, b: int, c: int) -> tuple[Sum]:
    return (plus(b, c),)


def _all_three(a: int, b: int, c: int) -> tuple[Sum, Sum]:
    return plus(a, b), plus(a + b, c)


TWO_STEPS = (
    Family(
        "change",
        (
            "{name} buys {0} pens for {1} dollars each and pays with {2} dollars. How much is the change?",
            "A toy costs {1} dollars. {name} has {2} dollars and buys {0} toys. How many dollars are left?",
        ),
        factors_and_total,
        Way("Subtract the cost of all from what is paid.", _total_minus_product),
        Way("Subtract the price from what is paid.", lambda a, b, total: (minus(total, b),)),
    ),
    Family(
        "boxes_and_broken",
        (
            "There are {0} boxes with {1} eggs each. {2} eggs break. How many eggs are left?",
            "{name} has {0} bags of {1} {things} and gives away {2} {things}. How many {things} are left?",
        ),
        factors_and_part,
        Way("Multiply the groups, then subtract.", _times_then_minus),
        Way("Add the numbers, then subtract.", lambda a, b, c: (plus(a, b), larger_minus_smaller(a + b, c))),
    ),
    Family(
        "bags_and_loose",
        (
            "{name} has {0} bags with {1} {things} each and {2} more {things}. How many is that in all?",
            "There are {0} boxes of {1} {things} and {2} loose {things}. How many {things} are there?",
        ),
        factors_and_more,
        Way("Multiply the groups, then add.", _times_then_plus),
        Way("In all means adding everything.", _all_three),
    ),
    Family(
        "pens_and_book",
        (
            "{name} buys {0} pens for {1} dollars each and a book for {2} dollars. How many dollars is that?",
            "A pen costs {1} dollars and a book {2} dollars. How many dollars do {0} pens and one book cost?",
        ),
        factors_and_more,
        Way("Each pen is paid, then the book.", _times_then_plus),
        Way("Add the two prices.", _second_and_third),
    ),
    Family(
        "gain_and_loss",
        (
            "{name} has {0} {things}, gets {1} more and then loses {2}. How many does {name} have now?",
            "{name} had {0} {things}. {other} gave {name} {1}, and {name} lost {2}. How many are left?",
        ),
        two_and_part,
        Way("Add what comes, then subtract what goes.", _plus_then_minus),
        Way("Add all numbers.", _all_three),
    ),
    Family(
        "saving_for",
        (
            "{name} saves {0} dollars a week for {1} weeks. A bike costs {2} dollars. How much is missing?",
            "A game costs {2} dollars. {name} saves {0} dollars in each of {1} weeks. How much is missing?",
        ),
        factors_and_total,
        Way("Subtract all that is saved from the price.", _total_minus_product),
        Way("Subtract a week from the price.", lambda a, b, total: (minus(total, a),)),
    ),
    Family(
        "earn_and_spend",
        (
            "{name} earns {0} dollars a day for {1} days and spends {2} dollars. How many dollars are left?",
            "For {1} days {name} gets {0} dollars a day. Then {name} spends {2}. How many dollars remain?",
        ),
        factors_and_part,
        Way("Multiply the days, then subtract.", _times_then_minus),
        Way("Add the numbers, then subtract.", lambda a, b, c: (plus(a, b), larger_minus_smaller(a + b, c))),
    ),
    Family(
        "together_with_more",
        (
            "{name} has {0} {things}. {other} has {1} more than {name}. How many do they have together?",
            "{other} has {1} more {things} than {name}, who has {0}. How many {things} do both have?",
        ),
        pair,
        Way("Find how many the other has, then add.", lambda a, b: (plus(a, b), plus(a, a + b))),
        Way("Add the two numbers.", lambda a, b: (plus(a, b),)),
    ),
    Family(
        "together_with_fewer",
        (
            "{name} has {0} {things}. {other} has {1} fewer than {name}. How many do they have together?",
            "{other} has {1} fewer {things} than {name}, who has {0}. How many {things} do both have?",
        ),
        total_and_part,
        Way("Find how many the other has, then add.", lambda a, b: (minus(a, b), plus(a, a - b))),
        Way("Fewer means subtracting.", lambda a, b: (minus(a, b),)),
    ),
    Family(
        "together_with_times",
        (
            "{name} has {0} {things}. {other} has {1} times as many. How many do they have together?",
            "{other} has {1} times as many {things} as {name}, who has {0}. How many {things} do both have?",
        ),
        factors,
        Way("Find how many the other has, then add.", lambda a, b: (times(a, b), plus(a, a * b))),
        Way("Times means multiplying.", lambda a, b: (times(a, b),)),
    ),
    Family(
        "pack_the_rest",
        (
            "{name} has {0} {things}, gives away {1} and puts the rest into bags of {2}. How many bags?",
            "Of {0} {things}, {1} are broken. The others go into boxes of {2}. How many boxes are filled?",
        ),
        total_part_and_factor,
        Way("Subtract first, then divide.", lambda a, b, c: (minus(a, b), divided(a - b, c))),
        Way("The rest is what is left.", lambda a, b, c: (minus(a, b),)),
    ),
    Family(
        "share_together",
        (
            "{name} has {0} {things} and {other} has {1}. They share all equally among {2} children. "
            "How many does each child get?",
            "{0} red and {1} blue {things} are put into {2} equal piles. How many {things} are in a pile?",
        ),
        two_and_factor,
        Way("Add first, then divide.", lambda a, b, c: (plus(a, b), divided(a + b, c))),
        Way("All of them are added.", lambda a, b, c: (plus(a, b),)),
    ),
    Family(
        "weeks_and_days",
        (
            "How many days are {0} weeks and {1} days?",
            "A trip takes {0} weeks and {1} days. How many days is that?",
        ),
        count_and_days,
        Way("A week has seven days.", lambda weeks, days: (times(7, weeks), plus(7 * weeks, days))),
        Way("Add weeks and days.", lambda weeks, days: (plus(weeks, days),)),
    ),
    Family(
        "hours_and_minutes",
        (
            "How many minutes are {0} hours and {1} minutes?",
            "A film takes {0} hours and {1} minutes. How many minutes is that?",
        ),
        hours_and_minutes,
        Way("An hour has sixty minutes.", lambda hours, rest: (times(60, hours), plus(60 * hours, rest))),
        Way(
            "An hour has a hundred minutes.", lambda hours, rest: (times(100, hours), plus(100 * hours, rest))
        ),
    ),
)
