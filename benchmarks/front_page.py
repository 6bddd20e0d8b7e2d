"""What README.md shows of a default run: two pictures, the figures, and the terminal's log.

    make run 2>&1 | tee data/run.log
    .venv/bin/python benchmarks/front_page.py data/run.log

It reads the newest tables of the catalog, draws docs/images/*.svg in a light and a dark version, and
replaces what stands in README.md between the marks `<!-- run: figures -->` and `<!-- run: log -->` and their
ends. Without a log only the pictures and the figures are written.
"""

import argparse
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
SANS = "-apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif"
MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace"
PREFERRED_FAMILY = "mean"  # everyone knows what an average is
LONGEST_LINE = 110


@dataclass(frozen=True)
class Theme:
    """The colours of one picture."""

    ink: str
    soft: str
    line: str
    card: str
    good: str
    good_card: str
    bad: str
    bad_card: str
    before: str


THEMES = {
    "light": Theme(
        "#1f2328", "#59636e", "#d1d9e0", "#f6f8fa", "#1a7f37", "#e6f6ea", "#c1121f", "#fdecec", "#8c959f"
    ),
    "dark": Theme(
        "#f0f6fc", "#9198a1", "#3d444d", "#161b22", "#4ac26b", "#12261a", "#ff7b72", "#2d1719", "#7d8590"
    ),
}


@dataclass(frozen=True)
class Lesson:
    """One explanation of a problem, and what the student made of it."""

    text: str
    answer: str
    exam_text: str
    exam_answer: str
    right: int
    of: int


@dataclass(frozen=True)
class Contrast:
    """A problem with two explanations of the same right answer: one teaches, one misleads."""

    question: str
    exam_question: str
    good: Lesson
    bad: Lesson


def load_tables(names: list[str], log: str | None) -> dict[str, Any]:
    """The newest version of catalog entries, which has to be that of the run whose log is given."""
    os.chdir(ROOT)  # before Kedro is imported, which reads conf/logging.yml from here
    from kedro.framework.session import KedroSession
    from kedro.framework.startup import bootstrap_project

    bootstrap_project(ROOT)
    with KedroSession.create(ROOT) as session:
        catalog = session.load_context().catalog
        newest = catalog["evaluation_metrics"].resolve_load_version()
        if log is not None and f"/{newest}/" not in log:
            raise SystemExit(
                f"The log is not that of the newest run, {newest}. Run it again, and nothing after it."
            )
        return {name: catalog.load(name) for name in names}


def find_contrast(tables: Mapping[str, Any], student: str = "strong") -> Contrast:
    """The first teaching problem with two right explanations of which one teaches always and one never."""
    problems = tables["problems"].set_index("problem_id")
    scores = tables["lbt_scores"].query("student == @student")[["demo_id", "lbt_score"]]
    right = tables["rationales"].query("verdict == 'correct'").merge(scores, on="demo_id")
    exams = tables["exam_answers"].query("student == @student")
    extremes = right[right["lbt_score"].isin([0.0, 1.0])].drop_duplicates(["problem_id", "lbt_score"])
    extremes = extremes.assign(other=extremes["family"] != PREFERRED_FAMILY)
    for problem_id, pair in extremes.sort_values(["other", "problem_id"]).groupby("problem_id", sort=False):
        if len(pair) == 2:
            bad, good = (row for _, row in pair.sort_values("lbt_score").iterrows())
            exam = exams[exams["demo_id"] == good["demo_id"]]["exam_problem_id"].max()
            return Contrast(
                str(problems.at[problem_id, "question"]),
                str(problems.at[exam, "question"]),
                _lesson(good, exams, exam),
                _lesson(bad, exams, exam),
            )
    raise SystemExit("This run has no teaching problem with two such explanations.")


def _lesson(rationale: pd.Series, exams: pd.DataFrame, exam: str) -> Lesson:
    sat = exams[exams["demo_id"] == rationale["demo_id"]]
    shown = sat[sat["exam_problem_id"] == exam].iloc[0]
    right = int(sat["verdict"].eq("correct").sum())
    return Lesson(rationale["text"], rationale["answer"], shown["text"], shown["answer"], right, len(sat))


def _text(x: float, y: float, words: str, fill: str, size: int = 15, **style: str) -> str:
    extra = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in style.items())
    family = "" if "font_family" in style else f' font-family="{SANS}"'
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{fill}"{family}{extra}>{escape(words)}</text>'


def _box(x: float, y: float, width: float, height: float, fill: str, stroke: str) -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="10" fill="{fill}" '
        f'stroke="{stroke}" stroke-width="1.5"/>'
    )


def _arrow(x: float, y: float, length: float, colour: str) -> str:
    head = x + length
    return (
        f'<path d="M{x:g} {y:g}H{head - 2:g}M{head - 9:g} {y - 6:g}L{head:g} {y:g}L{head - 9:g} {y + 6:g}" '
        f'fill="none" stroke="{colour}" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round"/>'
    )


def _picture(width: int, height: int, title: str, parts: Iterator[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">\n'
        f"<title>{escape(title)}</title>\n{body}\n</svg>\n"
    )


def draw_idea(contrast: Contrast, theme: Theme) -> str:
    """A problem, a good and a bad explanation, and the same student right and wrong."""

    def parts() -> Iterator[str]:
        for x, head, question in (
            (20, "The teacher explains a problem", contrast.question),
            (394, "The same student, having read it, sits an exam", contrast.exam_question),
        ):
            yield _text(x, 28, head, theme.soft, 15)
            yield _text(x, 56, question, theme.ink, 18, font_weight="600")
        yield _text(768, 28, "Exam answers right", theme.soft, 15)
        yield from _row(76, contrast.good, True, theme)
        yield from _row(216, contrast.bad, False, theme)
        answer = contrast.good.answer
        claim = f"Both explanations end with {answer}, which is right. "
        claim += "Checking the answer cannot tell them apart; a student’s exams can."
        yield _text(20, 376, claim, theme.ink, 16, font_weight="600")
        use = "Learning by teaching makes a pair of them and trains the teacher to explain like the first."
        yield _text(20, 402, use, theme.soft, 16)

    return _picture(
        960, 420, "Two explanations with the same right answer; only one of them teaches.", parts()
    )


def _row(y: float, lesson: Lesson, good: bool, theme: Theme) -> Iterator[str]:
    colour, fill = (theme.good, theme.good_card) if good else (theme.bad, theme.bad_card)
    yield _box(20, y, 330, 124, theme.card, theme.line)
    yield from _speech(38, y, lesson.text, lesson.answer, theme.ink, theme.good, True)
    yield _arrow(358, y + 62, 28, theme.soft)
    yield _box(394, y, 330, 124, fill, colour)
    yield from _speech(412, y, lesson.exam_text, lesson.exam_answer, theme.ink, colour, good)
    yield _text(768, y + 66, f"{lesson.right} of {lesson.of}", colour, 40, font_weight="700")
    yield _text(768, y + 94, "it teaches" if good else "it misleads", colour, 16)


def _speech(x: float, y: float, text: str, answer: str, ink: str, colour: str, right: bool) -> Iterator[str]:
    """The words, the steps and the answer of a text such as `Share the sum. 8+12=20. …`."""
    opener, _, steps = text.partition("\n####")[0].partition(". ")
    lines = list(_wrapped(steps.strip(), 31))
    yield _text(x, y + 29, f"“{opener}.", ink, 15, font_family=MONO)
    for number, line in enumerate(lines):
        end = "”" if number == len(lines) - 1 else ""
        yield _text(x, y + 51 + 21 * number, line + end, ink, 15, font_family=MONO)
    yield _text(
        x, y + 108, f"Answer: {answer}  {'✓ right' if right else '✗ wrong'}", colour, 16, font_weight="700"
    )


def _wrapped(text: str, width: int) -> Iterator[str]:
    """Lines of whole steps (`16+13=29.`), each at most `width` characters long where a step is not longer."""
    line = ""
    for step in re.findall(r"\S.*?(?:\.(?=\s)|$)", text):
        if line and len(line) + 1 + len(step) > width:
            yield line
            line = step
        else:
            line = f"{line} {step}".strip()
    yield line


def draw_result(metrics: Mapping[str, float], families: pd.DataFrame, theme: Theme) -> str:
    """The teacher's accuracy before and after with intervals, and every family's change."""

    def parts() -> Iterator[str]:
        count = f"{metrics['eval.problems']:,.0f} problems that no model has seen"
        yield _text(20, 30, "The teacher’s accuracy", theme.ink, 18, font_weight="600")
        yield _text(20, 52, f"{count}, 95 % intervals", theme.soft, 14)
        yield from _bar(84, "before", metrics, "eval.base.accuracy", theme.before, theme)
        yield from _bar(176, "after", metrics, "eval.tuned.accuracy", theme.good, theme)
        yield _text(20, 292, f"{100 * metrics['eval.delta']:+.1f} points", theme.good, 30, font_weight="700")
        yield _text(
            20, 318, "in a small constructed world, whose design sets the size of this effect", theme.soft, 14
        )
        count = families["family"].nunique()
        yield _text(600, 30, f"Each of the {count} families of problems", theme.ink, 18, font_weight="600")
        yield _text(600, 52, "grey before, green after; red where it got worse", theme.soft, 14)
        yield from _dumbbells(families, theme)

    return _picture(960, 340, "The teacher's accuracy before and after learning by teaching.", parts())


def _bar(
    y: float, name: str, metrics: Mapping[str, float], key: str, colour: str, theme: Theme
) -> Iterator[str]:
    left, full = 78, 380
    value, low, high = (metrics[f"{key}{end}"] for end in ("", "_ci_low", "_ci_high"))
    middle = y + 34
    yield _text(20, middle + 6, name, theme.ink, 16)
    yield f'<rect x="{left}" y="{y}" width="{full}" height="68" rx="6" fill="{theme.card}"/>'
    yield f'<rect x="{left}" y="{y}" width="{full * value:.1f}" height="68" rx="6" fill="{colour}"/>'
    a, b = left + full * low, left + full * high
    yield (
        f'<path d="M{a:.1f} {middle}H{b:.1f}M{a:.1f} {middle - 8}v16M{b:.1f} {middle - 8}v16" '
        f'stroke="{theme.ink}" stroke-width="2" fill="none"/>'
    )
    yield _text(left + full + 12, middle + 8, f"{100 * value:.1f} %", theme.ink, 24, font_weight="700")


def _dumbbells(families: pd.DataFrame, theme: Theme) -> Iterator[str]:
    shares = families.pivot(index="family", columns="model", values="accuracy").sort_values(["base", "tuned"])
    top, bottom, left, right = 76.0, 296.0, 620.0, 930.0
    for share in (0, 0.5, 1):
        x = left + (right - left) * share
        yield f'<path d="M{x} {top - 8}V{bottom}" stroke="{theme.line}" stroke-width="1"/>'
        yield _text(x, bottom + 20, f"{100 * share:.0f} %", theme.soft, 13, text_anchor="middle")
    step = (bottom - top) / len(shares)
    for number, (base, tuned) in enumerate(zip(shares["base"], shares["tuned"], strict=True)):
        y = top + step * (number + 0.5)
        a, b = (left + (right - left) * share for share in (base, tuned))
        colour = theme.good if tuned >= base else theme.bad
        yield f'<path d="M{a:.1f} {y:.1f}H{b:.1f}" stroke="{colour}" stroke-width="2" stroke-opacity="0.6"/>'
        yield f'<circle cx="{a:.1f}" cy="{y:.1f}" r="3.5" fill="{theme.before}"/>'
        yield f'<circle cx="{b:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>'


def figures(metrics: Mapping[str, float]) -> str:
    """The sentence under the chart."""
    base, tuned, delta = (
        100 * metrics[f"eval.{name}"] for name in ("base.accuracy", "tuned.accuracy", "delta")
    )
    problems, families = (
        f"[{100 * metrics[f'eval.delta{of}_ci_low']:+.1f}, {100 * metrics[f'eval.delta{of}_ci_high']:+.1f}]"
        for of in ("", "_family")
    )
    return (
        f"*One default run, in a constructed world: the teacher answers {base:.1f} % of "
        f"{metrics['eval.problems']:,.0f} unseen problems before and {tuned:.1f} % after. The difference of "
        f"{delta:+.1f} points has a 95 % interval of {problems} for new problems of these families, and of "
        f"{families} for new families.*"
    )


def clean_log(raw: str) -> str:
    """The log as a terminal shows it in the end: each progress bar once, prompts cut, no colours."""
    lines = []
    for line in re.sub(r"\x1b\[[0-9;]*m", "", raw).split("\n"):
        shown = line.rstrip("\r").split("\r")[-1].rstrip()
        if len(shown) > LONGEST_LINE and "the first prompt is" in shown:
            shown = shown[: LONGEST_LINE - 2] + " …"
        lines.append(shown)
    return re.sub(r"\n\n(?=[^\n]*%\|)", "\n", "\n".join(lines)).strip("\n")


def replace_marked(text: str, mark: str, inside: str) -> str:
    """`text` with what stands between `<!-- mark -->` and `<!-- end: mark -->` replaced."""
    pattern = re.compile(rf"(<!-- {re.escape(mark)} -->\n).*?(<!-- end: {re.escape(mark)} -->)", re.DOTALL)
    text, found = pattern.subn(lambda match: match[1] + inside + "\n" + match[2], text)
    if found != 1:
        raise SystemExit(f"README.md has {found} places marked {mark!r}, where one is needed.")
    return text


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("log", type=Path, nargs="?", help="what `make run` printed")
    path: Path | None = parser.parse_args().log
    log = path.read_bytes().decode() if path else None
    tables = load_tables(
        [
            "problems", "rationales", "exam_answers", "lbt_scores", "evaluation_metrics", "accuracy_by_family"
        ],
        log,
    )  # fmt: skip
    contrast, metrics = find_contrast(tables), tables["evaluation_metrics"]
    for name, theme in THEMES.items():
        (IMAGES / f"idea-{name}.svg").write_text(draw_idea(contrast, theme))
        (IMAGES / f"result-{name}.svg").write_text(draw_result(metrics, tables["accuracy_by_family"], theme))
    readme = ROOT / "README.md"
    text = replace_marked(readme.read_text(), "run: figures", figures(metrics))
    if log:
        text = replace_marked(text, "run: log", f"```\n{clean_log(log)}\n```")
    readme.write_text(text)


if __name__ == "__main__":
    main()
