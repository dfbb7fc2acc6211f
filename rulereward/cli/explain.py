"""What a code of a message means: a ruleset it is reported for, what is said of it, and the ruleset mended.

The rulesets are files under `grammar/messages/`: the command line, the documentation and the tests show the same.
"""

from __future__ import annotations

import re
from textwrap import indent

from rulereward._files import shipped_folder
from rulereward.api import Ruleset
from rulereward.api.compiling import Definition, compile_definition
from rulereward.insight.cases.reading import case_findings
from rulereward.lang.codes import CODES
from rulereward.lang.diagnostics import Diagnostic, Diagnostics
from rulereward.lang.messages import render
from rulereward.lang.yaml_source import decode_source

MOST_COLUMNS = 100
"""Of a longer line of an example the beginning is shown."""

MOST_LINES = 24
"""Of a longer example the beginning and the end are shown."""

_BREAKS = ("\r\n", "\r")
_SET = re.compile(r"^# .*--set (\w+)=(\S+)$", re.MULTILINE)
"""The first line of an example whose mistake is a value that the command sets."""


def example(code: str, *, mended: bool = False) -> bytes | None:
    """The ruleset that `code` is reported for, or the same without the mistake; None for a code without one."""
    path = shipped_folder("grammar") / "messages" / f"{code}{'.mended' if mended else ''}.yaml"
    return path.read_bytes() if path.is_file() else None


def findings(code: str, data: bytes) -> list[Diagnostic]:
    """What is said of an example and its cases, as of a file `CODE.yaml` in the current folder."""
    diagnostics = Diagnostics()
    source = decode_source(f"{code}.yaml", data, diagnostics)
    if source is None:
        return diagnostics.found
    params = dict(_SET.findall(source.text))
    definition = Definition(source.name, source.text, params=params, files={source.name: source.text})
    compiled = compile_definition(definition)
    if compiled.checked is None:
        return compiled.diagnostics
    return [*compiled.diagnostics, *case_findings(Ruleset(source.name, source.text))]


def shown(data: bytes) -> str:
    """An example for people: short, and without characters that a terminal would obey."""
    text = data.decode("utf-8-sig", "replace")
    for found in _BREAKS:
        text = text.replace(found, "\n")
    lines = [_one_line(line) for line in text.split("\n")]
    if len(lines) > MOST_LINES:
        half = MOST_LINES // 3
        lines = [*lines[:half], "…", *lines[-half:]]
    return "\n".join(lines).rstrip("\n")


def _one_line(line: str) -> str:
    line = "".join(char if char.isprintable() or char == "\t" else "\ufffd" for char in line)
    return line if len(line) <= MOST_COLUMNS else f"{line[: MOST_COLUMNS - 1]}…"


def explained(code: str) -> str:
    """The meaning of a code, and its example where it has one."""
    parts = [f"{code}: {CODES[code]}"]
    bad, good = example(code), example(code, mended=True)
    if bad is not None:
        said = "\n".join(render(found) for found in findings(code, bad))
        parts.append(f"reported for:\n{indent(shown(bad), '    ')}")
        parts.append(f"as:\n{indent(said, '    ')}")
    if good is not None:
        parts.append(f"fine:\n{indent(shown(good), '    ')}")
    return "\n\n".join(parts)
