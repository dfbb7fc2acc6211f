"""The few system calls that Python has no name for. Linux only."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import signal
import struct
import sys
from typing import Callable  # noqa: UP035 - that of Python 3.8 alone takes brackets

_LIBC = ctypes.CDLL(None, use_errno=True)
_FORK = ctypes.PyDLL(None, use_errno=True).fork

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
_F_GET_SEALS = 1034
_F_SEAL_ALL = 0x1 | 0x2 | 0x4 | 0x8
_CHILD_ENDED = (1 << signal.SIGCHLD - 1).to_bytes(8, sys.byteorder) + bytes(120)
"""A `sigset_t` of this one signal."""
_NON_BLOCKING = os.O_NONBLOCK | os.O_CLOEXEC
_prctl_of_libc, _sigprocmask_of_libc = _LIBC.prctl, _LIBC.sigprocmask  # looked up here, and not in every fork
_splice_of_python = getattr(os, "splice", None)  # from 3.10 on; it takes less time, as does the next
_memfd_create_of_python = getattr(os, "memfd_create", None)  # not where Python was built for an old C library


def _check(result: int, what: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _prctl(option: int, first: int, second: object = _ZERO) -> None:
    _check(_prctl_of_libc(option, ctypes.c_ulong(first), second, _ZERO, _ZERO), "prctl")


def hide_memory(hide: bool = True) -> None:
    """No process of the same user may trace this one, read its memory or its descriptors. Forks inherit it.

    A hidden process that is not root's may not write to its own files in /proc.
    """
    _prctl(_PR_SET_DUMPABLE, 0 if hide else 1)


def ends_of_children() -> int:
    """A descriptor that can be read from when a child has ended, instead of a signal. Raises OSError."""
    _check(_sigprocmask_of_libc(signal.SIG_BLOCK, _CHILD_ENDED, None), "sigprocmask")
    descriptor = int(_LIBC.signalfd(-1, _CHILD_ENDED, _NON_BLOCKING))
    _check(descriptor, "signalfd")
    return descriptor


def signal_ends_of_children() -> None:
    """The end of a child is a signal again, as every program expects: as `signal.pthread_sigmask` would do it, in a
    fraction of the time.
    """
    _check(_sigprocmask_of_libc(signal.SIG_UNBLOCK, _CHILD_ENDED, None), "sigprocmask")


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


def lone_fork() -> int:
    """As `os.fork` in a process of one thread, without what Python does about others, which takes as long as the fork
    itself: no lock can be held by another thread, and no hook is called; who needs one calls it itself.
    Raises OSError.
    """
    pid = int(_FORK())
    if pid < 0:
        _check(pid, "fork")
    return pid


class PidNamespaces:
    """Forks whose child is process 1 of a PID namespace of its own: with it the kernel ends all its descendants.

    Needs CAP_SYS_ADMIN over the user namespace that owns the present PID namespace.
    """

    def __init__(self, proc: int, fork: Callable[[], int]) -> None:
        """`proc`: a descriptor of the folder /proc of the present PID namespace. `fork`: makes a process. Raises
        OSError.
        """
        self._fork = fork
        self._ours = os.open("self/ns/pid", os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc)

    def fork(self) -> int:
        """As the `fork` given. Raises OSError."""
        _check(_LIBC.unshare(_CLONE_NEWPID), "unshare")  # for the next child only
        try:
            pid = self._fork()
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
    if _splice_of_python is not None:
        return int(_splice_of_python(source, target, count, offset))
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
    try:
        return _made_in_memory(name, flags | 0x10)
    except OSError as problem:
        if problem.errno != errno.EINVAL:
            raise
    return _made_in_memory(name, flags)  # kernels before 6.3 do not know the flag "may be executed", and need none


def _made_in_memory(name: str, flags: int) -> int:
    if _memfd_create_of_python is not None:
        return int(_memfd_create_of_python(name, flags))
    number = int(_LIBC.memfd_create(name.encode(), flags))
    _check(number, "memfd_create")
    return number


def seal(memory: int) -> None:
    """From now on nobody can change the contents or the size of a file in memory. Raises OSError."""
    fcntl.fcntl(memory, _F_ADD_SEALS, _F_SEAL_ALL)


def is_sealed(memory: int) -> bool:
    """Whether `seal` was called for this file in memory, by whomever. Raises OSError."""
    return fcntl.fcntl(memory, _F_GET_SEALS) & _F_SEAL_ALL == _F_SEAL_ALL
