"""Do the names and values in a case fit the ruleset?"""

from __future__ import annotations

from collections.abc import Iterable

from rulereward.api import Ruleset
from rulereward.kind import Base, Type
from rulereward.lang.case_document import Case, Expectation, Failing, GivenValue, Stub
from rulereward.lang.case_expect import WAYS
from rulereward.lang.diagnostics import Diagnostics
from rulereward.lang.source import Span
from rulereward.lang.suggest import did_you_mean
from rulereward.plan.stubs import field_owner
from rulereward.plan.typed import Measure


def check_names(ruleset: Ruleset, case: Case, diagnostics: Diagnostics) -> bool:
    """Report names that the ruleset does not have, and values that its rules cannot have; False if there are any."""
    before = len(diagnostics.found)
    checker = _Checker(ruleset, diagnostics)
    for row in case.rows:
        for expectation in row.expected:
            checker.expectation(expectation)
    for stub in {id(stub): stub for row in case.rows for stub in row.stubs.values()}.values():
        checker.stub(stub)
    if ruleset.plan.uses_step and case.step is None and case.sound:
        message = "this ruleset uses the training step, and this case gives none"
        diagnostics.report("E0608", message, case.span, help="add `step: 0` to the case")
    known = list(ruleset.checked.params)
    for setting in case.settings:
        if setting.name not in known:
            help = _help(setting.name, known, "its parameters are")
            diagnostics.report("E0609", f"the ruleset has no parameter `{setting.name}`", setting.span, help=help)
    return len(diagnostics.found) == before


class _Checker:
    def __init__(self, ruleset: Ruleset, diagnostics: Diagnostics) -> None:
        self.ruleset, self.diagnostics = ruleset, diagnostics
        branches = ruleset.plan.branches
        self._known = {
            "gate": list(dict.fromkeys(gate.name for branch in branches for gate in branch.gates)),
            "route": [branch.name for branch in branches if branch.name is not None],
        }

    def expectation(self, expected: Expectation) -> None:
        name, rules = expected.name, self.ruleset.rules
        if name in WAYS and name not in rules:
            self._way(expected)
        elif name != "reward" and name not in rules:
            terms = {term.rule for branch in self.ruleset.plan.branches for term in branch.terms}
            help = _help(name, ["reward", *rules, *WAYS], "it reports")
            if name in terms:
                help = f"`{name}` is a term: give its value a name under `rules`, and that is reported"
            self.diagnostics.report("E0607", f"the ruleset reports no rule `{name}`", expected.span, help=help)
        elif expected.wanted is None and expected.reason is None:
            message = f"`{expected.written}` says nothing of the value of `{name}`"
            help = "write a number, about a number (`~0.5`), a range (`0..0.5`), true, false, null, error or skipped"
            self.diagnostics.report("E0604", message, expected.value, help=help)

    def _way(self, expected: Expectation) -> None:
        """The name of a gate or a route."""
        known = self._known[expected.name]
        if expected.reason is not None:
            message = f"a {expected.name} has no reason: it is a name, or null"
            self.diagnostics.report("E0604", message, expected.value, help=f"write `{expected.name}: name`")
        elif expected.word is not None and expected.word not in known:
            help = _help(expected.word, known, f"its {expected.name}s are")
            message = f"the ruleset has no {expected.name} `{expected.word}`"
            self.diagnostics.report("E0607", message, expected.value, help=help)

    def stub(self, stub: Stub) -> None:
        rules = self.ruleset.rules
        if stub.rule not in rules:
            help = _help(stub.rule, rules, "its rules are")
            self.diagnostics.report("E0607", f"the ruleset has no rule `{stub.rule}`", stub.span, help=help)
            return
        node = self.ruleset.checked.named[stub.rule]
        self._fits(f"`{stub.rule}`", node.type, stub.value, stub.span)
        if isinstance(stub.value, bool | int | float) and float(stub.value) not in node.range:
            message = f"`{stub.rule}` is never {stub.value}: it lies in {node.range}"
            self.diagnostics.report("E0606", message, stub.span, help="give a value that the rule can have")
        owner = field_owner(self.ruleset.checked.named, node)
        fields = owner.kind.fields if isinstance(owner, Measure) else {}
        for name, (span, value) in stub.fields.items():
            if name not in fields:
                help = _help(name, list(fields), "its fields are")
                self.diagnostics.report("E0607", f"`{stub.rule}` has no field `{name}`", span, help=help)
            else:
                self._fits(f"`{stub.rule}.{name}`", fields[name], value, span)

    def _fits(self, what: str, wanted: Type, value: GivenValue, span: Span) -> None:
        if value is None or value is Failing.ERROR:
            return
        fits = isinstance(value, bool | int | float)
        needs = "a number"
        if wanted.base is Base.TEXT:
            fits, needs = isinstance(value, str), "a text"
        elif wanted.base is Base.BOOL:
            fits, needs = isinstance(value, bool), "true or false"
        if not fits:
            help = "put it in quotes" if wanted.base is Base.TEXT else f"write {needs}, null or error"
            self.diagnostics.report("E0606", f"{what} cannot be this: it is {needs}", span, help=help)


def _help(name: str, known: Iterable[str], title: str) -> str:
    listed = ", ".join(f"`{item}`" for item in known)
    return did_you_mean(name, known) or (f"{title} {listed}" if listed else "it has none")
