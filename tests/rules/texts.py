"""Texts that a policy might write, for hypothesis and for tests of bounded work."""

from __future__ import annotations

from hypothesis import strategies as st

FRAGMENTS = [
    "<think>", "</think>", "<answer>", "</answer>", "\\boxed{", "\\boxed ", "\\fbox{", "{", "}", "\\", "$", "**", "`",
    "Answer:", "The answer is ", "答案：", "【答案】", "你好", "ha" * 40, "こんにちは", "안녕", "سلام", " ", "\n",
    "\r\n", "\t", "\u3000", "\u00a0", "\u200b", "\u0085", "\x00", "\x1c", "İ", "Σ", "ΑΣ", "\u212a", "K", "ſ", "ß",
    "e\u0301", "👨‍👩‍👧", "\U0002a6d6", "\U000e0001", "1", "-", "+", ".", ",", "/", "%", "^", "e5", "1,234", "\\frac{",
    "\\frac12", " \\times 10^{", "{,}", "\\,", "½", "１２", "．", "，", "。", "−", "A", "the ", "<|im_end|>",
]  # fmt: skip

TEXTS = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=6), max_size=40).map("".join)


def megabyte(fragment: str) -> str:
    return fragment * (1_000_000 // len(fragment))


HOSTILE = {
    "newlines": megabyte("\n"),
    "spaces": megabyte(" "),
    "open tags": megabyte("<think>"),
    "boxes": megabyte("\\boxed{"),
    "braces": megabyte("{"),
    "backslashes": megabyte("\\"),
    "dollars": megabyte("$"),
    "digits": megabyte("1"),
    "Chinese": megabyte("你好"),
    "upper case that becomes longer": megabyte("İ"),
    "unclosed boxes": megabyte("\\boxed{{"),
    "tags in turn": megabyte("<think></think>"),
    "combining marks of two classes": "a" + megabyte("\u0301\u0323"),
    "digits with points": megabyte("1.1"),
    "groups that end in a fourth digit": "1" + megabyte(",234") + "5",
    "fractions of digits": "\\frac{" + megabyte("1"),
    "spaced digits": megabyte("1 1/"),
    "signs": megabyte("-$"),
    "announcements": megabyte("Answer: the answer is "),
    "blank announcements": megabyte("Answer:\n"),
    "a name on every line": megabyte("x1\n"),
    "schemes": megabyte("://"),
    "points behind w": megabyte("w."),
    "formulas that never end and hold prose": megabyte("\\(aa bb cc dd") + "\\)",
    "wrappers": "$" * 500_000 + "1" + "$" * 500_000,
    "commands": "\\text{" * 100_000 + "}" * 100_000,
    "spaces within": "1" + megabyte(" ") + "1",
    "all of them": megabyte("".join(FRAGMENTS)),
}
"""One megabyte each: whatever takes more than linear time on one of them does not end within a test run."""
