"""Whose a container is: labels that name the process it was started by, and what is done where that one is gone.

A container ends by itself when its owner does. One that could not (it was made and never started, or the engine was
stopped in between) is found by its labels and removed the next time.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from rulereward.services.sandbox.docker_engine import DockerUnavailableError, Engine

OWNER = "rulereward.sandbox.owner"
USERS = "rulereward.sandbox.base-uid"
UIDS_PER_RUNNER = 256
_FIRST_UID, _LAST_UID = 1_946_157_056, 2_147_418_112
"""Beyond what embedded runners take, and far from the users that a host is likely to have."""
_FIRST_MAPPED, _LAST_MAPPED = 10_240, 59_904
"""Where the engine maps users, a container has 65,536 of them."""


def new_name() -> str:
    """A name for a container, which tells its owner to people."""
    return f"rulereward-{os.getpid()}-{secrets.token_hex(6)}"


def own_labels(base_uid: int) -> dict[str, str]:
    """What a new container of this process says about itself."""
    return {OWNER: owner(os.getpid()), USERS: str(base_uid)}


def free_uids(engine: Engine) -> int:
    """The first of a range of users that no other container of this engine has. Raises DockerUnavailableError.

    The kernel counts processes by user, over the whole host.
    """
    first, last = (_FIRST_MAPPED, _LAST_MAPPED) if engine.maps_users else (_FIRST_UID, _LAST_UID)
    taken = {int(labels[USERS]) for labels in _containers(engine).values() if labels.get(USERS, "").isdigit()}
    ranges = (last - first) // UIDS_PER_RUNNER
    while True:
        found = first + secrets.randbelow(ranges) * UIDS_PER_RUNNER
        if found not in taken or len(taken) >= ranges:
            return found


def remove_leftovers(engine: Engine) -> list[str]:
    """Remove the containers whose owner was a process of this host and is gone: their names, or numbers.

    Raises DockerUnavailableError.
    """
    gone = [name for name, labels in _containers(engine).items() if _is_gone(labels[OWNER])]
    for name in gone:
        # it may go by itself, or another process removes it
        with contextlib.suppress(DockerUnavailableError), engine.asked(f"{name} cannot be removed") as api:
            api.remove_container(name, force=True)
    return gone


def owner(pid: int) -> str:
    """A process of this host, in words: the host's run, its space of process numbers, its number, and its start.

    Raises OSError where there is no such process.
    """
    run = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    space = Path("/proc/self/ns/pid").stat().st_ino
    started = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
    return f"{run} {space} {pid} {started}"


def _is_gone(label: str) -> bool:
    """Whether a container's owner is known to be gone: it was a process whose number means something here."""
    match label.split():
        case [run, space, pid, _] if pid.isdigit() and [run, space] == owner(os.getpid()).split()[:2]:
            try:
                return owner(int(pid)) != label
            except OSError:
                return True
    return False


def _containers(engine: Engine) -> dict[str, Mapping[str, str]]:
    """The labels of all containers that belong to us or to our like, by their ids."""
    with engine.asked("the containers cannot be listed") as api:
        found = api.containers(all=True, filters={"label": OWNER})
    return {str(one["Id"]): one["Labels"] for one in found}
