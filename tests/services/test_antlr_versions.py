"""The service `math` beside two antlr runtimes: 4.9.3, which hydra and omegaconf pin, and 4.13.2, the newest.

Each version is installed into a folder that comes first on the path of a process of its own and of its workers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from asking import reason_of, value_of

from rulereward.kind import Job, jobs_of, result_of
from rulereward.rules.math_equal import MathEqualParams, math_equal

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CASES = yaml.safe_load((HERE.parent / "cases" / "rules" / "math_equal.yaml").read_text(encoding="utf-8"))["cases"]
LEAST = 40
PATIENCE_S = 300

HOST = """
import json, subprocess, sys
from asking import ask
from rulereward.kind import Job
from rulereward.services import Services
from rulereward.services.math_service import math_identity
from rulereward.services.process import _environment

LOOK = '''
import antlr4, json, latex2sympy2_extended.antlr_parser as chosen
from importlib.metadata import version
found = [version("antlr4-python3-runtime"), antlr4.__file__, chosen.PSParser.__module__]
print(json.dumps(found))
'''
jobs = [Job("math", (tuple(golds), *rest)) for golds, *rest in json.load(sys.stdin)]
with Services() as services:
    answers = ask(services.get("math"), jobs)
worker = subprocess.run([sys.executable, "-P", "-c", LOOK], env=_environment(), stdout=subprocess.PIPE, check=True)
found = [answers[job] if isinstance(answers[job], dict) else repr(answers[job]) for job in jobs]
print(json.dumps({"identity": math_identity(), "worker": json.loads(worker.stdout), "answers": found}))
"""

r"""Cases with another verdict: with antlr 4.9.3, latex2sympy2_extended reads no `\gamma` at the end of a text."""

pytestmark = pytest.mark.slow


def arguments(case: dict[str, Any]) -> tuple[Any, Any, MathEqualParams]:
    text, gold = (
        value["repeat"] * value["times"] if isinstance(value, dict) and "repeat" in value else value
        for value in (case["args"]["text"], case["args"]["gold"])
    )
    return text, gold, MathEqualParams(**case.get("params", {}))


@cache
def cases_for_algebra() -> list[tuple[dict[str, Any], Any]]:
    """All cases that their texts leave open, each with what it asks."""
    assert math_equal.ask is not None
    asked = [(case, math_equal.ask(*arguments(case))) for case in CASES]
    return [(case, outcome) for case, outcome in asked if isinstance(outcome, Job) or type(outcome) is tuple]


@pytest.fixture(params=["4.9.3", "4.13.2"])
def installed(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path]:
    """A version and the folder that holds it."""
    folder = tmp_path / "antlr"
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--target", str(folder)]
    command = [sys.executable, "-m", "pip", "install", *options, f"antlr4-python3-runtime=={request.param}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    if done.returncode != 0:
        pytest.skip(f"pip cannot install antlr {request.param}: {done.stderr.strip()[-300:]}")
    return request.param, folder


def report_of(folder: Path, jobs: list[Job]) -> dict[str, Any]:
    """What `HOST` prints in a process that has this folder first on its path."""
    path = os.pathsep.join(map(str, (folder, ROOT, HERE)))
    done = subprocess.run(
        [sys.executable, "-c", HOST],
        input=json.dumps([job.payload for job in jobs]),
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_verdicts_are_those_of_the_cases(installed: tuple[str, Path]) -> None:
    version, folder = installed
    open_cases = cases_for_algebra()
    assert len(open_cases) >= LEAST
    jobs = list({job: None for _, asked in open_cases for job in jobs_of(asked)})
    report = report_of(folder, jobs)
    used, module, parser = report["worker"]
    assert used == version
    assert Path(module).is_relative_to(folder)
    assert parser == f"latex2sympy2_extended.gen.antlr{version.replace('.', '_')}.PSParser"
    assert f"antlr4-python3-runtime {version}" in report["identity"].split(", ")
    answers = dict(zip(jobs, report["answers"], strict=True))
    assert [answer for answer in answers.values() if not isinstance(answer, dict)] == []
    wrong = [case["name"] for case, asked in open_cases if not as_expected(case, asked, answers)]
    assert wrong == []


def as_expected(case: dict[str, Any], asked: Any, answers: dict[Job, Any]) -> bool:
    """Do these answers give the verdict and the reason of the case?"""
    assert math_equal.read is not None
    found = [answers[job] for job in jobs_of(asked)]
    result = result_of(math_equal.read(*arguments(case), found if isinstance(asked, tuple) else found[0]))
    return value_of(result) is case["expect"] and case.get("reason") in (None, reason_of(result))
