"""What an actor is: one engine that goes on working while prompts come and results go."""

import os
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import lbt
from lbt.errors import LbtError
from lbt.generation.engines.engine import Engine, Generated, Prompt
from lbt.generation.identity import ModelIdentity, identify_model, mark_folder
from lbt.generation.settings import SCRIPT_PREFIX, ModelSettings, RaySettings

# Results that are sent together at most.
_RESULTS = 512
_PACKAGE = Path(lbt.__file__).resolve().parent
# How long a call may wait for the first result: only so that a lost answer to it is noticed at all.
_PATIENCE_S = 600.0


Opener = Callable[[ModelSettings, ModelIdentity], Engine]


@dataclass(frozen=True, slots=True)
class Order:
    """The model that every actor opens."""

    model: ModelSettings
    """As the inner engine has it; paths are absolute."""
    identity: ModelIdentity
    """As the driver found it."""
    mark: str
    """Of the model's folder there (`mark_folder`); empty for a model that is not read from a folder."""
    opener: Opener
    """What opens the inner engine: `open_engine`, which itself may open this one."""
    embedded: str = ""
    """Where the model is in this package, which is sent along; empty for one from elsewhere."""
    threads: int = 1
    """Of the inner engine on a CPU."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An actor whose engine is open, or the reason why it is not."""

    machine: str
    version: str = ""
    """Of the engine."""
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What an engine has answered since the last reply."""

    results: list[Generated] = field(default_factory=list)
    idle: bool = False
    """Whether the engine has nothing left to do: what is still not answered never will be."""
    failure: str = ""
    """Why the engine ended, after which it takes no more."""


class Worker:
    """Holds an engine and what it is asked; an actor is one of these, called by one driver at a time.

    Args:
        order: What to open.
    """

    def __init__(self, order: Order) -> None:
        self._order = order
        self._engine: Engine | None = None
        self._changed = threading.Condition()
        self._prompts = _Waiting(self._changed)
        self._results: list[Generated] = []
        self._idle = True
        self._failure = ""
        # Read when torch is imported. The machine's own value counts all of its CPUs; this actor has a few.
        os.environ["OMP_NUM_THREADS"] = str(order.threads)

    def open(self) -> Opened:
        """Load the model."""
        machine = socket.gethostname()
        try:
            self._engine = self._order.opener(self._order.model, _identity_here(self._order))
        except LbtError as error:
            return Opened(machine, refusal=str(error))
        threading.Thread(target=self._answer, args=(self._engine,), daemon=True).start()
        return Opened(machine, self._engine.version)

    def exchange(self, prompts: list[Prompt], linger: float) -> Reply:
        """Take prompts, wait for results and give those that there are.

        Args:
            prompts: To be answered with those that are still waiting.
            linger: Seconds from the first result in which others may join it.
        """
        with self._changed:
            if prompts:
                self._prompts.add(prompts)
                self._idle = False
                self._changed.notify_all()
            self._changed.wait_for(lambda: self._results or self._ended, _PATIENCE_S)
            if not self._ended:
                self._changed.wait_for(lambda: len(self._results) >= _RESULTS or self._ended, linger)
            reply = Reply(self._results, self._idle, self._failure)
            self._results = []
            return reply

    def close(self) -> None:
        """Free the model and its memory."""
        if self._engine is not None:
            self._engine.close()

    @property
    def _ended(self) -> bool:
        return self._idle or bool(self._failure)

    def _answer(self, engine: Engine) -> None:
        """In a thread of its own, so that the engine computes while results travel."""
        try:
            while True:
                self._prompts.wait()
                for result in engine.generate(self._prompts):
                    self._keep(result)
                with self._changed:
                    self._idle = not self._prompts
                    self._changed.notify_all()
        except Exception as error:  # whatever it raises: the driver sees to the prompts
            with self._changed:
                self._failure = f"{type(error).__name__}: {error}"
                self._changed.notify_all()

    def _keep(self, result: Generated) -> None:
        with self._changed:
            self._results.append(result)
            if len(self._results) in (1, _RESULTS):  # between these nobody waits for one more
                self._changed.notify_all()


class _Waiting(Iterator[Prompt]):
    """The prompts that wait now: it stops where there are none, and goes on when there are some again.

    An engine that takes prompts while it computes finds new ones; one that takes a window full gets what is
    there and need not wait for the window to fill.
    """

    def __init__(self, changed: threading.Condition) -> None:
        self._changed = changed
        self._prompts: deque[Prompt] = deque()

    def add(self, prompts: list[Prompt]) -> None:
        self._prompts.extend(prompts)

    def wait(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._prompts)

    def __len__(self) -> int:
        return len(self._prompts)

    def __next__(self) -> Prompt:
        try:
            return self._prompts.popleft()
        except IndexError:
            raise StopIteration from None


def _identity_here(order: Order) -> ModelIdentity:
    """The identity with the folder as this machine sees it.

    Raises:
        LbtError: The model is not here, or it is another one.
    """
    model, identity = order.model, order.identity
    if model.engine == "scripted":
        if not model.path.startswith(SCRIPT_PREFIX) and not Path(model.path).is_file():
            raise _not_here(model.path)
        return identity
    if identity.revision is not None:
        found = identify_model(model, identity.name)
        return _checked(found, found.identity == identity.identity, model.path)
    if order.embedded and not Path(identity.folder).is_dir():
        identity = replace(identity, folder=str(_PACKAGE / order.embedded))
    if not Path(identity.folder).is_dir():
        raise _not_here(identity.folder)
    if model.adapter is not None and not Path(model.adapter).is_dir():
        raise _not_here(model.adapter)
    return _checked(identity, mark_folder(identity.folder) == order.mark, identity.folder)


def _not_here(path: str) -> LbtError:
    return LbtError(
        f"there is no {path}. Put it on a file system that all machines have at this path, or name a model "
        "by its id on the hub"
    )


def _checked(identity: ModelIdentity, same: bool, path: str) -> ModelIdentity:
    if not same:
        raise LbtError(
            f"{path} is there, but it is not the model that this run found under that name: its files "
            "differ. Copy the same model to all machines, or put it on a file system that they share"
        )
    return identity


def absolute(model: ModelSettings) -> ModelSettings:
    """The model with paths that do not depend on the folder in which a process runs."""
    changed = {}
    for name in ("path", "adapter"):
        path = getattr(model, name)
        if path is not None and Path(path).expanduser().exists():
            changed[name] = os.path.realpath(Path(path).expanduser())
    return model.model_copy(update=changed)


def order_for(model: ModelSettings, identity: ModelIdentity, opener: Opener) -> Order:
    """What actors are to open, said so that it means the same on every machine."""
    mark = embedded = ""
    if identity.folder and identity.revision is None:
        folder = Path(identity.folder).resolve()
        identity = replace(identity, folder=str(folder))
        mark = mark_folder(identity.folder)
        embedded = str(folder.relative_to(_PACKAGE)) if folder.is_relative_to(_PACKAGE) else ""
    threads = max(1, int((model.ray or RaySettings()).cpus))
    return Order(absolute(model.inner), identity, mark, opener, embedded, threads)
