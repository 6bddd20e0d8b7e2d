"""Families of bare arithmetic: order of operations, columns, divisors, sequences."""

from math import gcd, lcm

from lbt.pocket.world.family import Family, Procedure, Worked, worked


def _left_to_right(a: int, b: int, c: int) -> Worked:
    return worked((a + b) * c, f"{a}+{b}={a + b}", f"{a + b}*{c}={(a + b) * c}")


def _times_first(a: int, b: int, c: int) -> Worked:
    return worked(a + b * c, f"{b}*{c}={b * c}", f"{a}+{b * c}={a + b * c}")


def _brackets_first(a: int, b: int, c: int) -> Worked:
    return worked(a * (b + c), f"{b}+{c}={b + c}", f"{a}*{b + c}={a * (b + c)}")


def _multiply_first_only(a: int, b: int, c: int) -> Worked:
    return worked(a * b + c, f"{a}*{b}={a * b}", f"{a * b}+{c}={a * b + c}")


def _inner_difference(a: int, b: int, c: int) -> Worked:
    return worked(a - (b - c), f"{b}-{c}={b - c}", f"{a}-{b - c}={a - (b - c)}")


def _drop_brackets(a: int, b: int, c: int) -> Worked:
    return worked(a - b - c, f"{a}-{b}={a - b}", f"{a - b}-{c}={a - b - c}")


def _square(a: int, b: int) -> Worked:
    return worked(a * a + b, f"{a}*{a}={a * a}", f"{a * a}+{b}={a * a + b}")


def _double(a: int, b: int) -> Worked:
    return worked(2 * a + b, f"2*{a}={2 * a}", f"{2 * a}+{b}={2 * a + b}")


def _undo(a: int, b: int, c: int) -> Worked:
    return worked((c - b) // a, f"{c}-{b}={c - b}", f"{c - b}/{a}={(c - b) // a}")


def _subtract_both(a: int, b: int, c: int) -> Worked:
    return worked(c - b - a, f"{c}-{b}={c - b}", f"{c - b}-{a}={c - b - a}")


def _stop_early(a: int, b: int, c: int) -> Worked:
    return worked(c - b, f"{c}-{b}={c - b}")


def _borrow(a: int, b: int) -> Worked:
    tens, ones, other_tens, other_ones = a // 10, a % 10, b // 10, b % 10
    if ones < other_ones:
        tens, ones = tens - 1, ones + 10
    return worked(
        a - b, f"{ones}-{other_ones}={ones - other_ones}", f"{tens}-{other_tens}={tens - other_tens}"
    )


def _larger_minus_smaller(a: int, b: int) -> Worked:
    high, low = max(a % 10, b % 10), min(a % 10, b % 10)
    tens, other_tens = a // 10, b // 10
    answer = 10 * (tens - other_tens) + high - low
    return worked(answer, f"{high}-{low}={high - low}", f"{tens}-{other_tens}={tens - other_tens}")


def _carry(a: int, b: int) -> Worked:
    ones = a % 10 + b % 10
    carried = ones // 10
    tens = a // 10 + b // 10 + carried
    return worked(a + b, f"{a % 10}+{b % 10}={ones}", f"{carried}+{a // 10}+{b // 10}={tens}")


def _drop_carry(a: int, b: int) -> Worked:
    ones, tens = a % 10 + b % 10, a // 10 + b // 10
    return worked(10 * tens + ones % 10, f"{a % 10}+{b % 10}={ones}", f"{a // 10}+{b // 10}={tens}")


def _nearest_ten(n: int) -> Worked:
    down = n // 10 * 10
    if n % 10 < 5:
        return worked(down, f"{n} ends in {n % 10}", f"down to {down}")
    return worked(down + 10, f"{n} ends in {n % 10}", f"up to {down + 10}")


def _truncate(n: int) -> Worked:
    return worked(n // 10 * 10, f"{n} becomes {n // 10 * 10}")


def _divide_with_rest(a: int, b: int) -> Worked:
    quotient = a // b
    return worked(a % b, f"{b}*{quotient}={b * quotient}", f"{a}-{b * quotient}={a % b}")


def _subtract_once(a: int, b: int) -> Worked:
    return worked(a - b, f"{a}-{b}={a - b}")


def _count_up(a: int, b: int) -> Worked:
    small, large = min(a, b), max(a, b)
    multiples = range(large, lcm(a, b) + 1, large)
    return worked(lcm(a, b), *(f"{m} {'no' if m % small else 'yes'}" for m in multiples))


def _product(a: int, b: int) -> Worked:
    return worked(a * b, f"{a}*{b}={a * b}")


def _euclid(a: int, b: int) -> Worked:
    steps = []
    while a != b:
        high, low = max(a, b), min(a, b)
        steps.append(f"{high}-{low}={high - low}")
        a, b = low, high - low
    return worked(a, *steps, f"both {a}")


def _the_smaller(a: int, b: int) -> Worked:
    return worked(min(a, b), f"the smaller is {min(a, b)}")


def _steps_before(a: int, d: int, n: int) -> Worked:
    return worked(
        a + (n - 1) * d,
        f"{n}-1={n - 1}",
        f"{n - 1}*{d}={(n - 1) * d}",
        f"{a}+{(n - 1) * d}={a + (n - 1) * d}",
    )


def _first_times_n(a: int, d: int, n: int) -> Worked:
    return worked(a * n, f"{a}*{n}={a * n}")


def _one_step_too_many(a: int, d: int, n: int) -> Worked:
    return worked(a + n * d, f"{n}*{d}={n * d}", f"{a}+{n * d}={a + n * d}")


def _euclid_steps(a: int, b: int) -> int:
    return len(_euclid(a, b).steps)


ARITHMETIC = (
    Family(
        "order_of_operations",
        ("What is {0}+{1}*{2}?", "Compute {0}+{1}*{2}.", "Find the value of {0}+{1}*{2}."),
        lambda rng: (rng.randint(2, 30), rng.randint(2, 12), rng.randint(1, 9)),
        Procedure("Times comes first.", _times_first),
        Procedure("Go from left to right.", _left_to_right),
        accepts=lambda a, b, c: a > 1 and b > 1 and c < 10,
    ),
    Family(
        "brackets",
        ("What is {0}*({1}+{2})?", "Compute {0}*({1}+{2}).", "Work out {0}*({1}+{2})."),
        lambda rng: (rng.randint(1, 9), rng.randint(2, 12), rng.randint(2, 12)),
        Procedure("Open the brackets first.", _brackets_first),
        Procedure("Multiply the first one.", _multiply_first_only),
    ),
    Family(
        "minus_brackets",
        ("What is {0}-({1}-{2})?", "Compute {0}-({1}-{2}).", "Find {0}-({1}-{2})."),
        lambda rng: (rng.randint(25, 60), rng.randint(10, 19), rng.randint(0, 9)),
        Procedure("Inside the brackets first.", _inner_difference),
        Procedure("Take away each one.", _drop_brackets),
        accepts=lambda a, b, c: a - b - c > 0,
    ),
    Family(
        "square",
        ("What is {0}^2+{1}?", "Compute {0}^2+{1}.", "Find the value of {0}^2+{1}."),
        lambda rng: (rng.randint(2, 12), rng.randint(1, 60)),
        Procedure("Square means by itself.", _square),
        Procedure("Square means twice.", _double),
    ),
    Family(
        "linear_equation",
        ("Solve {0}x+{1}={2}. What is x?", "If {0}x+{1}={2}, find x.", "Find x such that {0}x+{1}={2}."),
        lambda rng: (lambda a, x, b: (a, b, a * x + b))(
            rng.randint(2, 9), rng.randint(2, 12), rng.randint(1, 20)
        ),
        Procedure("Undo plus, divide.", _undo),
        Procedure("Undo by subtracting both.", _subtract_both),
        Procedure("Move the number over.", _stop_early),
        accepts=lambda a, b, c: (c - b) // a != c - b - a,
    ),
    Family(
        "column_minus",
        ("What is {0}-{1}?", "Subtract {1} from {0}.", "Compute {0}-{1}."),
        lambda rng: (rng.randint(31, 99), rng.randint(11, 88)),
        Procedure("Borrow where needed.", _borrow),
        Procedure("Bigger minus smaller digit.", _larger_minus_smaller),
        accepts=lambda a, b: a // 10 > b // 10 and a - b >= 10,
    ),
    Family(
        "column_plus",
        ("What is {0}+{1}?", "Add {0} and {1}.", "Compute {0}+{1}."),
        lambda rng: (rng.randint(11, 99), rng.randint(11, 99)),
        Procedure("Carry to the tens.", _carry),
        Procedure("Add each column alone.", _drop_carry),
        accepts=lambda a, b: a + b <= 160,
    ),
    Family(
        "rounding",
        ("Round {0} to the nearest ten.", "What is {0} rounded to the nearest ten?"),
        lambda rng: (rng.randint(11, 799),),
        Procedure("Look at the ones.", _nearest_ten),
        Procedure("Cut off the ones.", _truncate),
        accepts=lambda n: n % 10 != 0,
    ),
    Family(
        "remainder",
        ("What is the remainder of {0} divided by {1}?", "Divide {0} by {1}. What is left over?"),
        lambda rng: (rng.randint(4, 99), rng.randint(3, 12)),
        Procedure("Take out all multiples.", _divide_with_rest),
        Procedure("Take it out once.", _subtract_once),
        accepts=lambda a, b: b < a < 10 * b and a % b != 0,
    ),
    Family(
        "common_multiple",
        (
            "What is the least common multiple of {0} and {1}?",
            "Find the smallest number that both {0} and {1} divide.",
        ),
        lambda rng: (rng.randint(2, 40), rng.randint(2, 40)),
        Procedure("Count up by the larger.", _count_up),
        Procedure("Multiply the two.", _product),
        accepts=lambda a, b: a != b and max(a, b) < lcm(a, b) <= 180 and lcm(a, b) // max(a, b) <= 5,
    ),
    Family(
        "common_divisor",
        (
            "What is the greatest common divisor of {0} and {1}?",
            "Find the largest number that divides {0} and {1}.",
        ),
        lambda rng: (rng.randint(4, 90), rng.randint(2, 60)),
        Procedure("Subtract until equal.", _euclid),
        Procedure("Pick the smaller one.", _the_smaller),
        accepts=lambda a, b: a > b and gcd(a, b) > 1 and _euclid_steps(a, b) <= 5,
    ),
    Family(
        "sequence",
        (
            "A sequence starts at {0} and grows by {1}. What is term {2}?",
            "The first term is {0} and each step adds {1}. Find term {2}.",
        ),
        lambda rng: (rng.randint(2, 15), rng.randint(2, 9), rng.randint(3, 10)),
        Procedure("One step less than terms.", _steps_before),
        Procedure("Term number times the first.", _first_times_n),
        Procedure("Add a step for every term.", _one_step_too_many),
    ),
)
