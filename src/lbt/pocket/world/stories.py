"""Families told as small stories: averages, money, measures, shapes, times."""

from lbt.pocket.world.family import Family, Procedure, Worked, worked


def _product_steps(a: int, b: int) -> tuple[str, ...]:
    """a*b in steps that need no more than the table up to 12 times 10: b is split at ten."""
    if b <= 10:
        return (f"{a}*{b}={a * b}",)
    return (f"{a}*10={a * 10}", f"{a}*{b - 10}={a * (b - 10)}", f"{a * 10}+{a * (b - 10)}={a * b}")


def _add_then_divide(a: int, b: int, c: int) -> Worked:
    return worked(
        (a + b + c) // 3, f"{a}+{b}={a + b}", f"{a + b}+{c}={a + b + c}", f"{a + b + c}/3={(a + b + c) // 3}"
    )


def _middle_listed(a: int, b: int, c: int) -> Worked:
    return worked(b, f"the middle one is {b}")


def _only_add(a: int, b: int, c: int) -> Worked:
    return worked(a + b + c, f"{a}+{b}={a + b}", f"{a + b}+{c}={a + b + c}")


def _sort_first(a: int, b: int, c: int) -> Worked:
    low, middle, high = sorted((a, b, c))
    return worked(middle, f"{low}, {middle}, {high}", f"the middle is {middle}")


def _max_minus_min(*values: int) -> Worked:
    high, low = max(values), min(values)
    return worked(high - low, f"largest {high}", f"smallest {low}", f"{high}-{low}={high - low}")


def _last_minus_first(*values: int) -> Worked:
    return worked(
        abs(values[-1] - values[0]), f"{values[-1]} and {values[0]} differ by {abs(values[-1] - values[0])}"
    )


def _tenth_times(percent: int, price: int) -> Worked:
    tenth, tens = price // 10, percent // 10
    return worked(tenth * tens, f"{price}/10={tenth}", f"{tenth}*{tens}={tenth * tens}")


def _only_a_tenth(percent: int, price: int) -> Worked:
    return worked(price // 10, f"{price}/10={price // 10}")


def _off_by_percent(price: int, percent: int) -> Worked:
    if price % 100 == 0:
        part, times = price // 100, percent
        first = f"{price}/100={part}"
    else:
        part, times = price // 10, percent // 10
        first = f"{price}/10={part}"
    off = part * times
    return worked(price - off, first, f"{times}*{part}={off}", f"{price}-{off}={price - off}")


def _off_by_number(price: int, percent: int) -> Worked:
    return worked(price - percent, f"{price}-{percent}={price - percent}")


def _pay_for_all(paid: int, count: int, price: int) -> Worked:
    total = count * price
    return worked(paid - total, f"{count}*{price}={total}", f"{paid}-{total}={paid - total}")


def _pay_for_one(paid: int, count: int, price: int) -> Worked:
    return worked(paid - price, f"{paid}-{price}={paid - price}")


def _weigh(n: int, a: int, m: int, b: int) -> Worked:
    total, count = n * a + m * b, n + m
    return worked(
        total // count,
        f"{n}*{a}={n * a}",
        f"{m}*{b}={m * b}",
        f"{n * a}+{m * b}={total}",
        f"{n}+{m}={count}",
        f"{total}/{count}={total // count}",
    )


def _mean_of_means(n: int, a: int, m: int, b: int) -> Worked:
    return worked((a + b) // 2, f"{a}+{b}={a + b}", f"{a + b}/2={(a + b) // 2}")


def _round_up(people: int, seats: int) -> Worked:
    full = people // seats
    if people % seats == 0:
        return worked(full, f"{seats}*{full}={people}", "none are left")
    return worked(
        full + 1,
        f"{seats}*{full}={seats * full}",
        f"{people - seats * full} are left",
        f"{full}+1={full + 1}",
    )


def _round_down(people: int, seats: int) -> Worked:
    full = people // seats
    return worked(full, f"{seats}*{full}={seats * full}", f"{full} are full")


def _unit_rate(distance: int, hours: int, other: int) -> Worked:
    unit = distance // hours
    return worked(unit * other, f"{distance}/{hours}={unit}", f"{unit}*{other}={unit * other}")


def _distance_times(distance: int, hours: int, other: int) -> Worked:
    return worked(distance * other, f"{distance}*{other}={distance * other}")


def _gaps_plus_one(length: int, gap: int) -> Worked:
    gaps = length // gap
    return worked(gaps + 1, f"{length}/{gap}={gaps}", f"{gaps}+1={gaps + 1}")


def _gaps(length: int, gap: int) -> Worked:
    return worked(length // gap, f"{length}/{gap}={length // gap}")


def _half_base(base: int, height: int) -> Worked:
    return worked(base // 2 * height, f"{base}/2={base // 2}", *_product_steps(base // 2, height))


def _base_times_height(base: int, height: int) -> Worked:
    return worked(base * height, *_product_steps(base, height))


def _take_away(total: int, more: int) -> Worked:
    return worked(total - more, f"{total}-{more}={total - more}")


def _add_more(total: int, more: int) -> Worked:
    return worked(total + more, f"{total}+{more}={total + more}")


def _across_the_hour(hour: int, start: int, next_hour: int, end: int) -> Worked:
    if hour == next_hour:
        return worked(end - start, f"{end}-{start}={end - start}")
    rest = 60 - start
    return worked(rest + end, f"60-{start}={rest}", f"{rest}+{end}={rest + end}")


def _compare_minutes(hour: int, start: int, next_hour: int, end: int) -> Worked:
    high, low = max(start, end), min(start, end)
    return worked(high - low, f"{high}-{low}={high - low}")


def _twelve(feet: int, inches: int) -> Worked:
    return worked(
        12 * feet + inches,
        f"10*{feet}={10 * feet}",
        f"2*{feet}={2 * feet}",
        f"{10 * feet}+{2 * feet}={12 * feet}",
        f"{12 * feet}+{inches}={12 * feet + inches}",
    )


def _ten(feet: int, inches: int) -> Worked:
    return worked(10 * feet + inches, f"10*{feet}={10 * feet}", f"{10 * feet}+{inches}={10 * feet + inches}")


def _multiply_boxes(boxes: int, each: int, broken: int) -> Worked:
    total = boxes * each
    return worked(total - broken, f"{boxes}*{each}={total}", f"{total}-{broken}={total - broken}")


def _add_boxes(boxes: int, each: int, broken: int) -> Worked:
    total = boxes + each
    return worked(total - broken, f"{boxes}+{each}={total}", f"{total}-{broken}={total - broken}")


def _twice_the_sum(a: int, b: int) -> Worked:
    return worked(2 * (a + b), f"{a}+{b}={a + b}", f"2*{a + b}={2 * (a + b)}")


def _side_times_side(a: int, b: int) -> Worked:
    return worked(a * b, *_product_steps(a, b))


def _two_sides(a: int, b: int) -> Worked:
    return worked(a + b, f"{a}+{b}={a + b}")


STORIES = (
    Family(
        "mean",
        ("What is the mean of {0}, {1} and {2}?", "Find the average of {0}, {1} and {2}."),
        lambda rng: (rng.randint(1, 20), rng.randint(1, 20), rng.randint(1, 20)),
        Procedure("Share the sum.", _add_then_divide),
        Procedure("Take the one between.", _middle_listed),
        Procedure("Sum them all up.", _only_add),
        accepts=lambda a, b, c: (a + b + c) % 3 == 0 and len({a, b, c}) == 3,
    ),
    Family(
        "median",
        ("What is the median of {0}, {1} and {2}?", "Find the median of {0}, {1}, {2}."),
        lambda rng: (rng.randint(1, 40), rng.randint(1, 40), rng.randint(1, 40)),
        Procedure("Sort them first.", _sort_first),
        Procedure("Take the middle as listed.", _middle_listed),
        accepts=lambda a, b, c: len({a, b, c}) == 3,
    ),
    Family(
        "spread",
        ("What is the range of {0}, {1}, {2} and {3}?", "Find the range of {0}, {1}, {2}, {3}."),
        lambda rng: (rng.randint(1, 40), rng.randint(1, 40), rng.randint(1, 40), rng.randint(1, 40)),
        Procedure("Largest minus smallest.", _max_minus_min),
        Procedure("Compare last and first.", _last_minus_first),
        accepts=lambda *values: len(set(values)) == 4,
    ),
    Family(
        "percent",
        ("What is {0} percent of {1}?", "Find {0} percent of {1}."),
        lambda rng: (10 * rng.randint(1, 9), 10 * rng.randint(2, 50)),
        Procedure("A tenth for each ten percent.", _tenth_times),
        Procedure("Percent means a tenth.", _only_a_tenth),
        accepts=lambda percent, price: percent < 100 and price >= 20 and percent * price <= 24000,
    ),
    Family(
        "discount",
        (
            "A coat costs {0} coins and is {1} percent off. What is the price?",
            "Take {1} percent off {0} coins. What is left to pay?",
        ),
        lambda rng: rng.choice(
            [(10 * rng.randint(2, 25), 10 * rng.randint(1, 9)), (100 * rng.randint(1, 3), rng.randint(2, 40))]
        ),
        Procedure("Find the percent part.", _off_by_percent),
        Procedure("Subtract the number.", _off_by_number),
        accepts=lambda price, percent: percent < price,
    ),
    Family(
        "change",
        (
            "You pay {0} coins for {1} pens at {2} coins each. How much change?",
            "{1} pens cost {2} coins each. You give {0} coins. What is the change?",
        ),
        lambda rng: (5 * rng.randint(4, 20), rng.randint(1, 7), rng.randint(2, 12)),
        Procedure("Cost of all pens.", _pay_for_all),
        Procedure("Cost of a pen.", _pay_for_one),
        accepts=lambda paid, count, price: count <= 7 and price > 1 and paid > count * price,
    ),
    Family(
        "weighted_mean",
        (
            "{0} kids have {1} nuts each and {2} kids have {3} nuts each. What is the mean?",
            "{0} bags hold {1} nuts each and {2} bags hold {3} each. Find the average.",
        ),
        lambda rng: (rng.randint(1, 5), rng.randint(2, 20), rng.randint(1, 5), rng.randint(2, 20)),
        Procedure("Weigh by the count.", _weigh),
        Procedure("Mean of the two.", _mean_of_means),
        accepts=lambda n, a, m, b: a != b and (a + b) % 2 == 0 and (n * a + m * b) % (n + m) == 0,
    ),
    Family(
        "buses",
        (
            "{0} people ride in buses with {1} seats. How many buses are needed?",
            "A bus has {1} seats. How many buses for {0} people?",
        ),
        lambda rng: (rng.randint(8, 99), rng.randint(3, 12)),
        Procedure("Nobody stays behind.", _round_up),
        Procedure("Only count full buses.", _round_down),
        accepts=lambda people, seats: seats < people < 10 * seats,
    ),
    Family(
        "rate",
        (
            "A bike goes {0} miles in {1} hours. How far in {2} hours?",
            "In {1} hours a bike goes {0} miles. How many miles in {2} hours?",
        ),
        lambda rng: (lambda unit, hours, other: (unit * hours, hours, other))(
            rng.randint(2, 15), rng.randint(1, 6), rng.randint(2, 8)
        ),
        Procedure("Miles in an hour.", _unit_rate),
        Procedure("Miles times hours.", _distance_times),
        accepts=lambda distance, hours, other: distance % hours == 0 and other <= 8 and hours != other,
    ),
    Family(
        "posts",
        (
            "A fence is {0} feet long with a post every {1} feet. How many posts?",
            "Posts stand {1} feet apart along {0} feet. How many posts are there?",
        ),
        lambda rng: (lambda gap, gaps: (gap * gaps, gap))(rng.randint(2, 20), rng.randint(2, 20)),
        Procedure("Gaps and the first post.", _gaps_plus_one),
        Procedure("A post for each gap.", _gaps),
        accepts=lambda length, gap: length <= 200,
    ),
    Family(
        "triangle",
        (
            "A triangle has base {0} and height {1}. What is its area?",
            "Find the area of a triangle with base {0} and height {1}.",
        ),
        lambda rng: (2 * rng.randint(2, 12), rng.randint(3, 30)),
        Procedure("Half the base.", _half_base),
        Procedure("Base by height.", _base_times_height),
        accepts=lambda base, height: base % 2 == 0 and base <= 24 and base * height <= 400,
    ),
    Family(
        "more_than",
        (
            "Ann has {0} cards. That is {1} more than Bob. How many has Bob?",
            "Ann has {0} cards, {1} more than Bob has. How many cards has Bob?",
        ),
        lambda rng: (rng.randint(12, 90), rng.randint(2, 30)),
        Procedure("Bob has fewer.", _take_away),
        Procedure("More means add.", _add_more),
        accepts=lambda total, more: more < total,
    ),
    Family(
        "clock",
        (
            "How many minutes from {0}:{1} to {2}:{3}?",
            "A film starts at {0}:{1} and ends at {2}:{3}. How many minutes is it?",
        ),
        lambda rng: (lambda hour, later: (hour, rng.randint(11, 59), hour + later, rng.randint(11, 59)))(
            rng.randint(1, 11), rng.randint(0, 1)
        ),
        Procedure("Go up to the hour.", _across_the_hour),
        Procedure("Compare the minutes.", _compare_minutes),
        accepts=lambda hour, start, next_hour, end: (
            hour <= next_hour <= hour + 1
            and (
                start < end
                if hour == next_hour
                else start != end and 60 - start + end <= 75 and 60 - start + end != abs(start - end)
            )
        ),
    ),
    Family(
        "feet",
        ("How many inches are {0} feet and {1} inches?", "Turn {0} feet {1} inches into inches."),
        lambda rng: (rng.randint(1, 30), rng.randint(1, 11)),
        Procedure("A foot is twelve.", _twelve),
        Procedure("A foot is ten.", _ten),
    ),
    Family(
        "boxes",
        (
            "{0} boxes hold {1} eggs each and {2} eggs break. How many are left?",
            "There are {0} boxes with {1} eggs each. {2} eggs break. How many eggs are good?",
        ),
        lambda rng: (rng.randint(2, 12), rng.randint(3, 12), rng.randint(1, 9)),
        Procedure("Multiply the boxes.", _multiply_boxes),
        Procedure("Add boxes and eggs.", _add_boxes),
        accepts=lambda boxes, each, broken: each > 2 and boxes + each > broken,
    ),
    Family(
        "perimeter",
        (
            "A garden is {0} by {1} feet. What is its perimeter?",
            "Find the perimeter of a {0} by {1} rectangle.",
        ),
        lambda rng: (rng.randint(2, 20), rng.randint(3, 30)),
        Procedure("Twice both sides.", _twice_the_sum),
        Procedure("Side times side.", _side_times_side),
        Procedure("Add two sides.", _two_sides),
        accepts=lambda a, b: a <= 20 and b > 2 and a * b != 2 * (a + b),
    ),
)
