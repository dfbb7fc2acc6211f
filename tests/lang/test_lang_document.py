"""What a good ruleset file is read as."""

from __future__ import annotations

import pytest
from lang_helpers import CASES, LOADERS, prefix_form, read, read_good

from rulereward.lang import tree as syntax
from rulereward.lang import yaml_compose
from rulereward.lang.document import RuleEntry, Word
from rulereward.lang.source import Span

FULL = (CASES / "language" / "full.yaml").read_text(encoding="utf-8")


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__, autouse=True)
def loader(request, monkeypatch):
    monkeypatch.setattr(yaml_compose, "LOADER", request.param)


def text_at(span: Span) -> str:
    return span.source.text[span.start : span.end]


def rules(body: str) -> dict[str, RuleEntry]:
    return {rule.name: rule for rule in read_good(f"rulereward: 1\nrules:\n{body}").rules}


def test_the_head_of_a_file():
    document = read_good(FULL)
    assert document.source.text == FULL
    assert document.name is not None
    assert (document.name.text, text_at(document.name.span)) == ("r1_mixed", "r1_mixed")
    assert document.description is not None
    assert document.description.text == "R1-style rewards for math and code"
    assert [(word.text, text_at(word.span)) for word in document.special_tokens] == [("<|im_end|>", '"<|im_end|>"')]


def test_inputs_and_group():
    document = read_good(FULL)
    assert list(document.inputs) == ["answer"]
    answer = document.inputs["answer"]
    assert text_at(answer.span) == "answer"
    assert [path.text for path in answer.paths] == ["answer", "ground_truth", "reward_model.ground_truth", "solution"]
    assert document.group is not None
    assert document.group.size is not None
    assert ([path.text for path in document.group.by], document.group.size.text) == (["prompt_id"], "8")


@pytest.mark.parametrize(
    ("written", "by", "size"),
    [("id", ["id"], None), ("[a, b.c]", ["a", "b.c"], None), ("{by: [a, b]}", ["a", "b"], None)],
)
def test_forms_of_group(written, by, size):
    group = read_good(f"rulereward: 1\ninputs: {{group: {written}}}\n").group
    assert group is not None
    assert ([path.text for path in group.by], group.size) == (by, size)


def test_sections():
    (section,) = read_good(FULL).sections
    assert (section.name, section.open.text, section.close.text) == ("think", "<think>", "</think>")
    assert text_at(section.close.span) == '"</think>"'


def test_let_and_rules():
    document = read_good(FULL)
    assert [(entry.name, prefix_form(entry.value)) for entry in document.let] == [
        ("final", "(?? (after completion '</think>') completion)"),
        ("len", "(length completion unit='tok')"),
        ("right", "(?? passed accuracy)"),
    ]
    assert [rule.name for rule in document.rules] == ["format", "accuracy", "chinese", "passed"]
    passed = document.rules[-1]
    assert prefix_form(passed.when) == "(chain (. row source) == 'code')"
    assert isinstance(passed.on_error, Word)
    assert (passed.on_error.text, text_at(passed.on_error.span)) == ("propagate", "propagate")
    assert text_at(passed.span) == "passed"
    assert text_at(document.rules[1].value.span) == "math_equal(boxed(final), answer)"


def test_score():
    score = read_good(FULL).score
    assert score is not None
    assert text_at(score.span) == "score"
    (gate,) = score.gates
    assert (gate.name, prefix_form(gate.when), prefix_form(gate.value)) == ("bad_format", "(not format)", "(neg 1)")
    assert score.terms is not None
    right, concise = score.terms
    assert (right.name, right.value, prefix_form(right.weight), right.valued) == ("right", None, "1.0", False)
    assert prefix_form(concise.value) == "(soft_overlong len max=4096tok buffer=512tok)"
    assert (concise.valued, prefix_form(concise.weight)) == (
        True,
        "(ramp step (.. 0step 1000step) from=0 to=0.2)",
    )
    assert score.on_null is not None
    assert (score.on_null.text, prefix_form(score.clamp), score.final_null) == ("zero", "(.. (neg 1) 1)", None)


def test_cases_are_kept_as_a_place():
    cases = read_good(FULL).cases
    assert cases is not None
    assert text_at(cases).startswith("- name: right and well formed")
    assert text_at(cases).rstrip().endswith("passed: null}")


def test_a_score_may_be_an_expression():
    score = read_good("rulereward: 1\nscore: a + 0.1 * b\n").score
    assert score is not None
    assert (prefix_form(score.expression), score.terms, score.gates) == ("(+ a (* 0.1 b))", None, None)


def test_a_small_file_has_no_more_than_it_says():
    document = read_good("rulereward: 1\n")
    assert (document.name, document.description, document.group, document.score) == (None, None, None, None)
    assert (document.sections, document.let, document.rules, document.special_tokens) == ((), (), (), None)
    assert (dict(document.inputs), document.cases) == ({}, None)


@pytest.mark.parametrize("word", ["propagate", "null", "abort"])
def test_on_error_is_a_word(word):
    on_error = rules(f"  a: {{value: 1, on_error: {word}}}\n")["a"].on_error
    assert isinstance(on_error, Word)
    assert on_error.text == word


def test_on_error_may_be_a_constant():
    assert prefix_form(rules("  a: {value: 1, on_error: -0.5}\n")["a"].on_error) == "(neg 0.5)"


def test_a_gate_may_mask_the_sample():
    text = "rulereward: 1\nscore:\n  gates:\n    - {name: g, when: a, value: null}\n  terms: {}\n"
    score = read_good(text).score
    assert score is not None
    assert isinstance(score.gates[0].value, syntax.Null)
    assert score.terms == ()


def test_names_are_composed_characters():
    document = read_good('rulereward: 1\nrules:\n  "cafe\\u0301": 1\nscore: "cafe\\u0301"\n')
    assert document.rules[0].name == "caf\u00e9"
    assert prefix_form(document.score.expression) == "caf\u00e9"


def test_scalars_are_the_text_they_are():
    document = read_good("rulereward: 1\nname: yes\ndescription: 2001-01-01\ninputs: {a: 017, b: 1e3}\nscore: yes\n")
    assert (document.name.text, document.description.text) == ("yes", "2001-01-01")
    assert [entry.paths[0].text for entry in document.inputs.values()] == ["017", "1e3"]
    assert prefix_form(document.score.expression) == "yes"


def test_an_alias_is_what_it_names():
    text = "rulereward: 1\nrules:\n  a: &x f(y)\n  b: *x\n  c: &m {value: 1, when: z}\n  d: *m\n"
    found = {rule.name: rule for rule in read_good(text).rules}
    assert found["b"].value is found["a"].value
    assert prefix_form(found["d"].when) == "z"
    assert text_at(found["b"].value.span) == "f(y)"


def test_a_mistake_under_an_alias_is_told_once():
    _, diagnostics = read("rulereward: 1\nrules:\n  a: &x f(\n  b: *x\n")
    assert [diagnostic.code for diagnostic in diagnostics.found] == ["E0110"]


def test_keys_of_the_author_are_left_alone():
    text = "x-note: {a: [1, {b: '('}]}\nscore: {terms: {}, x-why: '&&'}\nrules: {a: 1, x-b: f(}\n"
    assert [rule.name for rule in read_good("rulereward: 1\n" + text).rules] == ["a"]


def test_rules_have_a_limit():
    body = "".join(f"  r{number}: 1\n" for number in range(501))
    document, diagnostics = read("rulereward: 1\nrules:\n" + body)
    assert [(found.code, found.primary.span.position.line) for found in diagnostics.found] == [("E0026", 503)]
    assert document is not None
    assert len(document.rules) == 500


def test_a_document_with_errors_is_still_read():
    document, diagnostics = read("rulereward: 1\nrules:\n  a: f(\n  b: 1\n")
    assert diagnostics.has_errors
    assert document is not None
    assert [(rule.name, rule.value is None) for rule in document.rules] == [("a", True), ("b", False)]
