"""Parameters, let entries, rules and valued terms: each checked on first use, in any order."""

from __future__ import annotations

from collections.abc import Mapping

from rulereward.kind import BY_DATA, Base, Cause
from rulereward.lang import tree
from rulereward.lang.document import Document, Entry, RuleEntry, Word
from rulereward.lang.source import Span
from rulereward.lang.suggest import closest
from rulereward.plan.context import Context, fold, undecided
from rulereward.plan.depth import MOST_LEVELS, too_deep
from rulereward.plan.origin import reads_completion
from rulereward.plan.params import ParamValue, param_value
from rulereward.plan.typed import Caught, Guarded, Typed

_CIRCLE = "one of them must be given without the others"


def _whole(rule: RuleEntry) -> tree.Expr:
    """All that a rule says, as one expression."""
    return tree.ListOf(rule.span, tuple(part for part in (rule.value, rule.when) if part is not None))


class Resolver:
    """Checks values on first use, in any order; a cycle is shown whole. `given` are values for parameters."""

    def __init__(self, context: Context, document: Document, given: Mapping[str, ParamValue]) -> None:
        self._context = context
        self._given = given
        self._params: dict[str, Entry] = {entry.name: entry for entry in document.params}
        self._rules = {rule.name: rule for rule in document.rules}
        self._plain: dict[str, tuple[Span, tree.Expr | None]] = {
            entry.name: (entry.span, entry.value) for entry in document.let
        }
        for score in (document.score, *(route.score for route in document.routes or ())):
            for term in (score.terms or ()) if score is not None else ():
                if term.valued and term.name not in self._rules:
                    self._plain.setdefault(term.name, (term.span, term.value))
        self.names = frozenset({*self._params, *self._rules, *self._plain})
        self._used: set[str] = set()
        self._source = document.source
        self._open: list[str] = []

    def check_all(self) -> bool:
        """Check every value; false, after a report, where they are nested too deeply for that."""
        expressions: dict[str, tree.Expr | None] = {name: value for name, (_, value) in self._plain.items()}
        expressions |= {rule.name: _whole(rule) for rule in self._rules.values()}
        expressions |= {name: entry.value for name, entry in self._params.items()}
        deep = too_deep(expressions)
        for name in deep:
            help = "compute it in fewer steps: a chain of values is as deep as brackets within brackets"
            self._context.error(
                "E0127", f"`{name}` is nested more than {MOST_LEVELS} deep", self._span(name), help=help
            )
        if not deep:
            for name in (*self._params, *self._plain, *self._rules):
                self.value(name, self._span(name))
        return not deep

    def aborts(self, rule: RuleEntry) -> bool:
        return isinstance(rule.on_error, Word) and rule.on_error.text == "abort"

    def refer(self, name: str, span: Span) -> Typed | None:
        """The value behind a name that stands in an expression."""
        self._used.add(name)
        return self.value(name, span)

    def warn_unused(self) -> None:
        """Warn of parameters that nothing uses: setting one does nothing, and one may be misspelt.

        Not of those in the rulesets below, whose uses this ruleset may have taken away.
        """
        for name, entry in self._params.items():
            if name not in self._used and entry.span.source is self._source:
                near = closest(name, (other for other in self._params if other != name))
                help = f"did you mean `{near}`?" if near else "use it, or leave it out"
                self._context.diagnostics.report(
                    "W0409", f"nothing uses the parameter `{name}`", entry.span, help=help
                )

    def value(self, name: str, span: Span) -> Typed | None:
        """The checked value behind a name, None inside a cycle (reported once)."""
        known = self._context.named
        if name in known:
            return known[name]
        if name in self._open:
            chain = [*self._open[self._open.index(name) :], name]
            self._context.error("E0207", f"these values need each other: {' → '.join(chain)}", span, help=_CIRCLE)
            return None
        self._open.append(name)
        node = self._check(name)
        self._open.pop()
        known[name] = node
        return node

    def _span(self, name: str) -> Span:
        entry = self._params.get(name) or self._rules.get(name)
        return self._plain[name][0] if entry is None else entry.span

    def _check(self, name: str) -> Typed:
        if name in self._params:
            return param_value(self._context, self._params[name], self._given.get(name))
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
