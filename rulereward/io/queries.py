"""Prompt and completion as one decoded text, as trainers hand it over that think in token sequences."""

from __future__ import annotations

MOST_BEFORE = 64
"""Characters that may stand in front of the prompt: a beginning-of-sequence token, decoded."""

MOST_TOKENS = 4
"""Special tokens that a sequence ends with: of the turn, of the text, and some of padding."""

FEWEST_SHARED = 16
"""Characters of a prompt that was cut on the left that must be found for its end to be sure."""

SPECIAL_TOKENS = (
    "<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|end_of_text|>", "<|eom_id|>", "<|end|>", "<|return|>", "<|call|>",
    "<end_of_turn>", "<turn|>", "</s>", "<eos>", "<pad>", "<｜end▁of▁sentence｜>", "[EOS]", "<|eos|>", "<|pad|>",
)  # fmt: skip
"""How the end of a turn, of a text and padding are decoded, of widely used tokenizers."""


def completion_of(query: str, prompt: str) -> str | None:
    """What a query holds behind its prompt, without the special tokens at its end.

    The prompt may stand behind a beginning-of-sequence token, or have lost its beginning to a length limit. None
    where the query does not hold it: then nobody knows where the completion begins.
    """
    found = query.find(prompt, 0, len(prompt) + MOST_BEFORE)
    if found >= 0:
        return without_special_tokens(query[found + len(prompt) :])
    shared = _overlap(prompt, query)
    return without_special_tokens(query[shared:]) if shared >= FEWEST_SHARED else None


def without_special_tokens(text: str, tokens: tuple[str, ...] = SPECIAL_TOKENS) -> str:
    """A text without the special tokens, and the white space among them, that it ends with.

    A turn ends with a few: more of them are letters that the model wrote, which a rule has to see.
    """
    end = text
    for _ in range(MOST_TOKENS):
        bare = end.rstrip()
        token = next((token for token in tokens if bare.endswith(token)), None)
        if token is None:
            return end
        end = bare.removesuffix(token)
    return end


def _overlap(left: str, right: str) -> int:
    """Length of the longest end of `left` that is a beginning of `right`; linear time (Knuth, Morris, Pratt 1977)."""
    pattern = right[: len(left)]
    border = [0] * (len(pattern) + 1)
    matched = 0
    for place in range(1, len(pattern)):
        while matched and pattern[place] != pattern[matched]:
            matched = border[matched]
        matched += pattern[place] == pattern[matched]
        border[place + 1] = matched
    matched = 0
    for char in left:
        while matched and (matched == len(pattern) or char != pattern[matched]):
            matched = border[matched]
        if pattern and char == pattern[matched]:
            matched += 1
    return matched
