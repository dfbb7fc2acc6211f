"""`check`, `plan`, `rules` and the group of commands itself."""

from __future__ import annotations

import json

import pytest
from command_line import CASES, FULL, GROUPED, SHORT, WRONG, rulereward

import rulereward as rr
from rulereward.api import compile_text
from rulereward.api.catalogue import catalogue
from rulereward.cli.examples import aggregate_example, function_example, kind_example
from rulereward.cli.explain import example
from rulereward.cli.pages import page
from rulereward.lang.codes import CODES

KINDS, FUNCTIONS, AGGREGATES = catalogue().kinds, catalogue().functions, catalogue().aggregates


class TestCheck:
    def test_a_sound_ruleset(self):
        ran = rulereward("check", SHORT)
        assert ran.status == 0
        assert ran.out == (
            f"{SHORT}: ok — 2 rules, score in [-0.1, 1], fingerprint {rr.load(SHORT).fingerprint}\n"
            "  the reward is null where `answer` is missing, or `exact_match` cannot read it\n"
            "  rules that the data can leave null: right\n"
        )

    def test_a_reward_that_is_never_null(self):
        assert "the reward is never null" in rulereward("check", GROUPED).out

    def test_all_mistakes_in_their_places(self, monkeypatch):
        monkeypatch.chdir(CASES)
        ran = rulereward("check", "./wrong.yaml")
        assert ran.status == 1
        assert ran.out == (CASES / "wrong.check.txt").read_text(encoding="utf-8")

    def test_json(self):
        ran = rulereward("check", WRONG, SHORT, "--format", "json")
        found = json.loads(ran.out)
        assert ran.status == 1
        assert [(item["code"], item["line"], item["column"]) for item in found["diagnostics"]] == [
            ("E0203", 4, 11),
            ("E0302", 6, 24),
        ]
        assert (found["errors"], found["warnings"]) == (2, 0)

    def test_github(self):
        ran = rulereward("check", WRONG, "--format", "github")
        first, second = ran.out.splitlines()
        assert first.startswith(f"::error file={WRONG},line=4,endLine=4,col=11,endColumn=22,title=")
        assert second.startswith(f"::error file={WRONG},line=6,")

    def test_a_file_that_cannot_be_read_does_not_hide_the_others(self, tmp_path):
        ran = rulereward("check", tmp_path / "nope.yaml", WRONG, SHORT)
        assert ran.status == 2
        assert "nope.yaml cannot be read" in ran.err
        assert "error[E0203]" in ran.out
        assert f"{SHORT}: ok" in ran.out

    def test_warnings_are_no_errors(self, tmp_path):
        path = tmp_path / "w.yaml"
        path.write_text("rulereward: 1\nrules: {n: ngram_repetition(completion)}\nscore: n\n")
        ran = rulereward("check", path)
        assert ran.status == 0
        assert ran.out.startswith("warning[W")
        assert f"{path}: ok" in ran.out

    def test_shipped_rulesets(self):
        ran = rulereward("check", "math", "r1")
        assert ran.status == 0
        assert "math: ok — 4 rules" in ran.out
        assert "warning" not in ran.out

    @pytest.mark.parametrize("code", ["E0302", "E0001", "w0404"])
    def test_explain(self, code):
        """The example is that of the page on messages; `test_lang_goldens.py` looks at all of them."""
        code = code.upper()
        out = rulereward("check", "--explain", code.lower()).out
        assert out.startswith(f"{code}: {CODES[code]}\n\nreported for:\n    rulereward: 1\n")
        golden = (CASES.parent / "errors" / "golden" / f"{code}.txt").read_text(encoding="utf-8")
        said, good = out.partition("\n\nas:\n")[2].split("\n\nfine:\n")
        assert said.replace("\n    ", "\n").strip() + "\n" == golden
        assert good.startswith("    rulereward: 1\n")

    def test_explain_a_code_without_an_example(self):
        code = next(code for code in CODES if example(code) is None)
        assert rulereward("check", "--explain", code).out == f"{code}: {CODES[code]}\n"

    @pytest.mark.parametrize("args", [[], ["--explain", "E9999"], ["--format", "xml", SHORT]])
    def test_wrong_usage(self, args):
        ran = rulereward("check", *args)
        assert (ran.status, ran.out) == (2, "")
        assert ran.err


class TestPlan:
    def test_text(self):
        expected = (CASES / "full.plan.txt").read_text(encoding="utf-8")
        assert rulereward("plan", FULL).out == expected.replace("FINGERPRINT", rr.load(FULL).fingerprint)

    @pytest.mark.parametrize("name", ["math", "r1", SHORT, GROUPED, FULL])
    def test_it_fits_a_terminal(self, name):
        ran = rulereward("plan", name)
        assert ran.status == 0
        assert max(map(len, ran.out.splitlines())) <= 100

    def test_a_ruleset_with_mistakes_is_status_2(self):
        ran = rulereward("plan", WRONG)
        assert (ran.status, ran.out) == (2, "")
        assert "error[E0203]" in ran.err


class TestRules:
    MODULE = '''
from dataclasses import dataclass
from typing import Annotated, Literal

from rulereward import rule
from rulereward.kind import Bounds


@dataclass(frozen=True)
class Params:
    least: Annotated[int, Bounds(lo=1, hi=9)]
    words: tuple[str, ...] = ()
    style: Literal["plain", "loud"] = "plain"


@rule(version=3, returns="number", range=(0, 2), polarity="lower", null=("data",), fields={"first": "text"})
def told(text: str, gold: object | None, params: Params) -> float:
    """How it is told.

    Reads: the text,
    and nothing else.
    Returns: a number.
    """
    return 1.0
'''

    def test_the_list_names_everything(self):
        ran = rulereward("rules")
        assert ran.status == 0
        words = {
            line.split("(")[0].split()[0] for line in ran.out.splitlines() if line.startswith("  ") and line[2] != " "
        }
        assert words >= {*KINDS, *FUNCTIONS, *AGGREGATES}
        assert max(map(len, ran.out.splitlines())) <= 100

    def test_the_page_of_a_kind(self, tmp_path, monkeypatch):
        monkeypatch.syspath_prepend(str(tmp_path))
        (tmp_path / "my_told.py").write_text(self.MODULE, encoding="utf-8")
        ran = rulereward("rules", "told", "--kinds", "my_told")
        assert ran.out == (CASES / "told.page.txt").read_text(encoding="utf-8")

    @pytest.mark.parametrize("name", [*KINDS, *FUNCTIONS, *AGGREGATES])
    def test_every_name_has_a_page(self, name):
        ran = rulereward("rules", name)
        assert ran.status == 0
        assert "example" in ran.out
        assert max(map(len, ran.out.splitlines())) <= 100

    def test_one_name_for_two_things_has_both_pages(self):
        text = page(catalogue(), "min")
        assert text is not None
        assert "min(x, more...): number" in text
        assert "min(x) over group: number" in text

    @pytest.mark.parametrize(
        ("name", "told"),
        [
            ("top_ngram_share", ": [0, 1]; constants can widen it to [0, 39]"),
            ("regex_match", " timeout number of seconds from 0.01 up to 60;"),
            ("repetition_loop", " min_chars whole number of characters from 3;"),
            ("mixed_script_words", ": [0, ∞) words "),
            ("token_f1", " .recall number in [0, 1] "),
            ("tool_call", " .calls number "),
        ],
    )
    def test_ranges_and_units(self, name, told):
        assert told in " ".join((page(catalogue(), name) or "").split())

    def test_an_unknown_name(self):
        ran = rulereward("rules", "think_fromat")
        assert ran.status == 2
        assert "did you mean `think_format`?" in ran.err


@pytest.mark.parametrize(
    "example",
    [
        *map(kind_example, KINDS.values()),
        *map(function_example, FUNCTIONS.values()),
        *map(aggregate_example, AGGREGATES.values()),
    ],
)
def test_every_example_compiles(example):
    text = f"rulereward: 1\nlet:\n  x: |-\n    {example}\nrules: {{n: length(completion)}}\nscore: n / 1char\n"
    _, diagnostics = compile_text("example.yaml", text)
    assert diagnostics == []


def test_help_names_every_command():
    ran = rulereward("--help")
    assert ran.status == 0
    for command in ("score", "check", "plan", "rules"):
        assert f"\n  {command} " in ran.out
        assert rulereward(command, "--help").status == 0


def test_an_unknown_command():
    assert rulereward("scoer").status == 2


def test_version():
    ran = rulereward("--version")
    assert ran.status == 0
    assert ran.out.startswith("rulereward ")


def test_the_shipped_rulesets_are_listed_and_shown():
    from rulereward.api.shipped import ruleset_text, shipped_rulesets

    listed = rulereward("rules").out.partition("rulesets, as in")[2]
    assert all(f"\n  {name} " in listed for name in shipped_rulesets())
    assert rulereward("rules", "kimi_k15").out == ruleset_text("kimi_k15")
    assert "did you mean `chinese_exam`?" in rulereward("rules", "chinese_exams").err
