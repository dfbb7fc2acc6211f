"""Rows by name, with the rest of their group, in files as they were and as they were scored."""

from __future__ import annotations

import gzip
import json

import pytest

import rulereward as rr
from rulereward.api import Ruleset
from rulereward.errors import ConfigurationError, InputError
from rulereward.insight.why.explain import explain_in_file
from rulereward.insight.why.found_row import find_row, split_name
from rulereward.insight.why.stored import taken_apart

PLAIN = "rulereward: 1\nrules:\n  size: length(completion)\nscore: size / 10char\n"
GROUPED = "rulereward: 1\nrules:\n  size: length(completion)\nscore: rank(size) over group\n"
DECLARED = GROUPED.replace("rules:", "inputs: {group: uid}\nrules:")
STEPPED = "rulereward: 1\nrules:\n  size: length(completion)\nscore: ramp(step, 0step..10step, to=1) * size / 1char\n"
ROWS = [
    {"prompt_id": "a", "completion": "1"},
    {"prompt_id": "b", "completion": "22"},
    {"prompt_id": None, "completion": "333"},
    {"prompt_id": "a", "completion": "4444"},
]


def written(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def made(text):
    return Ruleset("made.yaml", text)


class TestNames:
    def test_file_and_row(self):
        assert split_name("out.jsonl:12") == ("out.jsonl", 12)
        assert split_name("C:/a:b.jsonl:1") == ("C:/a:b.jsonl", 1)

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("out.jsonl", "out.jsonl names no row: write FILE:ROW, such as out.jsonl:12"),
            ("out.jsonl:", "out.jsonl: names no row: write FILE:ROW, such as out.jsonl:12"),
            ("out.jsonl:x", "out.jsonl:x names no row: write FILE:ROW, such as out.jsonl:12"),
            ("out.jsonl:-1", "out.jsonl:-1 names no row: write FILE:ROW, such as out.jsonl:12"),
            ("out.jsonl:0", "there is no row 0: rows are counted from 1, such as out.jsonl:1"),
            ("-:1", "standard input has no rows to come back to: name a file"),
        ],
    )
    def test_no_name(self, name, message):
        with pytest.raises(InputError) as caught:
            split_name(name)
        assert str(caught.value) == message


class TestRows:
    def test_a_row_and_its_group(self, tmp_path):
        path = written(tmp_path / "in.jsonl", ROWS)
        found = find_row(made(GROUPED), f"{path}:4")
        assert [row["completion"] for row in found.rows] == ["1", "4444"]
        assert found.where == [f"{path}:1", f"{path}:4"]
        assert found.place == 1
        assert explain_in_file(made(GROUPED), f"{path}:4").reward.value == 1.0

    def test_a_row_without_a_key_among_rows_that_have_one(self, tmp_path):
        path = written(tmp_path / "in.jsonl", ROWS)
        told = explain_in_file(made(GROUPED), f"{path}:3")
        assert (told.reward.state, told.reward.reason.code) == ("error", "incomplete_group")
        assert explain_in_file(made(PLAIN), f"{path}:3").group is None

    def test_equal_prompts_where_nobody_has_a_key(self, tmp_path):
        rows = [{"prompt": said, "completion": said * 2} for said in ("x", "yy", "x")]
        path = written(tmp_path / "in.jsonl", rows)
        assert explain_in_file(made(GROUPED), f"{path}:3").group.where == (f"{path}:1", f"{path}:3")
        with pytest.raises(ConfigurationError, match="the ruleset says `group: uid`"):
            explain_in_file(made(DECLARED), f"{path}:3")

    def test_rows_are_named_by_their_lines(self, tmp_path):
        path = tmp_path / "in.jsonl"
        path.write_text('{"completion": "1"}\n\nnot json\n{"completion": "4444"}\n', encoding="utf-8")
        assert explain_in_file(made(PLAIN), f"{path}:4").reward.value == 0.4
        with pytest.raises(InputError, match=r"in\.jsonl:3 cannot be read: the line is not JSON.*\(not_json\)"):
            find_row(made(PLAIN), f"{path}:3")
        with pytest.raises(InputError, match=r"there is no row 2: .*in\.jsonl has 3 rows, the last at line 4"):
            find_row(made(PLAIN), f"{path}:2")

    def test_elements_of_an_array(self, tmp_path):
        path = tmp_path / "in.json"
        path.write_text(json.dumps(ROWS, indent=2), encoding="utf-8")
        assert explain_in_file(made(GROUPED), f"{path}:4").group.where == (f"{path}:1", f"{path}:4")
        with pytest.raises(InputError, match=r"there is no row 5: .*in\.json has 4 rows$"):
            find_row(made(PLAIN), f"{path}:5")

    def test_parquet_and_gzip(self, tmp_path):
        arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
        parquet.write_table(arrow.Table.from_pylist(ROWS), tmp_path / "in.parquet")
        assert explain_in_file(made(GROUPED), f"{tmp_path}/in.parquet:1").reward.value == 2.0
        with gzip.open(tmp_path / "in.jsonl.gz", "wt") as file:
            file.write("".join(json.dumps(row) + "\n" for row in ROWS))
        assert explain_in_file(made(GROUPED), f"{tmp_path}/in.jsonl.gz:1").reward.value == 2.0

    def test_no_file(self, tmp_path):
        with pytest.raises(InputError, match="no such file"):
            find_row(made(PLAIN), f"{tmp_path}/none.jsonl:1")


def scored(path, ruleset, rows, **more):
    scores = ruleset.score_rows(rows, **more)
    return written(path, [{**row, **record} for row, record in zip(rows, scores.records(details=True), strict=True)])


class TestScoredFiles:
    def test_the_same_reward(self, tmp_path):
        path = scored(tmp_path / "out.jsonl", made(PLAIN), ROWS)
        stored = explain_in_file(made(PLAIN), f"{path}:2").stored
        assert (stored.reward, stored.same, stored.same_ruleset) == (0.2, True, True)

    def test_another_reward_of_another_ruleset(self, tmp_path):
        path = scored(tmp_path / "out.jsonl", made(PLAIN), ROWS)
        told = explain_in_file(made(PLAIN.replace("10char", "5char")), f"{path}:2")
        assert (told.reward.value, told.stored.reward) == (0.4, 0.2)
        assert (told.stored.same, told.stored.same_ruleset) == (False, False)

    def test_no_reward_then_and_now(self, tmp_path):
        path = scored(tmp_path / "out.jsonl", made(GROUPED), ROWS)
        told = explain_in_file(made(GROUPED), f"{path}:3")
        assert told.stored.state.startswith("error: incomplete_group")
        assert told.stored.same

    def test_the_step_of_the_run(self, tmp_path):
        path = scored(tmp_path / "out.jsonl", made(STEPPED), ROWS, step=5)
        told = explain_in_file(made(STEPPED), f"{path}:4")
        assert (told.step, told.reward.value, told.stored.same) == (5, 2.0, True)
        assert explain_in_file(made(STEPPED), f"{path}:4", step=10).reward.value == 4.0
        plain = written(tmp_path / "in.jsonl", ROWS)
        with pytest.raises(ConfigurationError, match="say which with --step N"):
            explain_in_file(made(STEPPED), f"{plain}:1")

    def test_other_rows_show_the_ends_of_a_rule(self, tmp_path):
        path = scored(tmp_path / "out.jsonl", made(PLAIN), ROWS)
        (entry,) = explain_in_file(made(PLAIN), f"{path}:2").what_if
        assert (entry.best.value, entry.best.reward.value) == (4.0, 0.4)

    def test_columns_that_scoring_renamed(self):
        added = {"reward": 1.0, "reward_state": "ok", "reward_components": {"a": 1.0}}
        fields, stored = taken_apart({"input_reward": 3, "input_x": 1, "reward_model": {}, **added})
        assert fields == {"reward": 3, "input_x": 1, "reward_model": {}}
        assert (stored.reward, stored.components, stored.fingerprint) == (1.0, {"a": 1.0}, None)
        fields, _ = taken_apart({"input_reward": "own", "input_input_reward": 3, **added})
        assert fields == {"input_reward": "own", "reward": 3}

    def test_a_row_that_was_no_row(self, tmp_path):
        row = {"input": "nope", "reward": None, "reward_state": "error: not_json: the line is not JSON",
               "reward_components": {"size": None}}  # fmt: skip
        path = written(tmp_path / "out.jsonl", [row])
        with pytest.raises(InputError, match="could not be read when it was scored: not_json: the line is not JSON"):
            find_row(made(PLAIN), f"{path}:1")

    def test_details_that_are_a_text(self):
        row = {"reward": 1, "reward_state": "ok", "reward_components": {}, "reward_details": '{"step": 3}'}
        assert taken_apart(row)[1].step == 3
        assert taken_apart({**row, "reward_details": "no json"})[1].step is None


def test_rows_that_were_never_scored_are_left_alone():
    row = {"reward": 1, "completion": "a"}
    assert taken_apart(row) == (row, None)


def test_a_rule_is_looked_up_before_the_file_is_read():
    with pytest.raises(ConfigurationError, match="did you mean `size`"):
        explain_in_file(made(PLAIN), "nothing.jsonl:1", rule="sizes")


def test_shipped_rulesets_explain_the_sample():
    told = explain_in_file(rr.load("math"), "rulesets/sample.jsonl:3")
    assert told.group.where[2] == "rulesets/sample.jsonl:3"
    assert told.reward.number == 0.1
