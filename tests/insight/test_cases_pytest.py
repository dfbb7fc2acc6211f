"""The cases of rulesets as tests of pytest, in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest_plugins = ["pytester"]

RULESET = """\
rulereward: 1
rules:
  right: exact_match(completion, answer)
  size: length(completion)
score: {terms: {right: 1}, on_null: zero}
cases:
  - name: right and well formed
    given: {completion: a, answer: a}
    expect: {reward: 1, right: true}
"""
FAILING = """\
  - name: wrong
    given: {completion: abc, answer: a}
    expect: {reward: 1, right: true}
"""
LATER = """\
  - name: one day
    given: {completion: abc, answer: a}
    todo: when it is right
    expect: {reward: 1}
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with a ruleset beside its tests."""
    pytester.makeini("[pytest]\ntestpaths = tests\nrulereward_rulesets = rulesets/*.yaml\nfilterwarnings = error\n")
    for folder in ("rulesets", "tests"):
        (pytester.path / folder).mkdir()
    (pytester.path / "tests" / "test_own.py").write_text("def test_own():\n    pass\n")
    (pytester.path / "rulesets" / "r.yaml").write_text(RULESET)
    return pytester


def ran(project: pytest.Pytester, *args: str) -> pytest.RunResult:
    """Run pytest, not with the settings of this run."""
    return project.runpytest_subprocess("-p", "no:cacheprovider", *args)


def test_a_configured_ruleset_is_collected_beside_the_tests(project: pytest.Pytester) -> None:
    result = ran(project, "-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*rulesets/r.yaml::right and well formed PASSED*"])


def test_a_failure_is_told_without_a_traceback(project: pytest.Pytester) -> None:
    with (project.path / "rulesets" / "r.yaml").open("a") as file:
        file.write(FAILING)
    result = ran(project)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "reward: expected 1, is 0; right: expected true, is false",
            "./rulesets/r.yaml:10",
            "*reward: expected 1, is 0",
            "*right: expected true, is false",
            '*completion  "abc"',
            "*size    3",
            "FAILED rulesets/r.yaml::wrong - reward: expected 1, is 0*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*case_run.py*")


def test_a_todo_is_expected_to_fail(project: pytest.Pytester) -> None:
    with (project.path / "rulesets" / "r.yaml").open("a") as file:
        file.write(LATER)
    result = ran(project, "-rx")
    result.assert_outcomes(passed=2, xfailed=1)
    result.stdout.fnmatch_lines(["XFAIL rulesets/r.yaml::one day - when it is right*"])


def test_a_todo_that_passes(project: pytest.Pytester) -> None:
    done = LATER.replace("reward: 1", "reward: 0")
    (project.path / "rulesets" / "r.yaml").write_text(RULESET + done)
    ran(project).assert_outcomes(passed=2, xpassed=1)
    ran(project, "-o", "xfail_strict=true").assert_outcomes(passed=2, failed=1)


def test_choosing(project: pytest.Pytester) -> None:
    ran(project, "-k", "formed").assert_outcomes(passed=1, deselected=1)
    ran(project, "tests").assert_outcomes(passed=1)  # whoever names what to run gets that
    ran(project, "rulesets/r.yaml").assert_outcomes(passed=1)
    ran(project, "rulesets/r.yaml::right and well formed").assert_outcomes(passed=1)
    ran(project, ".").assert_outcomes(passed=2)


def test_a_ruleset_that_is_configured_and_among_the_tests_is_run_once(project: pytest.Pytester) -> None:
    ran(project, "-o", "testpaths=.").assert_outcomes(passed=2)


def test_the_option(project: pytest.Pytester) -> None:
    (project.path / "more.yaml").write_text("ruleset: ./rulesets/r.yaml\n" + RULESET[RULESET.index("cases:") :])
    ran(project, "--rulereward", "more.yaml").assert_outcomes(passed=3)
    ran(project, "tests", "--rulereward", "more.yaml").assert_outcomes(passed=2)


def test_mistakes_in_a_ruleset_are_told_as_they_are(project: pytest.Pytester) -> None:
    (project.path / "rulesets" / "wrong.yaml").write_text("rulereward: 1\nscore: lenght(completion)\n")
    result = ran(project)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*error?E0203?: unknown function or rule kind `lenght`", "*did you mean `length`?"])


def test_kinds_of_ones_own(project: pytest.Pytester) -> None:
    (project.path / "my_rules.py").write_text(
        "from rulereward import rule\n\n\n"
        '@rule(version=1, returns="bool")\n'
        "def loud(text: str) -> bool:\n"
        '    """Is it loud?"""\n'
        '    return text.endswith("!")\n'
    )
    (project.path / "rulesets" / "loud.yaml").write_text(
        "rulereward: 1\nrules: {loud: loud(completion)}\nscore: 1 if loud else 0\n"
        "cases:\n  - {name: loud, given: {completion: a!}, expect: {reward: 1}}\n"
    )
    ran(project, "-o", "rulereward_kinds=my_rules", "-o", "pythonpath=.").assert_outcomes(passed=3)


def test_it_costs_nothing_where_there_is_no_ruleset() -> None:
    code = (
        "import sys, rulereward.insight.pytest_plugin\n"
        "heavy = {'numpy', 'numba', 'yaml', 'lark', 'rulereward.api', 'rulereward.lang'} & set(sys.modules)\n"
        "sys.exit(f'imported {sorted(heavy)}' if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
