"""Honest answers that are made up: some reasoning and a final answer, in the form that the ruleset pays most for.

A form is found by trying. Candidates are made of the tags and marks that the ruleset names; each is written with the
right answer for a few prompts, and the one with the highest mean reward is taken. So nothing has to be guessed about
what an expression means, and the canned policies know where an answer belongs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rulereward.data import F64
from rulereward.insight.lazy.markers import THINK, Markers, Pair
from rulereward.insight.lazy.sampling import Case
from rulereward.text.sections import given_by_prompt

TRIED_PROMPTS = 8

_REASONING = (
    "First I write down what is given and what is asked for. Then I go through it one step at a time, and note what "
    "each step rests on. Next I work out the values that are still open, and keep the units in mind. Finally I check "
    "the result against the question from the other side, which agrees with what I found."
)
_REASONING_ZH = (
    "先把题目里已知的条件和要求的量写清楚，再一步一步往下推，每一步都说明依据。接着算出还不知道的数值，注意单位是否一致。"
    "最后换一个角度把结果代回原题检查，两边相符，没有发现矛盾，因此可以下结论。"
)


@dataclass(frozen=True, slots=True)
class Form:
    """`thinking` are the tags that enclose reasoning (none: plain text). `prefix` and `suffix` enclose an answer."""

    thinking: tuple[Pair, ...]
    prefix: str
    suffix: str

    def write(self, case: Case, thought: str, answers: Sequence[str]) -> str:
        """A completion in this form; without answers nothing follows the reasoning."""
        parts = [opened(case, pair) + thought + pair[1] for pair in self.thinking]
        parts += [thought] if not parts and thought else []
        return "\n".join([*parts, *([self.answer(answers)] if answers else [])])

    def answer(self, answers: Sequence[str]) -> str:
        """The final answer alone, one line for each part."""
        return "\n".join(f"{self.prefix}{answer}{self.suffix}" for answer in answers)

    @property
    def in_tags(self) -> bool:
        """Do tags enclose the answer?"""
        return bool(self.suffix) and self.suffix != "}"

    def __str__(self) -> str:
        shown = [f"{opening}...{closing}" for opening, closing in self.thinking]
        return " ".join([*shown, f"{self.prefix}ANSWER{self.suffix}"])


def opened(case: Case, pair: Pair) -> str:
    """The opening tag, unless the prompt has written it already."""
    return "" if given_by_prompt(case.prompt, pair[0]) else pair[0]


def reasoning(case: Case) -> str:
    """Some sentences of working without any answer, in the language of the row."""
    return _REASONING_ZH if case.chinese else _REASONING


def seen_pairs(markers: Markers, cases: Sequence[Case]) -> tuple[Pair, ...]:
    """The ruleset's tag pairs, and the thinking tags where the data has them though the ruleset names none."""
    written = any(THINK[1] in case.completion or given_by_prompt(case.prompt, THINK[0]) for case in cases)
    if written and all(THINK[0] != opening for opening, _ in markers.pairs):
        return (THINK, *markers.pairs)
    return markers.pairs


def best_form(
    markers: Markers, cases: Sequence[Case], score: Callable[[Sequence[Case], Sequence[Sequence[str]]], Sequence[F64]]
) -> Form:
    """The form whose right answers earn most. `score` gives the rewards of several texts for each case."""
    pairs = seen_pairs(markers, cases)
    forms = list(candidates(markers, pairs))
    used = {pair for pair in pairs if any(pair[1] in case.completion for case in cases)}
    forms.sort(key=lambda form: sum((pair in form.thinking) != (pair in used) for pair in pairs))  # as the data do
    tried = [case for case in cases if case.gold][:TRIED_PROMPTS] or list(cases[:TRIED_PROMPTS])
    texts = [[form.write(case, reasoning(case), case.gold or ("0",)) for case in tried] for form in forms]
    means = [float(np.nan_to_num(rewards, nan=-np.inf).mean()) for rewards in score(tried, texts)]
    best = max(means, default=-np.inf)
    return next((form for form, mean in zip(forms, means, strict=True) if mean >= best - 1e-9), forms[0])


def candidates(markers: Markers, pairs: Sequence[Pair]) -> Iterator[Form]:
    """Thinking in each pair of tags, in all, or plainly; answers boxed, announced, marked, or in other tags."""
    plain = [("\\boxed{", "}"), ("Answer: ", ""), ("", "")]
    marked = [(f"{mark} ", "") for mark in markers.marks]
    calls = [("<tool_call>", "</tool_call>")] if any(gold.calls for gold in markers.golds) else []
    for thinking in [*((pair,) for pair in pairs), tuple(pairs) if len(pairs) > 1 else None, ()]:
        if thinking is None:
            continue
        for prefix, suffix in (*plain, *marked, *calls):
            yield Form(thinking, prefix, suffix)
        for pair in pairs:
            around = tuple(other for other in thinking if other != pair)
            yield Form(around, *pair)
            yield Form(around, f"{pair[0]}\\boxed{{", f"}}{pair[1]}")
