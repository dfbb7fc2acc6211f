"""Mistakes of structure: brackets, commas, calls, `case`, `if`."""

from __future__ import annotations

import re

from rulereward.lang.mistakes import Mistake
from rulereward.lang.syntax_context import (
    CLOSING,
    OPENING,
    Situation,
    is_operand_end,
    is_operand_start,
)
from rulereward.lang.templates import TEMPLATE, TEMPLATE_HELP, template_message
from rulereward.lang.words import KEYWORDS, foreign_function, with_unit


def nothing_there(situation: Situation) -> Mistake | None:
    if situation.before or situation.token is not None:
        return None
    text = situation.text.strip()
    help = "write a value, such as `null`, or delete the key"
    note = "it holds only a comment" if text.startswith("#") else None
    return Mistake(0, len(situation.text.rstrip()), "E0120", "this expression is empty", help, note=note)


def wrong_bracket(situation: Situation) -> Mistake | None:
    here, opener = situation.here, situation.frame.opener
    if here not in OPENING:
        return None
    if opener is None:
        help = "delete it, or open the bracket before"
        return situation.mistake(situation.token, "E0114", f"`{here}` closes nothing", help)
    if OPENING[here] == opener:
        return None
    message = f"`{opener}` is closed by `{here}`"
    place = (opener.start_pos or 0, opener.end_pos or 0, "opened here")
    found = situation.mistake(situation.token, "E0109", message, f"write `{CLOSING[opener]}`")
    return Mistake(found.start, found.end, found.code, message, found.help, "closed here", secondary=place)


def missing_else(situation: Situation) -> Mistake | None:
    """An `if` that has its condition, where the expression or its part ends."""
    ifs = situation.frame.ifs
    if situation.here not in {"", ")", "]", "}", ",", "=>", "if"} or not is_operand_end(situation.previous):
        return None
    if situation.here == "if" and ifs:
        help = "put the inner one in parentheses: `(a if b else c) if d else e`"
        return situation.mistake(situation.token, "E0112", "a second `if` before the `else` of the first", help)
    if situation.here == "if" or not ifs:
        return None
    help = "write `a if c else b`; `else null` where there is no value"
    return situation.mistake(ifs[-1], "E0112", "this `if` has no `else`", help)


def misplaced_if(situation: Situation) -> Mistake | None:
    here, there = situation.here, situation.there
    if here == "if" and situation.wants_value:
        if there == "else":
            help = "write `a if c else b if d else e`, or `case { c => a, d => b, else => e }`"
        else:
            help = "write `a if c else b`, or `case { c => a, else => b }`"
        return situation.mistake(situation.token, "E0112", "`if` stands behind the value, not before it", help)
    if here == "else" and is_operand_end(situation.previous) and not situation.frame.ifs:
        return situation.mistake(situation.token, "E0112", "this `else` has no `if`", "write `a if c else b`")
    return None


def never_closed(situation: Situation) -> Mistake | None:
    opener = situation.frame.opener
    if situation.token is not None or opener is None:
        return None
    message = f"`{opener}` is never closed"
    return situation.mistake(opener, "E0110", message, f"add a closing `{CLOSING[opener]}`", "opened here")


def case_form(situation: Situation) -> Mistake | None:
    """What can go wrong in and around `case { condition => value, else => value }`."""
    here, there, frame = situation.here, situation.there, situation.frame
    help = "write `case { condition => value, else => value }`"
    if there == "case":
        return situation.mistake(situation.previous, "E0119", "`case` is followed by `{`", help)
    if here == "{" and situation.token is not None:
        template = TEMPLATE.match(situation.text, situation.token.start_pos or 0)
        if template:
            message = template_message(template.group())
            return Mistake(template.start(), template.end(), "E0106", message, TEMPLATE_HELP)
        hint = "an expression has no mappings; braces only follow `case`"
        return situation.mistake(situation.token, "E0106", "`{` stands for nothing here", hint)
    if here == "=>":
        if frame.kind != "case":
            help = "`>=` compares; `=>` stands between a condition and its value in `case { ... }`"
        elif frame.arrow:
            help = "put a `,` between two arms"
        elif is_operand_end(situation.previous):
            return None
        else:
            help = "write `condition => value`, and `else => value` for all other rows"
        return situation.mistake(situation.token, "E0119", "`=>` has no place here", help)
    if frame.kind != "case" or frame.arrow or here not in {"}", ","}:
        return None
    if there == "{":
        return situation.mistake(situation.token, "E0119", "this `case` has no arms", help)
    if is_operand_end(situation.previous) or there == "else":
        message = "this arm has no `=>`"
        return situation.mistake(
            situation.previous, "E0119", message, "write `condition => value`, or `else => value`"
        )
    return None


def comma(situation: Situation) -> Mistake | None:
    """A comma, or a closing bracket, that has no value before it; a comma where only one value can stand."""
    here, there, kind = situation.here, situation.there, situation.frame.kind
    if here == "," and is_operand_end(situation.previous):
        digits = _digits_apart(situation)
        if digits is not None and kind in ("all", "group"):
            return digits
        help = {
            "all": "an expression is one value; a list is written `[a, b]`",
            "group": "parentheses hold one value; a list is written `[a, b]`",
            "index": "an index is one value",
        }.get(kind)
        if help is not None:
            return situation.mistake(situation.token, "E0133", "one value stands here, not several", help)
    if here not in {",", ")", "]", "}"}:
        return None
    if here != "," and there in CLOSING:
        message = f"nothing stands between `{there}` and `{here}`"
        return situation.mistake(situation.token, "E0117", message, "put a value there")
    if there in CLOSING or there in {",", ""}:
        help = f"put a value there, or delete the `{here}`"
        return situation.mistake(situation.token, "E0117", f"a value is missing before `{here}`", help)
    return None


def _digits_apart(situation: Situation) -> Mistake | None:
    """`8,000` and `0,5`: a number with a comma."""
    previous, following = situation.previous, situation.following
    if previous is None or following is None or (previous.type, following.type) != ("NUMBER", "NUMBER"):
        return None
    if not situation.touching or situation.token is None or following.start_pos != situation.token.end_pos:
        return None
    whole = previous.isdigit() and len(previous) < 4 and re.match(r"[0-9]{3}(?![0-9])", following)
    meant = f"{previous}{following}" if whole and previous != "0" else f"{previous}.{following}"
    return situation.between(previous, following, "E0126", "a number has no comma", f"write `{meant}`")


def filters(situation: Situation) -> Mistake | None:
    """`where` and `excluding self`, which stand behind the first argument of a call, without a comma."""
    here, there = situation.here, situation.there
    help = "write `mean(x where condition) over group`, `mean(x excluding self) over group`"
    if there == "excluding":
        return situation.mistake(situation.previous, "E0123", "`excluding` is followed by `self`", help)
    if here not in {"where", "excluding", "self"}:
        return None
    if situation.frame.kind != "call":
        return situation.mistake(situation.token, "E0123", f"`{here}` stands inside a call only", help)
    if there == ",":
        comma_before = situation.mistake(situation.previous, "E0123", f"no comma stands before `{here}`", help)
        return (
            comma_before
            if here != "self"
            else situation.mistake(situation.token, "E0123", "`self` stands alone", help)
        )
    if here == "where" and there == "self":
        return situation.mistake(situation.token, "E0123", "`where` stands before `excluding self`", help)
    return situation.mistake(situation.token, "E0123", f"`{here}` stands behind an argument without a name", help)


def pinned(situation: Situation) -> Mistake | None:
    """`@`, which stands between the name of a rule kind and a version."""
    help = "a version stands between the name of a rule kind and its bracket: `math_equal@2(...)`"
    if situation.there == "@":
        return situation.mistake(situation.previous, "E0135", "`@` is followed by a version", help)
    if situation.back(2) == "@":
        return situation.mistake(situation.previous, "E0135", "a version is followed by `(`", help)
    if situation.here != "@":
        return None
    if not situation.wants_value:
        return situation.mistake(situation.token, "E0135", "`@` stands directly behind a name", help)
    help = "a column of the data is read as `row.name`"
    return situation.mistake(situation.token, "E0104", "`@` stands for nothing here", help)


def group_of_call(situation: Situation) -> Mistake | None:
    """`over group`, which stands behind a call."""
    help = "write `mean(x) over group`"
    if situation.there == "over":
        return situation.mistake(situation.previous, "E0121", "`over` is followed by `group`", help)
    if situation.here == "over":
        return situation.mistake(situation.token, "E0121", "`over` stands directly behind a call", help)
    return None


def assignment(situation: Situation) -> Mistake | None:
    """`=` where it does not give an argument its name."""
    if situation.here != "=":
        return None
    previous, following = situation.previous, situation.following
    if situation.touching and previous is not None and previous in ("==", "!="):
        assert situation.token is not None
        message = f"`{previous}=` is not an operator"
        return situation.between(previous, situation.token, "E0101", message, f"write `{previous}`")
    if situation.frame.kind == "call" and previous in KEYWORDS and situation.back(2) in ("(", ","):
        message = f"`{previous}` is a word of the language and names no argument"
        return situation.mistake(previous, "E0122", message)
    if situation.frame.kind == "call" and previous is not None and previous.type == "STRING":
        message = "the name of an argument has no quotes"
        return situation.mistake(previous, "E0122", message, f"write `{previous[1:-1]}=`")
    if following in ("<", ">") and following is not None and situation.token is not None:
        message = f"`={following}` is not an operator"
        return situation.between(situation.token, following, "E0101", message, f"write `{following}=`")
    if situation.wants_value:
        return situation.mistake(situation.token, "E0117", "a name is missing before `=`")
    named = previous is not None and previous.type == "NAME" and len(situation.before) == 1
    help = "write `==`; names are given under `let`" if named else "write `==`"
    return situation.mistake(situation.token, "E0103", "`=` does not compare", help)


def keyword_argument(situation: Situation) -> Mistake | None:
    """`f(in=3)`: a word of the language where an argument's name is meant."""
    if situation.here not in KEYWORDS or situation.following != "=" or situation.frame.kind != "call":
        return None
    if situation.there not in {"(", ","}:
        return None
    message = f"`{situation.here}` is a word of the language and names no argument"
    return situation.mistake(situation.token, "E0122", message)


def called(situation: Situation) -> Mistake | None:
    """`(` behind something that is no function."""
    previous = situation.previous
    if situation.here != "(" or previous is None or not is_operand_end(previous):
        return None
    if previous.type == "NAME" and situation.back(2) == ".":
        help = foreign_function(previous) or "a function takes the value in its parentheses, as `length(text)` does"
        return situation.mistake(previous, "E0130", "a value has no functions of its own", help)
    if previous in KEYWORDS:
        return situation.mistake(previous, "E0130", f"`{previous}` is not a function")
    return None


_PREFIXES = ("f", "F", "b", "B", "u", "U", "rb", "br", "rf", "fr")


def _is_string(situation: Situation) -> bool:
    return situation.token is not None and situation.token.type == "STRING"


def missing_comma(situation: Situation) -> Mistake | None:
    frame = situation.frame
    if not is_operand_end(situation.previous) or not is_operand_start(situation.token):
        return None
    if situation.previous in _PREFIXES and situation.touching and _is_string(situation):
        return situation.mistake(
            situation.previous, "E0124", f"`{situation.previous}` before a text means nothing here",
            'only `r"..."` is known, in which a backslash is a backslash; a text has no place holders',
        )  # fmt: skip
    if frame.kind in ("call", "list") or (frame.kind == "case" and frame.arrow):
        assert situation.previous is not None
        if situation.previous.type == "NUMBER" and with_unit(situation.previous, situation.here):
            return None  # `800 char`: told as two values side by side
        end = situation.previous.end_pos or 0
        message = f"a `,` is missing before `{situation.here}`"
        return Mistake(end, end, "E0115", message, "put a `,` between the two", "expected `,` here")
    return None
