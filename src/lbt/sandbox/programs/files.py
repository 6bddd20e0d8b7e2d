"""Files without a name: through them the sandbox's processes get their work and say what they found."""

import fcntl
import os

_SEALS = 0xF
"""No more seals, no shrinking, no growing, no writing."""


def sealed_file(content: bytes) -> int:
    """An open file with this content, which nobody can change any more."""
    file = os.memfd_create("lbt", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(file, rest) :]
    os.lseek(file, 0, os.SEEK_SET)
    fcntl.fcntl(file, fcntl.F_ADD_SEALS, _SEALS)
    return file


class Inbox:
    """The reading end of a pipe, with what has come so far.

    Args:
        most: Bytes that are kept; None for all.
    """

    def __init__(self, most: int | None = None) -> None:
        self.file, self.other = os.pipe()
        os.set_blocking(self.file, False)
        self.content = bytearray()
        self.most = most
        self.open = True

    def read(self) -> bool:
        """Take what is there; whether the pipe may give more."""
        while self.open:
            try:
                part = os.read(self.file, 65536)
            except BlockingIOError:
                return True
            if not part:
                self.open = False
            self.content += part
            if self.overfull:
                return True
        return False

    @property
    def overfull(self) -> bool:
        """Whether more has come than is kept."""
        return self.most is not None and len(self.content) > self.most

    def close(self) -> None:
        """Give the file back."""
        os.close(self.file)
