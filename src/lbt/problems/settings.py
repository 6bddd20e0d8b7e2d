"""Parameters of the problems stage."""

from typing import Any, Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from lbt.configuration import Settings

BuiltIn = Literal["pocket", "pocket_code", "elementary"]
CodeSource = Literal["humaneval", "mbpp", "evalplus", "code_jsonl"]

BUILT_IN: tuple[str, ...] = get_args(BuiltIn)
"""Sources that are generated."""
CODE_SOURCES: tuple[str, ...] = get_args(CodeSource)
"""Sources of files whose answers are programs."""

FieldName = Literal["question", "answer", "family", "id", "role", "level", "subject"]


class CodeProblemSettings(Settings):
    """Of problems whose answers are programs: which tests are visible, and whether the tests are tried.

    `visible` is as_given (what the source shows to whoever solves the problem), in_prompt (the examples in
    the question's text), all, or "first n" with a number. The others are hidden. `check_references` runs the
    solutions that come with the problems against the tests.
    """

    visible: str = Field(default="as_given", pattern=r"^(as_given|in_prompt|all|first [0-9]{1,6})$")
    check_references: bool = True


class PocketProblemSettings(Settings):
    """How the embedded worlds draw their problems."""

    lucky_share: float = Field(default=1.0, ge=0, le=1)


class ElementaryProblemSettings(Settings):
    """Which elementary word problems are drawn.

    `families` are the names of the wanted ones, all by default, or with `steps` all of so many steps. Those
    of `held_out` have evaluation problems only, so that the evaluation knows families of which nothing was
    taught. `largest` is about the size of the numbers: sums are to twice as much, products to half its
    square.
    """

    families: tuple[str, ...] | None = None
    steps: Literal[1, 2] | None = None
    held_out: tuple[str, ...] = ()
    largest: int = Field(default=20, ge=8, le=200)


class HuggingFaceSettings(Settings):
    """Which part of a Hugging Face dataset is read, and what its columns mean.

    `columns` maps our field names to the dataset's; a field that it leaves out has its own name. `answer`
    says what the answer column holds: the answer itself, a GSM8K solution that ends "#### N", or a solution
    whose last \\boxed{} is the answer. `exam_split` and `evaluation_split` take whole splits for these
    roles. `data_files` are for the loaders of files, such as problems.path: json.
    """

    name: str | None = None
    revision: str | None = None
    data_files: str | None = None
    split: str = "train"
    exam_split: str | None = None
    evaluation_split: str | None = None
    columns: dict[FieldName, str] = Field(default_factory=dict)
    answer: Literal["plain", "gsm8k", "boxed"] = "plain"


class ProblemSettings(Settings):
    """Where the problems come from and how many of each role are used.

    `exam_paths` and `evaluation_path` are further files or folders of the source whose problems all have
    that role; those of `path` are then taught (with evaluation_path alone: taught and examined). Problems of
    `leave_out` are not taught. `teaching` and `evaluation` are at most so many problems in all,
    `exam_per_family` at most so many exam problems in a family's pool; `evaluation: 0` leaves the evaluation
    out. `bad_rows` says whether a file with an unusable row is refused or used without it. For source jsonl,
    `columns` maps our field names to the file's, and `labels` its answers to what a model is to say.
    """

    source: Literal[BuiltIn, "jsonl", "gsm8k", "math", "math_variants", "huggingface", CodeSource] = "pocket"
    path: str | None = None
    exam_paths: tuple[str, ...] = ()
    evaluation_path: str | None = None
    leave_out: str | None = None
    teaching: int = Field(default=84, ge=1)
    exam_per_family: int = Field(default=12, ge=1)
    evaluation: int = Field(default=560, ge=0)
    bad_rows: Literal["refuse", "set_aside"] = "refuse"
    columns: dict[FieldName, str] = Field(default_factory=dict)
    labels: dict[str, str] = Field(default_factory=dict)
    pocket: PocketProblemSettings = PocketProblemSettings()
    elementary: ElementaryProblemSettings = ElementaryProblemSettings()
    huggingface: HuggingFaceSettings = HuggingFaceSettings()
    code: CodeProblemSettings = CodeProblemSettings()

    @field_validator("exam_paths", mode="before")
    @classmethod
    def _one_path_is_a_list_of_one(cls, paths: Any) -> Any:
        # The command line cannot write a list.
        return (paths,) if isinstance(paths, str) else paths

    @field_validator("labels", mode="before")
    @classmethod
    def _labels_are_words(cls, labels: Any) -> Any:
        if isinstance(labels, dict):
            if any(isinstance(word, bool) for word in (*labels, *labels.values())):
                raise ValueError(
                    'YAML does not read yes, no, true and false as words: quote them, as in "Yes"'
                )
            return {str(key): value for key, value in labels.items()}
        return labels

    @model_validator(mode="after")
    def _columns_are_of_our_form(self) -> Self:
        if self.source != "jsonl" and (self.columns or self.labels):
            raise ValueError(
                f"problems.columns and problems.labels are for problems.source: jsonl, not {self.source}"
                + "; set problems.huggingface.columns" * (self.source == "huggingface")
            )
        return self

    @model_validator(mode="after")
    def _a_file_needs_a_path(self) -> Self:
        if self.source not in BUILT_IN and not self.path:
            raise ValueError(
                f"problems.source is {self.source!r}, so problems.path must name a file; "
                f"for built-in problems set problems.source to one of {', '.join(BUILT_IN)}"
            )
        return self

    @model_validator(mode="after")
    def _paths_belong_to_their_source(self) -> Self:
        if self.source == "math_variants" and not self.exam_paths:
            raise ValueError(
                "problems.source is 'math_variants', so problems.exam_paths must list the snapshots of "
                "MATH(): their folders, or a file of all"
            )
        if self.source in (*BUILT_IN, "huggingface") and (
            self.exam_paths or self.evaluation_path or self.leave_out
        ):
            raise ValueError(
                f"problems.exam_paths, evaluation_path and leave_out name files, which problems.source "
                f"{self.source!r} does not read"
                + (
                    "; set problems.huggingface.exam_split or evaluation_split"
                    * (self.source == "huggingface")
                )
            )
        return self
