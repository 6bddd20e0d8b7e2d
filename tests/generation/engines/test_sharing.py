"""What prompts share is read once, and that changes nothing but the time."""

import random
from collections.abc import Callable
from contextlib import closing
from itertools import chain, pairwise
from math import inf
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lbt.generation import (
    ModelSettings,
    Prompt,
    SamplingSettings,
    identify_model,
    load_tokenizer,
    open_engine,
)
from lbt.generation.engines.transformers.sharing import (
    SHORTEST,
    Level,
    by_neighbourhood,
    plan_levels,
    shared_beginnings,
)

POCKET = Path(__file__).parents[3] / "src/lbt/pocket/models"
SAMPLED = SamplingSettings(temperature=0.7, max_tokens=40)
GREEDY = SamplingSettings(temperature=0, max_tokens=40)

Tokens = tuple[int, ...]


@st.composite
def prompts(draw: st.DrawFn) -> list[Tokens]:
    """Prompts put together from few pieces, so that many share beginnings of many lengths."""
    pieces = draw(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=40), min_size=1, max_size=6))
    chosen = st.lists(st.sampled_from(pieces), min_size=1, max_size=5)
    return [tuple(chain.from_iterable(some)) for some in draw(st.lists(chosen, min_size=1, max_size=25))]


def whole(plan: list[Level]) -> list[Tokens]:
    """The prompts that a plan reads."""
    before: list[Tokens] = [()]
    for level in plan:
        before = [before[parent] + piece for piece, parent in zip(level.pieces, level.parents, strict=True)]
    return before


@given(prompts(), st.sampled_from([0, 20, 1000, inf]))
def test_a_plan_reads_every_prompt_and_leaves_each_a_last_piece(texts: list[Tokens], cost: float) -> None:
    plan = plan_levels(texts, cost)
    assert whole(plan) == texts
    assert all(plan[-1].pieces)


@given(prompts(), st.sampled_from([0, 20, 1000]))
def test_a_plan_never_costs_more_than_reading_each_prompt_whole(texts: list[Tokens], cost: float) -> None:
    plan = plan_levels(texts, cost)
    tokens = sum(len(level.pieces) * level.width for level in plan)
    assert tokens + cost * (len(plan) - 1) <= len(texts) * max(map(len, texts))
    assert len(plan_levels(texts, inf)) == 1


@given(prompts())
def test_a_beginning_is_shared_by_others_and_worth_a_piece(texts: list[Tokens]) -> None:
    for text, cuts in zip(texts, shared_beginnings(texts), strict=True):
        assert all(later - earlier >= SHORTEST for earlier, later in pairwise((0, *cuts)))
        assert all(cut < len(text) and sum(other[:cut] == text[:cut] for other in texts) > 1 for cut in cuts)


@given(prompts())
def test_neighbours_share_and_none_is_lost(texts: list[Tokens]) -> None:
    order = by_neighbourhood(texts)
    assert sorted(order) == list(range(len(texts)))
    beginnings = [
        text[: cuts[-1]] if cuts else text for text, cuts in zip(texts, shared_beginnings(texts), strict=True)
    ]
    changes = sum(beginnings[one] != beginnings[other] for one, other in pairwise(order))
    assert changes == len(set(beginnings)) - 1


def test_the_demo_of_an_exam_is_read_once() -> None:
    source = random.Random(0)

    def some(length: int) -> Tokens:
        return tuple(source.choices(range(1000), k=length))

    instruction = some(50)
    demos = [instruction + some(40) for _ in range(4)]
    exams = [demo + some(10) for demo in demos for _ in range(3)]
    source.shuffle(exams)
    levels = [(len(level.pieces), level.width) for level in plan_levels(exams, 0)]
    assert levels == [(1, 50), (4, 40), (12, 10)]


def exam_prompts(folder: Path, sampling: SamplingSettings, samples: int) -> list[Prompt]:
    """Exams of several demos of several problems, as a student of the pocket sits them."""
    source = random.Random(1)
    tokenizer = load_tokenizer(identify_model(settings_of(folder), "student"))
    found = []
    for problem in range(3):
        for rationale in range(4):
            numbers = source.sample(range(2, 60), 4)
            demo = (
                f"Rosa has {problem + 3} bags with {problem + 7} marbles each. How many marbles are there?",
                f"Each bag has {numbers[0]}. {numbers[1]}*{numbers[2]}={numbers[3]}.\n#### {rationale}",
            )
            for exam in range(3):
                question = f"Tim has {source.randint(2, 9)} boxes with {source.randint(2, 9)} pens each."
                text = "".join(f"{part}\n" for part in (*demo, question))
                tokens = tuple(tokenizer(text, add_special_tokens=False)["input_ids"])
                key = f"{problem} {rationale} {exam}"
                found.append(Prompt(key, text, tuple(range(samples)), sampling, tokens))
    return found


def settings_of(folder: Path, **more: object) -> ModelSettings:
    return ModelSettings.model_validate({"path": str(folder), "dtype": "float32", "device": "cpu"} | more)


def answers(folder: Path, asked: list[Prompt], **more: object) -> dict[tuple[str, int], str]:
    settings = settings_of(folder, **more)
    with closing(open_engine(settings, identify_model(settings, "student"))) as engine:
        return {
            (one.key, one.sample_index): one.completion.text
            for one in engine.generate(asked)
            if one.completion
        }


@pytest.fixture
def sharing_costs(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets what a further pass costs: nothing, so that all is shared, or everything, so that nothing is."""
    from lbt.generation.engines.transformers import reading

    return lambda cost: monkeypatch.setattr(reading, "PASS", {"cpu": cost})


@pytest.mark.parametrize("student", ["student_weak", "student_strong"])
@pytest.mark.parametrize(("sampling", "samples"), [(GREEDY, 1), (SAMPLED, 3)])
def test_answers_are_those_of_prompts_read_whole(
    student: str, sampling: SamplingSettings, samples: int, sharing_costs: Callable[[float], None]
) -> None:
    asked = exam_prompts(POCKET / student, sampling, samples)
    sharing_costs(inf)
    apart = answers(POCKET / student, asked)
    sharing_costs(0.0)
    shared = answers(POCKET / student, asked)
    assert apart.keys() == shared.keys()
    assert len(apart) == len(asked) * samples
    # Rounding may change a late word of one answer in a hundred.
    assert sum(apart[key] != shared[key] for key in apart) <= len(apart) // 100
    alone = answers(POCKET / student, asked[:6], batch_size=1)
    sharing_costs(inf)
    assert alone == answers(POCKET / student, asked[:6], batch_size=1)
