"""Is a text Python? Asked of hostile text, so what makes the compiler recurse is counted before it sees any of it.

The compiler has guards of its own, but they stand where a thread with a small stack has long overflowed it. Counted
are, over the whole of a statement: brackets within each other, and in front of, behind and between operands whatever
binds them into a chain (operators, dots, calls, `not`, `lambda`, `else`), in string literals that may be f-strings
too; and over the whole text blocks within each other, and `elif` after `elif`.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

from rulereward.data import Reason
from rulereward.text.code_tests.python_source import QUIET

MAX_CHARS = 200_000
MAX_BRACKETS = 50
MAX_CHAIN = 500
MAX_BLOCKS = 60
"""Columns of indentation within each other."""
MAX_ELIFS = 200
"""`elif` within each other's `else`, those around a block included."""

TOO_LONG = Reason("too_long", f"the code has more than {MAX_CHARS:,} characters")
TOO_DEEP = Reason("too_deep", "too much of the code lies within each other")

_TOKEN = re.compile(
    r"""
    (?P<string>(?:\"{3}(?:[^"\\]|\\.|"(?!""))*+(?:\"{3}|\Z))|(?:'{3}(?:[^'\\]|\\.|'(?!''))*+(?:'{3}|\Z))
        |"(?:[^"\\\n]|\\.)*+"?|'(?:[^'\\\n]|\\.)*+'?)
    |(?P<comment>\#[^\n]*+)
    |(?P<joined>\\\r?\n)
    |(?P<newline>\n)
    |(?P<word>[^\W\d]\w*+)
    |(?P<number>\d[\w.]*+)
    |(?P<open>[(\[{])|(?P<close>[)\]}])
    |(?P<comma>,)|(?P<end>;)|(?P<colon>:)
    |(?P<chain>[-+~*/%@&|^<>=!.])
    """,
    re.VERBOSE | re.DOTALL,
)
_CHAIN_WORDS = frozenset(("not", "lambda", "else", "if", "await", "yield", "and", "or", "in", "is"))
_WITHIN_STRINGS = re.compile(r"[-+~*/%@&|^<>=!.(\[{]|\b(?:not|lambda|else|if|await)\b")
_INDENT = re.compile(r"[ \t\f]*+")


class _TooDeepError(Exception):
    pass


def python_fault(source: str) -> Reason | None:
    """Why this interpreter does not compile the source, None where it does. Never raises; takes linear time.

    The codes are `too_long`, `too_deep`, `nul` and `syntax_error`.
    """
    if len(source) > MAX_CHARS:
        return TOO_LONG
    if "\0" in source:
        return Reason("nul", "the code holds a NUL character")
    try:
        _check_depth(source.replace("\r\n", "\n").replace("\r", "\n"))
        with QUIET, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "code", "exec", dont_inherit=True)
    except (_TooDeepError, MemoryError, RecursionError):
        return TOO_DEEP
    except SyntaxError as problem:
        place = f"line {problem.lineno}: " if problem.lineno else ""
        return Reason("syntax_error", f"{place}{problem.msg}"[:200])
    except (ValueError, OverflowError) as problem:  # half a surrogate pair
        return Reason("syntax_error", str(problem)[:200])
    return None


class _Statement:
    """How deep the statement is that is being read: for each open bracket the chain in front of it."""

    def __init__(self) -> None:
        self._chains = [0]
        self._sum = 0
        self._lambdas = [0]

    @property
    def in_brackets(self) -> bool:
        return len(self._chains) > 1

    def read(self, kind: str, text: str) -> None:
        """The next token. Raises _TooDeepError."""
        if kind in ("open", "close", "comma", "colon"):
            getattr(self, f"_{kind}")()
        elif kind == "string" and ("{" in text or "}" in text):
            self._longer(sum(1 for _ in _WITHIN_STRINGS.finditer(text)))
            self._comma()
        elif kind == "chain" or text in _CHAIN_WORDS:
            self._longer()
            self._lambdas[-1] += text == "lambda"

    def _longer(self, by: int = 1) -> None:
        self._chains[-1] += by
        self._sum += by
        if self._sum > MAX_CHAIN:
            raise _TooDeepError

    def _open(self) -> None:
        self._longer()
        self._chains.append(0)
        self._lambdas.append(0)
        if len(self._chains) > MAX_BRACKETS + 1:
            raise _TooDeepError

    def _close(self) -> None:
        if self.in_brackets:
            self._sum -= self._chains.pop()
            self._lambdas.pop()

    def _comma(self) -> None:
        """Behind it a new chain begins, unless it stands between the arguments of a lambda."""
        if not self._lambdas[-1]:
            self._sum -= self._chains[-1]
            self._chains[-1] = 0

    def _colon(self) -> None:
        self._lambdas[-1] = max(0, self._lambdas[-1] - 1)


def _check_depth(source: str) -> None:
    """Raises _TooDeepError."""
    statement, blocks, is_first = _Statement(), _Blocks(), True
    for kind, text, line_start in _tokens(source):
        if kind == "newline":
            is_first = is_first or not statement.in_brackets
        elif is_first:
            blocks.line(source, line_start, text)
            is_first = False
        if kind in ("newline", "end"):
            if not statement.in_brackets:
                statement = _Statement()
        else:
            statement.read(kind, text)


def _tokens(source: str) -> Iterator[tuple[str, str, int]]:
    """The kinds and texts of what counts, and where the line begins in which each stands."""
    line_start = 0
    for match in _TOKEN.finditer(source):
        kind = match.lastgroup or ""
        if kind in ("comment", "joined"):
            continue
        yield kind, match[0], line_start
        if kind == "newline":
            line_start = match.end()


class _Blocks:
    """The blocks around a line: for each column of indentation how many `elif` have followed each other there."""

    def __init__(self) -> None:
        self._columns: list[tuple[int, int]] = []

    def line(self, source: str, start: int, word: str) -> None:
        indent = _INDENT.match(source, start)
        column = 0 if indent is None else len(indent[0].expandtabs(8))
        while self._columns and self._columns[-1][0] > column:
            self._columns.pop()
        if not self._columns or self._columns[-1][0] < column:
            self._columns.append((column, 0))
        elifs = self._columns[-1][1]
        self._columns[-1] = (column, elifs + 1 if word == "elif" else elifs if word == "else" else 0)
        if len(self._columns) > MAX_BLOCKS or sum(count for _, count in self._columns) > MAX_ELIFS:
            raise _TooDeepError
