"""Problem files that must exist, and where to get them."""

from pathlib import Path

from lbt.errors import DataError
from lbt.problems import BUILT_IN, ProblemSettings

_MATH = (
    "problems of MATH (github.com/hendrycks/math), one a row with problem, solution, level, type and "
    "unique_id; or its folder test"
)
_FALLACY = "github.com/causalNLP/logical-fallacy, made into rows as docs/refine.md says"
_ORIGINS = {
    "math500_test.jsonl": "prm800k/math_splits/test.jsonl of github.com/openai/prm800k (Git LFS), renamed",
    "math_fneval_originals.jsonl": _MATH,
    "math_fneval_variants.jsonl": "MATH() of github.com/consequentai/fneval; its unpacked folders Oct-2023, "
    "Nov-2023 and Dec-2023, named in problems.exam_paths, also work",
    "leetcode.jsonl": "LeetCode problems that you bring, one a row as docs/code_problems.md says",
    "humaneval.jsonl": "data/HumanEval.jsonl.gz of github.com/openai/human-eval, unpacked and renamed",
    "mbpp.jsonl": "mbpp/mbpp.jsonl of github.com/google-research/google-research",
    "HumanEvalPlus.jsonl": "a release of github.com/evalplus/humanevalplus_release, unpacked",
    "MbppPlus.jsonl": "a release of github.com/evalplus/mbppplus_release, unpacked",
    "liar_train.jsonl": "prompt_optimization/data/liar/train.jsonl of github.com/microsoft/LMOps, renamed",
    "liar_test.jsonl": "prompt_optimization/data/liar/test.jsonl of github.com/microsoft/LMOps, renamed",
    "fallacy_train.jsonl": f"the training files of {_FALLACY}",
    "fallacy_held_out.jsonl": f"the dev and test files of {_FALLACY}",
    "gsm8k_train.jsonl": "grade_school_math/data/train.jsonl of github.com/openai/grade-school-math",
    "gsm8k_test.jsonl": "grade_school_math/data/test.jsonl of github.com/openai/grade-school-math",
}


def check_files(settings: ProblemSettings) -> None:
    """Raise DataError that names every missing file or folder of a source that reads files."""
    if settings.source in (*BUILT_IN, "huggingface"):
        return
    further = (settings.leave_out, settings.evaluation_path)
    named = [settings.path, *settings.exam_paths, *further]
    missing = [path for path in dict.fromkeys(named) if path and not Path(path).exists()]
    if missing:
        lines = "\n".join(f"  {path}: {_origin(path)}" for path in missing)
        raise DataError(
            f"Problem files are missing (looked in {Path.cwd()}):\n{lines}\n"
            "Put them there, or name other files in the parameters problems.*."
        )


def _origin(path: str) -> str:
    return _ORIGINS.get(Path(path).name, "a file of your own")
