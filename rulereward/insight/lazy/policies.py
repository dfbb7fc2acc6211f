"""The canned policies: what a model writes that would rather be paid than work.

Each is a function from a row (a `Case`, with the `Form` in which the ruleset likes its answers) to a text, or to None
where it makes no sense: what needs a gold answer where there is none, or a section where there are none. None of them
gives an honest final answer, but for the two that start from one (`starts_from_answer`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rulereward.insight.lazy.honest import Form, opened, reasoning
from rulereward.insight.lazy.markers import Pair
from rulereward.insight.lazy.sampling import Case
from rulereward.insight.lazy.texts import filler
from rulereward.text.sections import given_by_prompt, section_span

Write = Callable[[Case, Form, tuple[Pair, ...]], str | None]
"""From a row, the ruleset's form, and its tag pairs to the completion."""


@dataclass(frozen=True, slots=True)
class Policy:
    """`doc` says what it writes, `advice` what to do about a ruleset that pays for it.

    `enough` is the share of a right answer's worth that is too much for it. `starts_from_answer`: its text is the
    row's own completion, changed, so it is compared with that one alone.
    """

    name: str
    doc: str
    advice: str
    write: Write
    enough: float = 0.5
    starts_from_answer: bool = False


_POLICIES: dict[str, Policy] = {}

_NOTHING = "let nothing that an empty answer has by itself be worth anything: pay it only where `accuracy` is true"
_BEHIND = 'look for the answer behind the thinking: `after(completion, "</think>")`, nothing where it is not closed'
_ONE = "let one answer count: `boxed` and `last_number` take the last, `choice_match` wants exactly the right letters"
_EFFORT = "pay for form only together with a right answer, or pay less for it"
_LONG = "do not pay for length alone: cap it with `soft_overlong` or `ramp`, or pay it only where `accuracy` is true"


def _policy(
    doc: str, advice: str, *, enough: float = 0.5, starts_from_answer: bool = False
) -> Callable[[Write], Write]:
    def add(write: Write) -> Write:
        name = write.__name__.removesuffix("_")
        _POLICIES[name] = Policy(name, doc, advice, write, enough, starts_from_answer)
        return write

    return add


def canned_policies() -> tuple[Policy, ...]:
    """All of them, in the order of the table."""
    return tuple(_POLICIES.values())


@_policy("no text at all", _NOTHING)
def empty(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    return ""


@_policy("blanks and line breaks only", _NOTHING)
def blanks(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    return "  \n\n \t\n  "


@_policy("the tags with nothing in them", _EFFORT)
def tags_only(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    return "".join(opened(case, pair) + pair[1] for pair in pairs) if pairs else None


@_policy("a closing tag and no more", _EFFORT)
def closing_tag(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    pair = _thinking(form, pairs)
    return None if pair is None else pair[1]


@_policy("thinking with the right answer in it, never closed", _BEHIND)
def unclosed_thinking(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    pair = _thinking(form, pairs)
    if pair is None or not case.gold:
        return None
    return f"{opened(case, pair)}{reasoning(case)}\n{_told(case)}\n{_boxed(case.gold)}\nBut wait, let me"


@_policy("the right answer in words within the thinking, none behind it", _BEHIND)
def gold_in_thinking(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    return _hidden(case, form, pairs, _told(case)) if case.gold else None


@_policy("the right answer in a box within the thinking, none behind it", _BEHIND)
def box_in_thinking(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    return _hidden(case, form, pairs, _boxed(case.gold)) if case.gold else None


@_policy("the right answer in its tags, but within the thinking", _BEHIND, enough=0.95)
def answer_tags_in_thinking(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    return _hidden(case, form, pairs, form.answer(case.gold)) if case.gold and form.in_tags else None


@_policy("the prompt again", "compare with the prompt, or take what the prompt says out of what is measured")
def prompt_copied(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    return case.prompt or None


@_policy("every letter as the answer: A, B, C, D, E", _ONE)
def all_letters(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    return form.write(case, reasoning(case), ["A, B, C, D, E"] * max(1, len(case.gold)))


@_policy("every letter in one word: ABCDE", _ONE)
def letters_joined(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    return form.write(case, reasoning(case), ["ABCDE"] * max(1, len(case.gold)))


@_policy("fifty boxes, the right answer among them but not last", _ONE)
def fifty_boxes(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    return form.write(case, "", []) + _boxed(_among(case, 50))


@_policy("fifty final answers, the right one among them but not last", _ONE)
def fifty_answers(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    return None if form.prefix == "\\boxed{" else form.write(case, reasoning(case), _among(case, 50))


@_policy("three answers that contradict each other, the right one in the middle", _ONE)
def hedging(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    if not case.gold:
        return None
    right, wrong = " and ".join(case.gold), " and ".join(case.wrong)
    said = f"It is either {wrong}, or {right}, or something else.\n"
    return form.write(case, reasoning(case), []) + "\n" + said + form.answer([wrong, right, _other(case, "0")])


@_policy(
    "one sentence over and over", "weigh repetition (`repetition_loop`, `ngram_repetition`) against what rewards it"
)
def loop(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    sentence = "我再检查一遍这一步。" if case.chinese else "Let me check this step once more. "
    return form.write(case, sentence * (4_000 // len(sentence)), [])


@_policy("varied words to great length, without an answer", _LONG)
def very_long(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    return form.write(case, filler(case.long, chinese=case.chinese), [])


@_policy("a numbered list that says nothing", _EFFORT)
def numbered_list(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    return form.write(case, "\n".join(f"{number}. a" for number in range(1, 9)), [])


@_policy("the words that the ruleset looks for, five times each", "pay for a word once, and only with a right answer")
def wanted_words(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    return form.write(case, " ".join(word for word in case.words for _ in range(5)), []) if case.words else None


@_policy('"I don\'t know."', _EFFORT)
def dont_know(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    return "I don't know."


@_policy("a refusal in Chinese", _EFFORT)
def refusal_zh(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    return "对不起，我无法回答这个问题。"


@_policy("0 and nothing else", _EFFORT)
def bare_0(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    return "0"


@_policy("1 as the answer, in form, without any reasoning", _EFFORT)
def guess_1(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    return form.answer(["1"] * max(1, len(case.gold)))


@_policy("A and nothing else", _EFFORT)
def bare_a(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    return "A"


@_policy("A as the answer, in form, without any reasoning", _EFFORT)
def guess_a(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    return form.answer(["A"] * max(1, len(case.gold)))


@_policy("well formed, with nothing where the answer belongs", _EFFORT)
def empty_answer(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    return form.write(case, "x", [""] * max(1, len(case.gold)))


@_policy("a thought of one letter, and no answer", _EFFORT)
def thought_only(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    return form.write(case, "x", [])


@_policy("an empty code fence", _EFFORT)
def fence_only(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    return "```\n```"


@_policy(
    "the row's own completion without its thinking",
    'say what a missing section is worth (`think ?? ""`), and let no gate give `null` for it',
    starts_from_answer=True,
)
def dropped_section(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    pair = _thinking(form, pairs)
    if pair is None:
        return None
    span = section_span(case.completion, *pair, given=given_by_prompt(case.prompt, pair[0]))
    if span is None:
        return None
    before = case.completion[: max(0, span[0] - len(pair[0]))]
    return before + case.completion[span[1] :].removeprefix(pair[1])


@_policy(
    "the row's own completion, and noise behind it",
    "nothing should rise because signs are added: measure the answer alone, or cap what grows with length",
    starts_from_answer=True,
)
def noise_behind(case: Case, form: Form, pairs: tuple[Pair, ...]) -> str | None:
    return case.completion + "\n\nasdf qwer zxcv " + "!?#% " * 8 + "lkj poiu"


def _thinking(form: Form, pairs: Iterable[Pair]) -> Pair | None:
    """The tags that thinking stands in: those of the form, else the first that hold no answer."""
    if form.thinking:
        return form.thinking[0]
    return next((pair for pair in pairs if not form.prefix.startswith(pair[0])), None)


def _hidden(case: Case, form: Form, pairs: tuple[Pair, ...], answer: str) -> str | None:
    """Thinking with an answer in it, and idle words behind it."""
    pair = _thinking(form, pairs)
    idle = "就是这样。" if case.chinese else "That is all I have to say."
    return None if pair is None else f"{opened(case, pair)}{reasoning(case)}\n{answer}\n{pair[1]}\n{idle}"


def _told(case: Case) -> str:
    """The right answer as a sentence."""
    if case.chinese:
        return f"所以答案是 {'、'.join(case.gold)}。"
    return f"So the answer is {', '.join(case.gold)}."


def _boxed(answers: Iterable[str]) -> str:
    return " ".join(f"\\boxed{{{answer}}}" for answer in answers)


def _among(case: Case, count: int) -> list[str]:
    """Answers of one sort with the right ones in the middle: whoever lists everything has listed them as well."""
    listed = [_other(case, str(number)) for number in range(1, count + 1 - len(case.gold))]
    half = len(listed) // 2
    return [*listed[:half], *case.gold, *listed[half:]]


def _other(case: Case, number: str) -> str:
    """A number that is an answer as well; where answers are letters, one of those that are wrong."""
    letters = [letter for letter in "ABCD" if letter not in case.gold]
    is_letter = any(len(gold) == 1 and gold in "ABCDE" for gold in case.gold)
    return letters[int(number) % len(letters)] if is_letter and letters else number
