"""From a completion's code and a suite to the source that is run.

A completion is hostile and is not parsed here: all that is looked at is how its lines begin. One that goes on with a
prompt is the body of the function, unless it defines the function.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import dedent

from rulereward.text.code_tests.python_source import before_definition, defines
from rulereward.text.code_tests.suite import Suite
from rulereward.text.fences import language_name

DEFAULT_LANGUAGE = "python"

STAR_IMPORTS = (
    "string", "re", "datetime", "collections", "heapq", "bisect", "copy", "math", "random", "statistics", "itertools",
    "functools", "operator", "io", "sys", "json", "typing",
)  # fmt: skip
"""Modules of the standard library whose names programs for contests may use without importing them."""

PRELUDE = "; ".join(
    [
        *(f"from {name} import *" for name in STAR_IMPORTS),
        "from builtins import *",
        f"import {', '.join(STAR_IMPORTS)}",
    ]
)
"""One line of source. What hides a builtin is undone, and modules are there by name."""

SANDBOX_NAMES = {"c++": "cpp", "shell": "bash"}
"""Languages that the sandbox knows by another name than fences do."""

_FUTURE = re.compile(r"^from[ \t]++__future__[ \t]++import[ \t]++[\w, \t]++$", re.MULTILINE)
_BYTE_ORDER_MARK = "\ufeff"  # Python takes one at the beginning of a file, and nowhere else
_RETURNS = re.compile(r"^return\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Program:
    """`source` in `language`, as the sandbox names it; what it does not know is still named here.

    `first_line` is the line, counted from 1, on which the completion's own code begins.
    """

    language: str
    source: str
    first_line: int


def program_of(suite: Suite, code: str, language: str = "") -> Program:
    """What is run for a completion's code. `language` is what the completion says of it, where it does.

    The suite's language counts before the completion's, which is asked only where a whole program is run. In Python
    the code stands behind the suite's prompt, or goes on with it.
    """
    said = language_name(language) if suite.mode == "stdin" else ""
    name = suite.language or said or DEFAULT_LANGUAGE
    if name != "python":
        return Program(SANDBOX_NAMES.get(name, name), code, 1)
    code = code.removeprefix(_BYTE_ORDER_MARK).replace("\r\n", "\n").replace("\r", "\n")
    head, body = _joined(suite, code)
    future = ""
    if head or suite.prelude:  # nothing may stand in front of imports from the future
        future = "; ".join(dict.fromkeys(found[0] for found in _FUTURE.finditer(head + "\n" + body)))
        head, body = _FUTURE.sub("", head), _FUTURE.sub("", body)
    prelude = PRELUDE if suite.prelude else ""
    if prelude and suite.entry:  # `gcd` of the standard library is not the program's
        prelude += f"; globals().pop({suite.entry!r}, None)"
    opening = "".join(line + "\n" for line in (future, prelude) if line)
    front = opening + head
    return Program(name, front + body, front.count("\n") + 1)


def _joined(suite: Suite, code: str) -> tuple[str, str]:
    """What stands in front of the completion's code, and the code, indented as it has to be."""
    prompt, entry = suite.prompt, suite.entry
    if not prompt:
        return "", code
    before = before_definition(prompt, entry)
    if before is None:
        return _ended(prompt), code
    whole = _as_whole(code, entry)
    return (_ended(prompt), _as_body(code, _indent_of(prompt))) if whole is None else (_ended(before), whole)


def _as_whole(code: str, entry: str) -> str | None:
    """Code that defines the function itself, at the left margin or wherever all of it stands; None for any other."""
    if defines(code, entry):
        return code
    without_margin = dedent(code)
    if defines(without_margin, entry) and _RETURNS.search(without_margin) is None:
        return without_margin
    is_inside = code[:1].strip() and re.search(rf"\bdef[ \t]++{re.escape(entry)}\b", code) is not None
    return code if is_inside else None


def _as_body(code: str, indent: str) -> str:
    """Code as the body of a function.

    Extraction often takes the white space from its two ends, or the margin from all lines; both is put back.
    """
    lines = [line for line in code.split("\n") if line.strip()]
    if not lines or lines[0][0] in " \t":
        return code
    opens_block = lines[0].partition("#")[0].rstrip().endswith(":")
    if all(line[0] in " \t" for line in lines[1:]) and (
        not opens_block or (len(lines) > 1 and lines[1].startswith(indent + indent[:1]))
    ):
        return indent + code.lstrip()
    return "\n".join(indent + line if line.strip() else line for line in code.split("\n"))


def _indent_of(prompt: str) -> str:
    """The indentation of the last indented line of a prompt: that of the body."""
    found = re.findall(r"^[ \t]+(?=\S)", prompt, re.MULTILINE)
    return found[-1] if found else "    "


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"
