"""Calls and `case`: what the grammar allows and the language does not is reported here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rulereward.lang import tree as syntax
from rulereward.lang.build_parts import Part, PartBuilder, parts_of
from rulereward.lang.tree import Expr
from rulereward.lang.words import normal_name


@dataclass(frozen=True, slots=True)
class _Filter:
    where: Expr | None = None
    excluding_self: bool = False


@dataclass(frozen=True, slots=True)
class _Filtered:
    """An argument with `where` or `excluding self` behind it."""

    value: Expr
    filter: _Filter


@dataclass(frozen=True, slots=True)
class _Pin:
    """`@2` between the name of a call and its bracket."""

    version: int


_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class _Else:
    value: Expr


class CallBuilder(PartBuilder):
    """One method for each alias of the grammar; children are parts and tokens in the order of the text."""

    def where(self, children: list[Any]) -> Part:
        return self.part(_Filter(where=children[1].value), children, levels=0)

    def excluding(self, children: list[Any]) -> Part:
        return self.part(_Filter(excluding_self=True), children, levels=0)

    def filtered(self, children: list[Any]) -> Part:
        value, *filters = (part.value for part in children)
        where = next((found.where for found in filters if found.where is not None), None)
        merged = _Filter(where, any(found.excluding_self for found in filters))
        return self.part(_Filtered(value, merged), children, levels=0)

    def keyword(self, children: list[Any]) -> Part:
        name, _, value = children
        return self.part(syntax.Keyword(normal_name(name), self.span([name]), value.value), children, levels=0)

    def pin(self, children: list[Any]) -> Part:
        version = children[1]
        written = str(version)
        if not (written.isascii() and written.isdigit() and len(written) <= _MOST_DIGITS):
            self.mistake(version, "E0135", f"`{written}` is no version", "versions are whole numbers: `kind@2(...)`")
            written = "0"
        return self.part(_Pin(int(written)), children, levels=0)

    def call(self, children: list[Any]) -> Part:
        name = children[0]
        over = children[-1] if children[-2] == "over" else None
        parts = parts_of(children)
        pin = parts.pop(0) if parts and isinstance(parts[0].value, _Pin) else None
        args, keywords, chosen = self._arguments(parts)
        node = syntax.Call(
            self.span(children),
            normal_name(name),
            self.span([name]),
            args,
            keywords,
            chosen.where,
            chosen.excluding_self,
            None if over is None else normal_name(over),
            None if over is None else self.span([over]),
            None if pin is None else pin.value.version,
            None if pin is None else self.span([pin]),
        )
        return self.part(node, children)

    def _arguments(self, parts: list[Part]) -> tuple[tuple[Expr, ...], tuple[syntax.Keyword, ...], _Filter]:
        args: list[Expr] = []
        keywords: dict[str, syntax.Keyword] = {}
        chosen: _Filter | None = None
        for part in parts:
            value = part.value
            if isinstance(value, syntax.Keyword):
                if value.name in keywords:
                    message = f"`{value.name}=` stands twice in one call"
                    self.mistake(part, "E0122", message, "an argument is given once")
                keywords[value.name] = value
                continue
            if keywords:
                message = "an argument without a name stands behind one that has a name"
                self.mistake(part, "E0122", message, "arguments without a name come first")
            if isinstance(value, _Filtered):
                if chosen is not None:
                    self.mistake(part, "E0123", "a call has one `where`", "join the conditions with `and`")
                chosen = value.filter
                value = value.value
            args.append(value)
        return tuple(args), tuple(keywords.values()), chosen or _Filter()

    def arm(self, children: list[Any]) -> Part:
        condition, _, value = children
        return self.part(syntax.Arm(condition.value, value.value), children, levels=0)

    def else_arm(self, children: list[Any]) -> Part:
        return self.part(_Else(children[2].value), children, levels=0)

    def case(self, children: list[Any]) -> Part:
        parts = parts_of(children)
        for part in parts[:-1]:
            if isinstance(part.value, _Else):
                self.mistake(part, "E0119", "`else` is the last arm of a `case`", "move it behind the other arms")
        arms = tuple(part.value for part in parts if isinstance(part.value, syntax.Arm))
        last = parts[-1].value
        otherwise = last.value if isinstance(last, _Else) else None
        return self.part(syntax.Case(self.span(children), arms, otherwise), children)
