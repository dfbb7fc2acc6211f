"""The JSON Schema for editors: what compiles is valid, what is misplaced is not, and every kind is named.

It is made anew here; that the file in `grammar/` is the same is what the tests of the documentation look at.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from rulereward.api import compile_text
from rulereward.api.schema import ruleset_schema
from rulereward.functions import builtin_aggregates, builtin_functions
from rulereward.lang.codes import CODES
from rulereward.lang.diagnostics import Diagnostics
from rulereward.lang.source import Source
from rulereward.lang.yaml_nodes import MappingNode, Node, SequenceNode
from rulereward.lang.yaml_source import compose
from rulereward.plan.catalogue import Catalogue
from rulereward.rules import builtin_kinds

REPOSITORY = Path(__file__).resolve().parents[1]
CATALOGUE = Catalogue(builtin_kinds(), builtin_functions(), builtin_aggregates())
SCHEMA: dict[str, Any] = json.loads(json.dumps(ruleset_schema(CATALOGUE)))
LANGUAGE_PAGE = (REPOSITORY / "docs" / "language.md").read_text("utf-8")
EVERYTHING = LANGUAGE_PAGE.partition("<!-- file: everything.yaml -->\n```yaml\n")[2].partition("```")[0]
RULESETS = {path.name: path.read_text("utf-8") for path in sorted((REPOSITORY / "rulesets").rglob("*.yaml"))}
STRUCTURE = yaml.safe_load((REPOSITORY / "tests" / "cases" / "errors" / "E00_structure.yaml").read_text("utf-8"))

MISPLACED = {
    "an unknown key": "rulereward: 1\nscore: 1\nreward: 2\n",
    "no version": "score: 1\n",
    "no score": "rulereward: 1\nrules: {a: random()}\n",
    "another version": "rulereward: 2\nscore: 1\n",
    "a reserved name": "rulereward: 1\nrules: {step: random()}\nscore: 1\n",
    "a word of the language": "rulereward: 1\nlet: {else: random()}\nscore: 1\n",
    "a rule as a list": "rulereward: 1\nrules: {a: [random()]}\nscore: 1\n",
    "a rule with a weight": "rulereward: 1\nrules: {a: {value: random(), weight: 2}}\nscore: 1\n",
    "a section of one tag": "rulereward: 1\nsections: {think: ['<think>']}\nscore: 1\n",
    "a gate without a value": "rulereward: 1\nscore: {gates: [{name: g, when: true}], terms: {}}\n",
    "on_null of another word": "rulereward: 1\nscore: {terms: {}, on_null: skip}\n",
    "too many rules": "rulereward: 1\nscore: 1\nrules:\n"
    + "".join(f"  r{number}: random()\n" for number in range(501)),
    "a sign in a name": "rulereward: 1\nrules: {a.b: random()}\nscore: 1\n",
    "a reserved name for an input": "rulereward: 1\ninputs: {step: a}\nscore: 1\n",
    "a column path with a hole": "rulereward: 1\ninputs: {answer: a..b}\nscore: 1\n",
    "an empty special token": "rulereward: 1\nspecial_tokens: ['']\nscore: 1\n",
    "a group without a key": "rulereward: 1\ninputs: {group: {size: 8}}\nscore: 1\n",
}


def test_the_schema_is_one() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"


@pytest.mark.parametrize("text", [*RULESETS.values(), EVERYTHING], ids=[*RULESETS, "everything"])
def test_rulesets_are_valid(text: str) -> None:
    _, found = compile_text("ruleset.yaml", text)
    assert found == []
    jsonschema.validate(yaml.safe_load(text), SCHEMA)


def test_the_page_shows_every_key() -> None:
    """So that the test above looks at every key of the schema that is used; a tokenizer would need a file."""
    assert set(yaml.safe_load(EVERYTHING)) == set(SCHEMA["properties"]) - {"cases", "tokenizer"}
    assert "# tokenizer:" in EVERYTHING


def test_own_keys_are_left_alone() -> None:
    text = "rulereward: 1\nx-owner: us\nrules: {x-a: [1], a: {value: random(), x-note: 1}}\nscore: a\n"
    _, found = compile_text("ruleset.yaml", text)
    assert found == []
    jsonschema.validate(yaml.safe_load(text), SCHEMA)


@pytest.mark.parametrize("text", MISPLACED.values(), ids=MISPLACED)
def test_what_is_misplaced_is_refused_by_both(text: str) -> None:
    checked, _ = compile_text("ruleset.yaml", text)
    assert checked is None
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(text), SCHEMA)


def test_every_callable_is_named() -> None:
    expression = SCHEMA["definitions"]["expression"]
    names = {example.partition("(")[0] for example in expression["examples"]}
    assert names == {*builtin_kinds(), *builtin_functions(), *builtin_aggregates()}
    assert all(name in expression["description"] for name in names)


# ---- what is wrong with the structure of a file

SEEN = {"E0011", "E0013", "E0014", "E0015", "E0016", "E0017", "E0018", "E0024", "E0025", "E0026", "E0028"}
NO_YAML = "the file is no YAML, so there are no values to look at"
LOST = "the values that YAML gives do not show how they were written"
UNSEEN = {
    **dict.fromkeys(("E0001", "E0002", "E0004", "E0005", "E0019", "E0021", "E0027"), NO_YAML),
    **dict.fromkeys(("E0006", "E0007", "E0008", "E0009", "E0020"), LOST),
    "E0003": "a schema bounds neither bytes nor depth",
    "E0010": "of a key that stands twice YAML gives one; that the names of two list items differ cannot be asked for",
    "E0012": "no key is left that this version does not support",
    "E0022": "what YAML makes of an expression that it cuts at a comma can be a valid mapping",
    "E0023": "a key without a value is `null` for YAML, which is an expression",
    "E0029": "which rulesets there are is not in the file",
    "E0030": "what another ruleset extends is not in the file",
    "E0031": "what another ruleset holds is not in the file",
    "E0220": "names of different mappings cannot be compared",
}
"""Why a schema does not see what these codes are reported for."""


def test_each_code_of_the_structure_is_seen_or_has_a_reason() -> None:
    codes = {code for code in CODES if code.startswith("E00")}
    assert codes - SEEN - set(UNSEEN) == set()
    assert SEEN & set(UNSEEN) == set()


def places(node: Node, path: tuple[str | int, ...] = ()) -> list[tuple[int, tuple[str | int, ...]]]:
    """Where each key and each value starts, and the way to it."""
    found = [(node.span.start, path)]
    if isinstance(node, MappingNode):
        for key, value in node.entries:
            found += [(key.span.start, (*path, key.text)), *places(value, (*path, key.text))]
    elif isinstance(node, SequenceNode):
        for index, item in enumerate(node.items):
            found += places(item, (*path, index))
    return found


class AsEditorsDo(yaml.SafeLoader):
    """Keys are texts, whatever YAML would make of them as values."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        return {key.value: self.construct_object(value, deep=True) for key, value in node.value}


def told_of(error: jsonschema.ValidationError, path: tuple[str | int, ...]) -> bool:
    """Whether an error concerns what stands at `path`: it, something around it, or the keys of its mapping."""
    own = tuple(error.absolute_path)
    return own in (path, path[:-1]) or (bool(own) and path[: len(own)] == own)


@pytest.mark.parametrize("case", STRUCTURE["cases"], ids=lambda case: case["name"])
def test_what_a_schema_can_see_is_refused(case: dict[str, Any]) -> None:
    """At the places that the compiler names."""
    text: str = case["ruleset"]
    if "score:" not in text and not text.startswith("-"):
        text += "score: 1\n"  # or each of the files would be refused for this
    source = Source("ruleset.yaml", text)
    composed = compose(source, Diagnostics())
    ways = [] if composed is None else places(composed.root)
    errors = list(jsonschema.Draft7Validator(SCHEMA).iter_errors(yaml.load(text, AsEditorsDo)))
    for item in case["expect"]:
        if item["code"] in SEEN:
            here = [path for start, path in ways if source.position(start) == (item["line"], item["column"])]
            assert any(told_of(error, path) for error in errors for path in here), item
