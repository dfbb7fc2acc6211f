"""What is wrong with a file that is not YAML, in words about rulesets.

PyYAML has two parsers that say the same thing in different words. What is said here depends on the characters at the
place of the error first, and on their words only where both have one in common. The first question that answers is
the message; the last one always answers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

from rulereward.lang.diagnostics import Diagnostics, Label
from rulereward.lang.full_width import full_width_colon, report_full_width_colon
from rulereward.lang.source import Source, Span
from rulereward.lang.syntax_characters import CONDITIONAL_HELP, NO_CONDITIONAL
from rulereward.lang.templates import TEMPLATE, TEMPLATE_HELP, template_message

_UNDER_A_BAR = "put the expression under `|`, on lines of its own"
_KEY_AND_VALUE = re.compile(r"[ \t]*(?:- +)*[^\s:#\"'{\[][^:#]*:[ \t]+(?=\S)")
_WORD = re.compile(r"[\w-]+")
_GLUED_COLON = re.compile(r"[ \t]*[\w-]+(:)[^\s:]")
_CONFLICT = re.compile(r"(?:<{7}|>{7}|={7}|\|{7})(?: .*)?")
_FOREIGN_COMMENT = re.compile(r"[ \t]*(//|/\*|--(?!-)|;)")
_QUOTED_OR_MARK = re.compile(r"""\"[^"]*\"?|'[^']*'?|\?\?|(?P<mark>\?)""")
NO_CHARACTER = "this escape stands for no character"
_LEADING = {
    "%": "`%` cannot start a value in YAML",
    "@": "`@` cannot start a value in YAML",
    "`": "a backtick cannot start a value in YAML",
    "&": "`&` at the start of a value names it for YAML",
    "*": "`*` at the start of a value is a YAML alias",
    "!": "`!` at the start of a value is a YAML tag",
    ">": "`>` at the start of a value announces lines of text to YAML",
    "|": "`|` at the start of a value announces lines of text to YAML",
    "?": "`?` at the start of a value is a YAML key",
}


@dataclass(frozen=True)
class _Problem:
    """Where the parser stopped, where what it was reading started, and its own words."""

    source: Source
    at: int
    begun: int
    words: str

    @property
    def char(self) -> str:
        return self.source.text[self.at : self.at + 1]

    def line_start(self, at: int) -> int:
        return at - self.source.position(at).column + 1

    def line(self, at: int) -> str:
        return self.source.line(self.source.position(at).line)

    def line_before(self) -> tuple[int, str]:
        """The last line with something on it before the place: where it starts, and its text."""
        end = self.line_start(self.at)
        while end > 0 and not self.line(end - 1).strip():
            end = self.line_start(end - 1)
        return (self.line_start(end - 1), self.line(end - 1)) if end > 0 else (0, "")

    def span(self, start: int, end: int | None = None) -> Span:
        limit = len(self.source.text)
        return Span(self.source, min(start, limit), min(start + 1 if end is None else end, limit))


@dataclass(frozen=True)
class _Answer:
    code: str
    message: str
    span: Span
    help: str | None = None
    label: str = ""
    secondary: Label | None = None


def report_yaml_error(error: yaml.YAMLError, source: Source, diagnostics: Diagnostics) -> int:
    """Report one error of the YAML parser; the offset at which the entry that is broken starts to be."""
    mark, begun = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    at = mark.index if mark else 0
    words = f"{getattr(error, 'context', None) or ''} {getattr(error, 'problem', None) or ''}".strip()
    problem = _Problem(source, at, begun.index if begun else at, words)
    for place in (at, problem.begun, problem.line_before()[0]):
        colon = full_width_colon(source, place)
        if colon is not None:
            report_full_width_colon(colon, diagnostics)
            return colon.start
    answers = (question(problem) for question in _QUESTIONS)
    answer = next((answer for answer in answers if answer is not None), None)
    if answer is None:
        note = f"the YAML parser says: {words}" if words else None
        diagnostics.report("E0004", "this is not valid YAML", problem.span(at), note=note)
        return at
    diagnostics.report(
        answer.code, answer.message, answer.span, answer.label, help=answer.help, secondary=answer.secondary
    )
    if "quoted scalar" in words or "flow" in words:
        return problem.begun
    return answer.span.start if answer.secondary is None else min(answer.span.start, answer.secondary.span.start)


def _too_deep(problem: _Problem) -> _Answer | None:
    if "maximum nesting depth" in problem.words:  # libyaml's own limit, met before it gives the events we count
        return _Answer("E0003", "this is nested too deeply", problem.span(problem.at))
    return None


def _merge_conflict(problem: _Problem) -> _Answer | None:
    """A line that a version control tool left where two changes met."""
    before_start, _ = problem.line_before()
    for place in (problem.at, problem.begun, before_start):
        start, line = problem.line_start(place), problem.line(place).rstrip()
        if _CONFLICT.fullmatch(line):
            message = "this line is left of a merge conflict"
            help = "keep one of the two versions, and delete the lines `<<<<<<<`, `=======` and `>>>>>>>`"
            return _Answer("E0004", message, problem.span(start, start + len(line)), help)
    return None


def _fence(problem: _Problem) -> _Answer | None:
    start, line = problem.line_start(problem.at), problem.line(problem.at).rstrip()
    if not line.startswith("```"):
        return None
    message = "a fence of Markdown is no part of a ruleset"
    return _Answer("E0004", message, problem.span(start, start + len(line)), "delete this line")


def _template(problem: _Problem) -> _Answer | None:
    """`{{ name }} * x`: YAML stops behind what it takes for a mapping."""
    for place in (problem.at, problem.begun):
        start = problem.line_start(place)
        found = TEMPLATE.search(problem.line(place))
        if found:
            span = problem.span(start + found.start(), start + found.end())
            return _Answer("E0106", template_message(found.group()), span, TEMPLATE_HELP)
    return None


def _foreign_comment(problem: _Problem) -> _Answer | None:
    for place in (problem.begun, problem.at, problem.line_before()[0]):
        start, line = problem.line_start(place), problem.line(place)
        found = _FOREIGN_COMMENT.match(line)
        if found:
            message = f"`{found.group(1)}` starts no comment in YAML"
            return _Answer("E0004", message, problem.span(start + found.start(1), start + found.end(1)), "write `# `")
    return None


def _tab(problem: _Problem) -> _Answer | None:
    before = problem.source.text[problem.line_start(problem.at) : problem.at]
    if problem.char == "\t" and before.strip():
        return _Answer("E0005", "a tab stands between a key and its value", problem.span(problem.at), "write a blank")
    for place in (problem.at, problem.begun):
        start, line = problem.line_start(place), problem.line(place)
        tab = line.find("\t", 0, len(line) - len(line.lstrip()))
        if tab >= 0:
            return _Answer("E0005", "a tab indents this line", problem.span(start + tab), "indent with blanks")
    return None


def _leading_sign(problem: _Problem) -> _Answer | None:
    for place in (problem.begun, problem.at):
        sign = problem.source.text[place : place + 1]
        if sign in _LEADING and problem.source.text[:place].endswith((" ", "\n", "\t", "[", "{", ",")):
            return _Answer("E0004", _LEADING[sign], problem.span(place), _UNDER_A_BAR)
    return None


def _open_quote(problem: _Problem) -> _Answer | None:
    if "quoted scalar" not in problem.words and "double-quoted" not in problem.words:
        return None
    if "Unicode character escape" in problem.words:
        slash = max(problem.begun, problem.source.text.rfind("\\", problem.begun, problem.at + 1))
        return _Answer("E0004", NO_CHARACTER, problem.span(slash, slash + 2))
    if "escape" in problem.words:
        slash = max(problem.begun, problem.source.text.rfind("\\", problem.begun, problem.at + 1))
        message = "this escape means nothing in YAML's double quotes"
        help = f"{_UNDER_A_BAR}; a text that is no expression goes into single quotes"
        return _Answer("E0004", message, problem.span(slash, slash + 2), help)
    if "end of stream" in problem.words or "document separator" in problem.words:
        quote = problem.span(problem.begun)
        return _Answer("E0004", "this quote is never closed", quote, "add a closing quote", "opened here")
    return None


def _open_flow(problem: _Problem) -> _Answer | None:
    bracket = problem.source.text[problem.begun : problem.begun + 1]
    if "parsing a flow" not in problem.words or bracket not in ("{", "["):
        return None
    closing = "}" if bracket == "{" else "]"
    message = f"YAML finds no `,` or `{closing}` here for this `{bracket}`"
    help = "write it over several lines without brackets; put an expression under `|`"
    opened = Label(problem.span(problem.begun), "opened here")
    return _Answer("E0004", message, problem.span(problem.at), help, secondary=opened)


def _colon_in_value(problem: _Problem) -> _Answer | None:
    """`: ` on a line that already has its key, or under a line that has its value."""
    if "mapping values" not in problem.words:
        return None
    start, line = problem.line_start(problem.at), problem.line(problem.at)
    key = _KEY_AND_VALUE.match(line)
    if key and start + key.end() <= problem.at:
        mark = _question_mark(line, key.end(), problem.at - start)
        if mark is not None:
            return _Answer("E0102", NO_CONDITIONAL, problem.span(start + mark), CONDITIONAL_HELP)
        message = "YAML reads the `: ` inside this expression as the end of a key"
        help = f"{_UNDER_A_BAR}; an argument's name is followed by `=`"
        return _Answer("E0019", message, problem.span(problem.at), help)
    before_start, before = problem.line_before()
    glued = _GLUED_COLON.match(before)
    if glued:
        message = "a blank must stand behind the `:` of a key"
        return _Answer("E0004", message, problem.span(before_start + glued.start(1)), "write `key: value`")
    if _KEY_AND_VALUE.match(before):
        message = "this key is indented under a key that already has a value"
        key_start = start + len(line) - len(line.lstrip())
        earlier = Label(problem.span(before_start + len(before) - len(before.lstrip()), before_start + len(before)))
        help = "indent it like the key it belongs to"
        return _Answer("E0004", message, problem.span(key_start, problem.at), help, secondary=earlier)
    if before.strip() and ":" not in before:
        return _no_key(problem, before_start, before)
    return None


def _no_key(problem: _Problem, start: int, line: str) -> _Answer:
    """A line with no colon where a key must stand."""
    first = start + len(line) - len(line.lstrip())
    end = start + len(line.rstrip())
    help = "an expression of several lines is indented deeper than its key"
    if _WORD.fullmatch(line.strip()):
        help = f"write `{line.strip()}:`; {help}"
    return _Answer("E0004", "this line is no `key: value`", problem.span(first, max(end, first + 1)), help)


def _question_mark(line: str, start: int, end: int) -> int | None:
    """Where `?` stands between `start` and `end` outside of quotes, `??` left out: the `c ? a : b` of a `:`."""
    marks = (found.start("mark") for found in _QUOTED_OR_MARK.finditer(line, start, end))
    return next((mark for mark in marks if mark >= 0), None)


def _behind_quotes(problem: _Problem) -> _Answer | None:
    """`x: "a" in y`: YAML takes the quoted part for the whole value."""
    head = problem.source.text[: problem.at].rstrip()
    if "block mapping" not in problem.words or not head.endswith(("'", '"')):
        return None
    start = problem.line_start(problem.at)
    key = _KEY_AND_VALUE.match(problem.line(start))
    while start > 0 and (key is None or start + key.end() >= len(head)):
        start = problem.line_start(start - 1)
        key = _KEY_AND_VALUE.match(problem.line(start))
    if key is None or problem.source.text[start + key.end()] not in "'\"":
        return None
    quoted = Label(problem.span(start + key.end(), len(head)), "the value, for YAML")
    end = problem.line_start(problem.at) + len(problem.line(problem.at).rstrip())
    message = "YAML takes the quoted part for the whole value"
    return _Answer("E0021", message, problem.span(problem.at, end), _UNDER_A_BAR, secondary=quoted)


def _behind_comment(problem: _Problem) -> _Answer | None:
    """A second line of an expression, under a line that ends in a comment."""
    before_start, before = problem.line_before()
    comment = re.search(r"[ \t]#", before)
    key = _KEY_AND_VALUE.match(before)
    line = problem.line(problem.at)
    deeper = len(line) - len(line.lstrip()) > len(before) - len(before.lstrip())
    if "block mapping" not in problem.words or comment is None or key is None or not deeper:
        return None
    message = "YAML ends the expression at the comment on the line above"
    cut = Label(problem.span(before_start + comment.end() - 1), "cut here")
    start = problem.line_start(problem.at) + len(line) - len(line.lstrip())
    return _Answer("E0020", message, problem.span(start, start + len(line.strip())), _UNDER_A_BAR, secondary=cut)


def _indentation(problem: _Problem) -> _Answer | None:
    if "block mapping" not in problem.words and "block collection" not in problem.words:
        return None
    message = "this line is indented like no key above it"
    line = problem.line(problem.at)
    end = problem.line_start(problem.at) + len(line.rstrip())
    help = "indent all keys of one mapping by the same number of blanks"
    return _Answer("E0004", message, problem.span(problem.at, max(end, problem.at + 1)), help)


def _no_colon(problem: _Problem) -> _Answer | None:
    if "could not find expected ':'" not in problem.words:
        return None
    start, line = problem.line_start(problem.begun), problem.line(problem.begun)
    glued = _GLUED_COLON.match(line)
    if glued:
        message = "a blank must stand behind the `:` of a key"
        return _Answer("E0004", message, problem.span(start + glued.start(1)), "write `key: value`")
    return _no_key(problem, start, line)


def _stray_sign(problem: _Problem) -> _Answer | None:
    if problem.char == "-" and "sequence entries" in problem.words:
        help = "write a negative number without a blank: `-1`"
        return _Answer("E0004", "`- ` starts an item of a list", problem.span(problem.at), help)
    if problem.char in {"]", "}", ",", ":"}:
        message = f"YAML has no use for `{problem.char}` here"
        return _Answer("E0004", message, problem.span(problem.at), f"delete it; {_UNDER_A_BAR}")
    return None


_QUESTIONS = (
    _too_deep,
    _merge_conflict,
    _fence,
    _template,
    _foreign_comment,
    _tab,
    _leading_sign,
    _open_quote,
    _open_flow,
    _colon_in_value,
    _behind_quotes,
    _behind_comment,
    _indentation,
    _no_colon,
    _stray_sign,
)
