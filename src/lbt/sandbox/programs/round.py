"""Many jobs side by side, in the hands of one fork server."""

import selectors
from collections import deque
from collections.abc import Sequence

from lbt.sandbox.programs.examination import Run
from lbt.sandbox.programs.piece import Piece, Tests, WholeRun
from lbt.sandbox.programs.serving import ServerProcess
from lbt.sandbox.programs.work import Ended, Work


class Round:
    """Jobs, until all have their results. If the server ends, what is open stays with its job.

    Args:
        server: It has no other jobs.
        works: The jobs.
        workers: How many are under way at once.
    """

    def __init__(self, server: ServerProcess, works: Sequence[Work], workers: int) -> None:
        self.server, self.workers = server, workers
        self.waiting = deque(work for work in works if work.todo)
        self.running: dict[int, Piece] = {}
        self.selector = selectors.DefaultSelector()
        self.count = 0

    def run(self) -> None:
        """Do them all. Raises ServerGone."""
        with self.selector:
            self.selector.register(self.server.control, selectors.EVENT_READ)
            try:
                while self.waiting or self.running:
                    while self.waiting and len(self.running) < self.workers:
                        self._start(self.waiting.popleft())
                    self._listen()
            finally:
                for piece in self.running.values():
                    piece.work.todo.extendleft(reversed(piece.open))
                    self._drop(piece)

    def _start(self, work: Work) -> None:
        items = work.take()
        kind = WholeRun if isinstance(work.job.items[items[0]], Run) else Tests
        self.count += 1
        piece = kind(self.count, work, items)
        self.running[piece.number] = piece
        for inbox in piece.inboxes:
            self.selector.register(inbox.file, selectors.EVENT_READ, (piece, inbox))
        piece.start(self.server)

    def _listen(self) -> None:
        messages = []
        for key, _ in self.selector.select():
            if key.data is None:
                messages.append(self.server.read())
                continue
            piece, inbox = key.data
            piece.hear(self.server)
            if not inbox.open or inbox.overfull:
                self.selector.unregister(inbox.file)
        for message in messages:
            piece = self.running.pop(message["ended"])
            piece.hear(self.server)
            self._drop(piece)
            piece.settle(Ended(message["cause"], message["statuses"], message["cpu"]))
            if piece.work.todo:
                self.waiting.appendleft(piece.work)

    def _drop(self, piece: Piece) -> None:
        for inbox in piece.inboxes:
            if inbox.file in self.selector.get_map():
                self.selector.unregister(inbox.file)
            inbox.close()
