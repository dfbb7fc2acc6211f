"""Single files of other projects' packages, loaded without the packages around them, and our values on texts."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import rulereward as rr

GOPHER_PLACEHOLDERS = {
    "datatrove.data": ["Document"],
    "datatrove.pipeline.filters.base_filter": ["BaseFilter"],
    "datatrove.pipeline.writers.disk_base": ["DiskWriter"],
    "datatrove.utils.text": ["split_into_words"],  # its words come from spaCy
}

OPEN_R1_FORMAT = r"^<think>\n.*?\n</think>\n<answer>\n.*?\n</answer>$"
"""As open-r1 publishes it, for `re.match` with DOTALL and MULTILINE. open-r1 is on no package registry."""

OPEN_R1_TAGS = ("<think>\n", "\n</think>\n", "\n<answer>\n", "\n</answer>")
"""Each that stands exactly once is a quarter of open-r1's tag count."""


def load_file(package: str, path: str, placeholders: Mapping[str, Sequence[str]] | None = None) -> Any:
    """The module in the file `path` of an installed package; the test module is skipped where that is not installed.

    `placeholders` are the modules that the file imports and the comparison does not need, with the names it takes
    from them: empty classes stand in. They are gone again when the file has run.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        pytest.skip(f"{package} is not installed: see tests/peers/README.md", allow_module_level=True)
    source = Path(spec.submodule_search_locations[0]) / path
    name = f"peer_{package}_{source.stem}"
    before = dict(sys.modules)
    try:
        for stands_for, names in (placeholders or {}).items():
            sys.modules[stands_for] = _placeholder(stands_for, names)
        return _run(name, source)
    finally:
        for stands_for in placeholders or {}:
            sys.modules.pop(stands_for)
            if stands_for in before:
                sys.modules[stands_for] = before[stands_for]


def trl_formats() -> Any:
    return load_file("trl", "rewards/format_rewards.py")


def trl_others() -> Any:
    return load_file("trl", "rewards/other_rewards.py")


def trl_accuracies() -> Any:
    """The file with the accuracy rewards. It asks the package around it only whether math-verify is there."""
    package = importlib.util.find_spec("trl")
    if package is None or not package.submodule_search_locations:
        pytest.skip("trl is not installed: see tests/peers/README.md", allow_module_level=True)
    path = Path(package.submodule_search_locations[0]) / "rewards" / "accuracy_rewards.py"
    asked = ModuleType("trl.import_utils")
    asked.is_math_verify_available = lambda: True  # type: ignore[attr-defined]
    sys.modules[asked.__name__] = asked
    try:
        return _run("trl.rewards.accuracy_rewards", path)
    finally:
        del sys.modules[asked.__name__]


def swift_rewards() -> Any:
    return load_file("swift", "rewards/orm.py", placeholders={"swift.infer_engine": ["InferRequest"]})


def datatrove_gopher() -> Any:
    """The file of the Gopher repetition filter, which can then be made without a writer."""
    gopher = load_file("datatrove", "pipeline/filters/gopher_repetition_filter.py", placeholders=GOPHER_PLACEHOLDERS)
    gopher.BaseFilter.__init__ = lambda *_: None
    return gopher


def scored(rule: str, texts: Sequence[str], **columns: Sequence[object]) -> list[float]:
    """What a ruleset of this one rule gives for the texts in one call, so by the form for columns if there is one."""
    ruleset = rr.Ruleset("peer.yaml", f"rulereward: 1\nrules:\n  ours: {rule}\nscore: 1\n")
    scores = ruleset.score(texts, **columns)["ours"]
    assert (scores.states == rr.State.OK).all()
    return scores.values.tolist()


def _placeholder(name: str, names: Sequence[str]) -> ModuleType:
    module = ModuleType(name)
    for taken in names:
        setattr(module, taken, type(taken, (), {}))
    return module


def _run(name: str, source: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
