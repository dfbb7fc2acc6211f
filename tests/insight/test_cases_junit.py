"""JUnit XML that every reader takes, whatever a model wrote."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

from rulereward.insight.cases.files import open_files
from rulereward.insight.cases.junit import junit_xml
from rulereward.insight.cases.report import Report, run_cases

TEXT = """\
rulereward: 1
rules: {size: length(completion)}
score: size / 1char
cases:
  - {name: holds & <stays>, given: {completion: abc}, expect: {reward: 3}}
  - {name: fails, given: {completion: "a\\e[1m\\0\\uFFFE]]>"}, expect: {reward: 4}}
  - {name: later, given: {completion: abc}, todo: "\\"soon\\"", expect: {reward: 4}}
  - {name: done, given: {completion: abc}, todo: now, expect: {reward: 3}}
"""


def tree(folder: Path, *, strict: bool = False) -> ET.Element:
    (folder / "r.yaml").write_text(TEXT, "utf-8")
    (folder / "wrong.yaml").write_text("rulereward: 1\nscore: lenght(completion)\n", "utf-8")
    report = Report(open_files([str(folder / "r.yaml"), str(folder / "wrong.yaml"), "no_such_one"]))
    list(run_cases(report))
    return ET.fromstring(junit_xml(report, strict=strict).encode())


def test_the_document(tmp_path: Path) -> None:
    root = tree(tmp_path)
    assert root.tag == "testsuites"
    assert {key: root.get(key) for key in ("tests", "failures", "errors")} == {
        "tests": "6", "failures": "1", "errors": "2",
    }  # fmt: skip
    cases, mistakes = root.findall("testsuite")
    assert {key: cases.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4", "failures": "1", "errors": "0", "skipped": "1",
    }  # fmt: skip
    holds, fails, later, done = cases.findall("testcase")
    assert (holds.get("name"), holds.get("line"), list(holds)) == ("holds & <stays>", "5", [])
    failure = fails.find("failure")
    assert failure is not None
    # `a`, the escape, `[1m`, the null character, U+FFFE and `]]>` are 10 characters
    assert failure.get("message") == "reward: expected 4, is 10"
    assert '"a\\x1b[1m\\x00\\ufffe]]>"' in (failure.text or "")
    skipped = later.find("skipped")
    assert skipped is not None
    assert skipped.get("message") == 'todo: "soon"'
    assert list(done) == []
    messages = [error.get("message", "").partition(" chinese")[0] for error in mistakes.iter("error")]
    assert messages == [
        f"{tmp_path}/wrong.yaml:2:8: unknown function or rule kind `lenght`",
        "there is no ruleset `no_such_one`: shipped are",
    ]


def test_under_strict_a_todo_that_passes_fails(tmp_path: Path) -> None:
    failures = tree(tmp_path, strict=True).findall(".//failure")
    assert [failure.get("message") for failure in failures][1:] == ["a todo that passes: now"]
