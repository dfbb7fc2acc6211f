"""`rulereward why`: what is printed, at two widths, and what is refused."""

from __future__ import annotations

import json

import pytest
from command_line import CASES, rulereward, write_rows

from rulereward.api import Ruleset
from rulereward.cli.why_text import Style, entries, excerpt, why_lines
from rulereward.cli.why_words import one_line, plain_words, quoted, shortened, table_lines, value_words
from rulereward.data import Reason
from rulereward.insight.why.explain import explain
from rulereward.insight.why.told import Told
from rulereward.plan.layout import display_width

TEXT = """rulereward: 1
name: why
params: {most: 20char}
let:
  final: after(completion, "</think>") ?? completion
rules:
  format: think_format(trailing=true)
  right: exact_match(boxed(final), answer)
  size: length(completion, unit="char")
score:
  gates:
    - {name: bad_format, when: not format, value: -1}
  terms:
    right: 1
    short:
      value: 1 - min(size, most) / most
      weight: 0.5
  on_null: propagate
  clamp: -1..1
"""
ROWS = [
    {"prompt_id": 1, "completion": r"<think>a</think>\boxed{4}", "answer": "4"},
    {"prompt_id": 1, "completion": r"<think>一二</think>\boxed{5}", "answer": "4"},
    {"prompt_id": 2, "completion": "no tags", "answer": "4"},
    {"prompt_id": 1, "completion": "no tags", "answer": "4"},
]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "why.yaml").write_text(TEXT, encoding="utf-8")
    write_rows(tmp_path / "in.jsonl", ROWS)
    return tmp_path


def lines(row, width, rule=None):
    where = [f"in.jsonl:{number}" for number in range(1, 5)]
    told = explain(Ruleset("why.yaml", TEXT), ROWS, row, where=where, rule=rule)
    return list(why_lines(told, Style(width, full=False, rule=rule)))


class TestText:
    def test_a_row_as_it_is_told(self, here):
        ran = rulereward("why", "in.jsonl:2", "-r", "./why.yaml")
        expected = (CASES / "why.txt").read_text(encoding="utf-8")
        first, _, rest = ran.out.partition("\n")
        assert (ran.status, ran.err) == (0, "")
        assert first.startswith("in.jsonl:2, why rr1:")
        assert rest == expected

    @pytest.mark.parametrize("width", [80, 120])
    @pytest.mark.parametrize("row", range(4))
    def test_nothing_is_wider_than_the_terminal(self, row, width):
        assert max(display_width(line) for line in lines(row, width)) <= width

    def test_a_gate(self):
        told = lines(3, 100)
        assert told[1] == "reward -1, given by the gate `bad_format`"
        assert "  bad_format: gave -1" in told
        assert "score" not in told
        # past the gate stand 0 for the answer, and 0.5 * (1 - 7/20)
        assert any("true → 0.325" in line and line.endswith("1.325") for line in told)
        assert "  format: at its best no gate gives the reward" in told
        assert "  no difference: right, size" in told

    def test_one_rule_only(self):
        told = lines(0, 100, rule="size")
        assert "size: length(completion)" in told
        assert not any(line.startswith(("right", "rules", "score", "its group")) for line in told)

    def test_the_ruleset_that_is_there(self, here):
        (here / "rulereward.yaml").write_text(TEXT, encoding="utf-8")
        assert rulereward("why", "in.jsonl:1").err == "ruleset: ./rulereward.yaml; -r names another\n"

    def test_a_scored_file(self, here):
        assert rulereward("score", "in.jsonl", "-r", "./why.yaml", "-o", "out.jsonl", "--details", "-q").status == 0
        assert rulereward("why", "out.jsonl:1", "-r", "./why.yaml").out.splitlines()[2] == (
            "the file holds the same reward, scored with this ruleset"
        )
        changed = rulereward("why", "out.jsonl:3", "-r", "./why.yaml", "--set", "most=10char").out.splitlines()
        assert changed[2].startswith("the file holds the same reward, scored with another ruleset, or")
        changed = rulereward("why", "out.jsonl:2", "-r", "./why.yaml", "--set", "most=100char").out.splitlines()
        # 0.5 * (1 - 26/100) now, and 0 then: 26 characters are more than 20
        assert changed[1] == "reward 0.37"
        assert changed[2].startswith("the file holds another reward: 0, scored with another ruleset")

    def test_another_column(self, here):
        write_rows(here / "other.jsonl", [{"said": r"<think>a</think>\boxed{4}", "answer": "4"}])
        ran = rulereward("why", "other.jsonl:1", "-r", "./why.yaml", "--map", "completion=said")
        assert ran.out.splitlines()[1] == "reward 1"


class TestJson:
    def test_everything_is_in_it(self, here):
        found = json.loads(rulereward("why", "in.jsonl:2", "-r", "./why.yaml", "--format", "json").out)
        assert list(found) == [
            "schema", "ruleset", "fingerprint", "where", "step", "params", "inputs", "reward", "route", "gate",
            "routes", "gates", "rules", "score", "group", "what_if", "verdict", "stored",
        ]  # fmt: skip
        assert found["where"] == "in.jsonl:2"
        assert found["params"] == {"most": "20char"}
        assert found["reward"] == {"state": "ok", "value": 0.0}
        assert [rule["name"] for rule in found["rules"]] == ["format", "right", "size"]
        assert found["score"]["clamp"] == [-1, 1]
        assert found["group"]["place"] == 1
        assert found["what_if"][0]["rule"] == "format"
        assert found["stored"] is None


class TestRefused:
    @pytest.mark.parametrize(
        ("args", "message"),
        [
            (["in.jsonl:9"], "there is no row 9: in.jsonl has 4 rows"),
            (["in.jsonl"], "in.jsonl names no row: write FILE:ROW, such as in.jsonl:12"),
            (["in.jsonl:1", "--rule", "rigth"], "the ruleset `why` has no rule `rigth`: did you mean `right`?"),
            (["in.jsonl:1", "--set", "most"], "--set most: write name=value, such as --set max_len=8192"),
            (["in.jsonl:1", "--map", "gold"], "--map gold: write input=column, such as --map completion=response"),
        ],
    )
    def test_with_a_message(self, here, args, message):
        ran = rulereward("why", "-r", "./why.yaml", *args)
        assert (ran.status, ran.out, ran.err) == (2, "", f"error: {message}\n")

    def test_a_parameter_of_another_type(self, here):
        ran = rulereward("why", "in.jsonl:1", "-r", "./why.yaml", "--set", "most=10tok")
        assert ran.status == 2
        assert "error[E0502]" in ran.err


class TestWords:
    def test_values(self):
        assert [plain_words(value) for value in (True, 0.1 + 0.2, -0.0, 3.0, "a", None, [1, "b"], {"a": 1})] == [
            "true", "0.3", "0", "3", '"a"', "null", '[1, "b"]', "a 1",
        ]  # fmt: skip
        assert value_words(Told("not_needed")) == "not needed"
        assert value_words(Told("null", None, Reason("no_column", "the row has no `a`"))) == (
            "null: no_column (the row has no `a`)"
        )
        assert value_words(Told("ok", False, Reason("no_answer", "there is none"))) == "false (no_answer)"

    def test_texts_that_a_terminal_would_obey(self):
        assert one_line("a\nb\x1b[31m\tc") == "a⏎b\ufffd[31m c"

    def test_long_texts_lose_their_middle(self):
        assert shortened("0123456789" * 3, 20) == "0123456789012…456789"
        assert quoted("ab" * 50, 40) == '"ababababababab…ababab" (100 characters)'
        assert display_width(shortened("一二三四五六七八九十" * 3, 20)) <= 20

    def test_what_was_cut_out_is_marked_at_its_last_place(self):
        assert excerpt("4 is not 5, but 4.", ["4"], 100) == '"4 is not 5, but «4»."'
        text = "x" * 500 + " 42 " + "y" * 500
        assert "«42»" in excerpt(text, ["42", "z" * 100], 200)
        assert len(excerpt(text, ["42"], 200)) <= 206
        assert excerpt("none here", [], 100) == '"none here"'

    def test_long_lists_of_mappings_have_a_line_for_each_or_for_each_of_their_values(self):
        failed = [{"test": 1, "got": "12"}, {"test": 2, "got": "x" * 30}]
        assert entries("failed", failed, 100) == [
            ("failed", '[test 1, got "12", test 2, got "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"]')
        ]
        assert entries("failed", failed, 40) == [
            ("failed", 'test 1, got "12"'),
            ("failed", "test 2"),
            ("  got", '"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"'),
        ]
        assert entries("odd", [{}, "text" * 20], 20)[0][0] == "odd"

    def test_tables_fold_their_last_column(self):
        told = table_lines([("a", "1", "one two three four five six"), ("中文", "22", "")], (1,), 30)
        assert told == ["  a      1  one two three four", "            five six", "  中文  22"]
