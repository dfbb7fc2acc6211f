"""Group functions against worked-out values, in any order of rows and batches."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import pytest
from group_cases import GroupCase, Member, read_cases

from rulereward.api import Ruleset, Scores, ruleset
from rulereward.data import Reason, State
from rulereward.errors import ConfigurationError

CASES = read_cases()
every_case = pytest.mark.parametrize("case", CASES, ids=str)
both_ways = pytest.mark.parametrize("evaluate", ["all", "needed"])


def check(scores: Scores, members: Sequence[Member]) -> None:
    for member, reward, state, reason in zip(members, scores.reward, scores.states, scores.reasons, strict=True):
        if member.reward == "error" or member.reward is None:
            assert state == (State.ERROR if member.reward else State.NULL)
            assert math.isnan(reward)
        else:
            assert state == State.OK
            assert math.isclose(reward, member.reward, rel_tol=1e-14, abs_tol=1e-15)
        if member.reason is not None:
            assert (reason.code if reason else "-") == member.reason


def bits(scores: Scores) -> list[str]:
    return [reward.hex() for reward in scores.reward.tolist()]


@every_case
@both_ways
def test_worked_out_values(case: GroupCase, evaluate: str) -> None:
    check(case.ruleset.score_rows([member.row for member in case.members], evaluate=evaluate), case.members)


@every_case
def test_shuffled_across_prompts(case: GroupCase) -> None:
    members = case.members
    before = dict(zip(map(id, members), bits(case.ruleset.score_rows([m.row for m in members])), strict=True))
    for seed in range(5):
        random.Random(seed).shuffle(members)
        scores = case.ruleset.score_rows([member.row for member in members])
        check(scores, members)
        assert bits(scores) == [before[id(member)] for member in members]


@every_case
def test_each_group_alone_and_any_two(case: GroupCase) -> None:
    alone = {}
    for group in case.groups:
        if group[0].row["group"] is not None:
            scores = case.ruleset.score_rows([member.row for member in group])
            check(scores, group)
            alone[id(group)] = bits(scores)
    for first in case.groups:
        for second in case.groups:
            if first is not second and id(first) in alone and id(second) in alone:
                rows = [member.row for member in (*first, *second)]
                assert bits(case.ruleset.score_rows(rows)) == alone[id(first)] + alone[id(second)]


@every_case
@pytest.mark.parametrize("most", [1, 2, 5])
def test_blocks_never_cut_a_group(case: GroupCase, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ruleset, "BLOCK_ROWS", most)
    members = case.members
    random.Random(most).shuffle(members)
    check(case.ruleset.score_rows([member.row for member in members]), members)


def test_credit_is_of_whole_groups_also_where_nothing_compares_members(monkeypatch: pytest.MonkeyPatch) -> None:
    """Group by group: in p only `same` differs, in q only the length, in r nothing; so each has half."""
    lines = [
        "rulereward: 1",
        "rules:",
        "  same: exact_match(completion, answer)",
        "  size: length(completion, unit='char')",
        "score: same - size / 10char",
    ]
    texts = [("p", "a", "a"), ("q", "bb", "a"), ("r", "c", "c"), ("p", "b", "a"), ("q", "bbbb", "a"), ("r", "c", "c")]
    rows = [{"group": group, "completion": text, "answer": answer} for group, text, answer in texts]
    for most in (4096, 4, 2, 1):
        monkeypatch.setattr(ruleset, "BLOCK_ROWS", most)
        credit = Ruleset("credit", "\n".join(lines)).score_rows(rows).credit
        assert credit == pytest.approx({"same": 0.5, "size": 0.5, "(rest)": 0.0}, abs=1e-15)


ABOVE = Ruleset(
    "above",
    """
    rulereward: 1
    let: {len: 'length(completion, unit="char") / 1char'}
    score: len - mean(len) over group
    """,
)


def sized(size: int, **columns: object) -> dict[str, object]:
    return {"completion": "x" * size, **columns}


def test_without_any_key_equal_prompts_are_the_group() -> None:
    rows = [sized(1, prompt="p"), sized(2, prompt="q"), sized(3, prompt="p"), sized(4, prompt="q")]
    scores = ABOVE.score_rows(rows)
    assert scores.reward.tolist() == [-1.0, -1.0, 1.0, 1.0]
    assert scores.warnings == ("no group key in the data: rows with equal prompts are taken for a group",)


def test_equal_prompts_as_messages_with_broken_text() -> None:
    def chat(text: str) -> list[dict[str, str]]:
        return [{"role": "user", "content": text}]

    rows = [sized(1, prompt=chat("\ud800")), sized(3, prompt=chat("\ud800")), sized(9, prompt=chat("\udfff"))]
    assert ABOVE.score_rows(rows).reward.tolist() == [-1.0, 1.0, 0.0]


def test_a_row_without_a_prompt_among_equal_prompts() -> None:
    scores = ABOVE.score_rows([sized(1, prompt="p"), sized(3, prompt="p"), sized(5)])
    assert scores.reward.tolist()[:2] == [-1.0, 1.0]
    assert scores.states.tolist() == [State.OK, State.OK, State.ERROR]


def test_with_a_key_there_is_no_warning() -> None:
    assert ABOVE.score_rows([sized(1, prompt_id="p"), sized(3, prompt_id="p")]).warnings == ()
    assert ABOVE.score_rows([sized(1), sized(3)], group=["p", "p"]).warnings == ()


def test_with_neither_key_nor_prompt_nothing_is_scored() -> None:
    with pytest.raises(ConfigurationError, match="group"):
        ABOVE.score_rows([sized(1), sized(3)])


def test_a_declared_key_that_no_row_has_is_not_replaced_by_prompts() -> None:
    declared = Ruleset("declared", "rulereward: 1\ninputs: {group: episode}\nscore: mean(row.n) over group")
    with pytest.raises(ConfigurationError, match="episode"):
        declared.score_rows([sized(1, prompt="p", n=1), sized(3, prompt="p", n=2)])


def test_keys_given_with_the_call_come_before_those_of_the_rows() -> None:
    rows = [sized(1, group="p"), sized(3, group="q"), sized(9, group="p")]
    assert ABOVE.score_rows(rows, group=[0, 0, 1]).reward.tolist() == [-1.0, 1.0, 0.0]


def test_a_key_that_is_not_a_number_is_no_key() -> None:
    rows = [sized(1, group=math.nan), sized(3, group=math.nan), sized(1, group=2.0), sized(3, group=2.0)]
    scores = ABOVE.score_rows(rows)
    assert scores.states.tolist() == [State.ERROR, State.ERROR, State.OK, State.OK]


def test_a_row_that_could_not_be_read_belongs_to_no_group() -> None:
    rows = [sized(1, group="p"), Reason("not_json", "the line is not JSON"), sized(3, group="p")]
    scores = ABOVE.score_rows(rows)
    assert scores.reward.tolist()[::2] == [-1.0, 1.0]
    assert scores.states[1] == State.ERROR
    assert scores.reasons[0] is None
