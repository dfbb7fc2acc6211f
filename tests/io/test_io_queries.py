"""Where the completion begins in a text that holds the prompt too, and where it ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulereward.io import completion_of, without_special_tokens

PROMPT = "<|im_start|>user\nWhat is 2 + 2?<|im_end|>\n<|im_start|>assistant\n"


@pytest.mark.parametrize(
    ("query", "prompt", "completion"),
    [
        (f"{PROMPT}It is 4.<|im_end|>", PROMPT, "It is 4."),
        (f"{PROMPT}It is 4.", PROMPT, "It is 4."),
        (f"<s>{PROMPT}It is 4.</s></s>", PROMPT, "It is 4."),
        (f"{PROMPT}It is 4.<|im_end|>\n<|endoftext|><|endoftext|>", PROMPT, "It is 4."),
        (f"{PROMPT[20:]}It is 4.", PROMPT, "It is 4."),  # cut on the left by a length limit
        (f"{PROMPT}{PROMPT}It is 5.", PROMPT, f"{PROMPT}It is 5."),  # what repeats the prompt is the completion's
        (PROMPT, PROMPT, ""),
        ("It is 4.", "", "It is 4."),
        (f"{PROMPT}a </s> b", PROMPT, "a </s> b"),  # not at the end
        ("另一个问题：四。", PROMPT, None),
        (f"{'x' * 100}{PROMPT}It is 4.", PROMPT, None),  # too far in for a token at the beginning
        (f"{PROMPT[-10:]}It is 4.", PROMPT, None),  # too little of the prompt is left to be sure
    ],
)
def test_completion_of(query, prompt, completion):
    assert completion_of(query, prompt) == completion


def test_white_space_at_the_end_stays_where_no_token_follows():
    assert without_special_tokens("four \n") == "four \n"
    assert without_special_tokens("four \n</s>\n") == "four \n"


def test_tokens_that_the_model_wrote_as_letters_hide_nothing():
    """Four at the end are the sequence's; the rest of ten is text."""
    assert without_special_tokens("four" + "</s>" * 10) == "four" + "</s>" * 6


@given(st.text(alphabet="ab<", min_size=20, max_size=60), st.text(alphabet="ab<", max_size=40), st.integers(0, 40))
def test_a_cut_prompt_is_found_at_its_longest_overlap(prompt, completion, cut):
    query = prompt[cut:] + completion
    whole = query.find(prompt, 0, len(prompt) + 64)
    longest = next((size for size in range(len(prompt), 0, -1) if query.startswith(prompt[-size:])), 0)
    expected = None
    if whole >= 0:
        expected = query[whole + len(prompt) :]
    elif longest >= 16:
        expected = query[longest:]
    assert completion_of(query, prompt) == expected
