"""Sample the teacher's rationales."""

import hashlib

import pandas as pd

from lbt.errors import ModelError
from lbt.generation import GenerationStore, ModelSettings, generate
from lbt.grading import ANSWERED, COUNTED, Domain
from lbt.prompts import PromptSettings, teaching_messages
from lbt.teaching.asking import Answer, graded_table, make_request, usage_of
from lbt.teaching.settings import TeachingSettings

COLUMNS = {
    "rationale_id": "str",
    "problem_id": "str",
    "family": "str",
    "sample_index": "int64",
    "text": "str",
    "answer": "str",
    "verdict": "str",
    "finish_reason": "str",
    "tokens": "int64",
    "demo_id": "str",
}


def sample_rationales(
    problems: pd.DataFrame,
    teacher: ModelSettings,
    prompts: PromptSettings,
    settings: TeachingSettings,
    store: GenerationStore,
    seed: int,
    domain: Domain,
) -> tuple[pd.DataFrame, dict[str, float]]:
    """`settings.samples` graded rationales of every teaching problem, and the generations' usage.

    Each problem is one request. Raises ModelError if not one completion holds an answer: then nothing could
    sit an exam.
    """
    taught = problems[problems["role"] == "teaching"].sort_values("problem_id", ignore_index=True)
    requests = [
        make_request(teaching_messages(question, prompts), prompts, settings.samples, settings.sampling, seed)
        for question in taught["question"]
    ]
    samples = generate(teacher, requests, store, "teaching")
    answers = (
        Answer(
            {
                "rationale_id": f"{problem.problem_id}/{index}",
                "problem_id": problem.problem_id,
                "family": problem.family,
                "sample_index": index,
                "demo_id": demo_id(str(problem.problem_id), completion.text if completion else ""),
            },
            str(problem.answer),
            completion,
        )
        for problem, completions in zip(taught.itertuples(), samples.completions, strict=True)
        for index, completion in enumerate(completions)
    )
    rationales = graded_table(domain, answers, COLUMNS, store.path)
    _check_answers(rationales, teacher)
    return rationales, usage_of(samples)


def demo_id(problem_id: str, text: str) -> str:
    """16 hexadecimal digits; equal texts of one teaching problem share theirs."""
    return hashlib.sha256(f"{problem_id}\x1f{text}".encode()).hexdigest()[:16]


def _check_answers(rationales: pd.DataFrame, teacher: ModelSettings) -> None:
    if rationales["verdict"].isin(ANSWERED).any():
        return
    counted = rationales[rationales["verdict"].isin(COUNTED)]
    if counted.empty:
        raise ModelError(
            f"The teacher ({teacher.path}) gave no rationale: all {len(rationales)} generations failed. "
            "Look for their errors above, and run again; nothing needs to be repeated."
        )
    raise ModelError(
        f"The teacher ({teacher.path}) gave no readable answer in {len(counted)} rationales. "
        f"{advice_for_no_answer(counted, 'teaching')}"
    )


def advice_for_no_answer(answers: pd.DataFrame, stage: str) -> str:
    """What a model said instead of an answer, and what to check."""
    first = str(answers["text"].iloc[0])
    shown = first if len(first) <= 200 else first[:200] + " …"
    truncated = int(answers["verdict"].eq("truncated").sum())
    return (
        f"Its first text: {shown!r}. {truncated} of {len(answers)} ran out of tokens. Check that the model "
        f"has the right chat template, that {stage}.sampling.max_tokens leaves room for an answer, and that "
        "the prompt's instruction asks for a last line such as '#### 12', \\boxed{12} or 'The answer is 12'."
    )
