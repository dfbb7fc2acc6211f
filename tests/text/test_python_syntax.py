"""What is Python, asked of hostile text: right, quickly, and without an exception."""

from __future__ import annotations

import sys
import threading
import time
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulereward.text.python_syntax import MAX_BLOCKS, MAX_CHARS, python_fault

DEEP = {
    "brackets": "(" * 10_000,
    "closed brackets": "(" * 60 + ")" * 60,
    "signs": "-" * 100_000 + "1",
    "not": "not " * 10_000 + "1",
    "lambdas": "lambda: " * 5_000 + "1",
    "lambdas with arguments": "lambda a, b: " * 5_000 + "1",
    "a sum": "+".join("a" * 5_000),
    "powers": "**".join("a" * 5_000),
    "attributes": "a" + ".b" * 10_000,
    "calls": "a" + "()" * 10_000,
    "indices": "a" + "[0]" * 10_000,
    "conditionals": "a if b else " * 5_000 + "c",
    "comparisons": "<".join("a" * 5_000),
    "elif": "if a: pass\n" + "elif b: pass\n" * 5_000,
    "blocks": "".join(" " * depth + "if 1:\n" for depth in range(99)) + " " * 99 + "pass",
    "elif in blocks": "".join(
        " " * depth + "if a: pass\n" + (" " * depth + "elif a: pass\n") * 9 + " " * depth + "else:\n"
        for depth in range(50)
    ) + " " * 50 + "pass",
    "in an f-string": "f'{" + "-" * 10_000 + "1}'",
    "in a list": "[" + ", ".join(["-" * 600 + "1"] * 3) + "]",
}  # fmt: skip

FINE = {
    "a long list": "[" + ",".join(["-1"] * 20_000) + "]",
    "many statements": "x = a.b(c)[0] + 1\n" * 5_000,
    "many functions": "f(lambda a, b: a + b, -1)\n" * 5_000,
    "blocks": "".join(" " * depth + "if 1:\n" for depth in range(MAX_BLOCKS - 1)) + " " * (MAX_BLOCKS - 1) + "pass",
    "forty brackets": "(" * 40 + "1" + ")" * 40,
    "a drawing in a string": "'" + "-=+*" * 1_000 + "'",
    "a drawing in a comment": "# " + "-" * 10_000,
    "brackets in a string": "x = '((((((((((((' \"[[[[[[\"\n" * 100,
    "three quotes": 'x = """\n' + "(" * 1_000 + '\n"""',
    "joined lines": "x = 1 + \\\n 2\n" * 100,
    "short elifs": "if a: pass\nelif b: pass\nelif c: pass\n" * 1_000,
    "the end of a line within brackets": "x = [\n1,\n2,\n]\n" * 1_000,
    "CRLF": "if 1:\r\n  pass\r\n",
}


@pytest.mark.parametrize("name", DEEP)
def test_too_deep(name: str) -> None:
    started = time.perf_counter()
    fault = python_fault(DEEP[name])
    assert time.perf_counter() - started < 2
    assert fault is not None
    assert fault.code == "too_deep"


@pytest.mark.parametrize("name", FINE)
def test_large_and_not_deep(name: str) -> None:
    assert python_fault(FINE[name]) is None


@pytest.mark.parametrize(
    "text", ["(" * 49, "{" * 49, "f(" * 49, "{a:" * 49, "[" * 49 + ":", "(a for a in " * 40, '"' * 99_999]
)
def test_cut_off_within_the_limits(text: str) -> None:
    """Patterns that a parser could go back over again and again."""
    started = time.perf_counter()
    fault = python_fault(text)
    assert time.perf_counter() - started < 2
    assert fault is not None
    assert fault.code == "syntax_error"


def test_length() -> None:
    assert python_fault("#" * MAX_CHARS) is None
    fault = python_fault("#" * MAX_CHARS + "#")
    assert fault is not None
    assert fault.code == "too_long"


def test_where_it_goes_wrong() -> None:
    fault = python_fault("x = 1\ny = (\n")
    assert fault is not None
    assert fault.message.startswith("line 2: ")


@pytest.mark.skipif(sys.flags.dev_mode, reason="warnings are shown there")
def test_warnings_are_no_faults_and_are_not_shown() -> None:
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("error")
        assert python_fault("x = '\\d'; 1 is 1") is None
    assert shown == []


@given(st.text() | st.text(alphabet="()[]{}'\"\\\n :;,.#-+*=@aflmbdeinotr01\t\0\ud800"))
def test_any_text_has_an_answer(text: str) -> None:
    python_fault(text)


def test_in_a_thread_with_a_small_stack() -> None:
    """The deepest that is let through needs less than half a megabyte."""
    deepest = ["-" * 499 + "1", "lambda: " * 240 + "1", "a" + ".b" * 499, "(" * 49 + "1" + ")" * 49, FINE["blocks"]]
    found: list[object] = []
    before = threading.stack_size(512 * 1024)
    try:
        thread = threading.Thread(target=lambda: found.extend(python_fault(text) for text in deepest))
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    assert len(found) == len(deepest)
