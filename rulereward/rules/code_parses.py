"""The kind `code_parses`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rulereward.data import Reason
from rulereward.kind import Result, rule
from rulereward.text.json_text import FAULTS, JsonFault, parse_json
from rulereward.text.python_syntax import python_fault

_NO_CODE = Reason("no_code", "there is no code")
_PARSES = Result(True, {"problem": None})
_NOTHING = Result(False, {"problem": _NO_CODE.message}, _NO_CODE)
_SYNTAX_ERROR = "the code is no Python"


@dataclass(frozen=True, slots=True)
class CodeParsesParams:
    language: Literal["python", "json"] = "python"


@rule(version=1, returns="bool", polarity="higher", fields={"problem": "text"})
def code_parses(code: str | None, params: CodeParsesParams) -> Result:
    """Is the code well-formed?

    Reads: the code as an extractor gives it (`code_block(completion)`). Nothing of it is run. Python is what the
    interpreter that this runs in compiles, so a `return` outside a function is none; JSON is one value, as
    `json_valid` has it, but in no fence.
    Returns: true or false. `.problem` says what is wrong and where, null where nothing is. The codes are
    `syntax_error`, `nul` (a NUL character), and for code of unreasonable size `too_long` (over 200,000 characters)
    and `too_deep` (over 50 brackets, 60 blocks or 200 `elif` within each other, or a chain of over 500 operators,
    dots and calls); for JSON those of `json_valid`.
    Missing: never; code that is not there, or blank, is false with reason `no_code`.
    Gamed by: `pass`, or any comment. It says nothing of what the code does: that is `code_pass_rate`.
    Source: own definition.
    """
    if code is None or not code.strip():
        return _NOTHING
    if params.language == "json":
        found = parse_json(code)
        if not isinstance(found, JsonFault):
            return _PARSES
        return Result(False, {"problem": found.message}, Reason(found.code, FAULTS[found.code]))
    fault = python_fault(code)
    if fault is None:
        return _PARSES
    reason = Reason(fault.code, _SYNTAX_ERROR) if fault.code == "syntax_error" else fault
    return Result(False, {"problem": fault.message}, reason)
