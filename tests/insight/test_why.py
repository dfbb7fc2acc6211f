"""Explanations of rows. All numbers are worked out by hand in the comments."""

from __future__ import annotations

import json

import pytest

from rulereward.api import Ruleset
from rulereward.data import Reason
from rulereward.errors import ConfigurationError, InputError
from rulereward.insight.why.explain import explain
from rulereward.insight.why.told import Step


def ruleset(text, kinds=(), **more):
    return Ruleset("made.yaml", f"rulereward: 1\nname: made\n{text}", kinds, **more)


def walk(step: Step):
    yield step
    for part in step.parts:
        yield from walk(part)


def part(tree, text):
    """The first part of a tree that is written so, or has that name."""
    return next(step for step in walk(tree) if text in (step.text, step.name))


def what_if(told, rule):
    return next(entry for entry in told.what_if if entry.rule == rule)


def ends(told, rule):
    entry = what_if(told, rule)
    return [None if end is None else (end.value, end.reward.value) for end in (entry.worst, entry.best)]


TERMS = r"""
rules:
  right: exact_match(boxed(final), answer)
  size: length(completion, unit="char")
let:
  final: after(completion, "</think>") ?? completion
score:
  terms:
    right: 1
    short:
      value: 1 - min(size, 20char) / 20char
      weight: 0.5
    size: 0
  on_null: propagate
  clamp: 0..1.2
"""
BOXED = {"completion": r"\boxed{4}", "answer": "4"}  # 9 characters


class TestTerms:
    def test_values_weights_and_contributions(self):
        told = explain(ruleset(TERMS), [BOXED], 0)
        right, size = told.rules
        assert (right.cell.value, right.weight, right.contribution) == (True, 1.0, 1.0)
        assert (size.cell.value, size.weight, size.contribution) == (9.0, 0.0, None)
        assert right.fields["extracted"] == "4"

    def test_sum_and_clamp(self):
        # 1 + 0.5 * (1 - 9/20) = 1.275, held at 1.2
        told = explain(ruleset(TERMS), [BOXED], 0)
        short = told.score.parts[1]
        assert short.name == "short"
        assert short.value.cell.value == pytest.approx(0.55)
        assert short.contribution.value == pytest.approx(0.275)
        assert told.score.parts[2].metric
        assert told.score.total.value == pytest.approx(1.275)
        assert told.score.clamp == (0, 1.2)
        assert told.score.limited.value == 1.2
        assert told.reward.value == 1.2
        assert told.gate is None
        assert told.score.counted

    def test_every_node_has_its_value(self):
        told = explain(ruleset(TERMS), [BOXED], 0)
        tree = told.rules[0].tree
        assert tree.text == "exact_match(boxed(final), answer)"
        assert part(tree, "boxed(final)").cell.value == "4"
        assert part(tree, "final").cell.value == r"\boxed{4}"
        missing = part(tree, 'after(completion, "</think>")').cell
        assert (missing.state, missing.reason.code) == ("null", "nothing_found")
        assert part(tree, "answer").cell.value == "4"

    def test_what_is_never_looked_at(self):
        row = {"completion": r"<think>2+2</think>\boxed{4}", "answer": "4"}
        told = explain(ruleset(TERMS.replace("?? completion", "?? lower(completion)")), [row], 0)
        assert part(told.rules[0].tree, "lower(completion)").cell.state == "not_needed"

    def test_alternatives(self):
        # wrong: 0.275, and 1.275 becomes 1.2; a size of 0 gives 1 + 0.5, of which 1.2 is left
        told = explain(ruleset(TERMS), [BOXED], 0)
        assert [entry.rule for entry in told.what_if] == ["right", "size"]
        assert ends(told, "right") == [(False, pytest.approx(0.275)), (True, 1.2)]
        assert what_if(told, "right").swing == pytest.approx(0.925)
        size = what_if(told, "size")
        assert not size.matters
        assert size.swing == 0.0
        assert size.notes == ("it has no upper bound, and no other row shows another value",)
        assert told.verdict is None

    def test_other_rows_show_how_far_a_rule_goes(self):
        # without the box: a size of 40 or more gives 0, of 0 gives 0.5; now 1 - 4/20 = 0.8, halved
        row = {"completion": "four", "answer": "4"}
        told = explain(ruleset(TERMS), [row], 0, seen={"size": (2.0, 40.0)})
        assert told.reward.value == pytest.approx(0.4)
        assert {end.value: end.reward.value for end in (what_if(told, "size").worst, what_if(told, "size").best)} == {
            0.0: pytest.approx(0.5),
            40.0: pytest.approx(0.0),
        }
        assert what_if(told, "size").notes == ("it has no upper bound: 40 is the most that rows show",)

    def test_a_let_entry_is_taken_apart_once(self):
        text = """
rules:
  right: exact_match(boxed(final), answer)
  said: contains(final, "so")
let:
  final: lower(completion)
score: right + said
"""
        told = explain(ruleset(text), [BOXED], 0)
        first, second = (part(rule.tree, "final") for rule in told.rules)
        assert first.parts
        assert not first.told_before
        assert second.told_before
        assert not second.parts
        assert first.cell == second.cell

    def test_only_one_rule(self):
        told = explain(ruleset(TERMS), [BOXED], 0, rule="size")
        assert [rule.name for rule in told.rules] == ["size"]
        assert [entry.rule for entry in told.what_if] == ["size"]
        assert told.verdict == "the rule `size` does not matter: the reward stays the same"

    @pytest.mark.parametrize(
        ("text", "held"),
        [
            ("rules: {n: steps(completion)}\nscore: n.double", "n.double, made of it, would stay as it is"),
            (
                "rules: {n: steps(completion), twice: n.double, more: n > 3}\nscore: twice + (1 if more else 0)",
                "twice, more, made of it, would stay as they are",
            ),
        ],
    )
    def test_what_is_made_of_a_rule_may_matter(self, text, held):
        """Another value of the rule leaves it as it was measured: nothing is known of the ends."""
        told = explain(ruleset(f"\n{text}\n", ("why_kinds",)), [{"completion": "- one"}], 0, rule="n")
        assert ends(told, "n") == [None, None]
        assert what_if(told, "n").notes == (f"not tried: {held}",)
        assert told.verdict is None

    def test_two_rules_of_one_measurement(self):
        text = "\nrules:\n  a: length(completion)\n  b: a\nscore: a / 10char - b / 5char\n"
        told = explain(ruleset(text), [{"completion": "12345"}], 0)
        assert told.rules[1].tree.text == "a"
        assert told.rules[1].tree.told_before


class TestExpressions:
    TEXT = """
rules:
  right: exact_match(completion, answer)
  asks: contains(completion, "?")
score: right - 0.25 * (1 if asks else 0) + 0.5 * min(1, row.bonus ?? 0)
"""

    def test_addends(self):
        # 0 - 0.25 * 1 + 0.5 * 0.5 = 0
        told = explain(ruleset(self.TEXT), [{"completion": "4?", "answer": "4", "bonus": 0.5}], 0)
        assert [(one.negative, one.contribution.value) for one in told.score.parts] == [
            (False, 0.0), (True, -0.25), (False, 0.25),
        ]  # fmt: skip
        assert told.reward.value == 0.0
        assert part(told.score.parts[1].value, "1 if asks else 0").parts[0].role == "if"
        assert ends(told, "right") == [(False, 0.0), (True, 1.0)]
        assert ends(told, "asks") == [(False, 0.25), (True, 0.0)]  # the kind says that true is better

    def test_a_choice_names_its_arms(self):
        text = "\nrules:\n  n: steps(completion)\nscore: 'case { n > 2 => 1, n > 0 => 0.5, else => 0 }'\n"
        told = explain(ruleset(text, ("why_kinds",)), [{"completion": "- one"}], 0)
        assert [(step.role, step.text) for step in told.score.parts[0].value.parts] == [
            ("if", "n > 2"),
            ("if", "n > 0"),
        ]
        assert told.score.parts[0].value.cell.value == 0.5
        assert ends(told, "n") == [(0.0, 0.0), (10.0, 1.0)]


class TestGatesAndRoutes:
    TEXT = """
rules:
  format: think_format(trailing=true)
  right: exact_match(last_line(completion), answer)
score:
  gates:
    - {name: banned, when: row.banned == true, value: -2}
    - {name: bad_format, when: not format, value: -1}
  terms: {right: 1, format: 0.5}
  on_null: propagate
route:
  - name: chat
    when: row.source == "chat"
    score: 0.25 * format
"""

    def test_a_gate_that_no_rule_opens(self):
        told = explain(ruleset(self.TEXT), [{"completion": "4", "answer": "4", "banned": True}], 0)
        assert (told.reward.value, told.gate) == (-2.0, "banned")
        assert [gate.outcome for gate in told.gates] == ["gave", "not_reached"]
        assert not told.score.counted
        assert told.verdict == "no rule matters: the gate `banned` gave the reward"
        assert [entry.swing for entry in told.what_if] == [0.0, 0.0]

    def test_a_gate_that_a_rule_opens(self):
        told = explain(ruleset(self.TEXT), [{"completion": "4", "answer": "4"}], 0)
        assert (told.reward.value, told.gate) == (-1.0, "bad_format")
        assert [gate.outcome for gate in told.gates] == ["passed", "gave"]
        assert part(told.gates[1].when, "format").cell.value is False
        best = what_if(told, "format").best
        assert (best.reward.value, best.gate) == (1.5, None)  # 1 + 0.5
        assert not what_if(told, "right").matters

    def test_a_condition_that_is_null_is_passed(self):
        told = explain(ruleset(self.TEXT), [{"completion": "<think>a</think>\n4", "answer": "4"}], 0)
        assert told.gates[0].when.cell.state == "null"
        assert told.gates[0].outcome == "passed"
        assert told.reward.value == 1.5

    def test_a_route(self):
        told = explain(ruleset(self.TEXT), [{"completion": "<think>a</think>b", "source": "chat"}], 0)
        assert (told.reward.value, told.route) == (0.25, "chat")
        assert told.routes[0].outcome == "gave"
        worst = what_if(told, "format").worst
        assert (worst.reward.value, worst.gate, worst.route) == (0.0, None, "chat")  # it has no gates


class TestNullsAndErrors:
    def test_a_gold_answer_that_is_missing(self):
        told = explain(
            ruleset("\nrules:\n  right: exact_match(completion, answer)\nscore: right\n"), [{"completion": "4"}], 0
        )
        assert (told.reward.state, told.reward.reason.code) == ("null", "gold_missing")
        assert part(told.rules[0].tree, "answer").cell.reason.code == "no_column"
        entry = what_if(told, "right")
        assert entry.now.state == "null"
        assert ends(told, "right") == [(False, 0.0), (True, 1.0)]
        assert (entry.swing, entry.matters) == (1.0, True)

    def test_a_rule_that_failed_would_have_been_worth(self):
        text = "\nrules:\n  n: steps(completion)\n  asks: contains(completion, '?')\nscore: n / 10 + asks\n"
        told = explain(ruleset(text, ("why_kinds",)), [{"completion": "!"}], 0)
        assert told.rules[0].cell.state == "error"
        assert told.rules[0].cell.reason.code == "kind_failed"
        assert told.reward.state == "error"
        assert ends(told, "n") == [(0.0, 0.0), (10.0, 1.0)]
        assert not what_if(told, "asks").matters

    def test_no_single_rule_would_give_a_reward(self):
        text = "\nrules:\n  n: steps(completion)\n  m: steps(lower(completion))\nscore: n + m\n"
        told = explain(ruleset(text, ("why_kinds",)), [{"completion": "!"}], 0)
        assert told.verdict == "no rule matters: no single one would give a reward (kind_failed)"

    def test_an_error_that_was_caught_is_told(self):
        text = "\nrules:\n  n: {value: steps(completion), on_error: 3}\nscore: n\n"
        told = explain(ruleset(text, ("why_kinds",)), [{"completion": "!"}], 0)
        assert told.reward.value == 3.0
        (caught,) = told.rules[0].tree.parts
        assert (caught.role, caught.cell.state) == ("caught", "error")

    def test_a_rule_that_stops_runs_does_not_stop_its_explanation(self):
        text = "\nrules:\n  n: {value: steps(completion), on_error: abort}\nscore: n\n"
        told = explain(ruleset(text, ("why_kinds",)), [{"completion": "!"}], 0)
        assert told.reward.state == "error"
        assert ends(told, "n") == [(0.0, 0.0), (10.0, 10.0)]

    def test_a_rule_that_does_not_apply(self):
        text = "\nrules:\n  n: {value: steps(completion), when: row.source == 'list'}\nscore: 1 + (n ?? 0)\n"
        told = explain(ruleset(text, ("why_kinds",)), [{"completion": "- a", "source": "chat"}], 0)
        assert told.rules[0].cell.reason.code == "not_applicable"
        assert told.rules[0].tree.parts[0].role == "when"
        assert told.rules[0].tree.parts[0].cell.value is False
        assert ends(told, "n") == [(0.0, 1.0), (10.0, 11.0)]

    def test_fields_keep_what_was_measured(self):
        # now 1 + 2; the rule at 10 leaves its field at 2
        text = "\nrules:\n  n: steps(completion)\nscore: n + n.double\n"
        told = explain(ruleset(text, ("why_kinds",)), [{"completion": "- a"}], 0)
        assert told.reward.value == 3.0
        assert ends(told, "n") == [(0.0, 2.0), (10.0, 12.0)]


class TestGroups:
    RANKED = "\nrules:\n  size: length(completion)\nscore: 0 - rank(size) over group\n"
    ROWS = (
        {"prompt_id": 1, "completion": "aa"},
        {"prompt_id": 2, "completion": "alone"},
        {"prompt_id": 1, "completion": "aaaa"},
        {"prompt_id": 1, "completion": "aaaaaa"},
    )

    def test_rank(self):
        # sizes 2, 4, 6 have the ranks 3, 2, 1
        told = explain(ruleset(self.RANKED), self.ROWS, 2, where=["f:1", "f:2", "f:3", "f:4"])
        assert told.group.where == ("f:1", "f:3", "f:4")
        assert told.group.place == 1
        assert [reward.value for reward in told.group.rewards] == [-3.0, -2.0, -1.0]
        standing = told.group.standing
        assert (standing.mean, standing.std, standing.advantage, standing.standardized) == (-2.0, 1.0, 0.0, 0.0)
        score = told.score.parts[-1]
        assert [member.value for member in part(score.value, "rank(size) over group").members] == [2.0, 4.0, 6.0]

    def test_the_others_keep_their_values_and_get_other_rewards(self):
        # at 0 the ranks are 2, 3, 1; at 6, the most that is seen, they are 3, 1, 1
        told = explain(ruleset(self.RANKED), self.ROWS, 2)
        worst, best = what_if(told, "size").worst, what_if(told, "size").best
        assert (worst.value, worst.reward.value) == (0.0, -3.0)
        assert (worst.standing.mean, worst.standing.advantage, worst.standing.standardized) == (-2.0, -1.0, -1.0)
        assert (best.value, best.reward.value) == (6.0, -1.0)
        assert best.standing.advantage == pytest.approx(2 / 3)

    def test_mean(self):
        # one of four is right: 1 - 1/4 against -1/4; if it were wrong too, all would have 0
        text = "\nrules:\n  right: exact_match(completion, answer)\nscore: right - mean(right) over group\n"
        rows = [{"completion": said, "answer": "4", "prompt": "2+2"} for said in ("4", "5", "6", "7")]
        told = explain(ruleset(text), rows, 0)
        assert told.reward.value == 0.75
        assert told.group.standing.advantage == 0.75
        assert told.group.standing.std == 0.5  # sqrt((0.75² + 3 * 0.25²) / 3)
        assert told.group.standing.standardized == 1.5
        worst = what_if(told, "right").worst
        assert (worst.reward.value, worst.standing.advantage, worst.standing.standardized) == (0.0, 0.0, None)

    def test_normalize(self):
        # sizes 2, 4, 6 become 0, 0.5, 1
        text = "\nrules:\n  size: length(completion)\nlet:\n  n: normalize_linear(size) over group\nscore: 1 - n\n"
        told = explain(ruleset(text), self.ROWS, 2)
        assert told.reward.value == 0.5
        assert ends(told, "size") == [(6.0, 0.0), (0.0, 1.0)]  # nobody says which end is better: what pays more is

    def test_a_declared_size_holds_in_every_alternative(self):
        text = "inputs: {group: {by: prompt_id, size: 3}}" + self.RANKED
        told = explain(ruleset(text), self.ROWS, 0)
        assert told.reward.value == -3.0
        assert what_if(told, "size").best.reward.value == -1.0
        alone = explain(ruleset(text), self.ROWS, 1)
        assert alone.reward.reason.code == "incomplete_group"
        assert alone.verdict.endswith("(incomplete_group)")

    def test_groups_that_only_the_data_has(self):
        text = "\nrules:\n  right: exact_match(completion, answer)\nscore: right\n"
        rows = [{"completion": said, "answer": "4", "prompt": "2+2"} for said in ("4", "5")]
        told = explain(ruleset(text), rows, 1)
        assert told.group.standing.advantage == -0.5
        assert what_if(told, "right").best.standing.advantage == 0.0

    def test_no_groups_at_all(self):
        text = "\nrules:\n  right: exact_match(completion, answer)\nscore: right\n"
        told = explain(ruleset(text), [BOXED, BOXED], 1)
        assert told.group is None
        assert what_if(told, "right").best.standing is None

    def test_a_row_without_a_reward_has_no_advantage(self):
        text = "\nrules:\n  right: exact_match(completion, answer)\nscore: right\n"
        rows = [{"completion": "4", "answer": answer, "prompt": "2+2"} for answer in ("4", "5", None)]
        told = explain(ruleset(text), rows, 2)
        assert told.group.standing.mean == 0.5
        assert told.group.standing.advantage is None
        # right as well: rewards 1, 0, 1, of which the mean is 2/3
        assert what_if(told, "right").best.standing.advantage == pytest.approx(1 / 3)

    def test_members_that_could_not_be_read(self):
        rows = [*self.ROWS, Reason("not_json", "the line is not JSON")]
        told = explain(ruleset(self.RANKED), rows, 2, group=[1, 2, 1, 1, 1])
        assert [reward.state for reward in told.group.rewards] == ["ok", "ok", "ok", "error"]
        assert what_if(told, "size").worst.reward.value == -3.0


class TestParameters:
    def test_a_parameter_is_told_and_counts(self):
        text = "params: {most: 10char}\nrules:\n  size: length(completion)\nscore: 1 if size <= most else 0\n"
        told = explain(ruleset(text), [{"completion": "aaaa"}], 0)
        assert (told.params, told.reward.value) == ({"most": "10char"}, 1.0)
        changed = explain(ruleset(text, params={"most": "3char"}), [{"completion": "aaaa"}], 0)
        assert (changed.params, changed.reward.value) == ({"most": "3char"}, 0.0)

    def test_the_step(self):
        text = "\nrules:\n  right: exact_match(completion, answer)\nscore: ramp(step, 0step..100step, to=1) * right\n"
        told = explain(ruleset(text), [{"completion": "4", "answer": "4"}], 0, step=25)
        assert (told.step, told.reward.value) == (25, 0.25)
        assert ends(told, "right") == [(False, 0.0), (True, 0.25)]
        with pytest.raises(ConfigurationError, match="uses `step`"):
            explain(ruleset(text), [BOXED], 0)


class TestPolarity:
    def test_less_is_better(self):
        told = explain(
            ruleset("\nrules:\n  loops: ngram_repetition(completion, n=1)\nscore: 0 - loops\n"), [BOXED], 0
        )
        assert ends(told, "loops") == [(1.0, -1.0), (0.0, 0.0)]

    def test_truth_that_is_worse(self):
        text = "\nrules:\n  cut: truncated(completion)\nscore: 0 - cut\n"
        told = explain(ruleset(text), [{"completion": "The end."}], 0)
        assert ends(told, "cut")[1] == (False, 0.0)


def test_what_is_refused():
    made = ruleset(TERMS)
    with pytest.raises(ConfigurationError, match="has no rule `rigt`: did you mean `right`"):
        explain(made, [BOXED], 0, rule="rigt")
    with pytest.raises(InputError, match="there is no row 1: there are 1, counted from 0"):
        explain(made, [BOXED], 1)
    with pytest.raises(InputError, match=r"f:1 cannot be read: the line is not JSON \(not_json\)"):
        explain(made, [Reason("not_json", "the line is not JSON")], 0, where=["f:1"])
    with pytest.raises(InputError, match="`group` has 2 values for 1 rows"):
        explain(made, [BOXED], 0, group=[1, 2])


def test_an_explanation_is_plain_json():
    told = explain(ruleset(TestGatesAndRoutes.TEXT), [{"completion": "4", "answer": "4", "prompt": "?"}] * 2, 0)
    found = json.loads(json.dumps(told.to_json()))
    assert found["schema"] == 1
    assert found["gate"] == "bad_format"
    assert [rule["name"] for rule in found["rules"]] == ["format", "right"]
    assert found["what_if"][0]["best"]["reward"] == {"state": "ok", "value": 1.5}
    assert found["group"]["members"][1] == {"where": "row 1", "state": "ok", "value": -1.0}


def test_served_rules_are_not_measured_again():
    text = "\nrules:\n  right: math_equal(boxed(completion), answer)\nscore: right\n"
    told = explain(ruleset(text), [{"completion": r"\boxed{\ln e^4}", "answer": "4"}], 0)
    assert told.reward.value == 1.0
    assert told.rules[0].evidence["decided_by"] == "math-verify"
    assert ends(told, "right") == [(False, 0.0), (True, 1.0)]
    assert ruleset(text).with_stubs(["right"]).plan.services == frozenset()
