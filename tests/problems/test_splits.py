"""The split that is made for files without roles."""

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lbt.problems.rows import Place, Problem
from lbt.problems.splits import split_by_hash

UNHURRIED = hypothesis_settings(deadline=None, max_examples=100)


def rows_of(sizes: dict[str, int]) -> list[Problem]:
    return [
        Problem(i, Place("f", i), f"{family}{i}", family, f"{i} and {family}?", "1", None)
        for family, size in sizes.items()
        for i in range(size)
    ]


def roles_of(rows: list[Problem], seed: int, evaluation: bool) -> dict[str, str | None]:
    return {row.problem_id: row.role for row in split_by_hash(rows, seed, evaluation)}


FAMILY_SIZES = st.dictionaries(st.sampled_from("abc"), st.integers(1, 12), min_size=1)


@UNHURRIED
@given(FAMILY_SIZES, FAMILY_SIZES, st.integers(0, 50), st.booleans())
def test_rows_that_are_added_move_none_but_those_that_stand_in_for_a_role(
    before: dict[str, int], added: dict[str, int], seed: int, evaluation: bool
) -> None:
    after = {family: before.get(family, 0) + added.get(family, 0) for family in {**before, **added}}
    many = dict.fromkeys(after, 60)  # so many that every row's role is its own
    first, second, own = (roles_of(rows_of(sizes), seed, evaluation) for sizes in (before, after, many))
    wanted = {"teaching", "exam", "evaluation"} if evaluation else {"teaching", "exam"}
    for family, size in before.items():
        names = [f"{family}{i}" for i in range(size)]
        if size >= 3:
            assert {first[name] for name in names} == wanted
            missing = wanted - {own[name] for name in names}
            assert sum(first[name] != own[name] for name in names) == len(missing)
            if not missing:
                assert all(first[name] == second[name] == own[name] for name in names)


def test_a_file_that_grows_moves_no_problem_between_training_and_evaluation() -> None:
    for seed in range(20):
        first, second = (roles_of(rows_of({"f": size}), seed, True) for size in (100, 110))
        assert all(first[name] == second[name] for name in first)
