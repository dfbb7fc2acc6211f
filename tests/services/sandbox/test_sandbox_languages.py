"""Programs in other languages, through the same runner."""

from __future__ import annotations

import shutil

import pytest
from sandbox_links import Box

from rulereward.services.sandbox.endings import ending
from rulereward.services.sandbox.inside.languages import LANGUAGES
from rulereward.services.sandbox.shapes import Limits, Outcome, Program, StdinTest

LIMITS = Limits(cpu_s=5, wall_s=60)
SUMS = {
    "cpp": (
        "#include <iostream>\n#include <vector>\nint main() {\n  int n; std::cin >> n; long s = 0;\n"
        "  while (n--) { long x; std::cin >> x; s += x; }\n  std::cout << s << std::endl;\n}\n"
    ),
    "javascript": (
        "const lines = require('fs').readFileSync(0, 'utf8').split('\\n');\n"
        "console.log(lines[1].split(' ').map(Number).reduce((a, b) => a + b));\n"
    ),
    "bash": "read n\nread -a numbers\ns=0\nfor x in ${numbers[@]}; do s=$((s + x)); done\necho $s\n",
}
BROKEN = {
    "cpp": [("int main() { return x; }", "CE"), ("#include <cstdlib>\nint main() { abort(); }", "RE")],
    "javascript": [("syntax error", "RE"), ("throw 1", "RE")],
    "bash": [("exit 3", "RE"), ("kill -SEGV $$; exit 4", "RE")],
}
HOSTILE = {
    "cpp": [
        ("int main() { for (;;); }", "TLE"),
        ("#include <vector>\nint main() { std::vector<char> v; for (;;) v.resize(v.size() + (1 << 24), 1); }", "MLE"),
        ("#include <cstdio>\nint main() { for (;;) puts(\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"); }", "OLE"),
        ("#include <unistd.h>\nint main() { while (fork() >= 0 || 1); }", "TLE"),
        ("#include \"/etc/shadow\"\nint main() {}", "CE"),
        ("#include \"/dev/zero\"\nint main() {}", "CE"),
        ("template<int N> struct A { A<N + 1> a; };\nA<0> a;\nint main() {}", "CE"),
        ("int main() { *(volatile int*)0 = 1; }", "RE"),
    ],
    "javascript": [
        ("for (;;);", "TLE"),
        ("const a = []; for (;;) a.push(new Array(1e6).fill(1.5));", ("MLE", "RE")),
        ("require('child_process').spawn('sleep', ['60'], {detached: true, stdio: 'ignore'}).unref();", None),
    ],
    "bash": [
        ("while :; do :; done", "TLE"),
        ("bomb() { bomb | bomb & }; bomb; sleep 3", ("TLE", "RE", "MLE", None)),
        ("yes", "OLE"),
        ("cat /etc/passwd /root/.bashrc; sleep 60 & disown; exit 0", None),
    ],
}  # fmt: skip


def needs(box: Box, language: str) -> None:
    tool = (LANGUAGES[language].build or LANGUAGES[language].run)[0]
    if shutil.which(tool) is None or language not in box.link.languages:
        pytest.skip(f"there is no {tool} here")


def run(box: Box, language: str, source: str, limits: Limits = LIMITS) -> tuple[str | None, Outcome]:
    test = StdinTest(Program(language, source.encode()), b"3\n1 2 3\n", limits)
    outcome = box.one(test)
    return ending(test, outcome).verdict, outcome


@pytest.mark.parametrize("language", SUMS)
def test_honest(box: Box, language: str) -> None:
    needs(box, language)
    program = Program(language, SUMS[language].encode())
    tests = [StdinTest(program, b"2\n%d 1\n" % n, LIMITS) for n in range(20)]
    outcomes = box.run(tests, window=6)
    assert [outcome.stdout for outcome in outcomes] == [b"%d\n" % (n + 1) for n in range(20)], outcomes
    box.assert_well()


@pytest.mark.parametrize(("language", "number"), [(name, n) for name in BROKEN for n in range(2)])
def test_broken(box: Box, language: str, number: int) -> None:
    needs(box, language)
    source, expected = BROKEN[language][number]
    verdict, outcome = run(box, language, source)
    assert verdict == expected, outcome


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "number"), [(name, n) for name, cases in HOSTILE.items() for n in range(len(cases))]
)
def test_hostile(box: Box, language: str, number: int) -> None:
    needs(box, language)
    source, expected = HOSTILE[language][number]
    verdict, outcome = run(box, language, source, Limits(cpu_s=1, wall_s=20, memory_mb=256))
    assert verdict in (expected if isinstance(expected, tuple) else (expected,)), outcome
    assert b"root:" not in outcome.stdout + outcome.stderr
    box.assert_well()


def test_a_program_is_built_once(box: Box) -> None:
    """Tests of one program that come together wait for one build."""
    needs(box, "cpp")
    program = Program("cpp", SUMS["cpp"].encode() + b"// another\n")
    outcomes = box.run([StdinTest(program, b"1\n7\n", LIMITS)] * 10, window=10)
    assert {outcome.stdout for outcome in outcomes} == {b"7\n"}
    assert max(outcome.cpu_s for outcome in outcomes) < 0.1  # a compiler takes longer


def test_a_language_that_is_not_here(box: Box) -> None:
    test = StdinTest(Program("klingon", b"nuqneH"), b"", LIMITS)
    outcome = box.one(test)
    assert ending(test, outcome).verdict == "IE"
    assert "klingon" in ending(test, outcome).why
