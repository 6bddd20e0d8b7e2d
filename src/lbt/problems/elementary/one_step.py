"""The families of one step."""

from lbt.problems.elementary.family import Family, Way
from lbt.problems.elementary.numbers import factors, pair, part_and_total, product_and_factor, total_and_part
from lbt.problems.elementary.sums import Sum, divided, larger_minus_smaller, minus, plus, times


def _add(a: int, b: int) -> tuple[Sum]:
    return (plus(a, b),)


def _subtract(a: int, b: int) -> tuple[Sum]:
    return (larger_minus_smaller(a, b),)


def _take_second_away(a: int, b: int) -> tuple[Sum]:
    return (minus(a, b),)


def _multiply(a: int, b: int) -> tuple[Sum]:
    return (times(a, b),)


def _divide(a: int, b: int) -> tuple[Sum]:
    return (divided(a, b),)


ONE_STEP = (
    Family(
        "gain",
        (
            "{name} has {0} {things} and gets {1} more. How many {things} does {name} have now?",
            "{name} had {0} {things}. Then {name} found {1} more. How many {things} has {name} now?",
        ),
        pair,
        Way("Getting more means adding.", _add),
        Way("What is gotten is taken away.", _subtract),
    ),
    Family(
        "loss",
        (
            "{name} has {0} {things} and gives {1} of them to {other}. How many {things} are left?",
            "{name} had {0} {things} and lost {1} of them. How many {things} are left?",
        ),
        total_and_part,
        Way("Giving away means subtracting.", _take_second_away),
        Way("The two numbers go together.", _add),
    ),
    Family(
        "join",
        (
            "{name} has {0} {things} and {other} has {1} {things}. How many {things} do they have together?",
            "There are {0} {things} on one table and {1} on another. How many {things} are there in all?",
        ),
        pair,
        Way("Together means adding.", _add),
        Way("Two groups are compared.", _subtract),
    ),
    Family(
        "compare",
        (
            "{name} has {0} {things} and {other} has {1}. How many more does {name} have than {other}?",
            "{name} has {0} {things}. {other} has {1} {things}. How many fewer {things} does {other} have?",
        ),
        total_and_part,
        Way("How many more is the difference.", _take_second_away),
        Way("More means adding.", _add),
    ),
    Family(
        "missing",
        (
            "{name} has {0} {things} and needs {1}. How many more {things} does {name} need?",
            "{name} wants {1} {things} and already has {0}. How many {things} are missing?",
        ),
        part_and_total,
        Way("What is missing is the difference.", _subtract),
        Way("More means adding.", _add),
    ),
    Family(
        "more_than",
        (
            "{name} has {0} {things}. That is {1} more than {other} has. How many does {other} have?",
            "{name} has {0} {things}, {1} more than {other}. How many {things} does {other} have?",
        ),
        total_and_part,
        Way("The other one has fewer.", _take_second_away),
        Way("More means adding.", _add),
    ),
    Family(
        "fewer_than",
        (
            "{name} has {0} {things}. That is {1} fewer than {other} has. How many does {other} have?",
            "{name} has {0} {things}, {1} fewer than {other}. How many {things} does {other} have?",
        ),
        pair,
        Way("The other one has more.", _add),
        Way("Fewer means subtracting.", _subtract),
    ),
    Family(
        "older",
        (
            "{name} is {0} years old. {other} is {1} years older. How old is {other}?",
            "{other} is {1} years older than {name}. {name} is {0}. How old is {other}?",
        ),
        pair,
        Way("Older means more years.", _add),
        Way("The ages are compared.", _subtract),
    ),
    Family(
        "younger",
        (
            "{name} is {0} years old. {other} is {1} years younger. How old is {other}?",
            "{other} is {1} years younger than {name}. {name} is {0}. How old is {other}?",
        ),
        total_and_part,
        Way("Younger means fewer years.", _take_second_away),
        Way("The ages go together.", _add),
    ),
    Family(
        "start_before_gain",
        (
            "{name} got {1} {things} and now has {0}. How many {things} did {name} have at first?",
            "After finding {1} {things}, {name} has {0} {things}. How many were there before?",
        ),
        total_and_part,
        Way("Before, there were fewer.", _take_second_away),
        Way("Getting more means adding.", _add),
    ),
    Family(
        "start_before_loss",
        (
            "{name} gave away {0} {things} and has {1} left. How many {things} did {name} have at first?",
            "After losing {0} {things}, {name} has {1} {things}. How many were there before?",
        ),
        pair,
        Way("Before, there were more.", _add),
        Way("Giving away means subtracting.", _subtract),
    ),
    Family(
        "rest_of_whole",
        (
            "There are {0} children in a class and {1} of them are boys. How many are girls?",
            "Of {0} {things}, {1} are red and the rest are blue. How many {things} are blue?",
        ),
        total_and_part,
        Way("The rest is the whole without the part.", _take_second_away),
        Way("The parts go together.", _add),
    ),
    Family(
        "groups",
        (
            "There are {0} bags with {1} {things} in each bag. How many {things} are there in all?",
            "{name} fills {0} boxes with {1} {things} each. How many {things} is that?",
        ),
        factors,
        Way("Equal groups are multiplied.", _multiply),
        Way("In all means adding.", _add),
    ),
    Family(
        "price",
        (
            "A pen costs {1} dollars. {name} buys {0} pens. How many dollars does {name} pay?",
            "{name} buys {0} toys for {1} dollars each. How many dollars do they cost together?",
        ),
        factors,
        Way("The price is paid for each one.", _multiply),
        Way("Together means adding.", _add),
    ),
    Family(
        "times_as_many",
        (
            "{name} has {0} {things}. {other} has {1} times as many. How many {things} does {other} have?",
            "{other} has {1} times as many {things} as {name}, who has {0}. How many {things} has {other}?",
        ),
        factors,
        Way("Times as many means multiplying.", _multiply),
        Way("As many more means adding.", _add),
    ),
    Family(
        "daily",
        (
            "{name} reads {0} pages a day. How many pages does {name} read in {1} days?",
            "{name} walks {0} miles every day. How many miles is that in {1} days?",
        ),
        factors,
        Way("Each day counts the same.", _multiply),
        Way("The numbers are added.", _add),
    ),
    Family(
        "share",
        (
            "{0} {things} are shared equally among {1} children. How many {things} does each child get?",
            "{name} puts {0} {things} into {1} boxes, the same number in each. How many are in a box?",
        ),
        product_and_factor,
        Way("Sharing equally means dividing.", _divide),
        Way("Giving to them means subtracting.", _take_second_away),
    ),
    Family(
        "packs",
        (
            "{name} packs {0} {things} into bags of {1}. How many bags does {name} fill?",
            "{1} {things} fit into a box. How many boxes are needed for {0} {things}?",
        ),
        product_and_factor,
        Way("Each bag takes the same number, so divide.", _divide),
        Way("What is packed is subtracted.", _take_second_away),
    ),
)
