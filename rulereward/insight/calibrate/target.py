"""Which number of a ruleset is meant: a rule, or a field of one."""

from __future__ import annotations

from dataclasses import dataclass

from rulereward.api import Ruleset
from rulereward.errors import ConfigurationError
from rulereward.kind import ANY_NUMBER, Base, Interval, Kind
from rulereward.lang.suggest import did_you_mean
from rulereward.plan.stubs import field_owner
from rulereward.plan.typed import Measure, Typed

_WORDS = {Base.BOOL: "true or false", Base.TEXT: "a text"}


@dataclass(frozen=True, slots=True)
class Target:
    """A rule, or with `field` a field of one. `reach` is where its values can lie.

    `kind` is the kind that measures it, None where the rule computes further; `polarity` is that of the kind, of a
    field only where it is "band": what is worse for one number of a kind need not be for another.
    """

    rule: str
    field: str | None
    base: Base
    unit: str | None
    reach: Interval
    kind: str | None
    polarity: str

    @property
    def name(self) -> str:
        """As the language writes it: `size`, `loop.rounds`."""
        return self.rule if self.field is None else f"{self.rule}.{self.field}"


def find_target(ruleset: Ruleset, name: str | None) -> Target:
    """The rule or field of that name, or without one the only number that the ruleset reports.

    Raises ConfigurationError, which lists the numbers there are, where the name is none of them or several could be
    meant.
    """
    known = {target.name: target for target in _targets(ruleset)}
    numbers = [name for name, target in known.items() if target.base is Base.NUMBER]
    listed = f"its numbers are {', '.join(numbers)}" if numbers else "it reports no number"
    if name is None:
        if len(numbers) == 1:
            return known[numbers[0]]
        raise ConfigurationError(f"say with --of which number of `{ruleset.name}` is meant: {listed}")
    if name in numbers:
        return known[name]
    if name in known:
        what = _WORDS[known[name].base]
        raise ConfigurationError(f"`{name}` is {what}, which has no band; of `{ruleset.name}`, {listed}")
    if name in ruleset.checked.named:
        raise ConfigurationError(f"`{name}` of `{ruleset.name}` is not reported: write it under `rules`; {listed}")
    hint = did_you_mean(name, numbers)
    raise ConfigurationError(f"`{ruleset.name}` has no rule or field `{name}`: {hint or listed}")


def _targets(ruleset: Ruleset) -> list[Target]:
    found: list[Target] = []
    named = ruleset.checked.named
    for rule in ruleset.checked.rules:
        kind = _kind(ruleset, rule.value)
        reach = ruleset.plan.nodes[ruleset.plan.reported[rule.name]].range
        polarity = "none" if kind is None else kind.polarity
        of_kind = None if kind is None else kind.name
        type = named[rule.name].type
        found.append(Target(rule.name, None, type.base, type.unit, reach, of_kind, polarity))
        if kind is None:
            continue
        own = "band" if polarity == "band" else "none"
        for field, field_type in kind.fields.items():
            reach = kind.field_ranges.get(field, ANY_NUMBER)
            found.append(Target(rule.name, field, field_type.base, field_type.unit, reach, of_kind, own))
    return found


def _kind(ruleset: Ruleset, value: Typed) -> Kind | None:
    """The kind whose measurement a rule is, behind names, `when` and `on_error`."""
    owner = field_owner(ruleset.checked.named, value)
    return owner.kind if isinstance(owner, Measure) else None
