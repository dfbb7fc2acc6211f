"""What a container is allowed, as the engine is told."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from rulereward.errors import ConfigurationError
from rulereward.services.sandbox.bubblewrap import PRELOAD
from rulereward.services.sandbox.docker_engine import DockerUnavailableError, Engine
from rulereward.services.sandbox.docker_image import CODE, DEFAULT_IMAGE, PYTHON, Image
from rulereward.services.sandbox.docker_owner import UIDS_PER_RUNNER, own_labels
from rulereward.services.sandbox.inside.settings import Settings
from rulereward.services.spec import processors

Way = Literal["socket", "attach"]

CONTROL = "/control"
SOCKET = "runner"
_MB = 1 << 20
_MOST = 10**9
_SHARES_OF_ONE = 1024
_OWN_MB = 256
_PER_SLOT_MB = 1024
_OWN_PROCESSES = 32
_PER_SLOT_PROCESSES = 160
_CAPABILITIES = ("SETUID", "SETGID", "KILL", "CHOWN")
_MASKED = (
    "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
    "/proc/sched_debug", "/proc/scsi", "/proc/sysrq-trigger", "/proc/timer_list", "/proc/timer_stats", "/sys",
)  # fmt: skip
"""Nothing of these is to be seen: what engines hide by themselves, and all of /sys."""
_READ_ONLY = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys")


@dataclass(frozen=True, slots=True)
class Docker:
    """How containers are set up.

    `engine`: its address, or None for the one that answers (see `find_engine`). `containers`: how many there are at
    most, and `slots`: how many tests each does at once. `box_mb`: room for a test's files, in MiB, and `box_files`
    how many. `memory_mb`: what a container may use in all, in MiB; None: by its slots. `runtime`: another runtime of
    the engine, for instance `runsc`. `way`: how to talk to the runner; None: over a socket in a folder of this host
    where that works, else over the engine's stream, as works with every engine. `cgroup_parent`: the control group in
    which containers compete for processors. Where an engine keeps all containers in one group with the share of one
    process, as with its driver `cgroupfs`, they get little of a busy host; `/` lets them compete with its processes.
    """

    engine: str | None = None
    image: str = DEFAULT_IMAGE
    containers: int = 1
    slots: int = field(default_factory=processors)
    box_mb: int = 64
    box_files: int = 4096
    memory_mb: int | None = None
    runtime: str = ""
    preload: Sequence[str] = PRELOAD
    way: Way | None = None
    cgroup_parent: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.slots <= UIDS_PER_RUNNER // 2:
            raise ValueError(f"a container has 1 to {UIDS_PER_RUNNER // 2} slots, not {self.slots}")

    @property
    def whole_memory_mb(self) -> int:
        """What a container may use, in MiB, files in memory among it."""
        return self.memory_mb or _OWN_MB + self.slots * (_PER_SLOT_MB + self.box_mb)


_WORDS = ("engine", "image", "runtime", "way", "cgroup_parent")
_NUMBERS = ("containers", "slots", "box_mb", "box_files", "memory_mb")


def settings_of(options: Mapping[str, str]) -> Docker:
    """Settings from words, as they come from an environment variable. Raises ConfigurationError."""
    values: dict[str, Any] = {}
    for name, value in options.items():
        if name == "way" and value not in ("socket", "attach"):
            raise ConfigurationError(f"docker's `way` is socket or attach, not {value!r}")
        if name in _WORDS:
            values[name] = value
        elif name not in _NUMBERS:
            raise ConfigurationError(f"docker has no setting `{name}`: there are {', '.join((*_WORDS, *_NUMBERS))}")
        elif not (value.isascii() and value.isdigit() and 0 < int(value[:12]) <= _MOST):
            raise ConfigurationError(f"docker's `{name}` is a whole number above 0, not {value!r}")
        else:
            values[name] = int(value)
    try:
        return Docker(**values)
    except ValueError as problem:
        raise ConfigurationError(f"docker: {problem}") from problem


def check_runtime(docker: Docker, engine: Engine) -> None:
    """Raises DockerUnavailableError for a runtime that the engine does not have."""
    if docker.runtime and docker.runtime not in engine.runtimes:
        there = ", ".join(engine.runtimes) or "none that it names"
        raise DockerUnavailableError(f"the engine has no runtime {docker.runtime}: there are {there}")


def creation(docker: Docker, engine: Engine, image: Image, base_uid: int, control: Path | None) -> dict[str, Any]:
    """The arguments of the engine's client for a new container. `control`: the folder with our socket, if it is to
    talk over that.
    """
    settings = Settings(slots=docker.slots, base_uid=base_uid, preload=tuple(docker.preload), packages=image.packages)
    place = f"{CONTROL}/{SOCKET}" if control else "-"
    return {
        "image": image.id,
        "entrypoint": [PYTHON, "-s", "-S", "-B", f"{CODE}/boot.py"],
        "command": [place, json.dumps(asdict(settings))],
        "environment": {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"},
        "hostname": "sandbox",
        "user": "0:0",
        "working_dir": "/",
        "labels": own_labels(base_uid),
        "host_config": _walls(docker, engine, settings, control),
        "network_disabled": True,
        "stdin_open": control is None,
        "stop_signal": "SIGKILL",  # an engine that is to stop need not wait: nothing in it is worth a farewell
    }


def _walls(docker: Docker, engine: Engine, settings: Settings, control: Path | None) -> dict[str, Any]:
    """The engine's `HostConfig`."""
    memory = docker.whole_memory_mb * _MB
    walls: dict[str, Any] = {
        "AutoRemove": True,
        "CapAdd": list(_CAPABILITIES),
        "CapDrop": ["ALL"],
        "CgroupnsMode": "private",
        "CgroupParent": docker.cgroup_parent,
        "CpuShares": _SHARES_OF_ONE * (docker.slots + 1),  # as many as its processes would have by themselves
        "IpcMode": "none",
        "LogConfig": {"Type": "none", "Config": {}},  # its output is our stream, and goes nowhere else
        "MaskedPaths": list(_MASKED),
        "Memory": memory,
        "MemorySwap": memory,
        "NanoCpus": min(docker.slots + 1, engine.cpus) * 10**9,  # one for the runner itself
        "NetworkMode": "none",
        "PidsLimit": _OWN_PROCESSES + docker.slots * _PER_SLOT_PROCESSES,
        "ReadonlyPaths": list(_READ_ONLY),
        "ReadonlyRootfs": True,
        "RestartPolicy": {"Name": "no"},
        "SecurityOpt": ["no-new-privileges"],
        "Tmpfs": {settings.folder(slot): _box(docker) for slot in range(settings.slots)},
    }
    if docker.runtime:
        walls["Runtime"] = docker.runtime
    if control:
        walls["Mounts"] = [{"Type": "bind", "Source": str(control), "Target": CONTROL, "ReadOnly": True}]
    return walls


def _box(docker: Docker) -> str:
    """A slot's folder is a file system of its own: root's at first, which the runner gives to the slot's user."""
    return f"rw,exec,nosuid,nodev,mode=0700,uid=0,gid=0,size={docker.box_mb}m,nr_inodes={docker.box_files}"
