"""Tests as lists of inputs and of outputs, as APPS, TACO, PRIME and the data made of them have it, and EvalPlus.

`{"inputs": [...], "outputs": [...], "fn_name"?}`. Without a name a program reads and prints texts; a list of them
stands for lines. With one, an input is a list of arguments or a text with one JSON value a line (PRIME), and an
output a value or the JSON text of one. Texts among the outputs are JSON where all of them can be read so and the
inputs are such texts, as PRIME, verl and LiveCodeBench read them; beside lists of arguments they are values, as for
APPS' judge, unless each is the JSON of a list or mapping. Three habits of these data sets are followed, since their
judges do:

- A mapping as the first argument whose keys all are whole numbers in decimal has numbers as keys, for JSON has none.
- Where every output is a list of one item, that may be a wrapper: the item is right, and so is the list. (The judges
  take the first item of any list for right, which pays whoever returns too little; we do not.)
- The program may count on names of the standard library (`Suite.prelude`).
"""

from __future__ import annotations

from rulereward.text.code_tests.reading import (
    Row,
    first_of,
    joined_text,
    list_of,
    name_of,
    number,
    unreadable,
)
from rulereward.text.code_tests.suite import CallTest, StdinTest, Suite
from rulereward.text.code_tests.values import UnreadableError, json_value, with_int_keys, written

_OUTPUTS = {
    "base_input": ("base_output", "base_outputs", "base_expected", "base_expected_output"),
    "plus_input": ("plus_output", "plus_outputs", "plus_expected", "plus_expected_output"),
}
"""Where results of EvalPlus may stand: the published files have none, and tools that add them call them so."""


def is_input_output(row: Row) -> bool:
    return row.get("inputs") is not None and row.get("outputs") is not None


def input_output_suite(row: Row) -> Suite:
    """The suite of APPS, TACO and PRIME. Raises UnreadableError."""
    inputs, outputs = list_of(row["inputs"], "`inputs`"), list_of(row["outputs"], "`outputs`")
    if len(inputs) != len(outputs):
        raise unreadable(f"there are {len(inputs)} inputs and {len(outputs)} outputs")
    name = name_of(row.get("fn_name"))
    weights, subtasks = _column(row, "weights", len(inputs)), _column(row, "subtasks", len(inputs))
    weight = [_weight(item) for item in weights] if weights else [1.0] * len(inputs)
    subtask = [joined_text(item, "a subtask") for item in subtasks] if subtasks else [""] * len(inputs)
    if not name:
        read, printed = ([joined_text(item, "an input or output") for item in items] for items in (inputs, outputs))
        return Suite("stdin", tuple(map(StdinTest, read, printed, weight, subtask)), prelude=True)
    accepted = accepted_results(_results(inputs, outputs))
    arguments = [written(arguments_of(item)) for item in inputs]
    calls = zip(arguments, accepted, weight, subtask, strict=True)
    tests = tuple(CallTest(args, "{}", results, "", w, group) for args, results, w, group in calls)
    return Suite("call", tests, entry=name, prelude=True, text_keys=True)


def arguments_of(item: object) -> list[object]:
    """The arguments that an input stands for: a list of them, a text with one JSON value a line, or a lone value."""
    if isinstance(item, str):
        lines = [line for line in item.split("\n") if line.strip()]
        item = [json_value(line, "an argument") for line in lines]
    arguments = item if isinstance(item, list) else [item]
    return [with_int_keys(argument) if place == 0 else argument for place, argument in enumerate(arguments)]


def accepted_results(results: list[object], may_wrap: bool = True) -> list[tuple[str, ...]]:
    """For each test the results that are right, the likeliest first; see the head of this file for wrappers."""
    wrapped = may_wrap and all(isinstance(result, list) and len(result) == 1 for result in results)
    made: list[tuple[str, ...]] = []
    for result in results:
        if wrapped and isinstance(result, list):
            made.append((written(result[0]), written(result)))
        else:
            made.append((written(result),))
    return made


def is_evalplus(row: Row) -> bool:
    """Does the row have inputs of EvalPlus, with results or without tests of another kind?"""
    has_inputs = any(row.get(key) is not None for key in _OUTPUTS)
    return has_inputs and (bool(_evalplus_results(row)) or row.get("test") is None)


def evalplus_suite(row: Row) -> Suite:
    """The suite of EvalPlus' inputs, with results from wherever the row has them. Raises UnreadableError."""
    name = name_of(row.get("entry_point"))
    if not name:
        raise unreadable("`entry_point` does not name the function that the inputs are for")
    if not _evalplus_results(row):
        raise UnreadableError("tests_unsupported", "the row has inputs, but nothing says what the results should be")
    tests: list[CallTest] = []
    for key, results in _evalplus_results(row).items():
        inputs, outputs = list_of(row[key], f"`{key}`"), list_of(results, f"the results of `{key}`")
        if len(inputs) != len(outputs) or not all(isinstance(item, list) for item in inputs):
            raise unreadable(f"`{key}` is no list of arguments, or not as long as its results")
        group = key.partition("_")[0]
        tests += [
            CallTest(written(args), "{}", (written(result),), "", 1.0, group)
            for args, result in zip(inputs, outputs, strict=True)
        ]
    tolerance = max(0.0, number(row.get("atol")) or 0.0)
    return Suite("call", tuple(tests), entry=name, tolerance=tolerance, text_keys=True)


def _evalplus_results(row: Row) -> dict[str, object]:
    """The keys of inputs that have results, and these."""
    together = row.get("expected_output")
    found: dict[str, object] = {}
    for key, names in _OUTPUTS.items():
        results = first_of(row, *names)
        if results is None and isinstance(together, dict):
            results = together.get(key.partition("_")[0])
        if row.get(key) is not None and results is not None:
            found[key] = results
    return found


def _results(inputs: list[object], outputs: list[object]) -> list[object]:
    """What functions should return; see the head of this file for texts."""
    texts = [item for item in outputs if isinstance(item, str)]
    try:
        values = [json_value(item, "an output") if isinstance(item, str) else item for item in outputs]
    except UnreadableError:
        if any(item.lstrip().startswith(("[", "{")) for item in texts):
            raise
        return outputs  # what is no JSON is plain text, and so are the others then
    is_json = all(isinstance(item, str) for item in inputs)
    nested = all(isinstance(json_value(item, "an output"), list | dict) for item in texts)
    return values if is_json or nested else outputs


def _column(row: Row, key: str, size: int) -> list[object]:
    """What a row says of each of its tests; empty where it says nothing."""
    if row.get(key) is None:
        return []
    found = list_of(row[key], f"`{key}`")
    if len(found) != size:
        raise unreadable(f"`{key}` is no list of {size} items, one for each test")
    return found


def _weight(item: object) -> float:
    found = number(item)
    if found is None or found < 0:
        raise unreadable("a test's weight is no number of at least 0")
    return found
