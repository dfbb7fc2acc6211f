"""`rulereward score`: what goes in, what comes out, and what each option changes."""

from __future__ import annotations

import gzip
import json
import re
import sys

import pytest
from command_line import GROUPED, SHORT, WRONG, records_in, rulereward, write_rows

ROWS = [
    {"id": 0, "completion": "4", "answer": "4"},
    {"id": 1, "completion": "five", "answer": "4"},
    {"id": 2, "completion": "6", "answer": "6"},
]
REWARDS = [1 - 0.1 * 0.1, 0 - 0.1 * 0.4, 1 - 0.1 * 0.1]
"""right - 0.1 * length / 10."""


@pytest.fixture
def source(tmp_path):
    return write_rows(tmp_path / "in.jsonl", ROWS)


def rewards(records):
    return [record["reward"] for record in records]


def test_the_sample_is_scored_by_the_shipped_ruleset():
    ran = rulereward("score", "--sample", "-r", "math")
    assert ran.status == 0
    assert len(ran.records) == 40
    unjudged = [record for record in ran.records if record["reward_state"].startswith("null: gold_unreadable")]
    assert {record["prompt_id"] for record in unjudged} == {"irrational"}
    for record in ran.records:
        if record in unjudged:
            assert record["reward"] is None
            continue
        assert record["reward_state"] == "ok"
        right, boxed = record["reward_components"]["accuracy"], record["reward_components"]["boxed"]
        assert right <= boxed
        assert record["reward"] <= right + 0.1 * boxed + 1e-12
    assert {"accuracy", "boxed", "repetition", "length", "reward"} <= set(re.findall(r"^\w+", ran.err, re.MULTILINE))
    assert max(len(line) for line in ran.err.splitlines() if not line.startswith("  ")) <= 100  # reasons are longer


def test_rows_keep_their_own_bytes(tmp_path):
    line = '{"completion":  "4", "answer": "4", "x": 1.50}'
    (tmp_path / "in.jsonl").write_text(line + "\n", encoding="utf-8")
    ran = rulereward("score", tmp_path / "in.jsonl", "-r", SHORT)
    assert ran.out.startswith(line[:-1] + ',"reward":')
    assert ran.out.endswith('"reward_state":"ok","reward_components":{"right":1.0,"length":1.0}}\n')


def test_rewards_are_those_of_the_ruleset(source):
    ran = rulereward("score", source, "-r", SHORT)
    assert ran.status == 0
    assert rewards(ran.records) == REWARDS


def test_standard_input_and_output():
    ran = rulereward("score", "-", "-r", SHORT, "-o", "-", stdin="".join(json.dumps(row) + "\n" for row in ROWS))
    assert (ran.status, rewards(ran.records)) == (0, REWARDS)


def test_several_files_come_out_in_order(source, tmp_path):
    more = write_rows(tmp_path / "more.jsonl", ROWS[:1])
    ran = rulereward("score", source, more, "-r", SHORT)
    assert [record["id"] for record in ran.records] == [0, 1, 2, 0]


def test_a_file_may_be_a_json_array(tmp_path):
    (tmp_path / "in.json").write_text(json.dumps(ROWS), encoding="utf-8")
    assert rewards(rulereward("score", tmp_path / "in.json", "-r", SHORT).records) == REWARDS


def test_output_in_gzip(source, tmp_path):
    out = tmp_path / "out.jsonl.gz"
    assert rulereward("score", source, "-r", SHORT, "-o", out).status == 0
    lines = gzip.decompress(out.read_bytes()).splitlines()
    assert rewards(map(json.loads, lines)) == REWARDS


def test_output_in_parquet(source, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    out = tmp_path / "out.parquet"
    assert rulereward("score", source, "-r", SHORT, "-o", out).status == 0
    assert parquet.read_table(out).column("reward").to_pylist() == REWARDS


def test_limit_takes_the_first_rows(source):
    assert rewards(rulereward("score", source, "-r", SHORT, "--limit", 2).records) == REWARDS[:2]


def test_details_name_the_ruleset_and_every_rule(source):
    (record, *_) = rulereward("score", source, "-r", SHORT, "--details").records
    details = record["reward_details"]
    assert details["ruleset"] == "short"
    assert details["fingerprint"].startswith("rr1:")
    assert details["rules"]["right"].items() >= {"state": "ok", "value": 1.0, "contribution": 1.0}.items()
    assert details["rules"]["length"].items() >= {"state": "ok", "value": 1.0, "contribution": -0.1 * 0.1}.items()


class TestWhichRuleset:
    def test_the_shipped_one_by_default_and_it_is_named(self, source, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        ran = rulereward("score", source, "--limit", 1)
        assert "ruleset: the shipped math" in ran.err
        assert set(ran.records[0]["reward_components"]) == {"accuracy", "boxed", "repetition", "length"}

    def test_the_one_that_lies_here_comes_first(self, source, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "rulereward.yaml").write_text("rulereward: 1\nrules: {n: length(completion)}\nscore: n / 1char\n")
        ran = rulereward("score", source)
        assert "ruleset: ./rulereward.yaml" in ran.err
        assert rewards(ran.records) == [1.0, 4.0, 1.0]

    @pytest.mark.parametrize(
        ("name", "told"),
        [("nope", "there is no ruleset `nope`"), ("./nope.yaml", "cannot be read"), (WRONG, "error[E0203]")],
    )
    def test_one_that_cannot_be_used_is_status_2(self, source, name, told):
        ran = rulereward("score", source, "-r", name)
        assert (ran.status, ran.out) == (2, "")
        assert told in ran.err
        assert "Traceback" not in ran.err


class TestMapping:
    ROWS = ({"text": "4", "gold": {"value": "4"}}, {"text": "five", "gold": {"value": "4"}})

    def test_inputs_from_other_columns(self, tmp_path):
        source = write_rows(tmp_path / "in.jsonl", self.ROWS)
        ran = rulereward("score", source, "-r", SHORT, "--map", "completion=text", "--map", "answer=gold.value")
        assert rewards(ran.records) == REWARDS[:2]

    def test_the_key_of_the_groups(self, tmp_path):
        rows = [{"completion": "a" * n, "g": n % 2} for n in (1, 2, 3, 4)]
        source = write_rows(tmp_path / "in.jsonl", rows)
        ran = rulereward("score", source, "-r", GROUPED, "--map", "group=g")
        assert rewards(ran.records) == [0, 0, 1, 1]

    @pytest.mark.parametrize(
        ("written", "told"),
        [
            (["complet=text"], "did you mean `completion`?"),
            (["x=text"], "its inputs are completion, transcript, prompt, answer, token_ids, finish_reason, group"),
            (["completion"], "write input=column"),
            (["completion="], "write input=column"),
            (["completion=a", "completion=b"], "twice"),
        ],
    )
    def test_a_mapping_that_fits_nothing_is_status_2(self, source, written, told):
        ran = rulereward("score", source, "-r", SHORT, *(part for item in written for part in ("--map", item)))
        assert ran.status == 2
        assert told in ran.err

    def test_a_run_with_another_mapping_does_not_go_on(self, source, tmp_path):
        out = tmp_path / "out.jsonl"
        rulereward("score", source, "-r", SHORT, "-o", out)
        ran = rulereward("score", source, "-r", SHORT, "-o", out, "--resume", "--map", "answer=id")
        assert ran.status == 2
        assert "map answer" in ran.err


class TestOutputThatIsThere:
    def test_it_is_neither_lost_nor_mixed_up(self, source, tmp_path):
        out = tmp_path / "out.jsonl"
        assert rulereward("score", source, "-r", SHORT, "-o", out).status == 0
        before = out.read_bytes()
        ran = rulereward("score", source, "-r", SHORT, "-o", out)
        assert ran.status == 2
        assert "--overwrite" in ran.err
        assert out.read_bytes() == before
        assert rulereward("score", source, "-r", SHORT, "-o", out, "--overwrite", "--limit", 1).status == 0
        assert len(records_in(out)) == 1

    @pytest.mark.parametrize("ruleset", [SHORT, GROUPED])
    @pytest.mark.parametrize("left", [0, 1, 150, 10_000])
    def test_resume_after_a_torn_end_gives_the_same_file(self, tmp_path, ruleset, left):
        rows = [{"completion": "a" * (n * 7 % 13), "answer": "a", "prompt_id": n % 40} for n in range(400)]
        source = write_rows(tmp_path / "in.jsonl", rows)
        out = tmp_path / "out.jsonl"
        assert rulereward("score", source, "-r", ruleset, "-o", out).status == 0
        whole = out.read_bytes()
        out.write_bytes(whole[:left])
        ran = rulereward("score", source, "-r", ruleset, "-o", out, "--resume")
        assert ran.status == 0
        assert out.read_bytes() == whole

    def test_resume_of_what_is_done_adds_nothing(self, source, tmp_path):
        out = tmp_path / "out.jsonl"
        rulereward("score", source, "-r", SHORT, "-o", out)
        before = out.read_bytes()
        ran = rulereward("score", source, "-r", SHORT, "-o", out, "--resume")
        assert (ran.status, out.read_bytes()) == (0, before)
        assert "3 rows from before are not counted here" in ran.err

    @pytest.mark.parametrize("ruleset", [SHORT, GROUPED])
    def test_resume_with_a_row_put_in_front_is_refused(self, tmp_path, ruleset):
        rows = [{"completion": "a" * n, "answer": "a", "prompt_id": 0} for n in range(5)]
        source = write_rows(tmp_path / "in.jsonl", rows)
        out = tmp_path / "out.jsonl"
        rulereward("score", source, "-r", ruleset, "-o", out)
        before = out.read_bytes()
        write_rows(source, [{"completion": "new", "answer": "a", "prompt_id": 0}, *rows])
        ran = rulereward("score", source, "-r", ruleset, "-o", out, "--resume")
        assert ran.status == 2
        assert f"its line 1 does not come from {source}:1" in ran.err
        assert ran.err.endswith("--overwrite starts anew\n")
        assert out.read_bytes() == before

    def test_resume_goes_on_with_rows_put_behind(self, source, tmp_path):
        out = tmp_path / "out.jsonl"
        rulereward("score", source, "-r", SHORT, "-o", out)
        write_rows(source, [*ROWS, {"id": 3, "completion": "4", "answer": "4"}])
        assert rulereward("score", source, "-r", SHORT, "-o", out, "--resume").status == 0
        assert [record["id"] for record in records_in(out)] == [0, 1, 2, 3]

    def test_resume_or_overwrite(self, source, tmp_path):
        ran = rulereward("score", source, "-o", tmp_path / "out.jsonl", "--resume", "--overwrite")
        assert ran.status == 2
        assert "choose one" in ran.err

    def test_a_run_that_cannot_start_makes_no_output(self, tmp_path):
        source = write_rows(tmp_path / "in.jsonl", [{"completion": "a"}])
        out = tmp_path / "out.jsonl"
        ran = rulereward("score", source, "-r", GROUPED, "-o", out)
        assert ran.status == 2
        assert "no row has a group key or a prompt" in ran.err
        assert not out.exists()


class TestErrorBudget:
    @pytest.fixture
    def half_bad(self, tmp_path):
        source = tmp_path / "half.jsonl"
        source.write_text('{"completion": "4", "answer": "4"}\nnot json\n', encoding="utf-8")
        return source

    @pytest.mark.parametrize(
        ("option", "status"),
        [
            ([], 0),
            (["--fail-on-error"], 1),
            (["--fail-on-error=0"], 1),
            (["--fail-on-error=0.49"], 1),
            (["--fail-on-error=0.5"], 0),
            (["--fail-on-error=1"], 0),
            (["--fail-on-error=50"], 2),
        ],
    )
    def test_status(self, half_bad, option, status):
        ran = rulereward("score", "-r", SHORT, *option, half_bad)
        assert ran.status == status
        if status < 2:
            assert len(ran.records) == 2

    def test_a_share_behind_a_blank_is_no_file(self, half_bad):
        ran = rulereward("score", "-r", SHORT, "--fail-on-error", "0.5", half_bad)
        assert (ran.status, ran.out) == (2, "")
        assert "write --fail-on-error=0.5" in ran.err

    def test_a_file_whose_name_is_a_number(self, half_bad, monkeypatch):
        monkeypatch.chdir(half_bad.parent)
        half_bad.rename("0.5")
        assert rulereward("score", "-r", SHORT, "--fail-on-error", "0.5").status == 1

    def test_no_row_at_all_is_status_1(self, tmp_path):
        source = tmp_path / "in.txt"
        source.write_text("a: 1\nb: 2\n", encoding="utf-8")
        ran = rulereward("score", "-r", SHORT, "--quiet", source)
        assert ran.status == 1
        assert len(ran.records) == 2
        assert f"no row could be scored, 2 were bad; the first: {source}:1: the line is not JSON" in ran.err

    def test_why_is_told_even_when_quiet(self, half_bad):
        ran = rulereward("score", "-r", SHORT, "--quiet", "--fail-on-error", half_bad)
        assert ran.err == "1 of 2 rows are errors (50.00%), more than 0.00%\n"


class TestStep:
    @pytest.fixture
    def ruleset(self, tmp_path):
        path = tmp_path / "steps.yaml"
        path.write_text("rulereward: 1\nrules: {n: length(completion)}\nscore: ramp(step, 0step..10step)\n")
        return path

    def test_it_reaches_the_ruleset(self, ruleset, source):
        assert rewards(rulereward("score", source, "-r", ruleset, "--step", 5).records) == [0.5] * 3

    def test_without_it_nothing_is_written(self, ruleset, source, tmp_path):
        out = tmp_path / "out.jsonl"
        ran = rulereward("score", source, "-r", ruleset, "-o", out)
        assert ran.status == 2
        assert "--step" in ran.err
        assert not out.exists()


class TestGroups:
    def test_members_may_stand_anywhere_and_rows_stay_in_order(self, tmp_path):
        rows = [{"id": n, "completion": "a" * (n // 3), "prompt_id": n % 3} for n in range(30)]
        source = write_rows(tmp_path / "in.jsonl", rows)
        ran = rulereward("score", source, "-r", GROUPED)
        assert "held in memory" in ran.err
        assert [record["id"] for record in ran.records] == list(range(30))
        assert rewards(ran.records) == [0.0] * 27 + [1.0] * 3

    def test_equal_prompts_are_a_group_and_that_is_said(self, tmp_path):
        rows = [{"completion": "a" * n, "prompt": "p" if n < 3 else "q"} for n in (1, 2, 3, 4)]
        ran = rulereward("score", write_rows(tmp_path / "in.jsonl", rows), "-r", GROUPED)
        assert rewards(ran.records) == [0, 1, 0, 1]
        assert "0 of 2 groups with equal prompts tied" in ran.err

    @pytest.mark.parametrize(("limit", "cut"), [(3, True), (4, False), (9, False)])
    def test_a_limit_may_cut_a_group(self, tmp_path, limit, cut):
        source = write_rows(tmp_path / "in.jsonl", [{"completion": "a" * n, "prompt_id": 0} for n in range(4)])
        ran = rulereward("score", source, "-r", GROUPED, "--limit", limit)
        assert len(ran.records) == min(limit, 4)
        assert ("a group that goes on behind the first 3 rows is cut there by --limit" in ran.err) == cut


class TestKindsOfOnesOwn:
    MODULE = '''
from rulereward import rule

@rule(version=1, returns="number", range=(0, 1))
def {name}(text: str) -> float:
    """Share of one-letter texts."""
    return 1.0 / (2.0 - len(text))
'''

    def test_they_are_found_in_the_working_folder(self, source, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "path", sys.path[:])
        (tmp_path / "my_one_letter.py").write_text(self.MODULE.format(name="one_letter"))
        ruleset = tmp_path / "mine.yaml"
        ruleset.write_text("rulereward: 1\nrules: {one: one_letter(completion)}\nscore: one\n")
        ran = rulereward("score", source, "-r", ruleset, "--kinds", "my_one_letter", "--limit", 1)
        assert rewards(ran.records) == [1.0]

    def test_what_a_kind_raises_is_an_error_of_its_row(self, tmp_path, monkeypatch):
        monkeypatch.syspath_prepend(str(tmp_path))
        (tmp_path / "my_raising.py").write_text(self.MODULE.format(name="raising"))
        ruleset = tmp_path / "mine.yaml"
        ruleset.write_text("rulereward: 1\nrules: {one: raising(completion)}\nscore: one\n")
        source = write_rows(tmp_path / "two.jsonl", [{"completion": "ab"}, {"completion": "a"}])
        ran = rulereward("score", source, "-r", ruleset, "--kinds", "my_raising")
        assert (ran.status, rewards(ran.records)) == (0, [None, 1.0])
        assert "ZeroDivisionError" in ran.records[0]["reward_state"]

    def test_abort_is_status_1(self, tmp_path, monkeypatch):
        monkeypatch.syspath_prepend(str(tmp_path))
        (tmp_path / "my_aborting.py").write_text(self.MODULE.format(name="aborting"))
        ruleset = tmp_path / "mine.yaml"
        rule = "{one: {value: aborting(completion), on_error: abort}}"
        ruleset.write_text(f"rulereward: 1\nrules: {rule}\nscore: one\n")
        ran = rulereward(
            "score",
            write_rows(tmp_path / "two.jsonl", [{"completion": "ab"}]),
            "-r",
            ruleset,
            "--kinds",
            "my_aborting",
        )
        assert ran.status == 1
        assert "on_error: abort" in ran.err

    def refused(self, source, module):
        ran = rulereward("score", source, "-r", SHORT, "--kinds", module)
        assert (ran.status, ran.out) == (2, "")
        assert ran.err.startswith("error: ")
        return ran.err

    def test_a_module_that_is_not_there(self, source):
        told = self.refused(source, "no_such_module")
        assert "no module `no_such_module`: it is looked for on Python's path, and in the current folder" in told

    @pytest.mark.parametrize(
        ("written", "right"),
        [
            ("my_rules.py", "my_rules"),
            ("./my_rules.py", "my_rules"),
            ("./my_rules", "my_rules"),
            ("lib/my_rules.py", "lib.my_rules"),
            ("../my_rules.py", "my_rules, with its folder on PYTHONPATH"),
            ("/lib/my_rules.py", "my_rules, with its folder on PYTHONPATH"),
            (".my_rules", "my_rules"),
            (".", "my_rules"),
        ],
    )
    def test_a_path_where_a_module_is_named(self, source, written, right):
        assert self.refused(source, written).endswith(f": write {right}\n")

    @pytest.mark.parametrize(
        ("name", "text", "told"),
        [
            ("syntax", "x = 1\ndef f(:\n", ":2: SyntaxError: invalid syntax"),
            ("missing", "\n\nimport not_there_either\n", ":3: ModuleNotFoundError: No module named"),
            ("named", "nope\n", ":1: NameError: name 'nope' is not defined"),
            ("keyed", "def f():\n    return {}[1]\n\nf()\n", ":2: KeyError: 1"),
            (
                "bare",
                "from rulereward import rule\n@rule\ndef f(t):\n    'Doc.'\n",
                ":2: a rule kind is declared with",
            ),
            ("keyword", "from rulereward import rule\nrule(verion=1)\n", ":2: TypeError: "),
        ],
    )
    def test_a_mistake_in_the_module_says_where(self, source, tmp_path, monkeypatch, name, text, told):
        monkeypatch.syspath_prepend(str(tmp_path))
        path = tmp_path / f"my_{name}_mistake.py"
        path.write_text(text, encoding="utf-8")
        assert f"cannot be imported: {path}{told}" in self.refused(source, path.stem)


@pytest.mark.parametrize(
    "args", [[], ["--sample", "x.jsonl"], ["x.jsonl", "--limit", "0"], ["no-such-file.jsonl"], ["--nope"]]
)
def test_wrong_usage_is_status_2(args):
    ran = rulereward("score", *args)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err


def test_quiet_says_nothing(source):
    ran = rulereward("score", source, "-r", SHORT, "--quiet")
    assert (ran.status, ran.err) == (0, "")
    assert len(ran.records) == 3
