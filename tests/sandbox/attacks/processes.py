# ruff: noqa: E501  (tables of programs, one a line)
"""Other processes and threads, signals, and what the kernel does for those who ask it directly."""

from tests.sandbox.attacks.attack import Attack, doing, touching

from lbt.sandbox.programs import Expression

_NAMED = """
import ctypes, os, time
libc = ctypes.CDLL(None, use_errno=True)
def stay():
    libc.prctl(15, b'@TOKEN@', 0, 0, 0)
    time.sleep(30)
    os._exit(0)
"""
_CALL = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    return libc.syscall(ctypes.c_long(number), *arguments)
def done(answer):
    return 'DO' + 'NE' if answer >= 0 else os.strerror(ctypes.get_errno())
"""
_I386 = """
import ctypes, mmap
def f():
    # mov eax, 20 (getpid); int 0x80; ret
    page = mmap.mmap(-1, 4096, prot=7)
    page.write(bytes([0xb8, 20, 0, 0, 0, 0xcd, 0x80, 0xc3]))
    at = ctypes.addressof(ctypes.c_char.from_buffer(page))
    return 'DO' + 'NE' if ctypes.CFUNCTYPE(ctypes.c_long)(at)() > 0 else ''
"""


def _surviving(name: str, program: str) -> Attack:
    return touching(name, _NAMED + program, lambda world: bool(world.survivors()))


def _calling(name: str, expression: str) -> Attack:
    return doing(name, _CALL + f"def f(): return done({expression})")


PROCESSES: list[Attack] = [
    _surviving("a child that stays", "def f(): os.fork() or stay()"),
    _surviving(
        "a daemon",
        "def f():\n    if not os.fork():\n        os.setsid()\n        os.fork() or stay()\n        os._exit(0)",
    ),
    _surviving(
        "a child by vfork and exec",
        "import subprocess\ndef f(): subprocess.Popen(['@TOKEN@', '30'], executable='/bin/sleep')",
    ),
    _surviving("a child by the shell", "def f(): os.system('sh -c \"sleep 30; : @TOKEN@\" &')"),
    _surviving("a child by a raw call", "def f(): libc.syscall(56, 17, 0, 0, 0, 0) or stay()"),
    _surviving(
        "a child by clone3",
        "def f():\n    libc.syscall(435, (ctypes.c_uint64 * 8)(0, 0, 0, 0, 17), 64) or stay()",
    ),
    _surviving("many children", "def f():\n    for _ in range(40):\n        os.fork() or stay()"),
    _surviving("a child while it is loaded", "os.fork() or stay()\ndef f(): pass"),
    doing(
        "many threads",
        "import threading, time\ndef f():\n    for _ in range(40): threading.Thread(target=time.sleep, args=(1,), daemon=True).start()\n    return 'DO' + 'NE'",
    ),
    touching(
        "another program by exec",
        "import os\ndef f(): os.execv('/bin/touch', ['touch', '@CANARY@'])",
        lambda world: world.canary.exists(),
    ),
    touching(
        "a signal to a process",
        "import os\ndef f(): os.kill(@VICTIM@, 15)",
        lambda world: not world.victim_alive(),
    ),
    touching(
        "a signal by a raw call",
        "import ctypes\ndef f(): ctypes.CDLL(None).syscall(62, @VICTIM@, 9)",
        lambda world: not world.victim_alive(),
    ),
    touching(
        "a signal by a pidfd",
        "import os, signal\ndef f(): signal.pidfd_send_signal(os.pidfd_open(@VICTIM@), 9)",
        lambda world: not world.victim_alive(),
    ),
    Attack(
        "a signal to the parent",
        "import os\ndef f(): os.kill(os.getppid(), 9)",
        Expression("f()"),
        lambda _, outcome: not outcome.harness_alive,
    ),
    _calling("ptrace", "call(101, 16, @VICTIM@, 0, 0)"),
    _calling("a namespace of its own", "call(272, 0x10000000)"),
    _calling("a file of another process", "call(438, os.pidfd_open(@VICTIM@), 1, 0)"),
    _calling("io_uring", "call(425, 4, (ctypes.c_uint64 * 15)())"),
    _calling("userfaultfd", "call(323, 1)"),
    _calling("bpf", "call(321, 0, (ctypes.c_uint32 * 16)(2, 4, 4, 1), 64)"),
    _calling(
        "performance counters",
        "call(298, (ctypes.c_uint64 * 16)((128 << 32) | 1, 1, 0, 0, 0, 0b1100001), 0, -1, -1, 0)",
    ),
    _calling("keys", "call(248, b'user', b'@TOKEN@', b'x', 1, -3)"),
    _calling("watching files", "call(253)"),
    _calling("being dumpable again", "call(157, 4, 1, 0, 0, 0)"),
    _calling("a memory file, by a raw call", "call(319, b'x', 0)"),
    doing("the system calls of i386", _I386),
]
