"""What the store lacks, as the prompts of one engine call."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lbt.generation.engines.engine import Prompt
from lbt.generation.rendering import Renderer
from lbt.generation.requests import Request

# Prompts that are rendered and sorted at a time, so that memory does not grow with the requests.
_WINDOW = 4096
# Prompts that are tokenised at a time, so that an engine can begin before all are.
_TOKENISED = 256


@dataclass(frozen=True, slots=True)
class Miss:
    """Samples that the store does not have."""

    key: str
    position: int
    """Of a request with this key."""
    samples: tuple[int, ...]


class Feed:
    """The prompts of the misses, made as the engine takes them: shared beginnings are neighbours.

    Args:
        requests: All requests.
        misses: What is to be generated for them.
        renderer: Makes a request's text and tokens.
        context: The most tokens of prompt and answer; a prompt that leaves no room is left out.
    """

    def __init__(
        self, requests: Sequence[Request], misses: Sequence[Miss], renderer: Renderer, context: int | None
    ) -> None:
        self._requests = requests
        self._misses = misses
        self._renderer = renderer
        self._context = context
        self.too_long: list[tuple[str, int]] = []
        """Request key and sample index of everything left out so far."""

    def __length_hint__(self) -> int:
        """Prompts that it has at most, for an engine that shares them out."""
        return len(self._misses)

    def __iter__(self) -> Iterator[Prompt]:
        for start in range(0, len(self._misses), _WINDOW):
            window = sorted(
                map(self._rendered, self._misses[start : start + _WINDOW]), key=lambda pair: pair[0]
            )
            for place in range(0, len(window), _TOKENISED):
                yield from self._prompts(window[place : place + _TOKENISED])

    def _prompts(self, rendered: Sequence[tuple[str, Miss]]) -> Iterator[Prompt]:
        tokens = self._renderer.tokenize([text for text, _ in rendered])
        for (text, miss), ids in zip(rendered, tokens, strict=True):
            if self._context is not None and len(ids) >= self._context:
                self.too_long += [(miss.key, index) for index in miss.samples]
                continue
            request = self._requests[miss.position]
            yield Prompt(
                miss.key, text, miss.samples, request.sampling, ids, request.messages, request.prefill
            )

    def _rendered(self, miss: Miss) -> tuple[str, Miss]:
        request = self._requests[miss.position]
        return self._renderer.render(request.messages, request.prefill), miss
