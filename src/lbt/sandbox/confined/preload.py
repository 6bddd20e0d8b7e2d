"""Modules that programs and tests often import: the server holds them, and its children need not read them.

Where there is no Landlock to say which files may be read, these are all that a program can import.
"""

from contextlib import suppress
from importlib import import_module

_MODULES = (
    "abc argparse array ast base64 binascii bisect builtins calendar cmath collections "
    "collections.abc colorsys contextlib copy csv dataclasses datetime decimal difflib enum errno "
    "fractions functools gc graphlib hashlib heapq html inspect io ipaddress itertools json keyword "
    "linecache locale logging math numbers operator os os.path pathlib pickle pprint queue random "
    "re reprlib secrets select shlex shutil signal stat statistics string struct sys tempfile "
    "textwrap threading time timeit tokenize traceback types typing unicodedata urllib.parse uuid "
    "warnings weakref zlib zoneinfo bz2 lzma copyreg encodings.idna encodings.ascii "
    "encodings.latin_1 encodings.utf_16 encodings.utf_32 concurrent.futures unittest _strptime"
)


def preload() -> None:
    """Import them all."""
    for name in _MODULES.split():
        with suppress(ImportError):  # not every Python has each
            import_module(name)
