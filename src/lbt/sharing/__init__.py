"""What a run makes that others can use: its pairs as a data set, its teacher as a model, each with a card."""

from lbt.sharing.model import card_of_training, model_card
from lbt.sharing.preference_set import PreferenceSet, make_preference_set

__all__ = ["PreferenceSet", "card_of_training", "make_preference_set", "model_card"]
