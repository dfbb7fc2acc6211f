"""What a YAML file is made of, before anything is read into it: scalars stay the text they are."""

from __future__ import annotations

from dataclasses import dataclass

from rulereward.data.cached import cached_property
from rulereward.lang.placed_text import PlacedText, Style
from rulereward.lang.scalar_map import place_scalar
from rulereward.lang.source import Span


@dataclass(frozen=True, eq=False)
class ScalarNode:
    """`text` is YAML's value as a string, never turned into a number, a truth value or a date."""

    text: str
    style: Style
    span: Span

    @cached_property
    def placed(self) -> PlacedText:
        """The text with the place of each character in the file."""
        return place_scalar(self.text, self.style, self.span)

    @property
    def absent(self) -> bool:
        """Nothing at all stands there, as behind `key:`; `key: ""` is not absent."""
        return self.style == "plain" and not self.text


@dataclass(frozen=True, eq=False)
class SequenceNode:
    items: tuple[Node, ...]
    span: Span
    flow: bool


@dataclass(frozen=True, eq=False)
class MappingNode:
    """Keys are scalars, no two of them equal."""

    entries: tuple[tuple[ScalarNode, Node], ...]
    span: Span
    flow: bool


Node = ScalarNode | SequenceNode | MappingNode


def is_null(node: Node) -> bool:
    """Is this the word `null`, which takes an entry away from a ruleset that is extended?"""
    return isinstance(node, ScalarNode) and node.style == "plain" and node.text in ("null", "~")
