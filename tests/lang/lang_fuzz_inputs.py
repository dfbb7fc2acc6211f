"""Files that nobody would write, made from a seed: bytes, text, token soup and damaged rulesets."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

import yaml
from lang_helpers import CASES

from rulereward.api.catalogue import catalogue
from rulereward.cli.explain import example
from rulereward.lang.codes import CODES

ROOT = Path(__file__).resolve().parents[2]
_WORDS = yaml.safe_load((CASES / "errors" / "fuzz_words.yaml").read_text(encoding="utf-8"))
SIGNS, WORDS, KEYS, YAML_SIGNS = (_WORDS[name] for name in ("signs", "words", "keys", "yaml_signs"))
NAMES, LITERALS, OPERATORS = (_WORDS[name] for name in ("names", "literals", "operators"))


@cache
def good_rulesets() -> list[str]:
    """Every ruleset that ships, and those of the tests and of the examples of messages."""
    files = [*sorted((ROOT / "rulesets").rglob("*.yaml")), *sorted((CASES / "cli").glob("*.yaml"))]
    files.append(CASES / "language" / "full.yaml")
    texts = [path.read_text(encoding="utf-8") for path in files]
    mended = (example(code, mended=True) for code in sorted(CODES))
    return texts + [text for data in mended if data is not None and len(text := data.decode()) < 2_000]


@cache
def callables() -> list[str]:
    known = catalogue()
    return [*known.kinds, *known.functions, *known.aggregates]


# ---- classes of inputs


def random_bytes(dice: random.Random) -> bytes:
    return dice.randbytes(dice.randrange(1, 1_500))


def random_text(dice: random.Random) -> bytes:
    """Characters of all planes, most of them from the first page."""
    chars = [
        chr(dice.choice([dice.randrange(32, 127), dice.randrange(32, 127), 10, dice.randrange(0xA0, 0xD800)]))
        if dice.random() < 0.95
        else chr(dice.randrange(0xE000, 0x110000))
        for _ in range(dice.randrange(1, 600))
    ]
    return "".join(chars).encode()


def token_soup(dice: random.Random) -> bytes:
    """A ruleset with expressions of tokens in no order."""
    rules = [f"  r{number}: {_bar(dice)}{_soup(dice)}" for number in range(dice.randrange(1, 4))]
    return "\n".join(["rulereward: 1", "rules:", *rules, f"score: {_bar(dice)}{_soup(dice)}"]).encode()


def _bar(dice: random.Random) -> str:
    return dice.choice(["", "", "|\n    "])


def _soup(dice: random.Random) -> str:
    pieces = [dice.choice([SIGNS, WORDS, WORDS, callables()]) for _ in range(dice.randrange(1, 14))]
    return dice.choice([" ", " ", ""]).join(dice.choice(piece) for piece in pieces)


def yaml_soup(dice: random.Random) -> bytes:
    """Keys of the language and signs of YAML, indented at random."""
    lines = []
    for _ in range(dice.randrange(1, 25)):
        key = dice.choice([f"{dice.choice(KEYS)}: ", f"{dice.choice(KEYS)}: ", f"{dice.choice(KEYS)}:", "- ", ""])
        value = dice.choice([dice.choice(WORDS), dice.choice(YAML_SIGNS), _soup(dice), ""])
        lines.append("  " * dice.randrange(0, 4) + key + value)
    return dice.choice(["\n", "\n", "\r\n"]).join(lines).encode()


def sound_syntax(dice: random.Random) -> bytes:
    """Expressions that parse, of any names, kinds, functions and constants: what the checks of meaning must bear."""
    lines = ["rulereward: 1", "let:", f"  l: {_bar(dice)}{_value(dice, 2)}", "rules:"]
    lines += [f"  r{number}: |\n    {_value(dice, 3)}" for number in range(dice.randrange(1, 4))]
    return "\n".join([*lines, _score(dice)]).encode()


def _score(dice: random.Random) -> str:
    if dice.random() < 0.6:
        return f"score: |\n  {_value(dice, 3)}"
    when, value, weight, own = (_value(dice, depth) for depth in (2, 0, 1, 2))
    return (
        f"score:\n  gates:\n    - name: g\n      when: |\n        {when}\n      value: {value}\n"
        f"  terms:\n    r0: |\n      {weight}\n    t:\n      value: |\n        {own}\n      weight: 2\n"
        f"  on_null: {dice.choice(['zero', 'propagate'])}"
    )


def _value(dice: random.Random, depth: int) -> str:
    if depth == 0 or dice.random() < 0.15:
        return str(dice.choice(dice.choice([NAMES, LITERALS])))
    inner = lambda: _value(dice, depth - 1)  # noqa: E731  read as a word in the lines below
    forms: list[Callable[[], str]] = [
        lambda: f"({inner()} {dice.choice(OPERATORS)} {inner()})",
        lambda: f"({inner()} {dice.choice(OPERATORS)} {inner()})",
        lambda: f"({inner()} if {inner()} else {inner()})",
        lambda: f"(not {inner()})",
        lambda: f"(-{inner()})",
        lambda: f"({inner()} is {dice.choice(['', 'not '])}null)",
        lambda: f"case {{ {inner()} => {inner()}, else => {inner()} }}",
        lambda: f"({inner()}..{inner()})",
        lambda: f"({inner()} in {inner()}..<{inner()})",
        lambda: f"({inner()})[{dice.choice(['0', '-1', 'l'])}]",
        lambda: _call(dice, depth),
        lambda: _call(dice, depth),
        lambda: _call(dice, depth),
    ]
    return dice.choice(forms)()


def _call(dice: random.Random, depth: int) -> str:
    name = dice.choice(callables())
    args = [_value(dice, depth - 1) for _ in range(dice.choice([1, 1, 1, 2, 2, 3]))]
    if dice.random() < 0.2:
        args[0] += f" where {_value(dice, depth - 1)}"
    args += [f"{dice.choice(_parameters())}={_value(dice, 0)}" for _ in range(dice.choice([0, 0, 1, 2]))]
    args = list(dict.fromkeys(args))
    return f"{name}({', '.join(args)}){dice.choice(['', '', ' over group'])}"


@cache
def _parameters() -> list[str]:
    known = catalogue()
    groups = (known.kinds, known.functions, known.aggregates)
    signatures = [item.signature for group in groups for item in group.values()]
    return sorted({part.name for signature in signatures for part in (*signature.args, *signature.constants)})


def damaged(dice: random.Random) -> bytes:
    """A good ruleset with some pieces cut out, doubled, swapped, or brought in from elsewhere."""
    text = dice.choice(good_rulesets())
    for _ in range(dice.randrange(1, 5)):
        text = dice.choice([_cut, _double, _swap, _insert, _line_moved, _spliced])(dice, text)
    return text.encode()


def _place(dice: random.Random, text: str) -> tuple[int, int]:
    start = dice.randrange(len(text) + 1)
    return start, min(len(text), start + dice.choice([1, 1, 2, 5, 20, 80]))


def _cut(dice: random.Random, text: str) -> str:
    start, end = _place(dice, text)
    return text[:start] + text[end:]


def _double(dice: random.Random, text: str) -> str:
    start, end = _place(dice, text)
    return text[:end] + text[start:end] + text[end:]


def _swap(dice: random.Random, text: str) -> str:
    (a, b), (c, d) = sorted((_place(dice, text), _place(dice, text)))
    return text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:] if b <= c else text


def _insert(dice: random.Random, text: str) -> str:
    at = dice.randrange(len(text) + 1)
    piece = dice.choice(dice.choice([SIGNS, WORDS, YAML_SIGNS, ["\n", "\n\n", "\r", " ", "  ", "\x00", "\ufeff"]]))
    return text[:at] + piece + text[at:]


def _line_moved(dice: random.Random, text: str) -> str:
    lines = text.split("\n")
    line = lines.pop(dice.randrange(len(lines)))
    lines.insert(dice.randrange(len(lines) + 1), dice.choice([line, "  " + line, line.lstrip()]))
    return "\n".join(lines)


def _spliced(dice: random.Random, text: str) -> str:
    other = dice.choice(good_rulesets())
    start, end = _place(dice, other)
    at = dice.randrange(len(text) + 1)
    return text[:at] + other[start:end] + text[at:]


def flipped(dice: random.Random) -> bytes:
    """A good ruleset with some bits of its bytes turned over."""
    data = bytearray(dice.choice(good_rulesets()).encode())
    for _ in range(dice.randrange(1, 6)):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(data)


def cut_short(dice: random.Random) -> bytes:
    """The beginning of a good ruleset, up to any byte."""
    data = dice.choice(good_rulesets()).encode()
    return data[: dice.randrange(len(data))]


CLASSES: dict[str, Callable[[random.Random], bytes]] = {
    "random bytes": random_bytes,
    "random text": random_text,
    "token soup": token_soup,
    "YAML soup": yaml_soup,
    "sound syntax, no sense": sound_syntax,
    "good rulesets, damaged": damaged,
    "good rulesets, bits flipped": flipped,
    "good rulesets, cut short": cut_short,
}
