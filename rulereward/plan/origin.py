"""Where a value comes from: could a completion change it?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from rulereward.kind import Cause
from rulereward.plan.typed import Apply, CheckedScore, Const, Input, Measure, Ref, Typed, children

WRITTEN_INPUTS = frozenset({"completion", "transcript"})
"""The inputs that hold what the policy wrote; a row without one is an error."""


POLICY_INPUTS = WRITTEN_INPUTS | {"token_ids", "finish_reason"}
"""The inputs that the policy decides, by what it writes and by how long it goes on."""


def leads_to(path: str, others: Iterable[str]) -> bool:
    """Does a dotted path lead to one of the others, to a part of it, or to what it is a part of?"""
    return any(f"{path}.".startswith(f"{other}.") or f"{other}.".startswith(f"{path}.") for other in others)


def reads_completion(named: Mapping[str, Typed], node: Typed) -> bool:
    """Does this value depend on what the policy did? Decides whether a null of `when` is data's or text's."""
    return any(isinstance(part, Input) and part.written for part in everything_below(named, node))


def other_names(named: Mapping[str, Typed], node: Typed) -> str | None:
    """A note for people, where a value reads what the policy wrote by another name than `completion`."""
    for part in everything_below(named, node):
        if isinstance(part, Input) and part.written and part.column in POLICY_INPUTS - WRITTEN_INPUTS:
            return f"`{part.column}` is the policy's doing: it can go on until it is cut off, or end when it likes"
        if isinstance(part, Input) and part.written and part.column not in WRITTEN_INPUTS:
            return (
                f"`{part.column}` may be the completion, by the columns where that is looked for; if it is not, say "
                "where the completion is: `inputs: {completion: <its column>}`"
            )
    return None


def null_source(named: Mapping[str, Typed], node: Typed) -> str:
    """What below a value a completion can leave null, for people: `chinese_ratio(...)`; the first that is found."""
    for part in everything_below(named, node, parts_of=_parts_with_text_null):
        if isinstance(part, Const) and part.value is None:
            return "`null` where the completion says so: write a number in its place"
        if isinstance(part, Measure) and Cause.TEXT in part.kind.returns.null:
            return f"`{part.kind.name}(...)` is null for some completions"
        if isinstance(part, Apply) and Cause.TEXT in part.function.null and reads_completion(named, part):
            what = "a section" if part.function.name == "section" else f"`{part.function.name}(...)`"
            return f"{what} is null where the completion does not have it"
    return "null when the completion says so"


def _parts_with_text_null(node: Typed) -> tuple[Typed, ...]:
    """The parts that a null of the completion's can come from: those that have one, else what is written `null`."""
    parts = children(node)
    nullable = tuple(part for part in parts if Cause.TEXT in part.type.null)
    if isinstance(node, Measure):
        nullable = tuple(
            part for part, takes in zip(node.args, node.takes_null, strict=True) if part in nullable and not takes
        )
    return nullable or tuple(part for part in parts if isinstance(part, Const) and part.value is None)


def everything_below(
    named: Mapping[str, Typed],
    node: Typed,
    stop: frozenset[str] = frozenset(),
    parts_of: Callable[[Typed], tuple[Typed, ...]] = children,
) -> Iterator[Typed]:
    """Every distinct node that a value is made of, through names other than `stop`; each once, however often used."""
    pending, seen = [node], {id(node)}
    while pending:
        current = pending.pop()
        yield current
        parts = parts_of(current)
        if isinstance(current, Ref) and current.name not in stop:
            parts = (named[current.name],)
        for child in parts:
            if id(child) not in seen:
                seen.add(id(child))
                pending.append(child)


def names_used(named: Mapping[str, Typed], score: CheckedScore) -> frozenset[str]:
    """The values that a score reads by name, through other names too."""
    roots = [part for gate in score.gates for part in (gate.when, gate.value)]
    roots += [part for term in score.terms if not term.metric for part in (term.value, term.weight)]
    roots += [] if score.expression is None else [score.expression]
    below = (part for root in roots for part in everything_below(named, root))
    return frozenset(part.name for part in below if isinstance(part, Ref))
