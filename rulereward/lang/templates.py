"""Place holders of template tools, which no ruleset fills in: `{{ name }}`, `${NAME}`, `$NAME`."""

from __future__ import annotations

import re

from rulereward.lang.diagnostics import Diagnostics
from rulereward.lang.source import Span

TEMPLATE = re.compile(r"\{\{[^{}\r\n]*\}\}|\{%[^\r\n]*?%\}|\$\{[^{}\r\n]*\}")
TEMPLATE_HELP = "write the value itself, or declare it under `params` and set it with `--set name=value`"


def template_message(written: str) -> str:
    """What is said of one place holder, as it is written."""
    return f"the place holder `{written}` is not filled in"


def report_template(span: Span, diagnostics: Diagnostics) -> None:
    """Report a place holder that stands where a value of YAML is read."""
    written = span.source.text[span.start : span.end]
    diagnostics.report("E0106", template_message(written), span, help=TEMPLATE_HELP)
