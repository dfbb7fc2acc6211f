"""HumanEval and MBPP: every canonical solution passes, and no stub does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from asking import ask
from sandbox_jobs import job, verdicts

from rulereward.services.sandbox.service import SandboxService

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"


def rows(name: str) -> list[dict[str, Any]]:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"needs ../shared/data/{name}")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_human_eval(sandbox: SandboxService) -> None:
    data = rows("humaneval.jsonl")
    right = [job(row["canonical_solution"], row, time_s=6.0) for row in data]
    stubs = [job("    return None\n", row, time_s=6.0) for row in data]
    answers = ask(sandbox, [*right, *stubs], patience_s=120)
    assert [verdicts(answers[asked]) for asked in right] == ["AC"] * 164
    assert "AC" not in {verdicts(answers[asked]) for asked in stubs}


@pytest.mark.slow
def test_mbpp(sandbox: SandboxService) -> None:
    data = rows("mbpp.jsonl")
    right = {row["task_id"]: job(row["code"], row, time_s=6.0) for row in data}
    answers = ask(sandbox, list(right.values()), patience_s=300)
    failed = {name: verdicts(answers[asked]) for name, asked in right.items()}
    assert {name: found for name, found in failed.items() if set(found.split()) != {"AC"}} == {}
