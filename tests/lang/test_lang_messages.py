"""How diagnostics look: widths, long lines, unprintable characters, and the forms for tools."""

from __future__ import annotations

import json

import pytest

from rulereward.lang.diagnostics import Diagnostic, Label
from rulereward.lang.messages import render, render_all
from rulereward.lang.snippet import MAX_WIDTH
from rulereward.lang.source import Source, Span


def at(text: str, start: int, end: int, **more) -> Diagnostic:
    return Diagnostic("E0100", "wrong", Label(Span(Source("a.yaml", text), start, end)), **more)


def lines(diagnostic: Diagnostic) -> list[str]:
    return render(diagnostic).split("\n")[3:]


def test_a_line_with_carets():
    assert render(at("one\ntwo three\n", 8, 13)) == (
        "error[E0100]: wrong\n"
        " --> a.yaml:2:5\n"
        "  |\n"
        "2 | two three\n"
        "  |     ^^^^^"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "start", "end", "shown", "marks"),
    [
        ("中文 x", 3, 4, "1 | 中文 x", "  |      ^"),
        ("中文", 0, 2, "1 | 中文", "  | ^^^^"),
        ("🙂🙂x", 2, 3, "1 | 🙂🙂x", "  |     ^"),
        ("（a）", 2, 3, "1 | （a）", "  |    ^^"),
        ("ｱｲx", 2, 3, "1 | ｱｲx", "  |   ^"),
        ("cafe\u0301 x", 6, 7, "1 | cafe\u0301 x", "  |      ^"),
        ("\tx", 1, 2, "1 |     x", "  |     ^"),
        ("a\x1b[31mx", 6, 7, "1 | a\ufffd[31mx", "  |       ^"),
        ("a\u202eb", 2, 3, "1 | a\ufffdb", "  |   ^"),
        ("👩\u200d👩x", 3, 4, "1 | 👩\u200d👩x", "  |     ^"),
        ("👍🏽x", 2, 3, "1 | 👍🏽x", "  |     ^"),
        ("❤\ufe0fx", 2, 3, "1 | ❤\ufe0fx", "  |  ^"),
        ("한x", 1, 2, "1 | 한x", "  |   ^"),
        ("\u1112\u1161\u11abx", 3, 4, "1 | \u1112\u1161\u11abx", "  |   ^"),
        ("a中e\u0301\t（x", 5, 6, "1 | a中e\u0301    （x", "  |         ^^"),
        ("中\tx", 1, 2, "1 | 中    x", "  |   ^^^^"),
        ("e\u0301\u0323x", 0, 3, "1 | e\u0301\u0323x", "  | ^"),
        ("", 0, 0, "1 |", "  | ^"),
        ("ab", 2, 2, "1 | ab", "  |   ^"),
        ("ab\ncd", 1, 4, "1 | ab", "  |  ^"),
        ("ab\r\ncd", 1, 5, "1 | ab", "  |  ^"),
    ],
)
def test_marks_stand_under_their_text(text, start, end, shown, marks):
    assert lines(at(text, start, end)) == [shown, marks]


def test_a_long_line_is_cut_around_its_mark():
    text = "x" * 1000 + "HERE" + "y" * 1000
    shown, marks = lines(at(text, 1000, 1004))
    assert shown.startswith("1 | …x")
    assert shown.endswith("y…")
    assert len(shown) <= MAX_WIDTH + len("1 | ……")
    assert shown.index("HERE") == marks.index("^^^^")
    assert marks.count("^") == 4


def test_a_long_mark_is_cut():
    shown, marks = lines(at("中" * 1000, 0, 1000))
    assert shown == "1 | " + "中" * (MAX_WIDTH // 4) + "…"
    assert marks == "  | " + "^" * (MAX_WIDTH // 2)


def test_two_places_of_one_line_behind_wide_characters():
    source = Source("a.yaml", "规则: f(格式], 🙂)")
    closed, opened = Label(Span(source, 8, 9), "closed here"), Label(Span(source, 5, 6), "opened here")
    assert render(Diagnostic("E0109", "m", closed, opened)).split("\n")[3:] == [
        "1 | 规则: f(格式], 🙂)",
        "  |             ^ closed here",  # 规则 and 格式 take up eight columns, `: f(` four
        "  |        - opened here",
    ]


def test_two_places_of_a_long_line_are_each_shown_with_their_part_of_it():
    source = Source("a.yaml", "(" + "中" * 200 + "]")
    closed, opened = Label(Span(source, 201, 202), "closed here"), Label(Span(source, 0, 1), "opened here")
    shown = render(Diagnostic("E0109", "m", closed, opened)).split("\n")[3:]
    assert shown == [
        "1 | …" + "中" * 29 + "]",
        "  | " + " " * 59 + "^ closed here",
        "1 | (" + "中" * 59 + "…",
        "  | - opened here",
    ]


def test_a_long_line_of_wide_characters_is_cut_to_a_width():
    shown, marks = lines(at("中" * 500 + "ab" + "文" * 500, 500, 502))
    assert shown == "1 | …" + "中" * 29 + "ab" + "文" * 29 + "…"
    assert marks == "  | " + " " * 59 + "^^"


def test_note_and_help_and_a_second_place():
    source = Source("a.yaml", "a\nb\nc\n")
    diagnostic = Diagnostic(
        "W0100", "odd", Label(Span(source, 0, 1), "one"), Label(Span(source, 4, 5), "two"), note="why", help="what"
    )
    assert render(diagnostic) == (
        "warning[W0100]: odd\n"
        " --> a.yaml:1:1\n"
        "  |\n"
        "1 | a\n"
        "  | ^ one\n"
        "...\n"
        "3 | c\n"
        "  | - two\n"
        "  |\n"
        "  = note: why\n"
        "  = help: what"
    )  # fmt: skip


def test_counts():
    error, warning = at("a", 0, 1), Diagnostic("W0100", "odd", Label(Span(Source("a", "a"), 0, 1)))
    assert render_all([]) == "no errors"
    assert render_all([error]).endswith("\n\n1 error")
    assert render_all([error, error, warning]).endswith("\n\n2 errors, 1 warning")
    assert render_all([warning, warning]).endswith("\n\n2 warnings")


def test_json():
    source = Source("中.yaml", "rules:\n  a: b c\n")
    first, second = Label(Span(source, 12, 15), "x"), Label(Span(source, 0, 5))
    found = json.loads(render_all([Diagnostic("E0116", "m", first, second, "n", "h")], "json"))
    assert found == {
        "diagnostics": [
            {
                "code": "E0116",
                "severity": "error",
                "message": "m",
                "file": "中.yaml",
                "line": 2,
                "column": 6,
                "end_line": 2,
                "end_column": 9,
                "label": "x",
                "secondary": {
                    "file": "中.yaml",
                    "line": 1,
                    "column": 1,
                    "end_line": 1,
                    "end_column": 6,
                    "label": "",
                },
                "note": "n",
                "help": "h",
            }
        ],
        "errors": 1,
        "warnings": 0,
    }
    assert json.loads(render_all([], "json")) == {"diagnostics": [], "errors": 0, "warnings": 0}


def test_github():
    source = Source("rules: a,b.yaml", "a\nb c\n")
    diagnostic = Diagnostic("W0100", "100% odd\nyes: no, maybe", Label(Span(source, 2, 5)), help="write: x")
    assert render_all([diagnostic], "github") == (
        "::warning file=rules%3A a%2Cb.yaml,line=2,endLine=2,col=1,endColumn=4,title=rulereward W0100"
        "::100%25 odd%0Ayes: no, maybe; write: x"
    )
    over_lines = Diagnostic("E0100", "m", Label(Span(source, 0, 4)))
    assert render_all([over_lines], "github") == (
        "::error file=rules%3A a%2Cb.yaml,line=1,endLine=2,title=rulereward E0100::m"
    )
