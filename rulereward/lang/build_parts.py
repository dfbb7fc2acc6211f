"""What the tree is built from: a node, where its text stands, and how deep it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lark import Token
from lark.visitors import Transformer_NonRecursive

from rulereward.lang.mistakes import Mistake
from rulereward.lang.placed_text import PlacedText
from rulereward.lang.source import Span

MAX_DEPTH = 100
"""Levels of nodes below one another. What walks a tree may do so by calling itself."""

if TYPE_CHECKING:
    _Walk = Transformer_NonRecursive[Token, Any]
else:
    _Walk = Transformer_NonRecursive


@dataclass(slots=True)
class Part:
    """A piece of the tree and its text [start, end) of the expression, parentheses around it included."""

    value: Any
    start: int
    end: int
    depth: int


def start_of(child: Part | Token) -> int:
    """Where the text of a child starts."""
    return child.start if isinstance(child, Part) else child.start_pos or 0


def end_of(child: Part | Token) -> int:
    """Where the text of a child ends."""
    return child.end if isinstance(child, Part) else child.end_pos or 0


def parts_of(children: list[Any]) -> list[Part]:
    """The children that are pieces of the tree, without the tokens between them."""
    return [child for child in children if isinstance(child, Part)]


class PartBuilder(_Walk):
    """Walks the parser's tree from the leaves up, without recursion, and keeps the mistakes it meets."""

    def __init__(self, placed: PlacedText) -> None:
        super().__init__(visit_tokens=False)
        self.placed = placed
        self.mistakes: list[Mistake] = []

    def span(self, children: list[Any]) -> Span:
        """The place in the file from the first child to the last."""
        return self.placed.span(start_of(children[0]), end_of(children[-1]))

    def mistake(self, place: Part | Token, code: str, message: str, help: str) -> None:
        """Note a mistake at a child."""
        self.mistakes.append(Mistake(start_of(place), end_of(place), code, message, help))

    def part(self, value: Any, children: list[Any], *, levels: int = 1) -> Part:
        """A piece of the tree that is made of all of `children`; one that is no node adds no level."""
        depth = levels + max((child.depth for child in parts_of(children)), default=0)
        made = Part(value, start_of(children[0]), end_of(children[-1]), depth)
        if depth > MAX_DEPTH:
            message = f"operators and calls are nested more than {MAX_DEPTH} levels deep"
            self.mistake(made, "E0127", message, "give parts of the expression a name under `let`")
        return made
