"""From a ruleset as read to a ruleset that is known to make sense: names, types, units, nulls, ranges, polarity."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from rulereward.kind import ANY_NUMBER, BY_DATA, BY_TEXT, NUMBER, OBJECT, TEXT, LocalFile
from rulereward.lang.diagnostics import Diagnostics
from rulereward.lang.document import Document, SectionEntry, Word
from rulereward.lang.source import Span
from rulereward.plan.catalogue import Catalogue
from rulereward.plan.context import Context, Scope
from rulereward.plan.expressions import infer
from rulereward.plan.fingerprint import fingerprint
from rulereward.plan.monitors import check_monitors
from rulereward.plan.origin import POLICY_INPUTS, leads_to
from rulereward.plan.params import ParamValue, check_given
from rulereward.plan.score import check_route, check_score
from rulereward.plan.sections import section_content
from rulereward.plan.tokens import tokenizer_file
from rulereward.plan.typed import (
    Apply,
    Checked,
    CheckedRule,
    Const,
    GroupDeclaration,
    Input,
    InputDeclaration,
    Typed,
)
from rulereward.plan.values import Resolver

DEFAULT_INPUTS = {
    "completion": ("completion", "response", "output"),
    "transcript": (),  # the columns of the completion
    "prompt": ("prompt", "question", "problem"),
    "answer": ("answer", "ground_truth", "reward_model.ground_truth", "solution"),
    "token_ids": ("completion_ids", "response_ids", "token_ids"),
    "finish_reason": ("finish_reason", "meta_info.finish_reason", "truncated", "is_truncated"),
}
DEFAULT_GROUP = ("group", "group_id", "prompt_id", "uid")
TEXT_INPUTS = frozenset({"completion", "prompt", "transcript"})


def check(
    document: Document, catalogue: Catalogue, diagnostics: Diagnostics, params: Mapping[str, ParamValue] | None = None
) -> Checked | None:
    """The checked ruleset, or None if `diagnostics` now holds an error. `params` are values for its parameters."""
    context = Context(catalogue, diagnostics, infer)
    inputs = _inputs(document)
    resolver = Resolver(context, document, params or {})
    context.scope = _scope(context, document, inputs, resolver)
    _check_names(context, document)
    check_given(context, document, params or {})
    if not resolver.check_all():
        return None
    if document.score is None:
        if not diagnostics.has_errors:
            help = "say what a completion is worth, for example `score: accuracy + 0.1 * format`"
            if any(rule.name == "score" for rule in document.rules):
                help = "a rule is called `score`: write it without blanks before it, and it is the score"
            context.error("E0013", "the ruleset needs the key `score`", document.span, help=help)
        return None
    score = check_score(context, document.score)
    routes = tuple(check_route(context, route, document.score) for route in document.routes or ())
    monitors = check_monitors(context, document.monitors or ())
    resolver.warn_unused()
    if diagnostics.has_errors:
        return None
    rules = tuple(
        CheckedRule(rule.name, rule.span, context.named[rule.name], resolver.aborts(rule)) for rule in document.rules
    )
    tokenizer = context.scope.constants["tokenizer"]
    assert tokenizer is None or isinstance(tokenizer, LocalFile)
    checked = Checked(
        name=document.name.text if document.name is not None else document.source.name,
        span=document.span,
        inputs=inputs,
        group=_group(document),
        named=context.named,
        rules=rules,
        score=score,
        routes=routes,
        monitors=monitors,
        params=tuple(entry.name for entry in document.params),
        tokenizer=tokenizer,
    )
    _check_pin(context, document, checked, params or {})
    return None if diagnostics.has_errors else checked


def _check_pin(context: Context, document: Document, checked: Checked, params: Mapping[str, ParamValue]) -> None:
    """The fingerprint that the author wrote down, for a ruleset that must not change unnoticed."""
    if document.pin is None:
        return
    found = fingerprint(checked)
    if document.pin.text != found:
        changed = f", with {', '.join(f'{name}={value}' for name, value in params.items())}" if params else ""
        context.error(
            "E0407",
            f"this ruleset is no longer what its fingerprint says: it is {found}{changed}",
            document.pin.span,
            help=f"find out what changed; if it is meant to, write `fingerprint: {found}`",
        )


def _inputs(document: Document) -> dict[str, InputDeclaration]:
    paths = dict(DEFAULT_INPUTS)
    paths |= {entry.name: tuple(word.text for word in entry.paths) for entry in document.inputs.values()}
    paths["transcript"] = paths["transcript"] or paths["completion"]
    return {name: InputDeclaration(name, tried, name in TEXT_INPUTS) for name, tried in paths.items()}


def _check_names(context: Context, document: Document) -> None:
    """Inputs that are there without being declared share the namespace too."""
    undeclared = set(DEFAULT_INPUTS) - set(document.inputs)
    scores = [score for score in (document.score, *(route.score for route in document.routes or ())) if score]
    terms = [term for score in scores for term in score.terms or ()]
    named = [(entry.name, entry.span) for entry in document.sections]
    named += [(entry.name, entry.span) for entry in document.params]
    named += [(entry.name, entry.span) for entry in document.let]
    named += [(entry.name, entry.span) for entry in document.rules]
    named += [(term.name, term.span) for term in terms if term.valued]
    for name, span in named:
        if name in undeclared:
            help = f"choose another name, such as `{name}_text`: `{name}` is what the row says"
            context.error("E0220", f"`{name}` names two things", span, "this name is an input's", help=help)


def _group(document: Document) -> GroupDeclaration:
    if document.group is None:
        return GroupDeclaration(DEFAULT_GROUP, None, declared=False)
    size = int(document.group.size.text) if document.group.size is not None else None
    by = tuple(word.text for word in document.group.by) or DEFAULT_GROUP
    return GroupDeclaration(by, size, declared=bool(document.group.by))


def _scope(context: Context, document: Document, inputs: dict[str, InputDeclaration], resolver: Resolver) -> Scope:
    types = {"completion": TEXT, "transcript": TEXT, "prompt": TEXT.or_null(BY_DATA)}
    decided = frozenset(path for name in POLICY_INPUTS for path in inputs[name].paths)
    nodes: dict[str, Typed] = {
        name: Input(
            document.span,
            types.get(name, OBJECT.or_null(BY_DATA)),
            ANY_NUMBER,
            name,
            name in POLICY_INPUTS or any(leads_to(path, decided) for path in declared.paths),
        )
        for name, declared in inputs.items()
    }
    step = replace(NUMBER, unit="step")
    nodes["step"] = Input(document.span, step, replace(ANY_NUMBER, lo=0.0), "step")
    sections = document.sections or (_think_section(document.span),)
    triples = tuple((section.name, section.open.text, section.close.text) for section in sections)
    return Scope(
        inputs=nodes,
        sections={section.name: _section(section, nodes) for section in sections},
        values=resolver.refer,
        value_names=resolver.names,
        written_paths=decided,
        removed={removal.name: removal.span for removal in document.removed},
        constants={
            "sections": triples,
            "special_tokens": tuple(word.text for word in document.special_tokens or ()),
            "tokenizer": None if document.tokenizer is None else tokenizer_file(context, document.tokenizer),
        },
    )


def _think_section(span: Span) -> SectionEntry:
    """The section that is declared where the author declares none."""
    return SectionEntry("think", span, Word("<think>", span), Word("</think>", span))


def _section(section: SectionEntry, inputs: dict[str, Typed]) -> Callable[[Span], Typed]:
    def build(span: Span) -> Typed:
        tags = (Const(span, TEXT, ANY_NUMBER, word.text) for word in (section.open, section.close))
        args = (inputs["completion"], inputs["prompt"], *tags)
        return Apply(span, TEXT.or_null(BY_TEXT), ANY_NUMBER, section_content, args)

    return build
