"""What the compiled kernels take for granted."""

from __future__ import annotations

import ast
import builtins
from pathlib import Path

import numba
import numpy as np
import pytest

import rulereward.text
from rulereward.text import jit

KERNELS = sorted(Path(rulereward.text.__file__).parent.glob("kernels_*.py"))


def compiled_functions(tree: ast.Module) -> list[ast.FunctionDef]:
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [
        node
        for node in functions
        if any(isinstance(d, ast.Name) and d.id in ("compiled", "inlined") for d in node.decorator_list)
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
        names = [node for part in function.body for node in ast.walk(part) if isinstance(node, ast.Name)]
        local |= {name.id for name in names if isinstance(name.ctx, ast.Store)}
        used = {name.id for name in names if isinstance(name.ctx, ast.Load)}
        assert used <= local | own | set(dir(builtins)) | {"np"}, function.name


def test_compiles_where_no_cache_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def njit(**options: bool) -> object:
        asked.append(options)
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: function

    monkeypatch.setattr(numba, "njit", njit)
    assert jit.compiled(np.sum) is np.sum
    assert asked == [{"nogil": True, "cache": True}, {"nogil": True}]
