"""Everything that can write text: the protocol, and a folder or file for each engine.

Importing this package imports no engine: `open_engine` imports the one that is asked for.
"""

from lbt.generation.engines.engine import Engine, Generated, Pooled, Prompt
from lbt.generation.engines.opening import open_engine

__all__ = ["Engine", "Generated", "Pooled", "Prompt", "open_engine"]
