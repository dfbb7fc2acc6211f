r"""Delimiters around the whole of an answer: `$...$`, `\boxed{...}`, `**...**`, braces, and the full stop behind."""

from __future__ import annotations

_LAYERS = 8
_FENCES = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("***", "***"), ("**", "**"), ("*", "*"))
_WRAPPERS = ("\\boxed", "\\fbox", "\\text", "\\textbf", "\\textit", "\\textrm", "\\mathrm", "\\mathbf", "\\mbox", "")
_BUILDER_SIGNS = ("|", "\\mid")


def unwrapped(text: str) -> str:
    """`text` without delimiters around the whole of it and without a full stop at the end."""
    if not text.strip("$ "):
        return ""
    if text.endswith("\\") and not text.endswith("\\\\"):
        text = text[:-1]  # `5\ ` whose space was taken for one around the text
    for _ in range(_LAYERS):
        before = text
        text = _without_stop(text.strip())
        for opening, closing in _FENCES:
            inner = text[len(opening) : -len(closing)]
            if text.startswith(opening) and text.endswith(closing) and inner and closing not in inner:
                text = inner
                break
        else:
            text = _unbraced(text)
        if text == before:
            break
    return text


def _without_stop(text: str) -> str:
    """A single full stop, comma or semicolon at the end goes; `..` stays, for it means something else."""
    if text.endswith(("。", ".", ",", ";")) and not text.endswith(("..", "\\,", "\\;", "\\.")):
        return text[:-1].rstrip()
    return text


def _unbraced(text: str) -> str:
    if not text.endswith("}") or text.endswith("\\}"):
        return text
    for command in _WRAPPERS:
        if text.startswith(command):
            start = len(command)
            while start < len(text) and text[start] == " ":
                start += 1
            if start < len(text) and text[start] == "{" and closing_brace(text, start) == len(text) - 1:
                inner = text[start + 1 : -1]
                plain_set = not command and any(sign in inner for sign in _BUILDER_SIGNS) and inner[:1] not in "|\\"
                return f"\\{{{inner}\\}}" if plain_set else inner
    return text


def closing_brace(text: str, start: int) -> int:
    r"""Where the brace that opens at `start` closes, -1 if it does not. `\{` and `\}` do not count."""
    depth = 0
    at = start
    while at < len(text):
        character = text[at]
        if character == "\\":
            at += 1
        elif character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    return -1


def braces_balance(text: str) -> bool:
    """Does every brace of `text` close inside it?"""
    return closing_brace(f"{{{text}}}", 0) == len(text) + 1
