# ruff: noqa: E501  (tables of programs, one a line)
"""Secrets: files, the environment, the memory of other processes."""

from tests.sandbox.attacks.attack import Attack, stealing

_PARENTS = """
import os
def parents():
    number = os.getppid()
    while number > 1:
        yield number
        number = int(open(f"/proc/{number}/stat").read().rpartition(")")[2].split()[1])
"""
_MEMORY = """
import ctypes, re
libc = ctypes.CDLL(None, use_errno=True)
def regions(process):
    for line in open(f"/proc/{process}/maps"):
        span, rights = line.split()[:2]
        first, last = (int(each, 16) for each in span.split("-"))
        if rights.startswith("rw") and last - first < 1 << 26:
            yield first, last - first
"""

READING: list[Attack] = [
    stealing("a file", "def f(): return open('@SECRET@').read()"),
    stealing(
        "a file by its number", "import os\ndef f(): return os.read(os.open('@SECRET@', os.O_RDONLY), 99)"
    ),
    stealing(
        "a file by a path without rights",
        "import os\ndef f(): return os.read(os.open('@SECRET@', os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), 99)",
    ),
    stealing("a file through /proc", "def f(): return open('/proc/self/root@SECRET@').read()"),
    stealing(
        "a file through a mapping",
        "import mmap\ndef f():\n    with open('@SECRET@') as file: return mmap.mmap(file.fileno(), 0, prot=1)[:]",
    ),
    stealing("a file while it is loaded", "kept = open('@SECRET@').read()\ndef f(): return kept"),
    stealing("a folder's list", "import os\ndef f(): return os.listdir('@FOLDER@')"),
    stealing(
        "a module beside",
        "import sys\ndef f():\n    sys.path.insert(0, '@FOLDER@')\n    return __import__('stolen').kept",
    ),
    stealing("the environment", "import os\ndef f(): return dict(os.environ)"),
    stealing("the environment at the start", "def f(): return open('/proc/self/environ').read()"),
    stealing(
        "the environment in the C library",
        "import ctypes\ndef f():\n    get = ctypes.CDLL(None).getenv\n    get.restype = ctypes.c_char_p\n    return get(b'TOKEN')",
    ),
    stealing(
        "the environment of parents",
        _PARENTS + "def f(): return ''.join(open(f'/proc/{each}/environ').read() for each in parents())",
    ),
    stealing("the command of a process", "def f(): return open('/proc/@VICTIM@/cmdline').read()[::-1]"),
    stealing(
        "memory through /proc",
        _MEMORY
        + """
def f():
    memory = open("/proc/@VICTIM@/mem", "rb", 0)
    for first, size in regions(@VICTIM@):
        memory.seek(first)
        try:
            found = re.search(rb"TOKEN=(\\w{12})", memory.read(size))
        except OSError:
            continue
        if found:
            return found[1].decode()
""",
    ),
    stealing(
        "memory by process_vm_readv",
        _MEMORY
        + """
class Part(ctypes.Structure):
    _fields_ = [("at", ctypes.c_void_p), ("size", ctypes.c_size_t)]
def f():
    for first, size in regions(@VICTIM@):
        space = ctypes.create_string_buffer(size)
        here, there = Part(ctypes.addressof(space), size), Part(first, size)
        libc.process_vm_readv(@VICTIM@, ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
        found = re.search(rb"TOKEN=(\\w{12})", space.raw)
        if found:
            return found[1].decode()
""",
    ),
    stealing(
        "an open file of another process",
        "import os\ndef f():\n    return os.readlink('/proc/@VICTIM@/cwd') and open('/proc/@VICTIM@/environ').read()",
    ),
]
