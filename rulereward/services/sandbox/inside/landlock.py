"""A further wall where the kernel has it: Landlock, by which a process gives up rights over files, the network and
other processes for good, whatever its user and the mounts would allow.

A program keeps the right to read and to execute what it sees; it may change files in its slot's folder only, write to
the harmless devices, and neither open TCP connections nor reach sockets and processes that are not its own.
"""

from __future__ import annotations

import ctypes
import functools
import os
import struct

_LIBC = ctypes.CDLL(None, use_errno=True)
_syscall = _LIBC.syscall
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same numbers on x86_64 and aarch64
_ASK_FOR_VERSION = 1
_PATH_BENEATH = 1

_WRITE_FILE = 1 << 1
_CHANGES = _WRITE_FILE | sum(1 << bit for bit in range(4, 13))
"""Writing to files, removing files and folders, making each kind of them (character device to symbolic link)."""
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_BIND_AND_CONNECT_TCP = 1 << 0 | 1 << 1
_ABSTRACT_SOCKETS_AND_SIGNALS = 1 << 0 | 1 << 1
_UNLOGGED = 1
"""Nobody may fill the host's audit log with what is refused."""
_WITH_REFER, _WITH_TRUNCATE, _WITH_TCP, _WITH_SCOPES, _WITH_LOG = 2, 3, 4, 6, 7
"""The versions that brought these."""
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


@functools.lru_cache(maxsize=None)  # noqa: UP033 - `cache` is not there in Python 3.8
def version() -> int:
    """What the kernel can do, as it counts it; 0 where it has no Landlock, or none that may be used here."""
    return max(0, int(_syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_FOR_VERSION))))


def handled(abi: int) -> tuple[int, int, int]:
    """What is given up under a version: rights over files, over the network, and what stays within the process."""
    files = _CHANGES | (_REFER if abi >= _WITH_REFER else 0) | (_TRUNCATE if abi >= _WITH_TRUNCATE else 0)
    return (
        files,
        _BIND_AND_CONNECT_TCP if abi >= _WITH_TCP else 0,
        _ABSTRACT_SOCKETS_AND_SIGNALS if abi >= _WITH_SCOPES else 0,
    )


def packed_ruleset(abi: int) -> bytes:
    """A `struct landlock_ruleset_attr`, as long as the version knows it."""
    fields = 1 if abi < _WITH_TCP else 2 if abi < _WITH_SCOPES else 3
    return struct.pack(f"={fields}Q", *handled(abi)[:fields])


def packed_rule(rights: int, place: int) -> bytes:
    """A `struct landlock_path_beneath_attr`, which has no gaps: what is allowed in a place, by its descriptor."""
    return struct.pack("=Qi", rights, place)


def ruleset(abi: int, folder: str) -> int:
    """A descriptor of rules by which `folder` may be changed, and nothing else; none where it is empty.

    -1 where there is no Landlock. Raises OSError.
    """
    if not abi:
        return -1
    given = packed_ruleset(abi)
    made = _checked(_syscall(_CREATE_RULESET, given, ctypes.c_size_t(len(given)), ctypes.c_uint32(0)))
    changes, _, _ = handled(abi)
    allowed = [(place, changes & (_WRITE_FILE | _TRUNCATE)) for place in _DEVICES if os.access(place, os.F_OK)]
    for path, rights in [*allowed, *([(folder, changes)] if folder else [])]:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            _checked(_syscall(_ADD_RULE, made, _PATH_BENEATH, packed_rule(rights, place), ctypes.c_uint32(0)))
        finally:
            os.close(place)
    return made


def restrict(rules: int) -> None:
    """Put this process and all its descendants under rules, for good. Raises OSError."""
    _checked(_syscall(_RESTRICT_SELF, rules, ctypes.c_uint32(_UNLOGGED if version() >= _WITH_LOG else 0)))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"landlock: {os.strerror(number)}")
    return int(result)
