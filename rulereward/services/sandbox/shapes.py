"""What a runner is asked to do, and what it answers: plain data, from and for the service above."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may use. Times in seconds, memory and files in MiB, output in bytes.

    `cpu_s` is for all of the run's processes together, and so is `memory_mb` (which also bounds each one's address
    space where its runtime allows that). `wall_s` None means twice `cpu_s` and two more seconds. `idle_s` is for how
    long it may wait in all while none of its processes works; None means `cpu_s`, but at least two seconds.
    """

    cpu_s: float = 2.0
    wall_s: float | None = None
    idle_s: float | None = None
    memory_mb: int = 512
    file_mb: int = 16
    output_bytes: int = 1 << 20
    processes: int = 32
    stack_mb: int = 64

    @property
    def most_wall_s(self) -> float:
        return 2 * self.cpu_s + 2 if self.wall_s is None else self.wall_s

    @property
    def most_idle_s(self) -> float:
        return max(self.cpu_s, 2.0) if self.idle_s is None else self.idle_s


@dataclass(frozen=True, slots=True)
class Program:
    """Model-written code. `language`: `python`, `cpp`, `javascript` or `bash`."""

    language: str
    source: bytes


@dataclass(frozen=True, slots=True)
class StdinTest:
    """Run the program with this standard input."""

    program: Program
    stdin: bytes
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class CallTest:
    """Define a Python program and call a function of it. `entry` is a dotted path; where the module has none of that
    name, it is looked for in an instance of its class `Solution`. Arguments are plain data.
    """

    program: Program
    entry: str
    args: tuple[object, ...]
    kwargs: dict[str, object] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class AssertTest:
    """Run a test's source in the checker's process, in which `entry` stands for the Python program's function.

    `setup` runs before; what it defines is the checker's own. Other names that neither of them defines stand for what
    the program has under them.
    """

    program: Program
    entry: str
    setup: str
    test: str
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class PytestTest:
    """Run the tests of a test file that have an id, in the checker's process, in which the Python program can be
    imported by the name `module`.

    `test_id` is without the file's name, and without the values of parameters unless it means one case. At least
    `count` tests must be collected under it (at least one, where it is 0), and all of them pass.
    """

    program: Program
    module: str
    file: str
    test_id: str
    count: int = 1
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class StdinBatch:
    """Run a Python program with each of many inputs, in one fork. The limits are for all of them together."""

    program: Program
    stdins: tuple[bytes, ...]
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class CallBatch:
    """As CallTest, with many calls in one fork: each an entry, args and kwargs. The program is defined for each anew,
    and the limits are for all of them together.
    """

    program: Program
    calls: tuple[tuple[str, tuple[object, ...], dict[str, object]], ...]
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class FilesTest:
    """Run a Python program with files in its folder, of names and contents, and their names as its arguments."""

    program: Program
    files: tuple[tuple[str, bytes], ...]
    limits: Limits = field(default_factory=Limits)


Test = StdinTest | CallTest | AssertTest | PytestTest | StdinBatch | CallBatch | FilesTest


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run came out. `problem` is not empty where it was not done, by our fault or the kernel's.

    `said` tells how far the program came, by the runner's own channel: `S` started, `C` compiled, `E` does not
    compile. `checker` ends with a letter of `Checked`, by the checker's own channel. `stopped` is the limit for which
    the runner ended it (`cpu`, `wall`, `idle`, `memory`, `output`) or `cancelled`. `exit` is -1 where a signal ended
    it. `idle_s`: for how long none of its processes worked, as far as somebody looked; 0 where nobody does.
    `memory_was_short`, of a run that was killed: whether the kernel killed anything for want of memory while it ran;
    None where that is not known. `stdout` is cut to the limit; `stdout_bytes` is what was written. `report` holds the
    replies to calls, or what the checker printed.
    """

    said: str = ""
    checker: str = ""
    exit: int = -1
    signal: int = 0
    stopped: str = ""
    problem: str = ""
    cpu_s: float = 0.0
    wall_s: float = 0.0
    idle_s: float = 0.0
    memory_kb: int = 0
    memory_was_short: bool | None = None
    stdout_bytes: int = 0
    stdout: bytes = b""
    stderr: bytes = b""
    report: bytes = b""
