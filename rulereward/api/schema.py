"""The JSON Schema (draft-07) of a ruleset file, for editors.

It holds the structure of the file and names the kinds and functions that an expression may call; what the expressions
say is the compiler's matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rulereward.lang.read_document import LANGUAGE_VERSION, MAX_RULES
from rulereward.lang.read_monitor import LEVELS
from rulereward.lang.words import FOREIGN_SPELLINGS, KEYWORDS, RESERVED_NAMES
from rulereward.plan.catalogue import Catalogue

Schema = dict[str, object]

_NO_LETTERS = r"\x00-/:-@\[-\^`\{-\x7f\uff01-\uff5e"
_NAME = rf"^(x-.*|[^0-9{_NO_LETTERS}][^{_NO_LETTERS}]*)$"
"""ASCII and full-width signs are in no name. What else is no letter is left to the compiler: editors differ on it."""

_COLUMN_PATH = r"^[^.]*[^.\s][^.]*(\.[^.]*[^.\s][^.]*)*$"


def ruleset_schema(catalogue: Catalogue) -> Schema:
    """The schema as plain JSON values. Users' kinds appear in it when the catalogue holds them."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"rulereward ruleset, version {LANGUAGE_VERSION} of the language",
        **_mapping(_top_level(), required=("rulereward",)),
        "if": {"not": {"required": ["extends"]}},
        "then": {
            "required": ["score"],
            "properties": {"score": {"anyOf": [{"not": {"type": "object"}}, {"required": ["terms"]}]}},
        },
        "definitions": {
            "name": {
                "pattern": _NAME,
                "not": {"enum": sorted({*KEYWORDS, *FOREIGN_SPELLINGS, *RESERVED_NAMES})},
            },
            "expression": _expression(catalogue),
            "column": _described(
                "One column path, or several to try: `reward_model.ground_truth`.", _words(pattern=_COLUMN_PATH)
            ),
        },
    }


def _top_level() -> Schema:
    return {
        "rulereward": _described("Version of the language.", {"enum": [int(LANGUAGE_VERSION), LANGUAGE_VERSION]}),
        "name": _described("What outputs call this ruleset.", {"type": list(_SCALARS)}),
        "description": {"type": list(_SCALARS)},
        "extends": _described(
            "Rulesets below this one, shipped ones by name, others as ./path.yaml; from left to right.", _words()
        ),
        "params": _described("Constants that a run can set: `--set max_len=8192`.", _params()),
        "inputs": _described("Where the columns come from; only what differs from the defaults.", _inputs()),
        "sections": _described("Tag pairs of the completion; their names stand for what they enclose.", _sections()),
        "special_tokens": _described("What format rules ignore at the end of a completion.", _words()),
        "tokenizer": _described(
            "A tokenizer.json, or a model in the local cache.", {"type": "string", "minLength": 1}
        ),
        "let": _described("Named expressions that are not reported.", _named(_ref("expression"))),
        "rules": _described("Named expressions that are reported, in this order.", _rules()),
        "score": _described("The reward: an expression, or gates and weighted terms.", _score()),
        "route": _described("Rows with a score of their own; the first route whose `when` is true.", _routes()),
        "monitor": _described("What is expected of a batch; no reward depends on it.", _monitors()),
        "fingerprint": _described(
            "The fingerprint that this ruleset must have.", {"type": "string", "pattern": "^rr[0-9]+:[0-9a-f]{16}$"}
        ),
        "cases": _described("What the ruleset gives for some rows; `rulereward test` runs them.", _cases()),
    }


def _params() -> Schema:
    scalar = {"type": ["string", "number", "boolean", "null"]}
    return _named({"anyOf": [scalar, {"type": "array", "items": scalar}]})


def _routes() -> Schema:
    keys = ("name", "when", "score")
    route = _mapping({"name": _ref("name"), "when": _ref("expression"), "score": _score()}, required=keys)
    return {"type": "array", "items": route}


def _monitors() -> Schema:
    entry = _mapping(
        {
            "expect": _described("A condition: `mean(format) over batch >= 0.5`.", _ref("expression")),
            "for": _described("For how many steps it may fail to hold: `20step`.", _ref("expression")),
            "level": {"enum": list(LEVELS)},
        },
        required=("expect",),
    )
    return {"type": "array", "items": entry}


def _inputs() -> Schema:
    group = {
        "anyOf": [
            _REMOVAL,
            _ref("column"),
            _mapping({"by": _ref("column"), "size": {"type": "integer", "minimum": 1}}, required=("by",)),
        ],
        "description": "The columns whose equal values make a group, and its size.",
    }
    names = {"anyOf": [{"enum": ["group"]}, _ref("name")]}
    return {**_named(_ref("column")), "propertyNames": names, "properties": {"group": group}}


def _sections() -> Schema:
    tags = {
        "type": "array",
        "items": {"type": "string", "minLength": 1},
        "minItems": 2,
        "maxItems": 2,
        "uniqueItems": True,
    }
    return _named(tags)


def _rules() -> Schema:
    long_form = _mapping(
        {
            "value": _ref("expression"),
            "when": _described("Where this is not true the rule does not apply.", _ref("expression")),
            "on_error": _described("propagate, null, abort, or a constant.", {"type": list(_SCALARS)}),
        },
        required=("value",),
    )
    return {**_named({"anyOf": [_ref("expression"), long_form]}), "maxProperties": MAX_RULES}


def _score() -> Schema:
    gate = _mapping(
        {"name": _ref("name"), "when": _ref("expression"), "value": _ref("expression")},
        required=("name", "when", "value"),
    )
    term = _mapping({"value": _ref("expression"), "weight": _ref("expression")}, required=("value", "weight"))
    terms = _named({"anyOf": [_ref("expression"), term]})
    long_form = _mapping(
        {
            "gates": _described("In order; the first true one gives the reward.", {"type": "array", "items": gate}),
            "terms": _described("name: weight, or name: {value, weight}.", terms),
            "on_null": _described("What a term is worth whose data is missing.", {"enum": ["zero", "propagate"]}),
            "clamp": _described("A range that the weighted sum is held in: `-1..1`.", {"type": "string"}),
            "final_null": _described("The reward of a row that would have none.", _ref("expression")),
        },
        required=(),  # laid over another score, a mapping may leave out what it does not change
    )
    return {"anyOf": [_ref("expression"), long_form]}


_REMOVAL: Schema = {"type": "null", "description": "Takes away an entry of a ruleset under `extends`."}


def _cases() -> Schema:
    rows: Schema = {"type": "array", "items": {"type": "object"}, "minItems": 1}
    values = {"type": "object", "minProperties": 1}
    stub: Schema = {"anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}]}
    case = _mapping(
        {
            "name": {"type": list(_SCALARS)},
            "given": _described("One row: columns and their values.", {"type": "object"}),
            "rows": _described("The rows of a group, instead of `given`.", rows),
            "step": _described("The training step.", {"type": "integer", "minimum": 0}),
            "set": _described("Values for parameters.", {"type": "object"}),
            "stub": _described("Values in place of measured rules: `judge: 4`, `passed: error`.", stub),
            "todo": _described("Why this case is expected to fail today.", {"type": list(_SCALARS)}),
            "expect": _described(
                "The reward, rules, `gate` and `route`: a number, `~x` (about x), `0..0.5`, true, false, null, "
                "error or skipped. For `rows` a list with an entry for each.",
                {"anyOf": [values, {"type": "array", "items": values, "minItems": 1}]},
            ),
        },
        required=("name", "expect"),
    )
    either = {"oneOf": [{"required": ["given"]}, {"required": ["rows"]}]}
    return {"type": "array", "items": {**case, **either}}


_SCALARS = ("string", "number", "boolean", "null")
"""What YAML may take an expression or a word for."""


def _expression(catalogue: Catalogue) -> Schema:
    calls = [f"{kind.name}({kind.signature})" for kind in catalogue.kinds.values()]
    calls += [f"{function.name}({function.signature})" for function in catalogue.functions.values()]
    groups = [f"{name}({aggregate.signature}) over group" for name, aggregate in catalogue.aggregates.items()]
    return {
        "type": list(_SCALARS),
        "description": f"An expression. Rule kinds: {', '.join(catalogue.kinds)}. "
        f"Functions: {', '.join(catalogue.functions)}. Over a group: {', '.join(catalogue.aggregates)}.",
        "examples": [*calls, *groups],
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _words(**limits: object) -> Schema:
    """One text, or several; `limits` hold for each."""
    word = {"type": "string", "minLength": 1, **limits}
    return {"anyOf": [word, {"type": "array", "items": word, "minItems": 1}]}


def _named(value: Schema) -> Schema:
    """A mapping from names of the author's to `value`, and with `x-` keys."""
    return {
        "type": "object",
        "propertyNames": _ref("name"),
        "patternProperties": {"^x-": {}},
        "additionalProperties": value,
    }


def _mapping(properties: Mapping[str, object], *, required: Sequence[str]) -> Schema:
    """A mapping with these keys, and with `x-` keys, which are the author's own."""
    return {
        "type": "object",
        "properties": dict(properties),
        "patternProperties": {"^x-": {}},
        "additionalProperties": False,
        "required": list(required),
    }


def _described(text: str, schema: Schema) -> Schema:
    """`schema` with a description. A reference takes no further keys in draft-07, so it is wrapped."""
    return {"description": text, **({"allOf": [schema]} if "$ref" in schema else schema)}
