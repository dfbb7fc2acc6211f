"""Running the cases of several files, and what came of it as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rulereward.api import Ruleset
from rulereward.engine.run import Evaluate
from rulereward.insight.cases.coverage import Coverage
from rulereward.insight.cases.files import Opened, Suite
from rulereward.insight.cases.running import Outcome, run_case
from rulereward.lang.case_document import Case

SCHEMA = 1


@dataclass(slots=True, eq=False)
class SuiteReport:
    """The outcomes of one file's cases."""

    suite: Suite
    outcomes: list[Outcome] = field(default_factory=list)

    def count(self, status: str) -> int:
        return sum(outcome.status == status for outcome in self.outcomes)


@dataclass(slots=True, eq=False)
class Report:
    """All that a run of `rulereward test` found. `coverage` is kept for each ruleset, if that was asked for."""

    opened: Opened
    suites: list[SuiteReport] = field(default_factory=list)
    coverage: dict[Ruleset, Coverage] = field(default_factory=dict)

    @property
    def outcomes(self) -> Iterator[Outcome]:
        for suite in self.suites:
            yield from suite.outcomes

    def failed(self, *, strict: bool) -> bool:
        """Is a case not as it says?"""
        return any(outcome.counts_as_failure(strict=strict) for outcome in self.outcomes)

    @property
    def untaken(self) -> bool:
        """Is there a gate, route or arm that no case takes?"""
        return any(coverage.untaken for coverage in self.coverage.values())

    def counts(self) -> dict[str, int]:
        """How many cases there were, by status."""
        found = dict.fromkeys(("passed", "failed", "todo", "todo passes"), 0)
        for outcome in self.outcomes:
            found[outcome.status] += 1
        return found


def run_cases(
    report: Report, *, keyword: str = "", evaluate: Evaluate = "needed", coverage: bool = False
) -> Iterator[SuiteReport]:
    """Run file by file into the report. `keyword` is looked for in the names of cases, without regard to case."""
    for suite in report.opened.suites:
        found = SuiteReport(suite)
        report.suites.append(found)
        for case in chosen(suite.cases, keyword):
            outcome = run_case(suite.ruleset, case, evaluate)
            found.outcomes.append(outcome)
            if coverage:
                kept = report.coverage.setdefault(suite.ruleset, Coverage(suite.ruleset))
                if outcome.scores is not None:
                    kept.add(outcome.scores)
        if coverage:
            report.coverage.setdefault(suite.ruleset, Coverage(suite.ruleset))
        yield found


def chosen(cases: Sequence[Case], keyword: str) -> list[Case]:
    """Those with the keyword in their name."""
    return [case for case in cases if keyword.casefold() in case.name.casefold()]


def report_json(report: Report) -> dict[str, object]:
    """The report as plain JSON values."""
    return {
        "schema": SCHEMA,
        "counts": report.counts(),
        "files": [_suite_json(suite) for suite in report.suites],
        "coverage": [_coverage_json(ruleset, found) for ruleset, found in report.coverage.items()],
    }


def _suite_json(found: SuiteReport) -> dict[str, object]:
    return {
        "file": found.suite.file,
        "ruleset": found.suite.ruleset.name,
        "fingerprint": found.suite.ruleset.fingerprint,
        "cases": [_outcome_json(outcome) for outcome in found.outcomes],
    }


def _outcome_json(outcome: Outcome) -> dict[str, object]:
    case = outcome.case
    return {
        "name": case.name,
        "line": case.span.position.line,
        "status": outcome.status,
        "todo": case.todo,
        "seconds": round(outcome.seconds, 6),
        "stopped": outcome.stopped,
        "differences": [
            {
                "row": difference.row,
                "name": difference.name,
                "expected": difference.expected,
                "actual": difference.actual,
                "reason": None if difference.reason is None else difference.reason._asdict(),
            }
            for difference in outcome.differences
        ],
    }


def _coverage_json(ruleset: Ruleset, found: Coverage) -> dict[str, object]:
    return {
        "ruleset": ruleset.name,
        "points": [
            {
                "kind": point.kind,
                "name": point.name,
                "place": point.place,
                "taken": point.taken,
                "passed": point.passed,
            }
            for point in found.points.values()
        ],
        "rules": [
            {"name": rule.name, "place": rule.place, "null": rule.null, "lack": rule.lack}
            for rule in found.rules.values()
        ],
    }
