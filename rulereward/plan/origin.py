"""Where a value comes from: could a completion change it?"""

from __future__ import annotations

from collections.abc import Mapping

from rulereward.plan.typed import Input, Ref, Typed, children


def reads_completion(named: Mapping[str, Typed], node: Typed) -> bool:
    """Does this value depend on what the policy wrote? Decides whether a null of `when` is data's or text's."""
    if isinstance(node, Input):
        return node.column == "completion"
    if isinstance(node, Ref):
        return reads_completion(named, named[node.name])
    return any(reads_completion(named, child) for child in children(node))
