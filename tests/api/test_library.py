"""The front door: what is exported, and what `load`, `Ruleset` and `Scores` promise."""

from __future__ import annotations

import asyncio
import math
import pickle
import subprocess
import sys

import numpy as np
import pytest

import rulereward as rr
from rulereward.api.shipped import shipped_rulesets
from rulereward.errors import ConfigurationError, InputError, RulesetError

LENGTHS = """\
rulereward: 1
name: lengths
rules:
  size: length(completion, unit="char")
  right: exact_match(completion, answer)
score:
  gates:
    - {name: empty, when: size == 0, value: -1}
  terms:
    right: 1
    short: {value: "1 - size / 10char", weight: 0.5}
  on_null: propagate
"""


@pytest.fixture
def lengths() -> rr.Ruleset:
    return rr.Ruleset("lengths.yaml", LENGTHS)


def test_the_exported_names():
    assert sorted(rr.__all__) == [
        "Kind", "Missing", "Monitor", "Reason", "Result", "RuleRewardError", "RuleScores", "Ruleset", "Scores",
        "State", "load", "rule",
    ]  # fmt: skip
    assert all(getattr(rr, name) is not None for name in rr.__all__)
    with pytest.raises(AttributeError, match="no attribute `reward`"):
        _ = rr.reward


def test_importing_the_package_imports_nothing_heavy():
    heavy = [
        "numpy",
        "numba",
        "lark",
        "yaml",
        "regex",
        "jieba",
        "sympy",
        "math_verify",
        "torch",
        "transformers",
        "docker",
        "click",
        "rich",
        "pyarrow",
    ]
    code = f"import sys, rulereward; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("maths", f"shipped are {', '.join(shipped_rulesets())}; a file is given by its path"),
        ("./absent.yaml", "cannot be read: No such file"),
        ("folder/", "there is no ruleset|cannot be read"),
        (".", r"^\. is a folder: name a ruleset in it, such as \./mine\.yaml$"),
        ("rows.jsonl", r"^rows\.jsonl is named like a file of rows"),
        ("data/rows.json.gz", r"^data/rows\.json\.gz is named like a file of rows"),
        (
            "\nrulereward: 1\n" + "x: 1\n" * 99,
            r"^'rulereward: 1.{22,40}'\.\.\. is a text.*Ruleset\(name, text\) compiles",
        ),
        ("x" * 5000, r"^'x{40}'\.\.\. is a text"),
    ],
)
def test_a_ruleset_that_is_not_there(name, says):
    with pytest.raises(ConfigurationError, match=says):
        rr.load(name)


def test_a_folder_does_not_hide_a_shipped_ruleset(tmp_path, monkeypatch):
    (tmp_path / "math").mkdir()
    monkeypatch.chdir(tmp_path)
    assert rr.load("math").name == "math"


def test_a_file_that_is_no_text(tmp_path):
    path = tmp_path / "bytes.yaml"
    path.write_bytes(b"rulereward: 1\nname: \xff\n")
    with pytest.raises(RulesetError, match=r"E0001[^\n]*\n --> .*bytes.yaml:2:7"):
        rr.load(path)


def test_a_broken_ruleset_tells_every_mistake_and_pickles():
    with pytest.raises(RulesetError) as caught:
        rr.Ruleset("bad.yaml", "rulereward: 1\nrules: {a: lenght(completion), b: 1 +}\nscore: c\n")
    assert [finding.code for finding in caught.value.diagnostics] == ["E0203", "E0111", "E0201"]
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)


def test_scores_by_hand(lengths):
    scores = lengths.score(["abc", "", "abcd"], answer=["abc", "x", None])
    # 1 + 0.5 * (1 - 3/10); the gate; no gold, so no reward
    assert scores.reward[:2] == pytest.approx([1.35, -1.0])
    assert math.isnan(scores.reward[2])
    assert [rr.State(int(state)).name for state in scores.states] == ["OK", "OK", "NULL"]
    assert scores.reasons[2].code == "gold_missing"
    assert list(scores) == ["size", "right"]
    assert scores["size"].values.tolist() == [3.0, 0.0, 4.0]
    with pytest.raises(KeyError):
        scores["short"]


def test_records_and_details(lengths):
    plain, empty, unjudged = lengths.score(["abc", "", "abcd"], answer=["abc", "x", None]).records(details=True)
    assert plain["reward"] == pytest.approx(1.35)
    assert plain["reward_state"] == "ok"
    assert plain["reward_components"] == {"size": 3.0, "right": 1.0}
    details = plain["reward_details"]
    assert (details["schema"], details["ruleset"], details["gate"]) == (1, "lengths", None)
    assert details["fingerprint"] == lengths.fingerprint
    assert details["environment"] == lengths.environment
    short = details["rules"]["short"]
    assert (short["value"], short["weight"], short["contribution"]) == pytest.approx((0.7, 0.5, 0.35))
    assert empty["reward_details"]["gate"] == "empty"
    assert unjudged["reward"] is None
    assert unjudged["reward_state"] == "null: gold_missing: right: there is no gold answer"
    assert unjudged["reward_details"]["rules"]["right"]["reason"]["code"] == "gold_missing"


def test_contributions_add_up_to_the_reward(lengths):
    (record,) = lengths.score(["abc"], answer=["abc"]).records(details=True)
    parts = [entry.get("contribution", 0.0) for entry in record["reward_details"]["rules"].values()]
    assert math.fsum(parts) == pytest.approx(record["reward"])


def test_columns_of_another_length_are_refused(lengths):
    with pytest.raises(InputError, match="`answer` has 1 values for 2 completions"):
        lengths.score(["a", "b"], answer=["a"])


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"answer": "ab"}, "`answer` is the text 'ab': give a list|`answer` is .*: give a list"),
        ({"answer": 42}, "`answer` is .*: give a list"),
        ({"answer": ["a", "b"], "evaluate": "al"}, 'say "all" or "needed"'),
        ({"answer": ["a", "b"], "step": "x"}, "is a whole number"),
    ],
)
def test_what_is_no_column_is_refused(lengths, columns, says):
    with pytest.raises(InputError, match=says):
        lengths.score(["a", "b"], **columns)


def test_columns_may_be_any_sequence(lengths):
    scores = lengths.score(iter(["abc"]), answer=np.array(["abc"]))
    assert scores.reward.tolist() == pytest.approx([1.35])


def test_a_misspelt_column_is_warned_of(lengths):
    with pytest.warns(UserWarning, match="reads `answer`, and no column is called `answer`, `ground_truth`"):
        scores = lengths.score(["abc"], anwser=["abc"])
    assert np.isnan(scores.reward).all()


def test_a_step_is_asked_for():
    ruleset = rr.Ruleset("step.yaml", "rulereward: 1\nscore: ramp(step, 0step..4step)\n")
    with pytest.raises(ConfigurationError, match="uses `step`"):
        ruleset.score(["a"])
    assert ruleset.score(["a"], step=1).reward.tolist() == [0.25]


def test_groups_are_asked_for():
    ruleset = rr.Ruleset("group.yaml", "rulereward: 1\nscore: rank(length(completion) / 1char) over group\n")
    with pytest.raises(ConfigurationError, match="no row has a group key or a prompt"):
        ruleset.score(["a", "bb"])
    assert ruleset.score(["a", "bb", "c"], group=[1, 1, 2]).reward.tolist() == [2, 1, 1]
    by_prompt = ruleset.score(["a", "bb", "c"], prompt=["p", "p", "q"])
    assert by_prompt.reward.tolist() == [2, 1, 1]
    assert by_prompt.warnings == ("no group key in the data: rows with equal prompts are taken for a group",)


def test_keys_of_groups_are_told_apart_by_what_they_are():
    ruleset = rr.Ruleset("group.yaml", "rulereward: 1\nscore: count(true) over group\n")
    keys = [[1], "[1]", True, 1, "1", {"a": 1, "b": 2}, {"b": 2, "a": 1}, {1: 2}]
    assert ruleset.score([""] * 8, group=keys).reward.tolist() == [1, 1, 1, 1, 1, 2, 2, 1]


def test_other_names_for_inputs_survive_pickling(lengths):
    renamed = lengths.with_inputs({"completion": "text", "answer": "gold"})
    again = pickle.loads(pickle.dumps(renamed))
    rows = [{"text": "abc", "gold": "abc", "answer": "no"}]
    assert again.score_rows(rows).reward.tolist() == pytest.approx([1.35])
    assert again.fingerprint == lengths.fingerprint
    with pytest.raises(ConfigurationError, match="no input `anwser`; did you mean `answer`"):
        lengths.with_inputs({"anwser": "gold"})


def test_chat_messages_are_read(lengths):
    chat = [{"role": "user", "content": "?"}, {"role": "assistant", "content": "abc"}]
    assert lengths.score([chat], answer=["abc"]).reward.tolist() == pytest.approx([1.35])


def test_a_completion_that_is_none_is_an_error_of_its_row_alone(lengths):
    scores = lengths.score(["abc", 7], answer=["abc", "abc"])
    assert [rr.State(int(state)).name for state in scores.states] == ["OK", "ERROR"]
    assert scores.reasons[1].code == "bad_completion"


def test_no_rows_no_scores(lengths):
    scores = lengths.score([])
    assert scores.reward.shape == (0,)
    assert scores.records() == []
    assert scores.credit == {}


def test_ascore_gives_the_same(lengths):
    scores = asyncio.run(lengths.ascore(["abc", ""], answer=["abc", "x"]))
    assert scores.reward.tolist() == lengths.score(["abc", ""], answer=["abc", "x"]).reward.tolist()


def test_credit_by_hand():
    text = """\
rulereward: 1
rules: {a: "row.a + 0", b: "row.b + 0"}
score: a + b
"""
    ruleset = rr.Ruleset("credit.yaml", text)
    # group 1: rewards 0 and 3, a gives 1 of the spread of 3 and b 2; group 2: tied; group 3: a alone
    a, b, group = [0, 1, 5, 5, 0, 4], [0, 2, 1, 1, 3, 3], [1, 1, 2, 2, 3, 3]
    scores = ruleset.score([""] * 6, a=a, b=b, group=group)
    assert scores.credit["a"] == pytest.approx((1 / 3 + 1) / 2)
    assert scores.credit["b"] == pytest.approx((2 / 3 + 0) / 2)
    assert np.isclose(math.fsum(scores.credit.values()), 1.0)
