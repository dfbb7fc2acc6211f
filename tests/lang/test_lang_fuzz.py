"""No file makes the compiler or the command line fail in any other way than with a message, in bounded time.

    python -m pytest -m slow -s tests/lang/test_lang_fuzz.py

prints how many files of each class were compiled, and the slowest. The same files are made every time.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator

import pytest
from lang_bombs import BOMBS
from lang_fuzz_inputs import CLASSES, ROOT

from rulereward.api import Ruleset
from rulereward.errors import RulesetError
from rulereward.lang.diagnostics import Diagnostic, Diagnostics
from rulereward.lang.messages import render_all
from rulereward.lang.yaml_source import decode_source

QUICK = 120
"""Files of each class in the default tests."""

MANY = {"random bytes": 2_000, "good rulesets, damaged": 10_000, "good rulesets, bits flipped": 6_000}
MANY_OF_ANOTHER_CLASS = 4_000
MOST_SECONDS = 5.0
"""Of a processor, for one file."""

MOST_SECONDS_OF_A_BOMB = 60.0
AT_ONCE = 250
"""Files for one run of the command line."""

QUICK_BOMBS = {
    "aliases of aliases", "an anchor inside itself", "deep brackets", "deep blocks", "a deep expression",
    "a long sum", "a long chain of comparisons", "a chain of 100 comparisons", "a chain of 10,000 names",
    "values that grow by reference", "10,000 documents", "a name of 9,000 characters", "300,000 full-width colons",
    "4,000 combining marks", "a number of 9,000 digits", "a pattern of 4,000 groups", "a file of 5 MB",
    "5 MB of zeros",
}  # fmt: skip


def files(name: str, count: int) -> Iterator[bytes]:
    """The first files of a class; each has a seed of its own, so that one can be made again alone."""
    return (CLASSES[name](random.Random(f"{name} {number}")) for number in range(count))


def compiled(data: bytes) -> tuple[Diagnostic, ...]:
    """All findings of a file; anything but a RulesetError is let through, and fails the test."""
    diagnostics = Diagnostics()
    source = decode_source("fuzz.yaml", data, diagnostics)
    if source is None:
        found = tuple(diagnostics.found)
    else:
        try:
            found = Ruleset(source.name, source.text).diagnostics
        except RulesetError as error:
            found = error.diagnostics
    for label in (label for item in found for label in (item.primary, item.secondary) if label is not None):
        assert 0 <= label.span.start <= label.span.end <= len(label.span.source.text)
    for style in ("json", "github"):  # text was rendered for the error
        assert isinstance(render_all(found, style), str)
    return found


def compile_all(name: str, inputs: Iterable[bytes], most_seconds: float) -> str:
    """Compile files, and say how many there were and how long the slowest kept the processor busy."""
    codes: Counter[str] = Counter()
    slowest, count, started = 0.0, 0, time.process_time()
    for count, data in enumerate(inputs, 1):
        before = time.process_time()
        try:
            codes.update({item.code for item in compiled(data)} or {"none"})
        except Exception as error:
            error.add_note(f"file {count - 1} of `{name}`: {data[:2_000]!r}")
            raise
        slowest = max(slowest, time.process_time() - before)
    assert slowest < most_seconds
    took = time.process_time() - started
    return f"| {name} | {count:,} | {took:.0f} s | {slowest * 1000:.0f} ms | {len(codes)} |"


@pytest.mark.parametrize("name", CLASSES)
def test_some_files(name):
    compile_all(name, files(name, QUICK), MOST_SECONDS)


@pytest.mark.parametrize("name", sorted(QUICK_BOMBS))
def test_bombs(name):
    compile_all(name, [BOMBS[name]], MOST_SECONDS)


@pytest.mark.slow
@pytest.mark.parametrize("name", CLASSES)
def test_many_files(name):
    print("\n" + compile_all(name, files(name, MANY.get(name, MANY_OF_ANOTHER_CLASS)), MOST_SECONDS))


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(BOMBS) - QUICK_BOMBS))
def test_slow_bombs(name):
    print("\n" + compile_all(name, [BOMBS[name]], MOST_SECONDS_OF_A_BOMB))


# ---- the command line


def check(folder, contents: Iterable[bytes]) -> subprocess.CompletedProcess[str]:
    """`rulereward check` on files with these contents."""
    paths = []
    for number, data in enumerate(contents):
        paths.append(folder / f"{number}.yaml")
        paths[-1].write_bytes(data)
    return subprocess.run(
        [sys.executable, "-m", "rulereward", "check", *map(str, paths)],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
        timeout=600,
    )  # fmt: skip


def assert_told(ran: subprocess.CompletedProcess[str], *, wrong: bool) -> None:
    assert "Traceback" not in ran.stderr + ran.stdout
    assert ran.stderr == ""
    assert ran.returncode == (1 if wrong else 0)


def has_errors(data: bytes) -> bool:
    return any(item.severity == "error" for item in compiled(data))


def test_the_command_line(tmp_path):
    """The quick files of all classes, in one run of the command."""
    contents = [data for name in CLASSES for data in files(name, 12)]
    assert_told(check(tmp_path, contents), wrong=any(map(has_errors, contents)))


@pytest.mark.parametrize("name", ["an anchor inside itself", "a file of 5 MB"])
def test_the_command_line_on_a_bomb(name, tmp_path):
    assert_told(check(tmp_path, [BOMBS[name]]), wrong=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", CLASSES)
def test_the_command_line_on_many(name, tmp_path):
    contents = list(files(name, AT_ONCE))
    assert_told(check(tmp_path, contents), wrong=any(map(has_errors, contents)))


@pytest.mark.slow
def test_the_command_line_on_every_bomb(tmp_path):
    assert_told(check(tmp_path, BOMBS.values()), wrong=True)
