"""A report as JUnit XML, which CI systems show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from rulereward.insight.cases.report import Report, SuiteReport
from rulereward.insight.cases.running import Outcome
from rulereward.insight.cases.text import failure_text
from rulereward.lang.messages import render

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even as a reference."""


def junit_xml(report: Report, *, strict: bool = False) -> str:
    """The whole document. A todo that fails counts as skipped; a mistake in a file is an error of its own."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    suites = [_suite(suite, strict=strict) for suite in report.suites]
    broken = list(_mistakes(report))
    outcomes = list(report.outcomes)
    failures = sum(outcome.counts_as_failure(strict=strict) for outcome in outcomes)
    total = {"tests": len(outcomes) + len(broken), "failures": failures, "errors": len(broken)}
    lines.append(f"<testsuites{_attributes(name='rulereward', **total, time=_seconds(outcomes))}>")
    for part in suites:
        lines += part
    if broken:
        counts = {"tests": len(broken), "failures": 0, "errors": len(broken), "skipped": 0}
        lines += [f"  <testsuite{_attributes(name='mistakes', **counts, time='0.000')}>", *broken, "  </testsuite>"]
    return "\n".join([*lines, "</testsuites>", ""])


def _suite(found: SuiteReport, *, strict: bool) -> list[str]:
    outcomes = found.outcomes
    counts = {
        "tests": len(outcomes),
        "failures": sum(outcome.counts_as_failure(strict=strict) for outcome in outcomes),
        "errors": 0,
        "skipped": found.count("todo"),
    }
    head = f"  <testsuite{_attributes(name=found.suite.file, **counts, time=_seconds(outcomes))}>"
    cases = [line for outcome in outcomes for line in _case(found, outcome, strict=strict)]
    return [head, *cases, "  </testsuite>"]


def _case(found: SuiteReport, outcome: Outcome, *, strict: bool) -> Iterator[str]:
    case = outcome.case
    named = _attributes(
        classname=found.suite.file,
        name=case.name,
        file=case.span.source.name,
        line=case.span.position.line,
        time=_seconds([outcome]),
    )
    if outcome.status == "todo":
        yield f"    <testcase{named}>"
        yield f"      <skipped{_attributes(message=f'todo: {case.todo}')}/>"
    elif outcome.counts_as_failure(strict=strict):
        told = outcome.stopped or "; ".join(map(str, outcome.differences)) or f"a todo that passes: {case.todo}"
        text = case.place if outcome.holds else failure_text(outcome)
        yield f"    <testcase{named}>"
        yield f"      <failure{_attributes(message=told)}>{escape(_legal(text))}</failure>"
    else:
        yield f"    <testcase{named}/>"
        return
    yield "    </testcase>"


def _mistakes(report: Report) -> Iterator[str]:
    """Files that could not be read, or not wholly."""
    for file, found in report.opened.diagnostics.items():
        for diagnostic in found:
            if diagnostic.severity == "error":
                told = f"{diagnostic.primary.span}: {diagnostic.message}"
                yield _error(file, diagnostic.code, told, render(diagnostic))
    for message in report.opened.refused:
        yield _error("rulereward test", "a file that cannot be read", message, message)


def _error(file: str, name: str, message: str, text: str) -> str:
    error = f"<error{_attributes(message=message)}>{escape(_legal(text))}</error>"
    return f"    <testcase{_attributes(classname=file, name=name, time='0.000')}>{error}</testcase>"


def _attributes(**values: object) -> str:
    return "".join(f" {name}={quoteattr(_legal(str(value)), _LINES)}" for name, value in values.items())


_LINES = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}


def _legal(text: str) -> str:
    return _NOT_XML.sub(lambda found: found.group().encode("unicode_escape", "surrogatepass").decode(), text)


def _seconds(outcomes: list[Outcome]) -> str:
    return f"{sum(outcome.seconds for outcome in outcomes):.3f}"
