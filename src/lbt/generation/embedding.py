"""Sentence embeddings by a Hugging Face model."""

from collections.abc import Sequence

import numpy as np

from lbt.errors import ModelError

_MAXIMUM_TOKENS = 512


def embed_texts(texts: Sequence[str], path: str, revision: str | None, batch_size: int) -> np.ndarray:
    """Unit vectors of shape (texts, width), whose inner products are cosines.

    An embedding is the mean of the model's last token vectors, as sentence-transformers' mean pooling has
    it; texts are cut at 512 tokens.

    Raises:
        ModelError: The model cannot be loaded.
    """
    import torch
    from transformers import AutoModel, AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(path, revision=revision)
        model = AutoModel.from_pretrained(path, revision=revision, dtype=torch.float32)
    except (OSError, ValueError) as error:
        raise ModelError(
            f"The embedding model {path!r} (exams.nearest.embedding) cannot be loaded: {error}\n"
            "Set it to the folder or the hub id of a model, or to tfidf, which needs none."
        ) from error
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    model = model.to("cuda" if torch.cuda.is_available() else "cpu").eval()
    # Texts of like length stand together, so that little is padded.
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    vectors: dict[int, np.ndarray] = {}
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        tokens = tokenizer(
            [texts[index] for index in batch],
            padding=True,
            truncation=True,
            max_length=min(_MAXIMUM_TOKENS, tokenizer.model_max_length),
            return_tensors="pt",
        ).to(model.device)
        with torch.inference_mode():
            states = model(**tokens).last_hidden_state
        mask = tokens["attention_mask"].unsqueeze(-1)
        means = (states * mask).sum(1) / mask.sum(1).clamp(min=1)
        units = torch.nn.functional.normalize(means, dim=1).cpu().numpy()
        vectors |= dict(zip(batch, units, strict=True))
    return np.stack([vectors[index] for index in range(len(texts))])
