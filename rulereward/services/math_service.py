"""The service `math`: equality by computer algebra, in worker processes.

A job's payload is `(golds, answer, percent, units)`, all normal forms of `text.math_normal`; its answer is
`{"verdict": ...}`:

    equal, unequal        of some gold, of all; with "reason": "unparsable" where the answer is no expression
    unreasonable          the answer alone takes more time or memory than it may
    gold_unreadable       no gold is an expression
    gold_unreasonable     no gold is one, or it takes more time or memory than it may
"""

from __future__ import annotations

from collections.abc import Hashable
from importlib import metadata

from rulereward.kind import Job
from rulereward.services.process import worker_command
from rulereward.services.spec import ServiceSpec
from rulereward.services.supervisor import Supervisor

PROTOCOL = 4
"""Raised whenever our part of the work changes so that an answer could."""

_LIBRARIES = ("math-verify", "latex2sympy2_extended", "sympy", "antlr4-python3-runtime")
_ANSWER_PHASE = "answer"


def math_identity() -> str:
    """Versions of what decides equality, without importing any of it."""
    return ", ".join([f"protocol {PROTOCOL}", *(f"{name} {_version(name)}" for name in _LIBRARIES)])


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "absent"


def _killed(phase: str) -> dict[str, object]:
    return {"verdict": "unreasonable" if phase == _ANSWER_PHASE else "gold_unreasonable"}


def _golds(job: Job) -> Hashable:
    """The worker that has read a job's golds knows them for the next job."""
    return job.payload[0] if isinstance(job.payload, tuple) else None


MATH = ServiceSpec(
    "math",
    worker_command("math"),
    math_identity,
    _killed,
    believed=frozenset({_ANSWER_PHASE}),
    affinity=_golds,
)


def math_service() -> Supervisor:
    """A new `math` service; its processes start with the first job."""
    return Supervisor(MATH)
