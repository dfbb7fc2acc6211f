"""Every code has a ruleset that it is reported for, the whole message to the letter, and the ruleset mended.

The rulesets are what `rulereward check --explain` and the page on messages show (`grammar/messages/`). The messages
stand in `tests/cases/errors/golden/`; each was read before it was put there.
"""

from __future__ import annotations

import json

import pytest
from lang_helpers import CASES, LOADERS

from rulereward._files import shipped_folder
from rulereward.api import compile_text
from rulereward.cli.explain import example, explained, findings
from rulereward.lang import yaml_compose
from rulereward.lang.codes import CODES
from rulereward.lang.messages import render, render_all

GOLDEN = CASES / "errors" / "golden"
FORMATS = CASES / "errors" / "formats"
WITHOUT_EXAMPLE = {
    "E0012": "nothing of the language is left out any more",
    "E0318": "nothing of the language is left out any more",
    "E0610": "said of a file of cases whose ruleset is not there; such a file is no ruleset",
    "E0113": "the last resort at the end of an expression: no text is known that has no better message",
}
CODES_SHOWN = sorted(set(CODES) - set(WITHOUT_EXAMPLE))
FORMAT_CASES = sorted(path.stem for path in FORMATS.glob("*.yaml"))
SUFFIX = {"text": "txt", "json": "json", "github": "github"}


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def loader(request, monkeypatch):
    monkeypatch.setattr(yaml_compose, "LOADER", request.param)


@pytest.mark.parametrize("code", CODES_SHOWN)
@pytest.mark.usefixtures("loader")
def test_the_message(code):
    data = example(code)
    assert data is not None, f"grammar/messages/{code}.yaml is missing"
    found = findings(code, data)
    assert [item.code for item in found] == [code]
    assert render(found[0]) + "\n" == (GOLDEN / f"{code}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", CODES_SHOWN)
def test_the_message_gives_the_next_step(code):
    """A message without help says what is wanted beside its carets."""
    (found,) = findings(code, example(code))
    assert found.help or found.primary.text


@pytest.mark.parametrize("code", CODES_SHOWN)
def test_the_ruleset_mended(code):
    data = example(code, mended=True)
    assert data is not None, f"grammar/messages/{code}.mended.yaml is missing"
    assert findings(code, data) == []


def test_nothing_is_left_over():
    files = {path.name for path in (shipped_folder("grammar") / "messages").iterdir()}
    assert files == {f"{code}{end}" for code in CODES_SHOWN for end in (".yaml", ".mended.yaml")}
    assert {path.name for path in GOLDEN.iterdir()} == {f"{code}.txt" for code in CODES_SHOWN}
    assert set(WITHOUT_EXAMPLE) < set(CODES)


@pytest.mark.parametrize("code", CODES_SHOWN)
def test_what_is_explained_fits_a_screen(code):
    text = explained(code)
    assert text.startswith(f"{code}: {CODES[code]}\n")
    assert render(findings(code, example(code))[0]).split("\n", maxsplit=1)[0] in text
    assert text.count("\n") < 80
    assert all(char.isprintable() or char in "\n\t" for char in text)


@pytest.mark.parametrize("style", SUFFIX)
@pytest.mark.parametrize("name", FORMAT_CASES)
def test_formats(name, style):
    """All findings of a file as text, as JSON and as GitHub's workflow commands."""
    text = (FORMATS / f"{name}.yaml").read_bytes().decode("utf-8")
    said = render_all(compile_text(f"{name}.yaml", text)[1], style)
    wanted = (FORMATS / f"{name}.{SUFFIX[style]}").read_text(encoding="utf-8")
    if style == "json":
        assert json.loads(said) == json.loads(wanted)
    assert said + "\n" == wanted
