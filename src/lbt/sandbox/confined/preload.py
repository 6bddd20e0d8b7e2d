"""Modules that programs and tests often import: the server holds them, and its children need not read them.

Each module that is held makes every fork a little slower, so that the rarer ones are held only where there is
no Landlock to say which files may be read: there, these are all that a program can import.
"""

from contextlib import suppress
from importlib import import_module

_COMMON = (
    "abc bisect cmath collections collections.abc copy dataclasses datetime decimal enum fractions functools "
    "heapq io itertools json math numbers operator os random re statistics string struct sys time traceback "
    "types typing unicodedata warnings"
)
_RARER = (
    "_strptime argparse array ast base64 binascii bz2 calendar colorsys concurrent.futures "
    "contextlib copyreg csv difflib encodings.ascii encodings.idna encodings.latin_1 "
    "encodings.utf_16 encodings.utf_32 errno gc graphlib hashlib html inspect ipaddress keyword "
    "linecache locale logging lzma os.path pathlib pickle pprint queue reprlib secrets select shlex "
    "shutil signal stat tempfile textwrap threading timeit tokenize unittest urllib.parse uuid "
    "weakref zlib zoneinfo"
)


def preload(rarer: bool) -> None:
    """Import them, the rarer ones too where they are wanted."""
    for name in f"{_COMMON} {_RARER if rarer else ''}".split():
        with suppress(ImportError):  # not every Python has each
            import_module(name)
