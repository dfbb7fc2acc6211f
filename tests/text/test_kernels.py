"""What the compiled kernels take for granted."""

from __future__ import annotations

import ast
import builtins
from pathlib import Path

import numba
import numpy as np
import pytest

import rulereward.text
from rulereward.data import TextColumn
from rulereward.text import kernels_ngrams
from rulereward.text.ngrams import distinct_and_total
from rulereward.text.words import IDEOGRAPHS, LEFT_TO_ROWS, SPECIAL_LOWER, repetition_units

KERNELS = sorted(Path(rulereward.text.__file__).parent.glob("kernels_*.py"))
LAST = 0x110000


def characters() -> list[str]:
    return [chr(code) for code in range(LAST) if not 0xD800 <= code < 0xE000]


def compiled_functions(tree: ast.Module) -> list[ast.FunctionDef]:
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [
        node
        for node in functions
        if any("_compiled" in ast.dump(d) or "_inlined" in ast.dump(d) for d in node.decorator_list)
    ]


@pytest.mark.parametrize("path", KERNELS, ids=lambda path: path.stem)
def test_compiled_functions_use_only_their_own_file(path: Path) -> None:
    """numba's cache on disk sees a change in this file only: what comes from another must be an argument."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    own |= {
        name.id
        for node in tree.body
        for name in ast.walk(node)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    }
    functions = compiled_functions(tree)
    assert functions
    for function in functions:
        local = {arg.arg for arg in function.args.args}
        names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
        local |= {name.id for name in names if isinstance(name.ctx, ast.Store)}
        used = {name.id for name in names if isinstance(name.ctx, ast.Load)}
        assert used <= local | own | set(dir(builtins)) | {"np", "Any"}, function.name


def test_the_tables_are_pythons() -> None:
    spaces = {code for code, kind in enumerate(kernels_ngrams._CLASSES) if kind == 0}
    assert spaces == {ord(c) for c in characters() if c.isspace()}
    cased = [c for c in characters() if c.lower() != c]
    assert all(ord(c) < len(kernels_ngrams._LOWER) for c in cased)
    assert {c for c in cased if len(c.lower()) > 1 or (not c.isascii() and c.lower().isascii())} <= set(SPECIAL_LOWER)
    assert max(last for _, last in IDEOGRAPHS) + 1 == kernels_ngrams._IDEOGRAPHS_END


def test_every_character_between_two_words() -> None:
    """Each character, alone and inside a word, counts as in the row form."""
    everything = [c for c in characters() if c not in LEFT_TO_ROWS]
    blocks = ["".join(f"x{c}y {c} " for c in everything[at : at + 5000]) for at in range(0, len(everything), 5000)]
    view = TextColumn.from_strings(blocks).view()
    for n in (1, 2):
        distinct, total, special = kernels_ngrams.ngram_counts(view.column.data, view.start, view.end, n, "auto")
        expected = [distinct_and_total(repetition_units(block, "auto"), n) for block in blocks]
        assert list(zip(distinct, total, strict=True)) == expected
        assert not special.any()


def test_special_characters_are_reported() -> None:
    view = TextColumn.from_strings(["plain", *(f"a {c} b" for c in LEFT_TO_ROWS), None]).view()
    _, total, special = kernels_ngrams.ngram_counts(view.column.data, view.start, view.end, 1, "auto")
    assert special.tolist() == [False, *[True] * len(LEFT_TO_ROWS), False]
    assert total.tolist() == [1, *[0] * len(LEFT_TO_ROWS), 0]


def test_no_window_at_all() -> None:
    view = TextColumn.from_strings([]).view()
    distinct, total, special = kernels_ngrams.ngram_counts(view.column.data, view.start, view.end, 3, "auto")
    assert len(distinct) == len(total) == len(special) == 0


def test_compiles_where_no_cache_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def njit(**options: bool) -> object:
        asked.append(options)
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: function

    monkeypatch.setattr(numba, "njit", njit)
    assert kernels_ngrams._compiled(np.sum) is np.sum
    assert asked == [{"nogil": True, "cache": True}, {"nogil": True}]
