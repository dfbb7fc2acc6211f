"""What a syntax error is decided from: the token, those before it, and the brackets that are open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from rulereward.lang.mistakes import Mistake
from rulereward.lang.words import KEYWORDS

if TYPE_CHECKING:
    from lark import Token

CLOSING = {"(": ")", "[": "]", "{": "}"}
OPENING = {close: open for open, close in CLOSING.items()}

BINARY_OPERATORS = frozenset(
    ["+", "-", "*", "/", "**", "??", "<", "<=", ">", ">=", "==", "!=", "in", "and", "or", "..", "..<", "is"]
)
_OPERAND_WORDS = frozenset(["true", "false", "null", "self"])
_WAITING = BINARY_OPERATORS | frozenset(["not", "if", "else", "where", "over", "excluding", "=", "=>", ".", "case"])
_ENDS_RANGE = frozenset([",", "=", "=>", "<", "<=", ">", ">=", "==", "!=", *KEYWORDS - _OPERAND_WORDS])


@dataclass(slots=True)
class Frame:
    """The inside of one open bracket, or of the whole expression (`opener` None)."""

    opener: Token | None
    kind: Literal["all", "call", "index", "list", "group", "case"]
    ifs: list[Token] = field(default_factory=list)
    """Every `if` whose `else` has not come."""
    arrow: bool = False
    """An `=>` has come since the last comma."""
    dots: Token | None = None
    """The `..` of the range that is being written."""


def is_operand_end(token: Token | None) -> bool:
    """Whether a value may end with this token."""
    if token is None:
        return False
    if token.type in ("NAME", "NUMBER", "STRING"):
        return True
    return str(token) in {")", "]", "}"} | _OPERAND_WORDS


def is_operand_start(token: Token | None) -> bool:
    """Whether a value may start with this token, signs left out."""
    if token is None:
        return False
    if token.type in ("NAME", "NUMBER", "STRING"):
        return True
    return str(token) in {"(", "[", "{", "case", "true", "false", "null"}


@dataclass(slots=True)
class Situation:
    """Where the parser stopped. `token` is the one it could not take, None at the end of the text."""

    text: str
    before: list[Token]
    token: Token | None
    following: Token | None
    frames: list[Frame]

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    def back(self, count: int) -> Token | None:
        """The token `count` places before the one that failed: 1 is its neighbour."""
        return self.before[-count] if len(self.before) >= count else None

    @property
    def previous(self) -> Token | None:
        return self.back(1)

    @property
    def here(self) -> str:
        """The failing token's text, empty at the end."""
        return "" if self.token is None else str(self.token)

    @property
    def there(self) -> str:
        """The text of the token before, empty at the start."""
        return "" if self.previous is None else str(self.previous)

    @property
    def wants_value(self) -> bool:
        """Whether a value must come here."""
        return self.previous is None or self.there in CLOSING or self.there == "," or self.waiting

    @property
    def waiting(self) -> bool:
        """Whether the token before is an operator or a word that something must follow."""
        return self.previous is not None and self.previous.type != "STRING" and self.there in _WAITING

    @property
    def touching(self) -> bool:
        """Whether no blank stands between the failing token and the one before."""
        return self.token is not None and self.previous is not None and self.previous.end_pos == self.token.start_pos

    def mistake(
        self, token: Token | None, code: str, message: str, help: str | None = None, label: str = ""
    ) -> Mistake:
        """A mistake at one token; without one, at the end of the text."""
        if token is None:
            end = len(self.text.rstrip())
            return Mistake(end, end, code, message, help, label)
        assert token.start_pos is not None
        assert token.end_pos is not None
        return Mistake(token.start_pos, token.end_pos, code, message, help, label)

    def between(self, first: Token, last: Token, code: str, message: str, help: str | None = None) -> Mistake:
        """A mistake from the start of one token to the end of another."""
        assert first.start_pos is not None
        assert last.end_pos is not None
        return Mistake(first.start_pos, last.end_pos, code, message, help)


def track(frames: list[Frame], token: Token, previous: Token | None) -> None:
    """Bring the open brackets up to date with one more token that was taken."""
    frame, text = frames[-1], str(token)
    if token.type == "STRING":
        return
    if text in _ENDS_RANGE:
        frame.dots = None
    if text in CLOSING:
        frames.append(Frame(token, _kind(text, previous)))
    elif text in OPENING and len(frames) > 1:
        frames.pop()
    elif text == "if":
        frame.ifs.append(token)
    elif text == "else" and frame.ifs:
        frame.ifs.pop()
    elif text == "=>":
        frame.arrow = True
    elif text == ",":
        frame.arrow = False
    elif text in ("..", "..<"):
        frame.dots = token


def _kind(opener: str, previous: Token | None) -> Literal["call", "index", "list", "group", "case"]:
    if opener == "{":
        return "case"
    if opener == "(":
        called = previous is not None and previous.type in ("NAME", "NUMBER")  # `kind(`, `kind@2(`
        return "call" if called else "group"
    return "index" if is_operand_end(previous) else "list"
