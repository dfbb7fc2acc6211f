"""What is run of a completion's code: by cases whose programs are run, in this process, for they are ours."""

from __future__ import annotations

import builtins
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rulereward.text.code_tests import AssertTest, CallTest, PytestTest, StdinTest, Suite, program_of

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "code_tests" / "programs.yaml").read_text(encoding="utf-8")
)
SUITE = Suite("assert", (AssertTest("add(1, 2)"),), "python", CASES["entry"], CASES["prompt"])
WHOLE = Suite("stdin", (StdinTest("", ""),), prelude=True)
CALLS = Suite("call", (CallTest("[]", "{}", ("1",)),), entry="f")


def run(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "program"}
    exec(compile(source, "program.py", "exec"), names)
    return names


@pytest.mark.parametrize("case", CASES["completions"], ids=lambda case: case["name"])
def test_completions(case: dict[str, Any]) -> None:
    program = program_of(SUITE, case["code"])
    assert program.language == "python"
    assert program.source.startswith(case.get("starts", "from typing import List\n"))
    if case["value"] == "error":
        with pytest.raises(SyntaxError):
            run(program.source)
        return
    names = run(program.source)
    assert (names["add"](1, 2) if "add" in names else None) == case["value"]
    assert program.first_line == case.get("first_line", program.first_line)
    if case["code"].strip():
        written = [line.strip() for line in case["code"].splitlines()]
        found = [line.strip() for line in program.source.split("\n")[program.first_line - 1 :]]
        assert [line for line in found if line] == [line for line in written if line and "__future__" not in line]


def test_the_prelude() -> None:
    """What contests allow is there, modules by name, no builtin is hidden, and the future comes first."""
    code = (
        "from __future__ import annotations\n"
        "x: List[int] = deque([sqrt(4), heapq.heappop([1])])\n"
        "y = open, pow(2, 3, 5), abs(-1)\n"
        "z = datetime.date\n"
    )
    program = program_of(WHOLE, code)
    names = run(program.source)
    assert list(names["x"]) == [2.0, 1]
    assert names["y"] == (open, 3, 1)
    assert program.first_line == 3
    hidden = {name for name, value in vars(builtins).items() if names.get(name, value) is not value}
    assert hidden <= {"__name__", "__doc__", "__loader__", "__spec__", "__build_class__"}
    assert program_of(Suite("stdin", (StdinTest("", ""),)), code).source == code


def test_languages() -> None:
    assert program_of(WHOLE, "int main() {}", "C++") == program_of(WHOLE, "int main() {}", "cpp")
    assert program_of(WHOLE, "int main() {}", "cpp").language == "cpp"
    assert program_of(WHOLE, "int main() {}", "cpp").source == "int main() {}"
    assert program_of(WHOLE, "").language == "python"
    assert program_of(CALLS, "def f(): 0", "javascript").language == "python"
    assert program_of(Suite("stdin", (StdinTest("", ""),), "shell"), "echo", "python").language == "bash"
    assert program_of(WHOLE, "fn main() {}", "Rust").language == "rust"
    assert program_of(Suite("pytest", (PytestTest("test_a"),)), "x", "js").language == "python"


def test_a_byte_order_mark_is_no_code() -> None:
    """In front of a file Python takes one; behind a prompt or a prelude it would be a syntax error."""
    for suite in (SUITE, WHOLE, CALLS):
        assert "\ufeff" not in program_of(suite, "\ufeffdef f(x):\n    return x + 2").source


def test_the_prelude_is_no_program() -> None:
    """Else nothing at all would be right about `gcd`."""
    suite = Suite("call", (CallTest("[4, 6]", "{}", ("2",)),), entry="gcd", prelude=True)
    assert "gcd" not in run(program_of(suite, "").source)
    assert run(program_of(suite, "def gcd(a, b): return math.gcd(a, b)").source)["gcd"](4, 6) == 2


@given(st.text(), st.sampled_from([SUITE, WHOLE, CALLS]))
def test_no_code_makes_it_raise(code: str, suite: Suite) -> None:
    program = program_of(suite, code)
    assert 1 <= program.first_line <= program.source.count("\n") + 1


@pytest.mark.parametrize(
    "code",
    [
        " " * 1_000_000, "\n" * 1_000_000, "from __future__ import" + " " * 1_000_000 + "!", "add" + " " * 1_000_000,
        "from __future__ import " + "a, " * 300_000 + "!", "add:" * 250_000, "async " * 150_000, "return " * 150_000,
        "def" + " " * 1_000_000, "(" * 1_000_000, "from __future__ import x\n" * 40_000, "\r" * 1_000_000,
    ],
    ids=range(12),
)  # fmt: skip
def test_hostile_code_takes_linear_time(code: str) -> None:
    for suite in (SUITE, WHOLE, CALLS):
        start = time.process_time()
        program_of(suite, code)
        assert time.process_time() - start < 3
