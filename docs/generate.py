"""Writes the pages and files that follow from the code; `--check` says which of them are stale.

    python docs/generate.py
    python docs/generate.py --check

docs/rules/               a page for each rule kind: docstring, signature, worked examples from its cases
docs/functions.md         the functions of the language
docs/messages.md          the codes of all errors and warnings, each with its golden example
docs/cli.md               the help of every command
grammar/ruleset.schema.json
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import yaml

from rulereward.api.schema import ruleset_schema
from rulereward.cli.explain import example, shown
from rulereward.cli.main import main as command_line
from rulereward.cli.pages import default_range
from rulereward.functions import builtin_aggregates, builtin_functions
from rulereward.kind import ANY_NUMBER, Base, Cause, Constant, Function, Interval, Kind, Type
from rulereward.lang.codes import CODES
from rulereward.plan.catalogue import Catalogue
from rulereward.plan.context import plural
from rulereward.rules import builtin_kinds

REPOSITORY = Path(__file__).resolve().parent.parent
CASES = REPOSITORY / "tests" / "cases" / "rules"
RATES = REPOSITORY / "tests" / "cases" / "rates"
GOLDEN = REPOSITORY / "tests" / "cases" / "errors" / "golden"
NOTE = "<!-- Written by docs/generate.py from the code. Change the code and run it again. -->\n\n"
EXAMPLES_SHOWN = 12
EXAMPLE_WIDTH = 90
HELP_WIDTH = 100

_PART = re.compile(r"^(Reads|Returns|Missing|Gamed by|Source): ", re.MULTILINE)
_BETTER = {"higher": "more is better", "lower": "less is better", "band": "a middle is best"}


def generated() -> dict[Path, str]:
    """The text of every generated file. Kinds that happen to be installed beside the package are left out."""
    kinds = builtin_kinds()
    catalogue = Catalogue(kinds, builtin_functions(), builtin_aggregates())
    pages = {f"docs/rules/{name}.md": _kind_page(kind) for name, kind in kinds.items()}
    pages["docs/rules/README.md"] = _kinds_page(list(kinds.values()))
    pages["docs/functions.md"] = _functions_page(catalogue)
    pages["docs/messages.md"] = _messages_page()
    pages["docs/cli.md"] = _cli_page()
    files = {REPOSITORY / name: NOTE + text for name, text in pages.items()}
    schema = json.dumps(ruleset_schema(catalogue), ensure_ascii=False, indent=2)
    return {**files, REPOSITORY / "grammar" / "ruleset.schema.json": schema + "\n"}


def stale() -> list[Path]:
    """Generated files that are missing, differ, or belong to a kind that is gone."""
    wanted = generated()
    changed = [path for path, text in wanted.items() if not path.is_file() or path.read_text("utf-8") != text]
    return sorted([*changed, *_left_over(wanted)])


def _left_over(wanted: dict[Path, str]) -> list[Path]:
    return [path for path in (REPOSITORY / "docs" / "rules").glob("*.md") if path not in wanted]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def _code(text: str) -> str:
    """Inline code, with a fence that is longer than any run of backticks inside."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    blank = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{fence}{blank}{text}{blank}{fence}"


# ---- rule kinds


def _kinds_page(kinds: Sequence[Kind]) -> str:
    rows = [[f"[`{kind.name}`]({kind.name}.md)", _result(kind), kind.summary] for kind in kinds]
    return (
        "# Rule kinds\n\nA rule kind is a measurement. It is called like a function; a name under `rules` reports "
        f"what it gives.\n\n{_table(['kind', 'gives', 'what it measures'], rows)}\n"
        "What compares the completions of one prompt is a function over the group, such as "
        "[`group_similarity`](../functions.md#over-a-group).\n"
    )


def _result(kind: Kind) -> str:
    if kind.returns.base.value == "bool":
        return "true or false"
    unit = f" of its `{kind.unit_from}`" if kind.unit_from else _unit_words(kind.returns)
    return f"a number{unit} in {default_range(kind)}"


def _widened(kind: Kind) -> str:
    return "" if default_range(kind) == kind.range else f", which constants can widen to {kind.range}"


def _kind_page(kind: Kind) -> str:
    facts = [
        _result(kind) + _widened(kind),
        *([_BETTER[kind.polarity]] if kind.polarity in _BETTER else []),
        f"version {kind.version}",
    ]
    if kind.service:
        facts.append(f"works in processes of the service `{kind.service}`")
    parts = [
        f"# `{kind.name}`\n\n```\n{kind.name}({kind.signature})\n```\n",
        f"Gives {'; '.join(facts)}.\n",
        _described(kind.doc),
        f"## Parameters\n\n{_table(['name', 'takes', 'given'], list(_parameters(kind)))}",
    ]
    if kind.fields:
        rows = [[_code(name), _type_words(type, kind.field_ranges[name])] for name, type in kind.fields.items()]
        parts.append(f"## Fields\n\n{_table(['field of a rule of this kind', 'type'], rows)}")
    parts += [_examples(kind), _rates(kind)]
    return "\n".join(part for part in parts if part)


def _described(doc: str) -> str:
    """A kind's docstring: the summary, then its labelled parts as paragraphs."""
    summary, _, rest = doc.partition("\n\n")
    return f"{summary}\n\n{_PART.sub(lambda part: f'{chr(10)}**{part[1]}:** ', rest).strip()}\n"


def _parameters(kind: Kind) -> Iterator[list[str]]:
    for arg in kind.signature.args:
        if arg.implicit is not None and arg.implicit.hidden:
            continue
        left_out = f", `{arg.implicit.source}` when left out" if arg.implicit is not None else ""
        nullable = ", also a missing one" if arg.nullable else ""
        listed = " or a list of texts" if arg.many else ""
        yield [_code(arg.name), _type_words(arg.type) + listed + nullable + left_out, "per row"]
    for constant in kind.signature.constants:
        if constant.implicit is None:
            yield [_code(constant.name), _constant_words(constant), "constant"]


def _type_words(type: Type, within: Interval = ANY_NUMBER) -> str:
    words = {
        "object": "a value of the row",
        "bool": "true or false",
        "number": "a number",
        "text": "a text",
        "list": "a list of texts",
    }
    limits = _limits(within) if type.base is Base.NUMBER else ""
    missing = " or missing" if Cause.TEXT in type.null else ""
    return words[type.base.value] + _unit_words(type) + limits + missing


def _unit_words(type: Type) -> str:
    return f" of {plural(type.unit)}" if type.unit else ""


def _limits(within: Interval) -> str:
    return "" if within == ANY_NUMBER else f" in {within}"


def _constant_words(constant: Constant) -> str:
    if constant.file:
        return "the path of a file, from the ruleset's folder"
    if constant.choices:
        return ("some of " if constant.many else "one of ") + ", ".join(
            _code(f'"{choice}"') for choice in constant.choices
        )
    words = f"a whole number{_unit_words(constant.type)}" if constant.integer else _type_words(constant.type)
    return (f"a list, each {words}" if constant.many else words) + _limits(constant.bounds)


def _examples(kind: Kind) -> str:
    path = CASES / f"{kind.name}.yaml"
    cases = yaml.safe_load(path.read_text("utf-8"))["cases"]
    rows = [row for row in (_example(case) for case in cases) if len(row[1]) <= EXAMPLE_WIDTH]
    rows = rows[:: -(-len(rows) // EXAMPLES_SHOWN)]  # some of each kind: cases stand in order of their subject
    where = f"../../{path.relative_to(REPOSITORY).as_posix()}"
    table = _table(["case", "arguments", "value"], rows)
    return f"## Examples\n\nOut of the [cases]({where}) that the tests run.\n\n{table}"


def _rates(kind: Kind) -> str:
    """How often the kind is wrong on labelled data, where there is such data."""
    path = RATES / f"{kind.name}.yaml"
    if not path.is_file():
        return ""
    measured = yaml.safe_load(path.read_text("utf-8"))["measured"]
    rows = [
        [
            entry["about"],
            _code(entry["verdict"]),
            _rate(entry["false_positives"], entry["negatives"]),
            _rate(entry["false_negatives"], entry["positives"]),
            entry.get("note", ""),
        ]
        for entry in measured
    ]
    head = ["rows", "said by", "false positives", "false negatives", "which these are"]
    where = f"../../{path.relative_to(REPOSITORY).as_posix()}"
    return f"## Measured\n\nOn [labelled rows]({where}); a test repeats it.\n\n{_table(head, rows)}"


def _rate(wrong: int, of: int) -> str:
    return f"{wrong} of {of:,} ({wrong / of:.1%})" if of else "none to find"


def _example(case: dict[str, object]) -> list[str]:
    given = {**_mapping(case.get("args")), **_mapping(case.get("params"))}
    arguments = ", ".join(f"{name}={_value(value)}" for name, value in given.items())
    expected = case["expect"]
    value = "missing" if expected is None else expected if isinstance(expected, str) else _value(expected)
    reason = f" ({case['reason']})" if case.get("reason") else ""
    return [str(case["name"]), _code(arguments), f"{value}{reason}"]


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _value(value: object) -> str:
    repeated = _mapping(value)
    if set(repeated) == {"repeat", "times"}:
        return f"{_value(repeated['repeat'])} × {repeated['times']:,}"
    text = json.dumps(value, ensure_ascii=False, default=str)  # YAML has dates, JSON has none
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


# ---- the language, its messages, the command line


_FUNCTIONS = """# Functions

Functions work on the values of one row and are not reported. A missing argument gives a missing value.

## Of one row
"""
_AGGREGATES = """## Over a group

They take the members of a row's group that have a value. `where` picks among them: `mean(x where y) over group`.
"""


def _functions_page(catalogue: Catalogue) -> str:
    functions = [_function_part(function) for function in catalogue.functions.values()]
    aggregates = [
        f"### `{item.name}({item.signature}) over group`\n\n{item.doc}\n" for item in catalogue.aggregates.values()
    ]
    return "\n".join([_FUNCTIONS, *functions, _AGGREGATES, *aggregates])


def _function_part(function: Function) -> str:
    missing = "" if Cause.TEXT not in function.null else "\nIts null is a text null.\n"
    return f"### `{function.name}({function.signature})`\n\n{function.doc}\n{missing}"


_MESSAGES = """# Errors and warnings

A code keeps its meaning for good. `rulereward check --explain E0302` says one of them, with its example. An error
keeps a ruleset from being used, a warning does not. All mistakes of a file are told in one run, in its order.

Each message says what is wrong, where (`file:line:column`, columns counted in characters from 1), and what to do: the
line of the file with `^` under the place and `-` under a second one, then `note` and `help`.

## For programs

`rulereward check --format json` prints one object: `diagnostics`, a list in the order of the file, and the counts
`errors` and `warnings`. Each of the list has

{fields}
`--format github` prints one workflow command for each, which GitHub shows beside the line of a pull request:
`::error file=...,line=...,endLine=...,col=...,endColumn=...,title=rulereward CODE::message; note; help`. `col` and
`endColumn` are left out where the place goes over several lines.

No file makes the command fail in any other way: [robustness](robustness.md).
"""
_FIELDS = [
    ["`code`", "text", "one of those below"],
    ["`severity`", "text", "`error` or `warning`"],
    ["`message`", "text", "what is wrong"],
    ["`file`", "text", "as it was given to the command"],
    ["`line`, `column`", "whole number", "where the place starts, both from 1, columns in characters"],
    ["`end_line`, `end_column`", "whole number", "where it ends: the column behind its last character"],
    ["`label`", "text", "what stands beside the marks; may be empty"],
    ["`secondary`", "object or null", "a second place: `file`, `line`, `column`, `end_line`, `end_column`, `label`"],
    ["`note`", "text or null", "why it is so"],
    ["`help`", "text or null", "the next step"],
]
_FAMILIES = {
    "E00": "Structure of the file",
    "E01": "Syntax of an expression",
    "E02": "Names and calls",
    "E03": "Types and units",
    "E04": "Meaning",
    "E05": "What a run sets",
    "E06": "Cases",
    "W": "Warnings",
}


def _messages_page() -> str:
    parts = [_MESSAGES.format(fields=_table(["field", "is", "what it says"], _FIELDS))]
    for prefix, title in _FAMILIES.items():
        codes = [code for code in sorted(CODES) if code.startswith(prefix)]
        rows = [[_linked(code), CODES[code]] for code in codes]
        parts.append(f"## {title}\n\n{_table(['code', 'meaning'], rows)}")
    parts += ["## Examples\n\nFor each code a ruleset that it is reported for, and what is said.\n"]
    parts += [_message_part(code) for code in sorted(CODES)]
    return "\n".join(part for part in parts if part)


def _linked(code: str) -> str:
    return f"[`{code}`](#{code.lower()})" if example(code) is not None else _code(code)


def _message_part(code: str) -> str:
    """A ruleset with one mistake, and the message that the tests hold it to."""
    data = example(code)
    if data is None:
        return ""
    message = (GOLDEN / f"{code}.txt").read_text("utf-8")
    meaning = CODES[code][:1].upper() + CODES[code][1:]
    return f"### {code}\n\n{meaning}.\n\n```text\n{shown(data)}\n```\n\n```text\n{message}```\n"


def _cli_page() -> str:
    blocks = [_help(command_line, "rulereward", None)]
    with click.Context(command_line, info_name="rulereward") as context:
        for name in command_line.list_commands(context):
            command = command_line.get_command(context, name)
            if command is not None and not command.hidden:
                blocks += _helps(command, name, context)
    return "# Command line\n\n" + "\n".join(blocks)


def _helps(command: click.Command, name: str, parent: click.Context) -> Iterator[str]:
    """The help of a command, and that of the commands in it."""
    yield _help(command, name, parent)
    if isinstance(command, click.Group):
        with click.Context(command, info_name=name, parent=parent) as context:
            for inner in command.list_commands(context):
                found = command.get_command(context, inner)
                if found is not None and not found.hidden:
                    yield _help(found, inner, context)


def _help(command: click.Command, name: str, parent: click.Context | None) -> str:
    context = click.Context(command, info_name=name, parent=parent, terminal_width=HELP_WIDTH)
    return f"## `{context.command_path}`\n\n```\n{command.get_help(context)}\n```\n"


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the generated pages and files.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file is stale")
    changed = stale()
    if parser.parse_args().check:
        for path in changed:
            print(f"{path.relative_to(REPOSITORY)} is stale: run `python docs/generate.py`")
        return 1 if changed else 0
    wanted = generated()
    for path in changed:
        if path in wanted:
            path.parent.mkdir(exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8")
        else:
            path.unlink()
        print(f"{path.relative_to(REPOSITORY)}: {'written' if path in wanted else 'removed'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
