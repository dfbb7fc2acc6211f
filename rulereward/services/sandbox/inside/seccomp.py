"""Which system calls a program may not make: a list of refusals for the kernel's filter (seccomp).

Refused is what reaches beyond the process (network, other processes, the kernel's keys and tracing, mounts,
namespaces, shared memory that outlives it), and what would stay on a slot's folder when all files in it are gone
(attributes, access lists, flags). All else is left to user, limits and mounts.
"""

from __future__ import annotations

import struct
from typing import AbstractSet  # noqa: UP035 - that of Python 3.8 alone takes brackets

_REFUSED = {
    # name: (number on x86_64, number on aarch64); -1 where the architecture has no such call
    "socket": (41, 198), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_getfd": (438, 438), "process_madvise": (440, 440), "perf_event_open": (298, 241), "bpf": (321, 280),
    "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "semget": (64, 190), "semop": (65, 193),
    "semctl": (66, 191), "semtimedop": (220, 192), "msgget": (68, 186), "msgsnd": (69, 189), "msgrcv": (70, 188),
    "msgctl": (71, 187), "mq_open": (240, 180), "mq_unlink": (241, 181), "memfd_create": (319, 279),
    "memfd_secret": (447, 447), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "unshare": (272, 97), "setns": (308, 268), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    "quotactl": (179, 60), "acct": (163, 89), "swapon": (167, 224), "swapoff": (168, 225), "reboot": (169, 142),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "syslog": (103, 116), "settimeofday": (164, 170), "clock_settime": (227, 112),
    "adjtimex": (159, 171), "clock_adjtime": (305, 266), "iopl": (172, -1), "ioperm": (173, -1),
    "modify_ldt": (154, -1), "vhangup": (153, 58), "fanotify_init": (300, 262), "move_pages": (279, 239),
    "migrate_pages": (256, 238), "mbind": (237, 235), "set_mempolicy": (238, 237), "personality": (135, 92),
}  # fmt: skip
_ATTRIBUTES = {
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "removexattr": (197, 14),
    "lremovexattr": (198, 15), "fremovexattr": (199, 16), "setxattrat": (463, 463), "removexattrat": (466, 466),
    "file_setattr": (469, 469),
}  # fmt: skip
"""As above. They fail as on a file system that has no attributes, which honest programs are prepared for."""
_RUNNERS_OWN = frozenset(("memfd_create", "unshare", "setns"))
_CLONE = (56, 220)
_CLONE3 = (435, 435)
_NEW_NAMESPACES = 0x7E020000
"""The flags of `clone` that make namespaces: mount, cgroup, UTS, IPC, user, PID, network."""
_VFORK, _PARENT, _THREAD = 0x4000, 0x8000, 0x10000
"""Flags of `clone`. Who waits for a child of `vfork` is known by the child: it has to be one, and a process."""
_IOCTL = (16, 29)
_SET_FLAGS = (0x40086602, 0x401C5820)
"""The requests to `ioctl` that set the flags of a file: FS_IOC_SETFLAGS and FS_IOC_FSSETXATTR."""

_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_X32 = 0x40000000

_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT, _ANSWER = 0x20, 0x15, 0x35, 0x45, 0x06
_AT_NUMBER, _AT_ARCHITECTURE, _AT_FIRST_ARGUMENT, _AT_SECOND_ARGUMENT = 0, 4, 16, 24
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050001  # fails with EPERM
_UNKNOWN_CALL = 0x00050026  # fails with ENOSYS
_UNSUPPORTED = 0x0005005F  # fails with EOPNOTSUPP
_KILL = 0x80000000


def _instruction(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, value)


def runner_filter(machine: str) -> bytes | None:
    """The instructions of a filter that refuses all but what the runner itself needs, for an architecture by the name
    that `os.uname` gives it; None where it is one we do not know.
    """
    if machine not in _ARCHITECTURES:
        return None
    column, audit = _ARCHITECTURES[machine]
    parts = [
        _instruction(_LOAD, _AT_ARCHITECTURE),
        _instruction(_IF_EQUAL, audit, yes=1),
        _instruction(_ANSWER, _KILL),  # a call by the rules of another architecture has other numbers
        _instruction(_LOAD, _AT_NUMBER),
        _instruction(_IF_AT_LEAST, _X32, no=1),
        _instruction(_ANSWER, _REFUSE),
        _instruction(_IF_EQUAL, _CLONE3[column], no=1),
        _instruction(_ANSWER, _UNKNOWN_CALL),  # its flags lie in memory, out of sight; libraries then call `clone`
        *_refusals(column, _REFUSED.keys() - _RUNNERS_OWN),
        *_refusals(column, _ATTRIBUTES.keys(), _UNSUPPORTED),
        _instruction(_IF_EQUAL, _IOCTL[column], no=4),
        _instruction(_LOAD, _AT_SECOND_ARGUMENT),
        _instruction(_IF_EQUAL, _SET_FLAGS[0], yes=1),
        _instruction(_IF_EQUAL, _SET_FLAGS[1], no=7),
        _instruction(_ANSWER, _UNSUPPORTED),
        _instruction(_IF_EQUAL, _CLONE[column], no=5),
        _instruction(_LOAD, _AT_FIRST_ARGUMENT),
        _instruction(_IF_ANY_BIT, _NEW_NAMESPACES | _PARENT, yes=2),
        _instruction(_IF_ANY_BIT, _VFORK, no=2),
        _instruction(_IF_ANY_BIT, _THREAD, no=1),
        _instruction(_ANSWER, _REFUSE),
        _instruction(_ANSWER, _ALLOW),
    ]
    return b"".join(parts)


def program_filter(machine: str) -> bytes | None:
    """A filter that a fork puts on top of it before a program runs there: it refuses the rest."""
    if machine not in _ARCHITECTURES:
        return None
    column, _ = _ARCHITECTURES[machine]
    return b"".join(
        [_instruction(_LOAD, _AT_NUMBER), *_refusals(column, _RUNNERS_OWN), _instruction(_ANSWER, _ALLOW)]
    )


def _refusals(column: int, names: AbstractSet[str], answer: int = _REFUSE) -> list[bytes]:
    """Instructions that refuse the calls of these names and go on with all others."""
    known = {**_REFUSED, **_ATTRIBUTES}
    numbers = sorted(known[name][column] for name in names)
    pairs = [
        (_instruction(_IF_EQUAL, number, no=1), _instruction(_ANSWER, answer)) for number in numbers if number >= 0
    ]
    return [instruction for pair in pairs for instruction in pair]
