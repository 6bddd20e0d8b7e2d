"""Files and folders outside, and what may be changed of other processes."""

import os
import resource
from pathlib import Path

from tests.sandbox.attacks.attack import Attack, World, doing, touching


def _made(world: World) -> bool:
    return world.canary.exists() or world.canary.is_symlink()


def _writing(name: str, program: str) -> Attack:
    return touching(name, "import os\ndef f(): " + program, _made)


WRITING: list[Attack] = [
    _writing("a new file", "open('@CANARY@', 'w').write('x')"),
    _writing("a new file by its number", "os.open('@CANARY@', os.O_CREAT | os.O_WRONLY)"),
    _writing("a new file for reading", "os.open('@CANARY@', os.O_CREAT | os.O_RDONLY)"),
    _writing("a folder", "os.mkdir('@CANARY@')"),
    _writing("a link", "os.link('@SECRET@', '@CANARY@')"),
    _writing("a symbolic link", "os.symlink('/', '@CANARY@')"),
    _writing("a pipe with a name", "os.mkfifo('@CANARY@')"),
    _writing("another name", "os.rename('@SECRET@', '@CANARY@')"),
    _writing("a database", "__import__('sqlite3').connect('@CANARY@').execute('create table a (b)')"),
    touching(
        "the end of a file",
        "import os\ndef f(): os.remove('@SECRET@')",
        lambda world: not world.secret.exists(),
    ),
    touching(
        "a file's content",
        "def f(): open('@SECRET@', 'a').write('x')",
        lambda world: world.secret.stat().st_size != 12,
    ),
    touching(
        "a file's length",
        "import os\ndef f(): os.truncate('@SECRET@', 0)",
        lambda world: world.secret.stat().st_size != 12,
    ),
    touching(
        "a file's rights",
        "import os\ndef f(): os.chmod('@SECRET@', 0o777)",
        lambda world: world.secret.stat().st_mode & 0o777 == 0o777,
    ),
    touching(
        "a file's time",
        "import os\ndef f(): os.utime('@SECRET@')",
        lambda world: world.secret.stat().st_mtime > 1e9 + 5,
    ),
    touching(
        "shared memory with a name",
        # not by multiprocessing, whose tracker takes the name away again when it finds the time
        "import _posixshmem, os\ndef f(): _posixshmem.shm_open('/@TOKEN@', os.O_CREAT | os.O_RDWR, 0o600)",
        lambda world: _gone(Path("/dev/shm", world.token)),
    ),
    touching(
        "shared memory by a key",
        "import ctypes\ndef f(): ctypes.CDLL(None).shmget(int('@TOKEN@'[:7], 16), 4096, 0o1600)",
        lambda world: _segment(world),
    ),
    doing("a file in memory", "import os\ndef f():\n    os.memfd_create('x'); return 'DO' + 'NE'"),
    doing(
        "its standard input again, to write",
        "import os\ndef f():\n    os.open('/proc/self/fd/0', os.O_RDWR); return 'DO' + 'NE'",
    ),
    touching(
        "another process's standing",
        "import os\ndef f(): os.setpriority(os.PRIO_PROCESS, @VICTIM@, 7)",
        lambda world: os.getpriority(os.PRIO_PROCESS, world.victim.pid) == 7,
    ),
    touching(
        "another process's processors",
        "import os\ndef f(): os.sched_setaffinity(@VICTIM@, {0})",
        lambda world: os.sched_getaffinity(world.victim.pid) == {0},
    ),
    touching(
        "another process's limits",
        "import resource\ndef f(): resource.prlimit(@VICTIM@, resource.RLIMIT_NOFILE, (77, 77))",
        lambda world: resource.prlimit(world.victim.pid, resource.RLIMIT_NOFILE) == (77, 77),
    ),
]


def _gone(file: Path) -> bool:
    """Whether the file was there; it is removed."""
    there = file.exists()
    file.unlink(missing_ok=True)
    return there


def _segment(world: World) -> bool:
    key = int(world.token[:7], 16)
    for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]:
        if int(line.split()[0]) == key:
            os.system(f"ipcrm -m {line.split()[1]}")
            return True
    return False
