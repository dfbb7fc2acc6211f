"""Text out of strings and chat messages, and what is said of values that hold none."""

from __future__ import annotations

import pytest

from rulereward.errors import InputError
from rulereward.io import BadValueError, completion_text, prompt_text, transcript
from rulereward.text.tool_calls import calls_in

USER = {"role": "user", "content": "What is 2+2?"}
FIRST = {"role": "assistant", "content": "Let me call a tool."}
TOOL = {"role": "tool", "content": "4"}
LAST = {"role": "assistant", "content": "It is 4."}
BLOCKS = {
    "role": "assistant",
    "content": [
        {"type": "text", "text": "It "},
        {"type": "image_url", "image_url": {"url": "https://example.org/x.png"}},
        {"type": "text", "text": "is 4."},
    ],
}


@pytest.mark.parametrize(
    ("value", "completion", "whole"),
    [
        ("plain", "plain", "plain"),
        ("", "", ""),
        ([LAST], "It is 4.", "It is 4."),
        ([USER, FIRST, TOOL, LAST], "It is 4.", "Let me call a tool.\n\nIt is 4."),
        ([LAST, USER], "It is 4.", "It is 4."),  # a turn of the user behind the answer
        ([BLOCKS], "It is 4.", "It is 4."),
        ([{"role": "assistant", "content": ["It ", "is 4."]}], "It is 4.", "It is 4."),
        ([{"role": "assistant", "content": None, "tool_calls": []}], "", ""),
        ([{"role": "assistant", "content": []}], "", ""),
        ([{"role": "assistant", "content": "答案是四。"}], "答案是四。", "答案是四。"),
    ],
)
def test_assistant_text(value, completion, whole):
    assert completion_text(value) == completion
    assert transcript(value) == whole


@pytest.mark.parametrize(
    ("value", "prompt"),
    [
        ("plain", "plain"),
        ([USER], "What is 2+2?"),
        ([{"role": "system", "content": "Be brief."}, USER], "Be brief.\n\nWhat is 2+2?"),
        ([USER, {"role": "assistant", "content": "<think>\n"}], "What is 2+2?\n\n<think>\n"),
    ],
)
def test_prompt_text(value, prompt):
    assert prompt_text(value) == prompt


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "null where a text or a list of messages is expected"),
        (3, "the number 3 where"),
        (0.5, "the number 0.5 where"),
        pytest.param(10**5000, "the number of many digits where", id="10^5000"),
        (True, "true where"),
        ({"role": "assistant", "content": "x"}, "an object where"),
        (b"bytes", "a value of type bytes where"),
        ([], "an empty list where"),
        (["one", "two"], "item 1 of the list is the text 'one', not a message"),
        ([USER], "none of the 1 messages is the assistant's"),
        ([{"role": "assistant"}], 'message 1 lacks "role" or "content"'),
        ([USER, {"from": "gpt", "value": "x"}], 'message 2 lacks "role" or "content"'),
        ([{"role": "assistant", "content": 7}], "the content of message 1 is the number 7"),
        ([{"role": "assistant", "content": [7]}], "the content of message 1 holds the number 7, not a block"),
    ],
)
def test_no_text(value, message):
    for read in (completion_text, transcript):
        with pytest.raises(BadValueError, match=message) as caught:
            read(value)
        assert isinstance(caught.value, InputError)


def test_a_long_value_is_quoted_in_part():
    with pytest.raises(BadValueError) as caught:
        completion_text(["x" * 100_000])
    assert len(str(caught.value)) < 200


LOOK = {"type": "function", "function": {"name": "look", "arguments": {"q": "水", "n": 1}}}
LOOKED = '<tool_call>\n{"name": "look", "arguments": {"q": "水", "n": 1}}\n</tool_call>'
AS_TEXT = {"function": {"name": "look", "arguments": '{"q": 1}'}}


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"content": "Let me look.", "tool_calls": [LOOK]}, f"Let me look.\n{LOOKED}"),
        ({"content": "", "tool_calls": [LOOK, LOOK]}, f"{LOOKED}\n{LOOKED}"),
        (
            {"content": None, "tool_calls": [{"name": "stop"}]},
            '<tool_call>\n{"name": "stop", "arguments": {}}\n</tool_call>',
        ),
        (
            {"content": "", "tool_calls": [AS_TEXT]},
            '<tool_call>\n{"name": "look", "arguments": "{\\"q\\": 1}"}\n</tool_call>',
        ),
        ({"content": f"I look. {LOOKED}", "tool_calls": [LOOK]}, f"I look. {LOOKED}"),
        ({"content": "Four.", "reasoning_content": "2 and 2"}, "<think>\n2 and 2\n</think>\n\nFour."),
        ({"content": "Four.", "thinking": "2 and 2"}, "<think>\n2 and 2\n</think>\n\nFour."),
        ({"content": "Four.", "reasoning_content": None, "tool_calls": None}, "Four."),
        (
            {"content": "", "reasoning": "which?", "tool_calls": [LOOK]},
            f"<think>\nwhich?\n</think>\n\n\n{LOOKED}",
        ),
    ],
)  # fmt: skip
def test_what_a_parser_took_out_of_a_message_is_put_back(message, text):
    assert completion_text([USER, {"role": "assistant", **message}]) == text


def test_calls_of_earlier_turns_are_part_of_the_transcript():
    called = {"role": "assistant", "content": "Let me look.", "tool_calls": [LOOK]}
    turns = [called, TOOL, LAST]
    assert completion_text(turns) == "It is 4."
    assert transcript(turns) == f"Let me look.\n{LOOKED}\n\nIt is 4."


DEEP: dict[str, object] = {}
for _ in range(5000):
    DEEP = {"a": DEEP}


@pytest.mark.parametrize(
    "calls",
    [
        "look",
        [{"function": {"arguments": {}}}],
        ["look"],
        [{"name": 7, "arguments": {}}],
        [{"name": "look", "arguments": {"x": float("nan")}}],
        [{"name": "look", "arguments": DEEP}],
    ],
    ids=["text", "nameless", "bare", "a number", "NaN", "deep"],
)
def test_calls_that_are_none_are_measured_as_malformed(calls):
    """A completion brings them about: an error would let it choose to have no reward."""
    text = completion_text([{"role": "assistant", "content": "", "tool_calls": calls}])
    assert calls_in(text) == "call_malformed"


def test_mentioning_calls_neither_hides_nor_doubles_them():
    thought = {"role": "assistant", "content": "", "reasoning_content": "I use <tool_call>", "tool_calls": [LOOK]}
    assert completion_text([thought]) == f"<think>\nI use <tool_call>\n</think>\n\n\n{LOOKED}"
    other = {"role": "assistant", "content": "<tool_call> is how", "tool_calls": [LOOK]}
    assert completion_text([other]) == f"<tool_call> is how\n{LOOKED}"


def test_thinking_that_was_cut_off_is_not_closed():
    assert completion_text([{"role": "assistant", "content": "", "thinking": "2 and"}]) == "<think>\n2 and"
    assert completion_text([{"role": "assistant", "reasoning": "2 and"}]) == "<think>\n2 and"
    whole = {"role": "assistant", "content": "<think>2</think>4", "reasoning_content": "2"}
    assert completion_text([whole]) == "<think>2</think>4"
