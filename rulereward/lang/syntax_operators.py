"""Mistakes at operators, numbers, ranges and words of other languages."""

from __future__ import annotations

import re

from rulereward.lang.mistakes import Mistake
from rulereward.lang.suggest import closest
from rulereward.lang.syntax_characters import TAG, unquoted_tag
from rulereward.lang.syntax_context import BINARY_OPERATORS, Situation, is_operand_end, is_operand_start
from rulereward.lang.words import KEYWORDS, UNIT_SPELLINGS, foreign_function, with_unit

_WORD_OPERATORS = {
    "between": "write `x in lo..hi`",
    "contains": foreign_function("contains"),
    "has": foreign_function("has"),
    "like": foreign_function("like"),
    "matches": foreign_function("matches"),
    "startswith": foreign_function("startswith"),
    "endswith": foreign_function("endswith"),
    "starts_with": foreign_function("starts_with"),
    "ends_with": foreign_function("ends_with"),
    "mod": "write `mod(a, b)`",
    "div": "write `a / b`",
    "xor": "write `a != b`",
    "then": "write `a if c else b`",
    "elif": "write `case { c => a, d => b, else => e }`",
    "unless": "write `a if not c else b`",
    "when": "write `case { c => a, else => b }`",
    "for": "there are no loops; `mean(x) over group` runs over the completions of a prompt",
    "as": "names are given under `let`",
    "eq": "write `==`", "ne": "write `!=`", "gt": "write `>`", "ge": "write `>=`",
    "lt": "write `<`", "le": "write `<=`",
}  # fmt: skip
_STATEMENTS = {
    "return": "write the value alone",
    "let": "names are given under the key `let` of the ruleset",
    "var": "names are given under the key `let` of the ruleset",
    "lambda": "there are no functions of your own; give values names under `let`",
    "def": "there are no functions of your own; give values names under `let`",
    "await": "write the value alone",
    "print": "write the value alone",
    "match": "write `case { c => a, d => b, else => e }`",
    "switch": "write `case { c => a, d => b, else => e }`",
    "import": "functions and rule kinds are there by themselves; `--kinds` brings your own",
    "const": "names are given under the key `let` of the ruleset",
}
_PAIRS = {
    ("<", ">"): ("<>", "write `!=`"),
    ("/", "/"): ("//", "write `a / b`; `round` gives whole numbers; a comment starts with `#`"),
    ("+", "+"): ("++", "write one `+`"),
    ("*", "/"): ("*/", "a comment starts with `#`"),
    ("/", "*"): ("/*", "a comment starts with `#`"),
    ("-", ">"): ("->", "`=>` stands between a condition and its value in `case { ... }`"),
    (">", ">"): (">>", "write `>`"),
    ("<", "<"): ("<<", "write `<`"),
    ("??", "="): ("??=", "write `x ?? default`"),
    ("+", "="): ("+=", "an expression changes nothing; write the new value"),
    ("-", "="): ("-=", "an expression changes nothing; write the new value"),
    ("*", "="): ("*=", "an expression changes nothing; write the new value"),
    ("/", "="): ("/=", "an expression changes nothing; write the new value"),
}


def tag(situation: Situation) -> Mistake | None:
    """`</think>` without quotes where a value must come."""
    if situation.here != "<" or not situation.wants_value or situation.token is None:
        return None
    found = TAG.match(situation.text, situation.token.start_pos or 0)
    return unquoted_tag(found) if found else None


def pair(situation: Situation) -> Mistake | None:
    """Two signs that are one operator in other languages."""
    found = _PAIRS.get((situation.there, situation.here))
    if found is None or not situation.touching or situation.previous is None or situation.token is None:
        return None
    spelling, help = found
    return situation.between(situation.previous, situation.token, "E0101", f"`{spelling}` is not an operator", help)


def slashes(situation: Situation) -> Mistake | None:
    """`/pattern/` where a value must come."""
    if situation.here != "/" or not situation.wants_value or situation.token is None:
        return None
    found = re.compile(r"/([^/\r\n]+)/[a-z]*").match(situation.text, situation.token.start_pos or 0)
    if found is None:
        return None
    message = "a pattern stands in quotes, not between slashes"
    return Mistake(found.start(), found.end(), "E0101", message, f'write `r"{found.group(1)}"`')


def number_form(situation: Situation) -> Mistake | None:
    """`.5`, `5.`, `1.2.3`, `1_`."""
    token, previous, before = situation.token, situation.previous, situation.back(2)
    if previous is not None and previous.type == "NUMBER" and situation.touching and situation.here[0] == "_":
        return situation.mistake(token, "E0126", "in a number `_` stands between digits only", "delete it")
    if situation.here == "." and situation.wants_value and situation.following is not None and token is not None:
        number = situation.following
        if number.type == "NUMBER" and situation.there not in ("..", "..<"):
            return situation.between(
                token, number, "E0126", "a digit is missing before the point", f"write `0.{number}`"
            )
    if situation.there != "." or previous is None or before is None or before.type != "NUMBER":
        return None
    if token is not None and token.type == "NUMBER":
        return situation.between(before, token, "E0126", "a number has one point", "quote it if it is a text")
    return situation.between(before, previous, "E0126", "a digit is missing behind the point", f"write `{before}.0`")


def range_form(situation: Situation) -> Mistake | None:
    here, there, dots = situation.here, situation.there, situation.frame.dots
    help = "write `lo..hi`, `lo..<hi` without the upper end, `lo..` or `..hi`"
    ranges = ("..", "..<")
    if (
        here in (".", "..", "..<")
        and there in ranges
        and situation.previous is not None
        and situation.token is not None
    ):
        message = "a range is written with two dots"
        return situation.between(situation.previous, situation.token, "E0118", message, help)
    if here in ranges and dots is not None:
        place = (dots.start_pos or 0, dots.end_pos or 0, "first here")
        found = situation.mistake(situation.token, "E0118", "a range has two ends", help)
        note = "a range has no step"
        return Mistake(found.start, found.end, "E0118", found.message, help, "again here", note, place)
    if here == "..<" and situation.wants_value:
        return situation.mistake(situation.token, "E0118", "a range with `..<` needs its lower end", help)
    if here == ".." and situation.waiting:
        return situation.mistake(situation.token, "E0118", f"a range cannot stand behind `{there}`", help)
    return None


def after_point(situation: Situation) -> Mistake | None:
    """`.` without a name behind it."""
    if situation.there != ".":
        return None
    if situation.here in KEYWORDS:
        message = f"`{situation.here}` is a word of the language"
        return situation.mistake(
            situation.token, "E0111", message, f'write `["{situation.here}"]` instead of `.{situation.here}`'
        )
    if situation.token is not None and situation.token.type == "NUMBER":
        help = f"write `[{situation.here}]` for an item of a list"
        return situation.mistake(situation.token, "E0111", "a name must follow `.`", help)
    return situation.mistake(situation.previous, "E0111", "a name must follow `.`", "write it, or delete the `.`")


def null_test(situation: Situation) -> Mistake | None:
    """`is`, which stands in `is null` and `is not null` only."""
    there, before = situation.there, situation.back(2)
    help = "write `==` to compare; `x is null` and `x is not null` ask whether a value is missing"
    if there == "is" or (there == "not" and before == "is"):
        return situation.mistake(
            situation.previous if there == "is" else before, "E0134", "`is` asks for null only", help
        )
    comparing = situation.here in ("<", "<=", ">", ">=", "==", "!=", "in", "not", "is")
    if situation.here == "is" and is_operand_end(situation.previous):
        help = "put the comparison, or the test for null, in parentheses"
        return situation.mistake(situation.token, "E0134", "`is null` is no part of a longer comparison", help)
    if comparing and there == "null" and before in ("is", "not"):
        help = "put `x is null` in parentheses"
        return situation.mistake(situation.token, "E0134", "`is null` is no part of a longer comparison", help)
    return None


def negation(situation: Situation) -> Mistake | None:
    """`not` between two values, or behind an operator that binds tighter."""
    if situation.there == "not" and is_operand_end(situation.back(2)) and situation.here != "in":
        help = "write `a and not b`, `a not in b` or `a != b`"
        return situation.mistake(situation.previous, "E0116", "`not` joins no two values", help)
    if situation.here == "not" and situation.waiting:
        message = f"`not` cannot stand behind `{situation.there}`"
        return situation.mistake(situation.token, "E0117", message, "put `not ...` in parentheses")
    return None


def foreign_word(situation: Situation) -> Mistake | None:
    """`a between b and c`, `return x`: words that other languages have."""
    for token in (situation.token, situation.previous):
        if token is None or token.type != "NAME" or not is_operand_start(situation.token):
            continue
        if situation.here == "(" and situation.back(2) == ".":  # `text.contains("x")`: a function of a value
            continue
        if not is_operand_end(situation.previous):
            continue
        help = _WORD_OPERATORS.get(token.lower())
        if help is not None:
            return situation.mistake(token, "E0124", f"`{token}` is not an operator", help)
        help = _STATEMENTS.get(token.lower())
        if help is not None and token is situation.previous:
            return situation.mistake(token, "E0124", f"`{token}` is not a word of the language", help)
    return None


def missing_value(situation: Situation) -> Mistake | None:
    """An operator that has no value on one of its sides."""
    here, there = situation.here, situation.there
    if here == "+" and situation.wants_value:
        return situation.mistake(situation.token, "E0117", "a value has no sign `+`", "delete the `+`")
    if situation.waiting and (here == "" or here in {")", "]", "}", ","}):
        where = "the expression ends" if here == "" else "a value is missing"
        return situation.mistake(
            situation.previous,
            "E0111",
            f"{where} after `{there}`",
            f"write a value behind it, or delete the `{there}`",
            "needs a value behind it",
        )
    if here in BINARY_OPERATORS or here in {"else", "if", "."}:
        if situation.waiting:
            message = f"a value is missing between `{there}` and `{here}`"
            return situation.mistake(situation.token, "E0117", message, "put a value there, or delete one of the two")
        if situation.wants_value:
            help = f"put a value there, or delete the `{here}`"
            return situation.mistake(situation.token, "E0117", f"a value is missing before `{here}`", help)
    return None


def side_by_side(situation: Situation) -> Mistake | None:
    token, previous = situation.token, situation.previous
    if token is None or previous is None or not is_operand_end(previous) or not is_operand_start(token):
        return None
    message = f"an operator is missing between `{previous}` and `{token}`"
    help = "write an operator such as `and`, `+` or `*` between them"
    if "STRING" in (token.type, previous.type):
        message = "two values stand side by side"
        help = "a quote inside a text? use the other kind of quotes around it, or `\\` before it"
    elif previous.type == "NUMBER" and previous.endswith("%"):
        help = "write `mod(a, b)` for a remainder; `5%` is the number 0.05"
    elif previous.type == "NUMBER" and with_unit(previous, token):
        message = "a blank stands between a number and its unit"
        help = f"write `{with_unit(previous, token)}`"
    elif previous.type == "NUMBER" and token.type == "NAME" and closest(token, UNIT_SPELLINGS) is None:
        help = f"write `{previous} * {token}` for a product"
    elif previous.type == "NUMBER" and token.type == "NAME":
        help = f"a unit stands directly behind its number: `{previous}{token}`; a product is `{previous} * {token}`"
    elif previous.type == "NUMBER" and situation.touching:
        help = f"write `{previous} * {token}`"
    return situation.between(previous, token, "E0116", message, help)
