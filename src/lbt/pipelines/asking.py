"""How nodes get what they ask with."""

from lbt.asking import Asker
from lbt.generation import GenerationStore
from lbt.pipelines.parameters import Domain, Seed
from lbt.prompts import PromptSettings

ASKER = ["params:prompts", "generation_store", "params:seed", "params:domain"]
"""The inputs of `make_asker`, in the order in which nodes take them."""


def make_asker(prompts: PromptSettings, store: GenerationStore, seed: Seed, domain: Domain) -> Asker:
    """The run's asker."""
    return Asker(prompts, store, seed.root, domain.root)
