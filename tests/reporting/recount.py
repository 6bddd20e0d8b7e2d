"""Every figure of a run's report once more, from the run's tables alone, with scipy, statsmodels and sklearn.

Nothing here uses the package: its statistics would agree with themselves.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.metrics import roc_auc_score
from statsmodels.api import OLS
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

CONFIDENCE = 0.95
DRAWS = 3000
COUNTED = ["correct", "wrong", "no_answer", "truncated"]
Usages = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Expected:
    """A figure, and how far chance may lead another computation of it away."""

    value: float
    within: float = 1e-9


Found = Iterator[tuple[str, Expected]]


def recount(tables: Mapping[str, pd.DataFrame], usages: Usages, batch_size: int) -> dict[str, Expected]:
    """All figures by the names that they have on the page."""
    return dict(
        [
            *_evaluation(tables["evaluation_answers"]),
            *_sampled(tables["evaluation_answers"]),
            *_groups(tables["problems"], tables["evaluation_answers"]),
            *_exams(tables["rationales"], tables["exam_answers"]),
            *_areas(tables["rationales"], tables["exam_answers"], tables["procedures"]),
            *_pairs(tables["pairs"], tables["rationales"]),
            *_training(tables["training_log"], tables["pairs"], batch_size),
            *_verdicts(_places(tables)),
            *_costs(usages),
        ]
    )


def recount_search(tables: Mapping[str, pd.DataFrame], usages: Usages) -> dict[str, Expected]:
    """The same for a search."""
    places = {"rationales": tables["rationales"], **_by_student(tables["exam_answers"])}
    return dict(
        [
            *_selections(tables["selections"]),
            *_selections_by_group(tables["problems"], tables["selections"]),
            *_exams(tables["rationales"], tables["exam_answers"]),
            *_areas(tables["rationales"], tables["exam_answers"], tables["procedures"]),
            *_verdicts(places),
            *_costs(usages),
        ]
    )


def _selections(selections: pd.DataFrame) -> Found:
    right = selections.pivot(index="problem_id", columns="method", values="right").dropna().astype(int)
    family = selections.groupby("problem_id")["family"].first()[right.index]
    yield "search.problems", Expected(len(right))
    yield "search.families", Expected(family.nunique())
    for method in right:
        yield from _accuracy(f"search.{method}.accuracy", right[method])
    for ours, other in product(right, right):
        if ours != other:
            name = f"search.{ours}_minus_{other}"
            yield from _difference(name, f"{name}_", right[other], right[ours], family)


def _selections_by_group(problems: pd.DataFrame, selections: pd.DataFrame) -> Found:
    known = problems.set_index("problem_id")
    for kind in ("level", "subject", "family"):
        if kind in known and known[kind].notna().any():
            answered = selections.dropna(subset="right")
            group = answered["problem_id"].map(known[kind])
            for (name, method), rows in answered.groupby([group, "method"]):
                yield f"{kind}.{name}.problems", Expected(len(rows))
                yield f"{kind}.{name}.{method}", Expected(rows["right"].astype(float).mean())


def _right(evaluation_answers: pd.DataFrame) -> pd.DataFrame:
    """Problems that no model failed on, by models: 1 or 0."""
    greedy = evaluation_answers.query("decoding == 'greedy'")
    verdicts = greedy.set_index(["problem_id", "model"])["verdict"].unstack()
    kept = verdicts[verdicts.isin(COUNTED).all(axis=1)]
    return (kept == "correct").astype(int)


def _evaluation(evaluation_answers: pd.DataFrame) -> Found:
    right = _right(evaluation_answers)
    family = evaluation_answers.groupby("problem_id")["family"].first()[right.index]
    yield "eval.problems", Expected(len(right))
    yield "eval.families", Expected(len(set(family)))
    yield "eval.failed", Expected(evaluation_answers["problem_id"].nunique() - len(right))
    for model in right:
        yield from _accuracy(f"eval.{model}.accuracy", right[model])
    if "tuned" not in right:
        return
    yield from _difference("eval.delta", "eval.", right["base"], right["tuned"], family)
    yield "eval.fixed", Expected((right["tuned"] > right["base"]).sum())
    yield "eval.broken", Expected((right["tuned"] < right["base"]).sum())


def _accuracy(name: str, right: pd.Series) -> Found:
    low, high = proportion_confint(right.sum(), len(right), 1 - CONFIDENCE, method="wilson")
    yield name, Expected(right.mean())
    yield f"{name}_ci_low", Expected(low, 1e-6)
    yield f"{name}_ci_high", Expected(high, 1e-6)


def _difference(name: str, prefix: str, before: pd.Series, after: pd.Series, family: pd.Series) -> Found:
    """Of two ways to answer the same problems, 1 or 0 each: the difference, its intervals and p-values."""
    change = (after - before).to_numpy(float)
    yield name, Expected(change.mean())
    low = high = change.mean()
    if change.std():
        drawn = stats.bootstrap((change,), np.mean, n_resamples=DRAWS, method="percentile", rng=1, batch=100)
        low, high = drawn.confidence_interval
    noise = 0.15 * (high - low) + 1 / len(change)
    yield f"{name}_ci_low", Expected(low, noise)
    yield f"{name}_ci_high", Expected(high, noise)
    table = pd.crosstab(before, after).reindex([0, 1], axis=0).reindex([0, 1], axis=1)
    yield f"{prefix}p_value", Expected(mcnemar(table.fillna(0), exact=True).pvalue)
    if family.nunique() < 2:
        return
    low, high = clustered(change, family)
    yield f"{name}_family_ci_low", Expected(low)
    yield f"{name}_family_ci_high", Expected(high)
    sums = pd.Series(change, before.index).groupby(family).sum().to_numpy()
    flipped = stats.permutation_test(
        (sums,), np.sum, permutation_type="samples", vectorized=True, n_resamples=20_000, rng=1
    )
    yield f"{prefix}family_p_value", Expected(flipped.pvalue, 0.02)


def clustered(values: np.ndarray, clusters: pd.Series) -> tuple[float, float]:
    """The interval of a mean, by a regression on a constant with errors that are alike within a cluster."""
    fitted = OLS(values, np.ones(len(values))).fit(
        cov_type="cluster",
        cov_kwds={"groups": pd.factorize(clusters)[0], "use_correction": True, "df_correction": True},
        use_t=True,
    )
    low, high = fitted.conf_int(1 - CONFIDENCE)[0]
    return max(low, -1), min(high, 1)


def _sampled(evaluation_answers: pd.DataFrame) -> Found:
    sampled = evaluation_answers.query("decoding == 'sampled'")
    if sampled.empty:
        return
    k = sampled["sample_index"].max() + 1
    models = sampled["model"].nunique()
    counted = sampled[sampled["verdict"].isin(COUNTED)]
    whole = [name for name, rows in counted.groupby("problem_id") if len(rows) == k * models]
    for model, rows in counted[counted["problem_id"].isin(whole)].groupby("model"):
        majority, any_right, each_right = [], [], []
        for _, answers in rows.sort_values("sample_index").groupby("problem_id"):
            right = (answers["verdict"] == "correct").to_numpy()
            votes = answers["answer"].value_counts(sort=False)  # in the order in which they are first seen
            winner = votes.idxmax() if len(votes) else None
            majority.append(bool(len(votes)) and bool(right[(answers["answer"] == winner).to_numpy()][0]))
            any_right.append(right.any())
            each_right.append(right.mean())
        yield f"eval.{model}.maj_at_{k}", Expected(np.mean(majority))
        yield f"eval.{model}.pass_at_{k}", Expected(np.mean(any_right))
        yield f"eval.{model}.pass_at_1", Expected(np.mean(each_right))


def _groups(problems: pd.DataFrame, evaluation_answers: pd.DataFrame) -> Found:
    right = _right(evaluation_answers)
    greedy = evaluation_answers.query("decoding == 'greedy' and verdict in @COUNTED")
    for kind in ("family", "level"):
        if kind not in problems:
            continue
        group = greedy["problem_id"].map(problems.set_index("problem_id")[kind])
        used = greedy["problem_id"].isin(right.index) if kind == "family" else group.notna()
        for (name, model), rows in greedy[used].groupby([group, "model"]):
            yield f"{kind}.{name}.problems", Expected(len(rows))
            yield f"{kind}.{name}.{model}", Expected((rows["verdict"] == "correct").mean())


def demo_scores(exam_answers: pd.DataFrame) -> pd.DataFrame:
    """By demo: LbT score and score without the demo, means over the students; teaching problem and family."""
    counted = exam_answers[exam_answers["verdict"].isin(COUNTED)]
    counted = counted.assign(right=(counted["verdict"] == "correct").astype(float))
    alone = dict(iter(counted[counted["demo_id"].isna()].groupby(["student", "exam_problem_id"])["right"]))
    rows = []
    for (demo, problem, family), answers in counted.groupby(["demo_id", "teaching_problem_id", "family"]):
        with_demo, without = [], []
        for student, own in answers.groupby("student"):
            asked_alone = [
                alone[student, exam] for exam in set(own["exam_problem_id"]) if (student, exam) in alone
            ]
            with_demo.append(own["right"].mean())
            without.append(pd.concat(asked_alone).mean() if asked_alone else math.nan)
        rows.append((demo, problem, family, np.mean(with_demo), np.mean(without), len(with_demo)))
    table = pd.DataFrame(rows, columns=["demo", "problem", "family", "score", "alone", "students"])
    return table[table["students"] == exam_answers["student"].nunique()]


def _exams(rationales: pd.DataFrame, exam_answers: pd.DataFrame) -> Found:
    counted = rationales[rationales["verdict"].isin(COUNTED)]
    yield "teaching.accuracy", Expected((counted["verdict"] == "correct").mean())
    scores = demo_scores(exam_answers)
    gains = (scores["score"] - scores["alone"]).dropna()
    yield "exam.lbt_score_mean", Expected(scores["score"].mean())
    yield "exam.baseline_mean", Expected(scores["alone"].mean())
    yield "exam.gain_mean", Expected(gains.mean())
    for clusters, end in (("problem", "_ci"), ("family", "_family_ci")):
        low, high = clustered(gains.to_numpy(), scores.loc[gains.index, clusters])
        yield f"exam.gain_mean{end}_low", Expected(low)
        yield f"exam.gain_mean{end}_high", Expected(high)
    unsolved = [
        name for name, own in exam_answers.groupby("exam_problem_id") if "correct" not in set(own["verdict"])
    ]
    yield "exams.problems", Expected(exam_answers["exam_problem_id"].nunique())
    yield "exams.unsolved", Expected(len(unsolved))


def _areas(rationales: pd.DataFrame, exam_answers: pd.DataFrame, procedures: pd.DataFrame) -> Found:
    scores = demo_scores(exam_answers).set_index("demo")["score"]
    table = rationales.assign(score=rationales["demo_id"].map(scores)).dropna(subset="score")
    by_right_procedure = set(procedures.loc[procedures["right"].astype(bool), "rationale_id"])
    correct = table["verdict"] == "correct"
    proper = table["rationale_id"].isin(by_right_procedure)
    kinds = {"wrong": ~correct, "right": correct}
    if len(procedures):
        kinds = {"wrong": ~correct, "right_procedure": correct & proper, "lucky": correct & ~proper}
    for kind, chosen in kinds.items():
        if chosen.any():
            yield f"lessons.{kind}.count", Expected(chosen.sum())
            yield f"lessons.{kind}.score", Expected(table.loc[chosen, "score"].mean())
    answered = table[table["verdict"].isin(["correct", "wrong"])].sort_values("rationale_id")
    demos = answered.drop_duplicates("demo_id")
    yield from _area("scoring.auc_right_wrong", demos, demos["verdict"] == "correct")
    if len(procedures):
        known = demos[
            (demos["verdict"] == "correct") & demos["rationale_id"].isin(procedures["rationale_id"])
        ]
        yield from _area("scoring.auc_right_lucky", known, known["rationale_id"].isin(by_right_procedure))


def _area(name: str, demos: pd.DataFrame, positive: pd.Series) -> Found:
    if positive.nunique() < 2:
        return
    yield name, Expected(roc_auc_score(positive, demos["score"]))
    rng = np.random.default_rng(1)
    problems = [np.flatnonzero(demos["problem_id"] == one) for one in demos["problem_id"].unique()]
    truth, scores = positive.to_numpy(), demos["score"].to_numpy()
    drawn = []
    for _ in range(400):
        rows = np.concatenate([problems[i] for i in rng.integers(len(problems), size=len(problems))])
        if 0 < truth[rows].mean() < 1:
            ranks = stats.rankdata(scores[rows])
            count = truth[rows].sum()
            wins = ranks[truth[rows]].sum() - count * (count + 1) / 2
            drawn.append(wins / (count * (len(rows) - count)))
    low, high = np.quantile(drawn, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    within = 0.25 * (high - low) + 0.005
    yield f"{name}_ci_low", Expected(low, within)
    yield f"{name}_ci_high", Expected(high, within)


def _pairs(pairs: pd.DataFrame, rationales: pd.DataFrame) -> Found:
    taught = rationales["problem_id"].nunique()
    yield "preferences.pairs", Expected(len(pairs))
    yield "preferences.teaching_problems", Expected(taught)
    yield "preferences.problems_without_pairs", Expected(taught - pairs["problem_id"].nunique())
    if pairs.empty:
        return
    of_kind = pairs.groupby(
        [pairs["chosen_verdict"] == "correct", pairs["rejected_verdict"] == "correct"]
    ).size()
    words = {True: "right", False: "wrong"}
    for chosen in (True, False):
        for rejected in (True, False):
            count = of_kind.get((chosen, rejected), 0)
            yield f"pairs.{words[chosen]}_{words[rejected]}", Expected(count)
    margins = pairs["chosen_score"] - pairs["rejected_score"]
    yield "pairs.margin_mean", Expected(margins.mean())
    yield "pairs.margin_smallest", Expected(margins.min())
    for side in ("chosen", "rejected"):
        yield f"pairs.{side}_words", Expected(np.mean([len(text.split()) for text in pairs[side]]))
    ranked = sorted(pairs.to_dict("records"), key=lambda pair: (-pair["margin"], pair["pair_id"]))
    shown = [ranked[0], ranked[len(ranked) // 2], ranked[-1]] if len(ranked) >= 3 else ranked
    for number, pair in enumerate(shown, start=1):
        for side in ("chosen", "rejected"):
            if not math.isnan(pair[f"{side}_lbt_score"]):
                yield f"pairs.example_{number}.{side}", Expected(pair[f"{side}_lbt_score"])


def _training(log: pd.DataFrame, pairs: pd.DataFrame, batch_size: int) -> Found:
    if log.empty:
        return
    yield "training.steps", Expected(len(log))
    yield "training.pairs", Expected(len(pairs))
    last = log[log["epoch"] > log["epoch"].max() - 1 + 1e-6]
    sizes = [batch_size] * (len(last) - 1) + [len(pairs) - batch_size * (len(last) - 1)]
    for name in ("reward_margin", "reward_accuracy"):
        mean = sum(value * size for value, size in zip(last[name], sizes, strict=True)) / len(pairs)
        yield f"training.last_epoch.{name}", Expected(mean)


def _by_student(exam_answers: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {f"exams_{name}": own for name, own in exam_answers.groupby("student")}


def _places(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    greedy = tables["evaluation_answers"].query("decoding == 'greedy'")
    places = {"rationales": tables["rationales"], **_by_student(tables["exam_answers"])}
    return places | {f"evaluation_{name}": own for name, own in greedy.groupby("model")}


def _verdicts(places: Mapping[str, pd.DataFrame]) -> Found:
    for place, answers in places.items():
        yield f"verdicts.{place}.answers", Expected(len(answers))
        for verdict in (*COUNTED, "error"):
            share = (answers["verdict"] == verdict).sum() / len(answers)
            yield f"verdicts.{place}.{verdict}", Expected(share)


def _costs(usages: Usages) -> Found:
    trained = usages.get("training", {}).get("seconds", 0.0)
    stages = {stage: usage for stage, usage in usages.items() if stage != "training"}
    for name in ("new", "reused", "failed", "tokens", "seconds"):
        for stage, usage in stages.items():
            yield f"cost.{stage}.{name}", Expected(usage[name])
        every = math.fsum(usage[name] for usage in stages.values())
        yield f"cost.all.{name}", Expected(every + (trained if name == "seconds" else 0.0), 1e-6)
    if trained:
        yield "cost.training.seconds", Expected(trained)
