"""Every malformed file of `tests/cases/errors/E00*` and `E01*` is reported as its case says, and nothing else is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from lang_helpers import CASES, LOADERS, load_cases, mistakes, read

from rulereward.api.catalogue import catalogue
from rulereward.kind import UNITS
from rulereward.lang import yaml_compose
from rulereward.lang.codes import CODES
from rulereward.lang.diagnostics import Diagnostic
from rulereward.lang.messages import render_all
from rulereward.lang.words import FOREIGN_FUNCTIONS, NO_FUNCTIONS, UNIT_SPELLINGS

EXPRESSIONS = load_cases(CASES / "errors" / "E01_expressions.yaml")
FILES = [
    case for name in ("structure", "yaml", "rendered") for case in load_cases(CASES / "errors" / f"E00_{name}.yaml")
]

LAYERS = {"E0012", "E0029", "E0030", "E0031"}
"""What several files together are told, and what is no longer said."""


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def loader(request, monkeypatch):
    monkeypatch.setattr(yaml_compose, "LOADER", request.param)


def marked(diagnostic: Diagnostic) -> str:
    span = diagnostic.primary.span
    return span.source.text[span.start : span.end]


def check_words(diagnostic: Diagnostic, case: dict) -> None:
    assert case.get("message", "") in diagnostic.message
    if "help" in case:
        assert (case["help"] or "") in (diagnostic.help or "")
        assert (case["help"] is None) == (diagnostic.help is None)


@pytest.mark.parametrize("case", EXPRESSIONS, ids=lambda case: case["expression"])
def test_expression(case):
    (diagnostic,) = mistakes(case["expression"]).found
    assert (diagnostic.code, diagnostic.primary.span.position) == (
        case["code"],
        (case.get("line", 1), case["column"]),
    )
    assert marked(diagnostic) == case["marked"]
    check_words(diagnostic, case)


@pytest.mark.parametrize("case", EXPRESSIONS, ids=lambda case: case["expression"])
def test_expression_in_a_file(case):
    """Under `|` the same is said, at the place in the file."""
    indented = case["expression"].replace("\n", "\n  ")
    _, diagnostics = read(f"# 🙂\nrulereward: 1\nscore: |\n  {indented}\n")
    (diagnostic,) = diagnostics.found
    (alone,) = mistakes(case["expression"]).found
    assert diagnostic.message == alone.message
    assert diagnostic.primary.span.position == (case.get("line", 1) + 3, case["column"] + 2)
    assert marked(diagnostic) == case["marked"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("case", FILES, ids=lambda case: case["name"])
@pytest.mark.usefixtures("loader")
def test_file(case, newline):
    _, diagnostics = read(case["ruleset"].replace("\n", newline))
    found = diagnostics.in_order()
    places = [(diagnostic.code, *diagnostic.primary.span.position) for diagnostic in found]
    assert places == [(expected["code"], expected["line"], expected["column"]) for expected in case["expect"]]
    for diagnostic, expected in zip(found, case["expect"], strict=True):
        check_words(diagnostic, expected)
    if "rendered" in case:
        assert render_all(found) == case["rendered"].rstrip("\n")


def test_every_code_has_a_case():
    """A golden case for each code of the file's structure and of syntax, but those of whole files and of limits."""
    elsewhere = {"E0001", "E0003", "E0026", "E0100", "E0113", "E0127", "E0128"} | LAYERS
    seen = {case["code"] for case in EXPRESSIONS} | {
        expected["code"] for case in FILES for expected in case["expect"]
    }
    assert {code for code in CODES if code.startswith(("E00", "E01"))} - elsewhere - seen == set()


def test_every_code_is_listed():
    package = Path(render_all.__code__.co_filename).parent
    used = {code for path in package.glob("*.py") for code in re.findall(r"\bE0[0-9]{3}\b", path.read_text("utf-8"))}
    assert used <= set(CODES)


def said_in(module: Path) -> list[str]:
    """The texts of a module, docstrings left out; what an f-string fills in is `{}`."""
    tree = ast.parse(module.read_text("utf-8"))
    documentation = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    filled = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    inside = {part for node in filled for part in node.values}
    texts = [
        "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        for node in filled
    ]
    plain = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in documentation | inside)
    return texts + [node.value for node in plain if isinstance(node.value, str)]


def test_help_names_functions_that_exist():
    """Every `name(` between backticks is something that a ruleset may call."""
    package = Path(render_all.__code__.co_filename).parent
    texts = [text for module in sorted(package.glob("*.py")) for text in said_in(module)]
    code = [part for text in texts for part in re.findall(r"`([^`]+)`", text)]
    named = {name for part in code for name in re.findall(r"([A-Za-z_]\w*)\(", part)}
    assert {"length", "mean", "mod", "strip"} <= named
    known = catalogue()
    assert named - {*known.kinds, *known.functions, *known.aggregates} == set()


def test_foreign_functions_are_none_of_this_language():
    known = catalogue()
    callable_here = {*known.kinds, *known.functions, *known.aggregates}
    assert NO_FUNCTIONS & callable_here == set()
    assert NO_FUNCTIONS & set(FOREIGN_FUNCTIONS) == set()
    for name in set(FOREIGN_FUNCTIONS) & callable_here:
        assert FOREIGN_FUNCTIONS[name].startswith(f"write `{name}(")


def test_unit_words_are_units():
    assert set(UNIT_SPELLINGS.values()) == set(UNITS) - {"MiB"}
    assert {unit for unit in UNITS if UNIT_SPELLINGS.get(unit) != unit} == {"MiB"}


def test_no_message_names_a_token_of_the_parser():
    from rulereward.lang.parse import expression_parser

    internal = {terminal.name for terminal in expression_parser().terminals}
    words = {name for name in internal if name not in ("NAME", "STRING", "NUMBER")}
    for case in EXPRESSIONS:
        for diagnostic in mistakes(case["expression"]).found:
            said = f"{diagnostic.message} {diagnostic.help} {diagnostic.note}".replace(case["expression"], "")
            assert not words & set(re.findall(r"\b[A-Z_0-9]{3,}\b", said)) or "AND" in case["expression"]
