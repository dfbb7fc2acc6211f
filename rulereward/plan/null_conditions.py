"""On which conditions a value, and so the reward, can be missing by the data's fault, in words."""

from __future__ import annotations

from collections.abc import Mapping

from rulereward.kind import Base, Cause
from rulereward.plan.typed import (
    Cases,
    Caught,
    Checked,
    CheckedScore,
    Contains,
    Convert,
    Default,
    Fold,
    Gather,
    Guarded,
    Input,
    Item,
    Measure,
    Pick,
    Ref,
    Typed,
    children,
)


def reward_null_conditions(checked: Checked) -> list[str]:
    """Clauses such as "`answer` is missing, or `math_equal` cannot read it"; none if the reward is never null.

    What a completion can bring about is not among them: the compiler refuses such rulesets.
    """
    found = [clause for score in checked.scores for clause in _score_conditions(checked, score)]
    return list(dict.fromkeys(found))


def _score_conditions(checked: Checked, score: CheckedScore) -> list[str]:
    found: list[str] = []
    for gate in score.gates:
        if gate.value.type.base is Base.NULL:
            found.append(f"the gate `{gate.name}` is taken, which masks the row")
        else:
            found += _conditions(checked.named, gate.value)
    if score.final_null is None:
        if score.expression is not None:
            found += _conditions(checked.named, score.expression)
        for term in score.terms:
            if not term.metric:
                found += _conditions(checked.named, term.weight)
                found += _conditions(checked.named, term.value) if score.on_null == "propagate" else []
    return found


def rules_null_by_data(checked: Checked) -> list[str]:
    """The rules that can be null by the data's fault."""
    return [rule.name for rule in checked.rules if Cause.DATA in rule.value.type.null]


def _conditions(named: Mapping[str, Typed], node: Typed) -> list[str]:
    """Why `node` can be a data null."""
    if Cause.DATA not in node.type.null:
        return []
    match node:
        case Ref():
            return _conditions(named, named[node.name])
        case Input():
            return [f"{_column(node)} is missing"]
        case Convert():
            return _converted(named, node)
        case Measure():
            return _measured(named, node)
        case Guarded():
            return ["the `when` of a rule is not true", *_conditions(named, node.value)]
        case Caught() if node.replacement is None:
            return ["a rule with `on_error: null` cannot be measured", *_conditions(named, node.value)]
        case Default():
            return _conditions(named, node.right)
        case Cases():
            branches = [value for _, value in node.arms] + [node.otherwise]
            return [clause for branch in branches for clause in _conditions(named, branch)]
        case Fold():
            return _folded(named, node)
        case Gather() | Item() | Pick() | Contains():
            return _listed(named, node)
        case _:
            return [clause for part in children(node) for clause in _conditions(named, part)]


def _column(node: Input) -> str:
    return f"`{node.column}`"


def _converted(named: Mapping[str, Typed], node: Convert) -> list[str]:
    if isinstance(node.value, Input):
        what = {Base.BOOL: "true or false", Base.NUMBER: "a number"}.get(node.to, "a text")
        return [f"{_column(node.value)} is missing or not {what}"]
    return _conditions(named, node.value)


def _measured(named: Mapping[str, Typed], node: Measure) -> list[str]:
    """What the kind itself cannot use, and the nulls of arguments that it is not shown."""
    found: list[str] = []
    shown = [arg for declared, arg in zip(node.kind.signature.args, node.args, strict=True) if declared.nullable]
    hidden = [arg for arg in node.args if arg not in shown]
    if Cause.DATA in node.kind.returns.null:
        columns = [_column(arg) for arg in shown if isinstance(arg, Input) and Cause.DATA in arg.type.null]
        if columns:
            found.append(f"{' or '.join(columns)} is missing, or `{node.kind.name}` cannot read it")
        else:
            found.append(f"`{node.kind.name}` cannot read what the row gives it")
    return found + [clause for arg in hidden for clause in _conditions(named, arg)]


def _folded(named: Mapping[str, Typed], node: Fold) -> list[str]:
    tie = [f"`{node.aggregate.name}` is a tie"] if node.aggregate.tied else []
    if node.where is not None or node.aggregate.needs > 1 or node.excluding_self:
        return [f"the group has too few members for `{node.aggregate.name}`", *tie]
    clauses = _conditions(named, node.value)
    return [f"no member of the group has a value, because {clause}" for clause in clauses] + tie


def _gathered(named: Mapping[str, Typed], node: Gather) -> list[str]:
    name = node.aggregate.name
    found = [clause for item in node.items for clause in _conditions(named, item)]
    if node.each is not None:
        found.append(f"the list that `{name}` takes is not one, or has too few items or one that does not fit")
    elif found:
        found = [f"too few items of `{name}` have a value, because {clause}" for clause in found]
    return found + ([f"`{name}` is a tie"] if node.aggregate.tied else [])


def _listed(named: Mapping[str, Typed], node: Gather | Item | Pick | Contains) -> list[str]:
    """A list has nothing to aggregate, or no such item, or is none."""
    if isinstance(node, Gather):
        return _gathered(named, node)
    found = [clause for part in children(node) for clause in _conditions(named, part)]
    if isinstance(node, Contains):
        unfit = ["what `in` looks into is neither a list nor a text"]
        return found + (unfit if node.text.type.base is Base.OBJECT else [])
    return [*found, "a list or an object has no such item"]
