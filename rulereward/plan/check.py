"""From a ruleset as read to a ruleset that is known to make sense: names, types, units, nulls, ranges, polarity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rulereward.kind import ANY_NUMBER, BY_DATA, BY_TEXT, NUMBER, OBJECT, TEXT, Base, Cause, LocalFile
from rulereward.lang import tree
from rulereward.lang.diagnostics import Diagnostics
from rulereward.lang.document import Document, RuleEntry, SectionEntry, Word
from rulereward.lang.source import Span
from rulereward.plan.catalogue import Catalogue
from rulereward.plan.context import Context, Scope, fold, undecided
from rulereward.plan.depth import MOST_LEVELS, too_deep
from rulereward.plan.expressions import infer
from rulereward.plan.origin import reads_completion
from rulereward.plan.score import check_score
from rulereward.plan.sections import section_content
from rulereward.plan.tokens import tokenizer_file
from rulereward.plan.typed import (
    Apply,
    Caught,
    Checked,
    CheckedRule,
    Const,
    GroupDeclaration,
    Guarded,
    Input,
    InputDeclaration,
    Typed,
)

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


def check(document: Document, catalogue: Catalogue, diagnostics: Diagnostics) -> Checked | None:
    """The checked ruleset, or None if `diagnostics` now holds an error."""
    context = Context(catalogue, diagnostics, infer)
    inputs = _inputs(document)
    resolver = _Resolver(context, document)
    context.scope = _scope(context, document, inputs, resolver)
    _check_names(context, document)
    if not resolver.check_all():
        return None
    if document.score is None:
        if not diagnostics.has_errors:
            help = "say what a completion is worth, for example `score: accuracy + 0.1 * format`"
            context.error("E0013", "the ruleset needs the key `score`", document.span, help=help)
        return None
    score = check_score(context, document.score)
    if diagnostics.has_errors:
        return None
    rules = tuple(
        CheckedRule(rule.name, rule.span, context.named[rule.name], resolver.aborts(rule)) for rule in document.rules
    )
    name = document.name.text if document.name is not None else document.source.name
    tokenizer = context.scope.constants["tokenizer"]
    assert tokenizer is None or isinstance(tokenizer, LocalFile)
    return Checked(name, document.span, inputs, _group(document), context.named, rules, score, tokenizer)


def _inputs(document: Document) -> dict[str, InputDeclaration]:
    paths = dict(DEFAULT_INPUTS)
    paths |= {entry.name: tuple(word.text for word in entry.paths) for entry in document.inputs.values()}
    paths["transcript"] = paths["transcript"] or paths["completion"]
    return {name: InputDeclaration(name, tried, name in TEXT_INPUTS) for name, tried in paths.items()}


def _check_names(context: Context, document: Document) -> None:
    """Inputs that are there without being declared share the namespace too."""
    undeclared = set(DEFAULT_INPUTS) - set(document.inputs)
    terms = document.score.terms or () if document.score is not None else ()
    named = [(entry.name, entry.span) for entry in document.sections]
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


def _scope(context: Context, document: Document, inputs: dict[str, InputDeclaration], resolver: _Resolver) -> Scope:
    types = {"completion": TEXT, "transcript": TEXT, "prompt": TEXT.or_null(BY_DATA)}
    nodes: dict[str, Typed] = {
        name: Input(document.span, types.get(name, OBJECT.or_null(BY_DATA)), ANY_NUMBER, name) for name in inputs
    }
    step = replace(NUMBER, unit="step")
    nodes["step"] = Input(document.span, step, replace(ANY_NUMBER, lo=0.0), "step")
    sections = document.sections or (_think_section(document.span),)
    triples = tuple((section.name, section.open.text, section.close.text) for section in sections)
    return Scope(
        inputs=nodes,
        sections={section.name: _section(section, nodes) for section in sections},
        values=resolver.value,
        value_names=resolver.names,
        constants={
            "sections": triples,
            "special_tokens": tuple(word.text for word in document.special_tokens),
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


def _whole(rule: RuleEntry) -> tree.Expr:
    """All that a rule says, as one expression."""
    return tree.ListOf(rule.span, tuple(part for part in (rule.value, rule.when) if part is not None))


class _Resolver:
    """Checks let entries, rules and valued terms on first use, in any order; a cycle is shown whole."""

    def __init__(self, context: Context, document: Document) -> None:
        self._context = context
        self._rules = {rule.name: rule for rule in document.rules}
        self._plain: dict[str, tuple[Span, tree.Expr | None]] = {
            entry.name: (entry.span, entry.value) for entry in document.let
        }
        for term in (document.score.terms or ()) if document.score is not None else ():
            if term.valued and term.name not in self._rules and term.name not in self._plain:
                self._plain[term.name] = (term.span, term.value)
        self.names = frozenset({*self._rules, *self._plain})
        self._open: list[str] = []

    def check_all(self) -> bool:
        """Check every value; false, after a report, where they are nested too deeply for that."""
        expressions: dict[str, tree.Expr | None] = {name: value for name, (_, value) in self._plain.items()}
        expressions |= {rule.name: _whole(rule) for rule in self._rules.values()}
        deep = too_deep(expressions)
        for name in deep:
            help = "compute it in fewer steps: a chain of values is as deep as brackets within brackets"
            self._context.error(
                "E0127", f"`{name}` is nested more than {MOST_LEVELS} deep", self._span(name), help=help
            )
        if not deep:
            for name in (*self._plain, *self._rules):
                self.value(name, self._span(name))
        return not deep

    def aborts(self, rule: RuleEntry) -> bool:
        return isinstance(rule.on_error, Word) and rule.on_error.text == "abort"

    def value(self, name: str, span: Span) -> Typed | None:
        """The checked value behind a name, None inside a cycle (reported once)."""
        known = self._context.named
        if name in known:
            return known[name]
        if name in self._open:
            chain = [*self._open[self._open.index(name) :], name]
            self._context.error("E0207", f"these values need each other: {' → '.join(chain)}", span)
            return None
        self._open.append(name)
        node = self._check(name)
        self._open.pop()
        known[name] = node
        return node

    def _span(self, name: str) -> Span:
        return self._rules[name].span if name in self._rules else self._plain[name][0]

    def _check(self, name: str) -> Typed:
        if name in self._rules:
            return self._check_rule(self._rules[name])
        span, value = self._plain[name]
        return undecided(span) if value is None else self._context.infer(value)

    def _check_rule(self, rule: RuleEntry) -> Typed:
        context = self._context
        if rule.value is None:
            return undecided(rule.span)
        value = context.infer(rule.value)
        if value.type.base in (Base.TEXT, Base.LIST, Base.RANGE, Base.NULL):
            return context.error(
                "E0406",
                f"the rule `{rule.name}` is not a number or a true/false value",
                rule.value.span,
                help="move it to `let`: rules are reported as numbers",
            )
        value = context.as_base(value, Base.NUMBER, "a rule")
        if value.type.base is Base.UNDECIDED:
            return value
        if rule.when is not None:
            value = self._guard(rule.when, value)
        return self._catch(rule, value)

    def _guard(self, when: tree.Expr, value: Typed) -> Typed:
        condition = self._context.infer_as(when, Base.BOOL, "`when`")
        if condition.type.base is Base.UNDECIDED:
            return condition
        cause = Cause.TEXT if reads_completion(self._context.named, condition) else Cause.DATA
        type = value.type.or_null(frozenset({cause}))
        return Guarded(value.span, type, value.range, condition, value)

    def _catch(self, rule: RuleEntry, value: Typed) -> Typed:
        handler = rule.on_error
        if handler is None or (isinstance(handler, Word) and handler.text in ("propagate", "abort")):
            return value
        if isinstance(handler, Word):
            return Caught(value.span, value.type.or_null(BY_DATA), value.range, value, None)
        constant = self._context.infer_as(handler, value.type.base, "`on_error`")
        number = fold(self._context, constant)
        if constant.type.base is Base.UNDECIDED:
            return constant
        if not isinstance(number, bool | float):
            return self._context.error("E0317", "`on_error` must be a constant", handler.span)
        reach = value.range.union(constant.range)
        return Caught(value.span, value.type, reach, value, float(number))
