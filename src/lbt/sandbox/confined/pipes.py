"""Messages through pipes, and files that are read to their end."""

import os
import struct

_HEAD = struct.Struct(">I")
_READ_BYTES = 1 << 16
DATAGRAM_BYTES = 1 << 16
"""The most that the server and its client say to each other at once."""


class TooLong(Exception):
    """A message is longer than its reader allows."""


def send(file: int, data: bytes) -> None:
    """Write one message."""
    rest = memoryview(_HEAD.pack(len(data)) + data)
    while rest:
        rest = rest[os.write(file, rest) :]


def receive(file: int, limit: int) -> bytes | None:
    """The next message; None if there is none any more. Raises TooLong if it is longer than `limit`."""
    head = _exactly(file, _HEAD.size)
    if head is None:
        return None
    length = _HEAD.unpack(head)[0]
    if length > limit:
        raise TooLong(f"a message of {length} bytes")
    return _exactly(file, length)


def _exactly(file: int, count: int) -> bytes | None:
    parts: list[bytes] = []
    while count:
        part = os.read(file, min(count, _READ_BYTES))
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def read_all(file: int) -> bytes:
    """A file from its beginning to its end; it is closed then."""
    parts = []
    while part := os.read(file, _READ_BYTES):
        parts.append(part)
    os.close(file)
    return b"".join(parts)
