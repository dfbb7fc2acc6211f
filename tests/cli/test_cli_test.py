"""`rulereward test`: what it prints, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from command_line import rulereward

REPOSITORY = Path(__file__).parents[2]
RULESET = """\
rulereward: 1
params: {most: 10char}
rules: {size: length(completion)}
score:
  gates: [{name: long, when: size > most, value: -1}]
  terms: {size: {value: size / 1char, weight: 1}}
cases:
  - {name: short, given: {completion: abc}, expect: {reward: 3, gate: null}}
"""
LONG = "  - {name: long, given: {completion: abcdefghijkl}, expect: {reward: -1, gate: long}}\n"
FAILS = "  - {name: fails, given: {completion: abcd}, expect: {reward: 5}}\n"
LATER = "  - {name: later, given: {completion: abcd}, todo: soon, expect: {reward: 5}}\n"
DONE = "  - {name: done, given: {completion: abcd}, todo: soon, expect: {reward: 4}}\n"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("r.yaml")


def ran(file: Path, more: str, *args: str, status: int):
    file.write_text(RULESET.replace("{size: {value", "{sized: {value") + more, "utf-8")
    done = rulereward("test", file, *args)
    assert done.status == status, done
    return done


def test_all_held(file: Path) -> None:
    assert ran(file, LONG, status=0).out == "r.yaml: 2 cases: 2 passed\n"
    assert ran(file, LONG, "-q", status=0).out == ""
    assert ran(file, LONG, "-v", status=0).out.splitlines() == [
        "r.yaml: short: ok",
        "r.yaml: long: ok",
        "r.yaml: 2 cases: 2 passed",
    ]


def test_a_failure(file: Path) -> None:
    assert ran(file, FAILS, status=1).out.splitlines() == [
        "FAILED r.yaml: fails",
        "  r.yaml:9",
        "    reward: expected 5, is 4",
        "    the row:",
        '      completion  "abcd"',
        "    what was measured:",
        "      reward  4",
        "      size    4",
        "",
        "r.yaml: 2 cases: 1 passed, 1 failed",
    ]


def test_todo(file: Path) -> None:
    assert ran(file, LATER, status=0).out == "r.yaml: 2 cases: 1 passed, 1 todo\n"
    assert ran(file, DONE, status=0).out.splitlines() == [
        "r.yaml: todo that passes: done (r.yaml:9): soon",
        "r.yaml: 2 cases: 1 passed, 1 todo that passes",
    ]
    assert ran(file, DONE, "--strict", "-q", status=1).out == "r.yaml: todo that passes: done (r.yaml:9): soon\n"


def test_mistakes(file: Path) -> None:
    done = ran(file, "  - {name: none, given: {completion: a}, expect: {sice: 1}}\n", status=2)
    assert "r.yaml: 1 case: 1 passed" in done.out  # what can be run is run
    assert "error[E0607]: the ruleset reports no rule `sice`" in done.out
    assert "did you mean `size`?" in done.out
    missing = rulereward("test", "./no_such_file.yaml")
    assert (missing.status, missing.out) == (2, "no errors\n" if missing.out else "")
    assert "the ruleset ./no_such_file.yaml cannot be read" in missing.err


def test_no_case_at_all_is_no_success(file: Path) -> None:
    assert "no case has `lnog` in its name" in ran(file, LONG, "-k", "lnog", status=2).err
    file.write_text(RULESET[: RULESET.index("cases:")].replace("{size: {value", "{sized: {value"), "utf-8")
    done = rulereward("test", file)
    assert done.status == 2
    assert "there are no `cases` in r.yaml" in done.err


def test_choosing_and_parameters(file: Path) -> None:
    assert ran(file, LONG + FAILS, "-k", "ON", status=0).out == "r.yaml: 1 case: 1 passed\n"
    assert "gate: expected null, is long" in ran(file, "", "--set", "most=2", status=1).out
    assert "E0501" in ran(file, "", "--set", "moist=2", status=2).out


def test_coverage(file: Path) -> None:
    told = ran(file, "", "--coverage", status=0).out
    assert told.splitlines() == [
        "r.yaml: 1 case: 1 passed",
        "coverage of r.yaml: 0 of 1 gates, routes and arms taken",
        "  gate long  taken 0  passed 1",
        "  never taken: gate long (r.yaml:5)",
        "  never anything but 3: rule size (r.yaml:3)",
    ]
    assert ran(file, "", "--require-coverage", "-q", status=1).out == "  never taken: gate long (r.yaml:5)\n"
    assert ran(file, LONG, "--require-coverage", "-q", status=0).out == ""


def test_json(file: Path) -> None:
    told = json.loads(ran(file, FAILS, "--format", "json", "--coverage", status=1).out)
    assert told["counts"] == {"passed": 1, "failed": 1, "todo": 0, "todo passes": 0}
    assert [case["status"] for case in told["files"][0]["cases"]] == ["passed", "failed"]
    assert told["coverage"][0]["points"] == [
        {"kind": "gate", "name": "long", "place": "r.yaml:5", "taken": 0, "passed": 2}
    ]
    assert (told["errors"], told["refused"]) == (0, [])
    wrong = json.loads(ran(file, "  - {name: a}\n", "--format", "json", status=2).out)
    assert [found["code"] for found in wrong["diagnostics"]] == ["E0603"]


def test_junit(file: Path) -> None:
    ran(file, FAILS + LATER, "--junit", "report.xml", status=1)
    root = ET.parse("report.xml").getroot()
    assert [(case.get("name"), [part.tag for part in case]) for case in root.iter("testcase")] == [
        ("short", []),
        ("fails", ["failure"]),
        ("later", ["skipped"]),
    ]


def test_evaluate_all(file: Path) -> None:
    ran(file, LONG, "--evaluate", "all", status=0)


SHIPPED = sorted((REPOSITORY / "rulesets").glob("*.yaml"))


@pytest.mark.parametrize("files", [SHIPPED[::8], pytest.param(SHIPPED, marks=pytest.mark.slow)], ids=["some", "all"])
def test_every_gate_arm_and_route_of_the_shipped_rulesets_is_taken(files: list[Path]) -> None:
    """tests/rulesets asks it of each of them without the command line."""
    done = rulereward("test", *files, "--require-coverage", "-q")
    assert (done.status, done.out) == (0, "")


def test_check_tells_of_malformed_cases(file: Path) -> None:
    file.write_text(
        RULESET.replace("{size: {value", "{sized: {value") + "  - {name: a, given: 3, expect: {}}\n", "utf-8"
    )
    done = rulereward("check", file)
    assert done.status == 1
    assert "error[E0015]: a row must be a mapping" in done.out
    assert "error[E0603]: this expects nothing" in done.out
