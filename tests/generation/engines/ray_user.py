"""A user's process on a cluster: python -m tests.generation.engines.ray_user <address>.

It answers one request after the other that comes as a line of JSON: {model, ray, store, count, poison}.
For each it writes one line of JSON: {new, reused, failed} or {error}.
"""

import json
import logging
import sys
from typing import Any

from tests.generation.engines.ray_scripts import requests

from lbt.errors import LbtError
from lbt.generation import GenerationStore, ModelSettings, Sampler


def answer(order: dict[str, Any], address: str | None) -> dict[str, Any]:
    """Ask the model, and say what came of it."""
    ray = {"address": address, "ship_code": False, "engine": order["model"]["engine"], **order.get("ray", {})}
    model = ModelSettings.model_validate(order["model"] | {"engine": "ray", "ray": ray})
    asked = requests(order["count"], frozenset(order.get("poison", ())))
    try:
        with GenerationStore(order["store"]) as store, Sampler(model, store, "exams") as sampler:
            samples = sampler.generate(asked)
    except LbtError as error:
        return {"error": str(error)}
    return {"new": samples.new, "reused": samples.reused, "failed": samples.failed}


def main() -> None:
    """Serve the lines of standard input."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    address = sys.argv[1] if len(sys.argv) > 1 else None
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line), address)), flush=True)


if __name__ == "__main__":
    main()
