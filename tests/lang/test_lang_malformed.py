"""Whole rulesets with the slips that people make: what each is told, at which place, and what to do.

Every file of `tests/cases/errors/malformed/` is compiled; hardly any may end with a message that says only that
something is wrong there.
"""

from __future__ import annotations

import pytest
from lang_helpers import CASES, LOADERS, load_cases

from rulereward.api import compile_text
from rulereward.lang import yaml_compose
from rulereward.lang.diagnostics import Diagnostic, Diagnostics
from rulereward.lang.messages import render_all
from rulereward.lang.yaml_source import decode_source

FILES = ("yaml", "habits", "names", "characters")
MALFORMED = [case for name in FILES for case in load_cases(CASES / "errors" / "malformed" / f"{name}.yaml")]
GENERIC_CODES = {"E0100", "E0113"}
GENERIC_MESSAGES = ("this is not valid YAML", "YAML has no use for")
AT_LEAST = 80
MOST_GENERIC = 2


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def loader(request, monkeypatch):
    monkeypatch.setattr(yaml_compose, "LOADER", request.param)


def data_of(case: dict) -> bytes:
    if "bytes" in case:
        return bytes.fromhex(case["bytes"])
    return case["text"].encode(case.get("encoding", "utf-8"))


def findings(data: bytes) -> list[Diagnostic]:
    diagnostics = Diagnostics()
    source = decode_source("ruleset.yaml", data, diagnostics)
    return diagnostics.found if source is None else compile_text(source.name, source.text)[1]


def is_generic(finding: Diagnostic) -> bool:
    return finding.code in GENERIC_CODES or finding.message.startswith(GENERIC_MESSAGES)


@pytest.mark.parametrize("case", MALFORMED, ids=lambda case: case["name"])
@pytest.mark.usefixtures("loader")
def test_malformed(case):
    found = findings(data_of(case))
    assert [item.code for item in found] == case["codes"], render_all(found)
    first = found[0].primary.span
    assert first.source.text[first.start : first.end] == case["marked"]
    assert case["help"] in (found[0].help or "")


def test_there_are_enough_and_no_two_are_the_same():
    assert len({data_of(case) for case in MALFORMED}) == len(MALFORMED) >= AT_LEAST
    assert len({case["name"] for case in MALFORMED}) == len(MALFORMED)


def test_hardly_any_message_is_generic():
    generic = [case["name"] for case in MALFORMED if any(map(is_generic, findings(data_of(case))))]
    assert len(generic) <= MOST_GENERIC, generic
