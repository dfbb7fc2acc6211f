"""Text out of a column's value: a plain string, or chat messages as trainers and hubs store them.

A message is `{"role": ..., "content": ...}`; its content is a string, null (an assistant that only calls tools),
or a list of blocks. A block counts when it is a string or carries a string under `text`; pictures and other
blocks without text are passed over.

What a parser took out of an assistant's text is put back in its place: reasoning (`reasoning_content`, `reasoning`,
`thinking`) in front, as `<think>` ... `</think>`, and `tool_calls` behind, each as `<tool_call>` with JSON. So a rule
sees one text, whichever way a message came.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from rulereward.errors import InputError
from rulereward.text.tool_calls import calls_in

SHOWN = 40
"""How many characters of a wrong value a message quotes."""


_REASONING = ("reasoning_content", "reasoning", "thinking")
"""Where the parsers of inference servers and of transformers put what stood between the thinking tags."""


class BadValueError(InputError):
    """A value that holds no text of the kind asked for; the message says what it is instead."""


def completion_text(value: object) -> str:
    """The completion: a string as it is, or the text of the last assistant message.

    Raises `BadValueError` for anything else, a list without an assistant message included.
    """
    return value if isinstance(value, str) else _assistant_texts(value)[-1]


def transcript(value: object) -> str:
    """All assistant messages, with an empty line between two; a string as it is. Raises `BadValueError`."""
    return value if isinstance(value, str) else "\n\n".join(_assistant_texts(value))


def prompt_text(value: object) -> str:
    """The prompt: a string as it is, or the texts of all messages with an empty line between two.

    Role names are left out, because the template that wrote them is not known; so the text ends as the last
    message does, and an opening tag that a template put there is found at the end. Raises `BadValueError`.
    """
    if isinstance(value, str):
        return value
    return "\n\n".join(_content(message, number) for number, message in enumerate(_messages(value), 1))


def _assistant_texts(value: object) -> list[str]:
    messages = _messages(value)
    texts = [_whole_text(message, n) for n, message in enumerate(messages, 1) if message["role"] == "assistant"]
    if not texts:
        raise BadValueError(f"none of the {len(messages)} messages is the assistant's")
    return texts


def _whole_text(message: Mapping[str, object], number: int) -> str:
    """What the assistant wrote, with what a parser took out of it. Nothing that a completion brings about raises."""
    content = _content(message, number)
    calls = _rendered_calls(message.get("tool_calls"), content)
    reasoning = next((text for key in _REASONING if isinstance(text := message.get(key), str) and text), "")
    if reasoning and not content.lstrip().startswith("<think>"):  # some servers leave it in the text as well
        closing = "\n</think>\n\n" if content.strip() or calls else ""  # cut off within the thinking: never closed
        content = f"<think>\n{reasoning}{closing}{content}"
    return f"{content}\n{calls}" if content and calls else content or calls


def _rendered_calls(value: object, content: str) -> str:
    """The calls of a message as text; none where its content holds the very same ones."""
    if not value:
        return ""
    items = list(value) if isinstance(value, Sequence) and not isinstance(value, str | bytes) else [value]
    block = "\n".join(f"<tool_call>\n{_call(item)}\n</tool_call>" for item in items)
    written = calls_in(content)
    return "" if written and isinstance(written, list) and written == calls_in(block) else block


def _call(item: object) -> str:
    """A call as JSON. What is none stays none: a rule then finds a malformed call, as in a text."""
    function = item.get("function", item) if isinstance(item, Mapping) else item
    if isinstance(function, Mapping) and "name" in function:
        arguments = function.get("arguments")
        function = {"name": function["name"], "arguments": {} if arguments is None else arguments}
    try:
        return json.dumps(function, ensure_ascii=False, default=repr)  # NaN stays, which no strict reader takes
    except (TypeError, ValueError, RecursionError):
        return "(a call that cannot be written as JSON)"


def _messages(value: object) -> list[Mapping[str, object]]:
    if not isinstance(value, Sequence) or isinstance(value, bytes):
        raise BadValueError(f"{described(value)} where a text or a list of messages is expected")
    if not value:
        raise BadValueError("an empty list where a text or a list of messages is expected")
    messages: list[Mapping[str, object]] = []
    for number, message in enumerate(value, 1):
        if not isinstance(message, Mapping):
            raise BadValueError(f"item {number} of the list is {described(message)}, not a message")
        without_text = any(message.get(key) for key in ("tool_calls", *_REASONING))
        if not isinstance(message.get("role"), str) or ("content" not in message and not without_text):
            raise BadValueError(f'message {number} lacks "role" or "content"')
        messages.append(message)
    return messages


def _content(message: Mapping[str, object], number: int) -> str:
    content = message.get("content")
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if not isinstance(content, Sequence) or isinstance(content, bytes):
        raise BadValueError(
            f"the content of message {number} is {described(content)}, not a text or a list of blocks"
        )
    texts: list[str] = []
    for block in content:
        if isinstance(block, str):
            texts.append(block)
        elif isinstance(block, Mapping):
            text = block.get("text")
            if isinstance(text, str):
                texts.append(text)
        else:
            raise BadValueError(f"the content of message {number} holds {described(block)}, not a block")
    return "".join(texts)


def described(value: object) -> str:
    """A value as a message names it: `the number 3`, `null`, `an object`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        text = repr(value) if isinstance(value, float) or abs(value) < 10**SHOWN else "of many digits"
        return f"the number {text}"
    if isinstance(value, str):
        return f"the text {value[:SHOWN]!r}"
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    return f"a value of type {type(value).__name__}"
