"""Reads the tokens of one expression and says what is wrong with the first that does not fit.

A character that starts no token is looked up in a table. Any other mistake goes down a list of questions about the
token, the token before it and the open brackets; the first that answers is the message. The last one always answers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from rulereward.lang import syntax_operators as operators
from rulereward.lang import syntax_structure as structure
from rulereward.lang.diagnostics import Diagnostics, Label
from rulereward.lang.full_width import half_width, has_full_width_letters
from rulereward.lang.mistakes import Mistake, report_mistake
from rulereward.lang.placed_text import PlacedText
from rulereward.lang.source import Span
from rulereward.lang.syntax_characters import by_character
from rulereward.lang.syntax_context import CLOSING, Frame, Situation, track
from rulereward.lang.words import FOREIGN_SPELLINGS

if TYPE_CHECKING:
    from lark import Lark, Token, Tree
    from lark.parsers.lalr_interactive_parser import InteractiveParser

_QUESTIONS = (
    structure.nothing_there,
    structure.pinned,
    operators.tag,
    operators.slashes,
    structure.keyword_argument,
    structure.wrong_bracket,
    structure.case_form,
    structure.missing_else,
    structure.filters,
    structure.group_of_call,
    operators.pair,
    structure.assignment,
    operators.number_form,
    operators.range_form,
    operators.after_point,
    operators.null_test,
    operators.negation,
    structure.misplaced_if,
    structure.comma,
    structure.never_closed,
    operators.missing_value,
    operators.foreign_word,
    structure.called,
    structure.missing_comma,
    operators.side_by_side,
)
_UNFINISHED = frozenset(["E0108", "E0110", "E0111", "E0112", "E0113"])
"""What is said of an expression that would be right with more text behind it."""

_COMMENT_CUT = re.compile(r"[ \t]+#")


def read_tokens(parser: Lark, placed: PlacedText, max_nesting: int, diagnostics: Diagnostics) -> Tree[Token] | None:
    """The parser's tree, or None after a report of the first mistake."""
    session = parser.parse_interactive(placed.text)
    before: list[Token] = []
    frames = [Frame(None, "all")]
    tree: Tree[Token] | None = None
    mistake: Mistake | None = None
    ended = False
    try:
        for token in session.iter_parse():
            mistake = _word_mistake(token, before) or _too_deep(token, frames, max_nesting)
            if mistake is not None:
                break
            track(frames, token, before[-1] if before else None)
            before.append(token)  # the parser takes it, or refuses it, on the way to the next
        else:
            ended = True
            tree = session.feed_eof(before[-1] if before else None)  # type: ignore[no-untyped-call]  # lark's own gap
    except UnexpectedInput as error:
        mistake = _explain(placed, error, before, session)
    mistake = _comment_mistake(placed, before, ended) or mistake
    if mistake is None:
        return tree
    if not _report_yaml_cut(placed, mistake, diagnostics):
        report_mistake(mistake, placed, diagnostics)
    return None


def _explain(placed: PlacedText, error: UnexpectedInput, before: list[Token], session: InteractiveParser) -> Mistake:
    token: Token | None = None
    following: Token | None = None
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        token = error.token
        before = before[:-1]
        following = _next_token(session)
    frames = [Frame(None, "all")]
    for index, taken in enumerate(before):
        track(frames, taken, before[index - 1] if index else None)
    situation = Situation(placed.text, before, token, following, frames)
    if isinstance(error, UnexpectedCharacters):
        return by_character(situation, error.pos_in_stream or 0)
    for question in _QUESTIONS:
        mistake = question(situation)
        if mistake is not None:
            return mistake
    if token is None:
        return situation.mistake(None, "E0113", "the expression ends too early")
    help = "delete it, or put what stands before it in parentheses"
    return situation.mistake(token, "E0100", f"`{token}` has no place here", help)


def _next_token(session: InteractiveParser) -> Token | None:
    try:
        lexed = session.lexer_thread.lex(session.parser_state)  # type: ignore[no-untyped-call]  # lark's own gap
        return next(lexed, None)
    except UnexpectedCharacters:
        return None


def _word_mistake(token: Token, before: list[Token]) -> Mistake | None:
    """Words that the grammar takes for names and nobody means as such."""
    if token.type != "NAME" or (before and before[-1] == "."):
        return None
    start, end = token.start_pos or 0, token.end_pos or 0
    if token in FOREIGN_SPELLINGS:
        meant = FOREIGN_SPELLINGS[token]
        return Mistake(start, end, "E0129", f"`{token}` is no word of this language", f"write `{meant}`")
    if has_full_width_letters(token):
        message = f"`{token}` has full-width letters"
        return Mistake(start, end, "E0107", message, f"write `{half_width(token)}`")
    return None


def _too_deep(token: Token, frames: list[Frame], max_nesting: int) -> Mistake | None:
    if len(frames) <= max_nesting or token.type == "STRING" or token not in CLOSING:
        return None
    message = f"more than {max_nesting} brackets are open here"
    help = "give parts of the expression a name under `let`"
    return Mistake(token.start_pos or 0, token.end_pos or 0, "E0127", message, help)


def _comment_mistake(placed: PlacedText, tokens: list[Token], ended: bool) -> Mistake | None:
    """A `#` that glues itself to a value, or a comment whose line YAML has joined with the lines below it.

    Looks between the tokens and, where the text `ended` with the last of them, behind it.
    """
    at = 0
    gaps = [(token.start_pos or 0, token.end_pos or 0) for token in tokens]
    if ended:
        gaps.append((len(placed.text), len(placed.text)))
    for end, behind in gaps:
        start = placed.text.find("#", at, end)
        if start > 0 and placed.text[start - 1] not in " \t\r\n":
            return Mistake(start, start + 1, "E0104", "a blank must stand before the `#` of a comment")
        if start >= 0 and placed.style != "literal":
            comment_end = re.compile(r"[^\r\n]*").match(placed.text, start)
            span = placed.span(start, comment_end.end() if comment_end else start)
            if re.search(r"[\r\n]", span.source.text[span.start : span.end]):
                message = "this comment swallows the lines below it"
                note = "YAML joins the lines of a text that does not stand under `|`"
                return Mistake(start, start + 1, "E0131", message, "put the expression under `|`", note=note)
        at = behind
    return None


def _report_yaml_cut(placed: PlacedText, mistake: Mistake, diagnostics: Diagnostics) -> bool:
    """Report that YAML cut a plain scalar at ` #`, if that is why the expression is broken at its end."""
    source = placed.whole.source
    cut = _COMMENT_CUT.match(source.text, placed.whole.end)
    at_end = mistake.code in _UNFINISHED and (mistake.code != "E0111" or mistake.end >= len(placed.text.rstrip()))
    if placed.style != "plain" or cut is None or not at_end:
        return False
    span = Span(source, cut.end() - 1, cut.end())
    message = "YAML starts a comment at ` #` and cuts the expression off"
    help = "put the expression under `|`, on lines of its own"
    secondary = Label(placed.span(mistake.start, mistake.end), mistake.message)
    diagnostics.report("E0020", message, span, "cut here", help=help, secondary=secondary)
    return True
