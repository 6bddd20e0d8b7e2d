# ruff: noqa: E501  (tables of programs, one a line)
"""Sockets of each kind."""

from tests.sandbox.attacks.attack import Attack, World, doing, touching


def _knocking(name: str, program: str) -> Attack:
    return touching(name, "import socket\n" + program, World.knocked)


TALKING: list[Attack] = [
    _knocking("TCP", "def f(): socket.create_connection(('127.0.0.1', @TCP@)).sendall(b'x')"),
    _knocking(
        "TCP without waiting",
        "def f():\n    s = socket.socket(); s.setblocking(False); return s.connect_ex(('127.0.0.1', @TCP@))",
    ),
    _knocking(
        "MPTCP",
        "def f(): socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262).connect(('127.0.0.1', @TCP@))",
    ),
    _knocking(
        "TCP Fast Open",
        "def f():\n    s = socket.socket()\n    s.sendto(b'x', 0x20000000, ('127.0.0.1', @TCP@))",
    ),
    _knocking(
        "UDP", "def f(): socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', @UDP@))"
    ),
    _knocking("a Unix socket", "def f(): socket.socket(socket.AF_UNIX).connect('@SOCKET@')"),
    _knocking("an abstract Unix socket", "def f(): socket.socket(socket.AF_UNIX).connect('\\x00@TOKEN@')"),
    _knocking(
        "a socket made by ctypes",
        """
import ctypes
def f():
    libc = ctypes.CDLL(None)
    file = libc.socket(2, 1, 0)
    return libc.connect(file, (2).to_bytes(2, 'little') + (@TCP@).to_bytes(2, 'big') + bytes([127, 0, 0, 1]) + bytes(8), 16)
""",
    ),
    doing(
        "a server",
        "import socket\ndef f():\n    s = socket.create_server(('127.0.0.1', 0)); return 'DO' + 'NE'",
    ),
    doing(
        "netlink",
        "import socket\ndef f():\n    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0); return 'DO' + 'NE'",
    ),
    doing("a pair of sockets", "import socket\ndef f():\n    socket.socketpair(); return 'DO' + 'NE'"),
    doing("vsock", "import socket\ndef f():\n    socket.socket(socket.AF_VSOCK); return 'DO' + 'NE'"),
]
