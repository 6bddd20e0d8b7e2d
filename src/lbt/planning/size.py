"""How many answers a run may ask for, known and bounded before it asks."""

import logging
from collections.abc import Sequence

from lbt.errors import SettingsError
from lbt.generation import ModelSettings, ModelsSettings
from lbt.planning.counting import Load
from lbt.planning.prompting import Prompting, by_model

log = logging.getLogger(__name__)


def check_size(loads: Sequence[Load], maximum: int | None) -> dict[str, int]:
    """The most answers that each stage may ask for; those in the store count too.

    Raises:
        SettingsError: There are more than `maximum` in all.
    """
    sizes = {load.stage: load.generations for load in loads}
    total = sum(sizes.values())
    shown = ", ".join(f"{stage} {count:,}" for stage, count in sizes.items())
    if maximum is not None and total > maximum:
        raise SettingsError(
            f"This run may ask for {total:,} answers ({shown}), more than maximum_generations ({maximum:,}) "
            "allows, so nothing was asked. Lower teaching.samples, problems.teaching or exams.repeats, or "
            "set maximum_generations to a larger number (null: no limit). `make dry-run` counts tokens too."
        )
    log.info("At most %s answers: %s", f"{total:,}", shown)
    return {**sizes, "total": total}


def rough_promptings(models: ModelsSettings) -> dict[ModelSettings, Prompting]:
    """Promptings that count answers but need no tokenizer."""
    named = {"teacher": models.teacher, **models.students}
    return by_model(Prompting(name, model, None, "", None) for name, model in named.items())
