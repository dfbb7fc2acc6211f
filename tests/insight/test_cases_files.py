"""Rulesets and files of cases, found and read, with all that is wrong with them."""

from __future__ import annotations

from pathlib import Path

from rulereward.insight.cases.files import Opened, open_files
from rulereward.insight.cases.report import Report, report_json, run_cases

FOLDER = Path(__file__).parents[1] / "cases" / "tests_of_rulesets"
RULESET = "rulereward: 1\nrules: {size: length(completion)}\nscore: size / 1char\n"
CASES = "cases:\n  - {name: a, given: {completion: abc}, expect: {reward: 3}}\n"


def opened(folder: Path, files: dict[str, str], *names: str) -> Opened:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return open_files([str(folder / name) for name in names or files])


def codes(found: Opened) -> list[str]:
    return [one.code for several in found.diagnostics.values() for one in several]


def test_a_ruleset_and_a_file_of_cases_share_the_ruleset(tmp_path: Path) -> None:
    found = opened(tmp_path, {"r.yaml": RULESET + CASES, "tests/c.yaml": f"ruleset: ../r.yaml\n{CASES}"})
    assert found.is_sound
    first, second = found.suites
    assert first.ruleset is second.ruleset
    assert [len(suite.cases) for suite in found.suites] == [1, 1]
    assert second.cases[0].place.endswith("tests/c.yaml:3")


def test_a_file_of_cases_finds_its_ruleset(tmp_path: Path) -> None:
    found = opened(tmp_path, {"r.yaml": RULESET, "c.yaml": f"ruleset: r.yaml\n{CASES}"}, "c.yaml")
    (suite,) = found.suites
    assert suite.file.endswith("c.yaml")
    assert suite.ruleset.rules == ("size",)


def test_a_shipped_ruleset(tmp_path: Path) -> None:
    case = '{name: a, given: {completion: "\\\\boxed{4}", answer: "4"}, expect: {accuracy: true}}'
    found = opened(tmp_path, {"c.yaml": f"ruleset: r1\ndescription: more\ncases: [{case}]\n"})
    assert found.suites[0].ruleset.name == "r1"
    assert open_files(["r1"]).suites[0].cases


def test_the_same_file_twice_is_run_once() -> None:
    assert len(open_files(["r1", "r1"]).suites) == 1


def test_a_ruleset_that_cannot_be_had(tmp_path: Path) -> None:
    found = opened(tmp_path, {"c.yaml": f"ruleset: ./r.yaml\n{CASES}", "d.yaml": f"ruleset: rl\n{CASES}"})
    assert codes(found) == ["E0610", "E0610"]
    assert not found.is_sound
    assert "r.yaml cannot be read" in found.told()
    assert "there is no ruleset `rl`" in found.told()


def test_a_file_of_cases_without_its_keys(tmp_path: Path) -> None:
    found = opened(
        tmp_path, {"c.yaml": CASES, "d.yaml": "ruleset: r1\n", "e.yaml": f"ruleset: r1\nrules: 1\n{CASES}"}
    )
    assert codes(found) == ["E0013", "E0013", "E0011"]


def test_mistakes_of_the_ruleset_and_of_its_cases_in_one_run(tmp_path: Path) -> None:
    text = RULESET.replace("length", "lenght") + "cases: [{given: {completion: a}, expect: {reward: 1}}]\n"
    assert codes(opened(tmp_path, {"r.yaml": text})) == ["E0203", "E0601"]


def test_what_cannot_be_opened() -> None:
    found = open_files(["no_such_one", "./no_such_file.yaml"])
    assert not found.is_sound
    assert [message.partition(":")[0] for message in found.refused] == [
        "there is no ruleset `no_such_one`",
        "the ruleset ./no_such_file.yaml cannot be read",
    ]


def test_parameters_are_those_of_the_run_and_a_case_goes_before_them() -> None:
    found = open_files([str(FOLDER / "held.yaml")], params={"most": "2"})
    report = Report(found)
    (suite,) = run_cases(report)
    states = {outcome.case.name: outcome.status for outcome in suite.outcomes}
    assert states["about a value"] == "failed"  # the gate `long` closes
    assert states["a parameter with its unit"] == "passed"


def test_the_report_as_json(tmp_path: Path) -> None:
    text = f"{RULESET}{CASES}  - {{name: b, todo: soon, given: {{completion: abc}}, expect: {{reward: 4}}}}\n"
    report = Report(opened(tmp_path, {"r.yaml": text}))
    assert len(list(run_cases(report, coverage=True))) == 1
    told = report_json(report)
    assert told["counts"] == {"passed": 1, "failed": 0, "todo": 1, "todo passes": 0}
    (file,) = told["files"]  # type: ignore[misc]
    assert [case["status"] for case in file["cases"]] == ["passed", "todo"]
    assert file["cases"][1]["differences"] == [
        {"row": 0, "name": "reward", "expected": "4", "actual": "3", "reason": None}
    ]
    assert told["coverage"] == [
        {
            "ruleset": f"{tmp_path}/r.yaml",  # it has no name of its own
            "points": [],
            "rules": [
                {
                    "name": "size", "place": f"{tmp_path}/r.yaml:2", "null": 0, "lack": "never anything but 3",
                }
            ],
        }
    ]  # fmt: skip


def test_a_keyword_is_looked_for_without_regard_to_case() -> None:
    report = Report(open_files([str(FOLDER / "held.yaml")]))
    (suite,) = run_cases(report, keyword="STUBBED AS")
    assert [outcome.case.name for outcome in suite.outcomes] == [
        "a rule stubbed as null, with its field",
        "a rule stubbed as an error",
    ]
