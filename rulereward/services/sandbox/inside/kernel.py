"""The few system calls that Python has no name for. Linux only."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import signal
import struct

_LIBC = ctypes.CDLL(None, use_errno=True)

_PR_SET_DUMPABLE = 4
_PR_SET_SECCOMP = 22
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_SECCOMP_MODE_FILTER = 2
_CLONE_NEWPID = 0x20000000
_MNT_DETACH = 2
_MS_NOSUID_NODEV = 2 | 4
_CAPABILITIES = {"KILL": 5, "SETGID": 6, "SETUID": 7}
_CAPABILITY_VERSION_3 = 0x20080522
_ZERO = ctypes.c_ulong(0)
_F_ADD_SEALS = 1033
_F_SEAL_ALL = 0x1 | 0x2 | 0x4 | 0x8


def _check(result: int, what: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _prctl(option: int, first: int, second: object = _ZERO) -> None:
    _check(_LIBC.prctl(option, ctypes.c_ulong(first), second, _ZERO, _ZERO), f"prctl {option}")


def hide_memory(hide: bool = True) -> None:
    """No process of the same user may trace this one, read its memory or its descriptors. Forks inherit it.

    A hidden process that is not root's may not write to its own files in /proc.
    """
    _prctl(_PR_SET_DUMPABLE, 0 if hide else 1)


def ignore_ends_of_children() -> None:
    """Nothing happens any more when a child ends: as `signal.signal` would do it, in a fraction of the time."""
    _LIBC.signal(signal.SIGCHLD, None)


def adopt_orphans() -> None:
    """Orphaned descendants become children of this process, so that it can count and reap them."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def forbid_new_privileges() -> None:
    """From now on no `exec` gives rights, whatever set-user-id bits a file has."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def keep_capabilities(names: tuple[str, ...]) -> None:
    """Give up every capability of this process but these, for good. Raises OSError."""
    kept = sum(1 << _CAPABILITIES[name] for name in names)
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    own = (ctypes.c_uint32 * 6)()
    _check(_LIBC.capget(header, own), "capget")
    effective, permitted = own[0] & kept, own[1] & kept
    _check(_LIBC.capset(header, struct.pack("=6I", effective, permitted, 0, 0, 0, 0)), "capset")
    # the ambient ones; old kernels have none, so a failure leaves none
    _LIBC.prctl(_PR_CAP_AMBIENT, ctypes.c_ulong(_PR_CAP_AMBIENT_CLEAR_ALL), _ZERO, _ZERO, _ZERO)


def drop_capabilities() -> None:
    """Give up every capability of this process. Raises OSError."""
    keep_capabilities(())


class _FilterProgram(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


class SystemCallFilter:
    """A seccomp filter, ready to be put on: `instructions` are packed `struct sock_filter`, 8 bytes each."""

    def __init__(self, instructions: bytes) -> None:
        self._buffer = ctypes.create_string_buffer(instructions, len(instructions))
        self._program = _FilterProgram(len(instructions) // 8, ctypes.addressof(self._buffer))

    def put_on(self) -> None:
        """Filter this process and all its descendants from now on. Raises OSError."""
        _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(self._program))


class PidNamespaces:
    """Forks whose child is process 1 of a PID namespace of its own: with it the kernel ends all its descendants.

    Needs CAP_SYS_ADMIN over the user namespace that owns the present PID namespace.
    """

    def __init__(self, proc: int) -> None:
        """`proc`: a descriptor of the folder /proc of the present PID namespace. Raises OSError."""
        self._ours = os.open("self/ns/pid", os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc)

    def fork(self) -> int:
        """As `os.fork`. Raises OSError."""
        _check(_LIBC.unshare(_CLONE_NEWPID), "unshare")  # for the next child only
        try:
            pid = os.fork()
        except OSError:
            self._return()
            raise
        if pid:
            self._return()
        return pid

    def _return(self) -> None:
        _check(_LIBC.setns(self._ours, _CLONE_NEWPID), "setns")


def mount_folder(path: str, size_mb: int, files: int, owner: int) -> None:
    """An empty file system in memory at `path`, with room for `size_mb` MiB and `files` files. Raises OSError."""
    options = f"size={size_mb}m,nr_inodes={files},mode=0700,uid={owner},gid={owner}"
    result = _LIBC.mount(b"box", path.encode(), b"tmpfs", ctypes.c_ulong(_MS_NOSUID_NODEV), options.encode())
    _check(result, "mount " + path)


def hide_folder(path: str) -> None:
    """Take away what is mounted at `path`; descriptors that are open on it keep working. Raises OSError."""
    _check(_LIBC.umount2(path.encode(), _MNT_DETACH), "umount " + path)


def splice(source: int, target: int, count: int, offset: int | None = None) -> int:
    """Move up to `count` bytes between a pipe and something else, without seeing them: how many were moved.

    `offset` is where to read in a `source` that is a file. Raises OSError; 0 is the end.
    """
    at = None if offset is None else ctypes.byref(ctypes.c_longlong(offset))
    while True:
        moved = _LIBC.splice(source, at, target, None, ctypes.c_size_t(count), 0)
        if moved < 0 and ctypes.get_errno() == errno.EINTR:
            continue  # a child has ended
        _check(moved, "splice")
        return int(moved)


def memory_file(name: str, *, sealable: bool = False) -> int:
    """A descriptor of an empty file in memory, which may be executed; closed on exec."""
    flags = 1 | (2 if sealable else 0)  # close on exec; allow sealing
    number = _LIBC.memfd_create(name.encode(), flags | 0x10)
    if number < 0:  # kernels before 6.3 do not know the flag "may be executed", and need none
        number = _LIBC.memfd_create(name.encode(), flags)
    _check(number, "memfd_create")
    return int(number)


def seal(memory: int) -> None:
    """From now on nobody can change the contents or the size of a file in memory. Raises OSError."""
    fcntl.fcntl(memory, _F_ADD_SEALS, _F_SEAL_ALL)
