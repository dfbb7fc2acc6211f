"""The presets `lcb` and `verl` against the released checkers, where those are installed.

Neither is a dependency of ours, tests included; both files need numpy only. To run this:
`pip install --no-deps verl==0.9.1 nvidia-livecodebench==26.3`.
"""

from __future__ import annotations

import importlib.util
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from rulereward.text.output_match import match_output

CASES = Path(__file__).parents[1] / "cases" / "code_outputs"
MANY = 600
CHECKERS = {
    "lcb": ("livecodebench", "evaluation/testing_util.py"),
    "verl": ("verl", "utils/reward_score/prime_code/testing_util.py"),
}
ASKING = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("peer", sys.argv[1])
peer = importlib.util.module_from_spec(spec)
spec.loader.exec_module(peer)
peer.reliability_guard = lambda: None  # it takes the process apart, so that a second call fails
verdicts = []
for got, expected in json.load(sys.stdin):
    code = f"sys.stdout.write({got!a})"
    suite = {"inputs": [""], "outputs": [expected]}
    sample = {**suite, "input_output": json.dumps(suite)}
    verdicts.append(peer.run_test(sample, test=code, timeout=10)[0] == [True])
print(json.dumps(verdicts))
"""
"""Programs that write the texts, run by the peer's own function in a process of its own."""

LINES = [
    "1", "1.0", "2", "-3", "0.3", "0.30000001", "1e5", "100000", "100001", "nan", "NaN", "inf", "Infinity", "1_0",
    "a", "a b", "1 2", "1.0 2", "1  2", "x 1", "", " ", "\t", "007", "7", "²", "١", "0.1 ", " 5", "a\fb", "a\u2028b",
    "a\r", "+4", "4", "4.00001", "4.0001", "1e400", "-0", "0", "0.000000005", "sNaN", "-", ".5",
]  # fmt: skip


def made_pairs() -> list[tuple[str, str]]:
    """Texts of a few lines, and others that differ from them in a line, a line's end or a space, or not."""
    draw = random.Random(11)
    pairs = []
    for _ in range(MANY):
        lines = [draw.choice(LINES) for _ in range(draw.randint(1, 3))]
        other = list(lines)
        if draw.random() < 0.75:
            other[draw.randrange(len(other))] = draw.choice(LINES)
        if draw.random() < 0.2:
            other.insert(draw.randrange(len(other) + 1), draw.choice(["", " ", "1"]))
        ends = draw.choices(["\n", "\r\n", " \n", "\n\n"], [6, 1, 1, 1], k=2)
        pairs.append((ends[0].join(lines) + draw.choice(["", "\n"]), ends[1].join(other)))
    return pairs


@pytest.mark.parametrize("preset", CHECKERS)
def test_released_checker(preset: str) -> None:
    package, path = CHECKERS[preset]
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        pytest.skip(f"{package} is not installed: see the head of this file")
    cases = yaml.safe_load((CASES / "presets.yaml").read_text(encoding="utf-8"))
    pairs = [(case["got"], case["expected"]) for case in cases] + made_pairs()
    command = [sys.executable, "-c", ASKING, str(Path(spec.submodule_search_locations[0]) / path)]
    answer = subprocess.run(command, input=json.dumps(pairs), capture_output=True, text=True, timeout=120, check=True)
    theirs = json.loads(answer.stdout.splitlines()[-1])
    ours = [match_output(got, expected, preset).matched for got, expected in pairs]
    assert [pair for pair, our, their in zip(pairs, ours, theirs, strict=True) if our != their] == []
    assert MANY * 0.1 < sum(theirs) < MANY * 0.9  # both verdicts are well tried
