"""Tests of code as data sets hold them, made one thing: a `Suite`.

`suite_of` tells the format by its shape: `input_output` (APPS, TACO, PRIME, EvalPlus), `case_lists` (LiveCodeBench,
PrimeIntellect, open-r1, CodeContests), `asserts` (HumanEval, MBPP, verl), `pytest_files`; `checkers` are programs by
which the data has outputs judged. `program` makes the source that is run of a completion's code, and `scoring` a
number of the verdicts. Nothing here runs anything.
"""

from rulereward.text.code_tests.checkers import is_checker
from rulereward.text.code_tests.program import Program, program_of
from rulereward.text.code_tests.scoring import Policy, Verdict, pointless, score, worth_running
from rulereward.text.code_tests.shapes import suite_of
from rulereward.text.code_tests.suite import AssertTest, CallTest, Mode, PytestTest, StdinTest, Suite, Test

__all__ = [
    "AssertTest",
    "CallTest",
    "Mode",
    "Policy",
    "Program",
    "PytestTest",
    "StdinTest",
    "Suite",
    "Test",
    "Verdict",
    "is_checker",
    "pointless",
    "program_of",
    "score",
    "suite_of",
    "worth_running",
]
