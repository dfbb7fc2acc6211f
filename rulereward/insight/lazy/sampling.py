"""A sample of prompts, each with one of its completions to put something else in the place of."""

from __future__ import annotations

import json
import zlib
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
import regex

from rulereward.api import Ruleset
from rulereward.api.batches import Fields
from rulereward.data import F64, Reason
from rulereward.insight.data import Data
from rulereward.insight.lazy.markers import Gold, Markers
from rulereward.io import BadValueError, completion_text, found_path, pick, prompt_text
from rulereward.plan.nodes import Op
from rulereward.text.golds import gold_answers, gold_texts

MOST_PROMPTS = 64
_PIECE = regex.compile(r" ?\p{Han}| ?\w{1,5}|\s+|[^\w\s]", regex.V1)
_WORD = regex.compile(r"[^<>{}\\]{2,40}")
"""What may be a word that a ruleset looks for: no tag, no command."""

_HAN = regex.compile(r"\p{Han}")
_HAN_SHARE = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A row that a policy may write the completion of.

    `gold` are the right answers, one for each part, `wrong` as many that are not; both empty where nobody knows.
    `others` are the other members of its group. `long` is how many characters a very long completion has here.
    `words` are the texts that stand in the ruleset: what it looks for.
    """

    row: Fields
    others: tuple[Fields, ...]
    where: str
    prompt: str
    completion: str
    reward: float
    gold: tuple[str, ...]
    wrong: tuple[str, ...]
    chinese: bool
    long: int
    words: tuple[str, ...] = ()


def sample_cases(ruleset: Ruleset, data: Data, reward: F64, markers: Markers, most: int = MOST_PROMPTS) -> list[Case]:
    """A case for each of at most `most` prompts, evenly spread over the data, without chance.

    Of each prompt it is the member whose reward is the (lower) median: so the best and the worst of the group stay,
    and whatever a group function gives is compared with both. Prompts without any reward are left out.
    """
    prompts = [rows for rows in _prompts(ruleset, data) if any(np.isfinite(reward[row]) for row in rows)]
    chosen = [prompts[place * len(prompts) // most] for place in range(most)] if len(prompts) > most else prompts
    lengths = [
        len(text) for text in (_completion(ruleset, data.rows[row]) for rows in chosen for row in rows) if text
    ]
    long = min(12_000, max(4_000, 2 * int(median(lengths)))) if lengths else 4_000
    golds = [_gold(ruleset, data.rows[rows[0]], markers.golds) for rows in chosen]
    found = []
    for place, rows in enumerate(chosen):
        others = [gold for gold in golds if gold and gold != golds[place]]
        case = _case(ruleset, data, reward, rows, golds[place], others, long)
        if case is not None:
            found.append(case)
    return found


def _prompts(ruleset: Ruleset, data: Data) -> list[list[int]]:
    """The readable rows of each group, or, where nothing tells groups, of each prompt."""
    keys: Sequence[Hashable] | None = data.keys(ruleset)
    members: dict[Hashable, list[int]] = {}
    for row, fields in enumerate(data.rows):
        if isinstance(fields, Reason) or _completion(ruleset, fields) is None:
            continue
        key = None if keys is None else keys[row]
        members.setdefault(("row", row) if key is None else ("key", key), []).append(row)
    return list(members.values())


def _case(
    ruleset: Ruleset,
    data: Data,
    reward: F64,
    rows: Sequence[int],
    gold: tuple[str, ...],
    others: Sequence[tuple[str, ...]],
    long: int,
) -> Case | None:
    judged = sorted((row for row in rows if np.isfinite(reward[row])), key=lambda row: (float(reward[row]), row))
    chosen = judged[(len(judged) - 1) // 2]
    row = data.rows[chosen]
    completion = _completion(ruleset, row)
    if isinstance(row, Reason) or completion is None:
        return None
    prompt = _prompt(ruleset, row)
    members = (data.rows[other] for other in rows if other != chosen)
    return Case(
        row=row,
        others=tuple(member for member in members if not isinstance(member, Reason)),
        where=data.where[chosen],
        prompt=prompt,
        completion=completion,
        reward=float(reward[chosen]),
        gold=gold,
        wrong=_wrong(gold, others),
        chinese=len(_HAN.findall(prompt + completion)) > _HAN_SHARE * len(prompt + completion),
        long=long,
        words=_words(ruleset),
    )


def _words(ruleset: Ruleset) -> tuple[str, ...]:
    """The short texts of the ruleset that are no tags: words that it counts or looks for."""
    texts = (node.payload for node in ruleset.plan.nodes if node.op is Op.CONST)
    found = (word for text in texts for word in (text if isinstance(text, tuple) else (text,)))
    return tuple(dict.fromkeys(word for word in found if isinstance(word, str) and _WORD.fullmatch(word)))


def _completion(ruleset: Ruleset, row: Fields | Reason) -> str | None:
    if isinstance(row, Reason):
        return None
    value = pick(row, ruleset.plan.inputs["completion"].paths)
    try:
        return None if value is None else completion_text(value)
    except BadValueError:
        return None


def _prompt(ruleset: Ruleset, row: Fields) -> str:
    value = pick(row, ruleset.plan.inputs["prompt"].paths)
    try:
        return "" if value is None else prompt_text(value)
    except BadValueError:
        return ""


def _gold(ruleset: Ruleset, row: Fields | Reason, golds: Sequence[Gold]) -> tuple[str, ...]:
    """The first gold that can be written down, a text for each part; of alternatives the first."""
    if isinstance(row, Reason):
        return ()
    for gold in golds:
        plain = gold.column.startswith("row.")
        paths = (gold.column.removeprefix("row."),) if plain else ruleset.plan.inputs[gold.column].paths
        value = pick(row, paths)
        if gold.calls:
            calls = value if isinstance(value, list) else []
            return tuple(json.dumps(call, ensure_ascii=False) for call in calls)
        answers = gold_answers(value, by_part=True) if gold.by_part else [gold_texts(value)]
        texts = tuple(part[0] for part in answers if part)
        if texts:
            return texts
    return ()


def _wrong(gold: tuple[str, ...], others: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """As many answers that are wrong: another letter, another prompt's gold, or a number beside the right one."""
    pool = [text for other in others for text in other if text not in gold]
    return tuple(_wrong_text(text, pool[place % len(pool)] if pool else None) for place, text in enumerate(gold))


def _wrong_text(text: str, other: str | None) -> str:
    if len(text) == 1 and text in "ABCD":
        return "ABCD"["BCDA".index(text)]
    if text.isdecimal() and len(text) < 12:
        return str(int(text) + 1)
    return other if other is not None else "17"


def with_completion(ruleset: Ruleset, row: Fields, text: str) -> Fields:
    """The row as it would be had the policy written `text`: ended by itself, its token ids made up.

    The ids of the old completion would be a lie. The new ones are one for each word or sign, equal for equal ones, so
    that counts and repetition come out as a tokenizer would have them, roughly.
    """
    inputs = ruleset.plan.inputs
    changed: Fields = row
    for name in ("completion", "transcript"):
        path = found_path(row, inputs[name].paths)
        changed = _replaced(changed, path or inputs[name].paths[0], text)
    ids = found_path(row, inputs["token_ids"].paths)
    if ids is not None:
        changed = _replaced(changed, ids, [zlib.crc32(piece.encode()) % 50_000 for piece in _PIECE.findall(text)])
    finish = found_path(row, inputs["finish_reason"].paths)
    if finish is not None:
        changed = _replaced(changed, finish, False if isinstance(pick(row, (finish,)), bool) else "stop")
    return changed


def _replaced(row: Mapping[str, object], path: str, value: object) -> dict[str, object]:
    if path in row or "." not in path:
        return {**row, path: value}
    first, _, rest = path.partition(".")
    inner = row.get(first)
    return {**row, first: _replaced(inner if isinstance(inner, Mapping) else {}, rest, value)}
