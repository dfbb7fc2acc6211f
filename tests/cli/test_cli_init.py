"""`rulereward init` and `rulereward schema`: what they write, what they print, and what they refuse."""

from __future__ import annotations

import json
import shlex

import jsonschema
import pytest
import yaml
from command_line import rulereward

from rulereward.api import compile_text
from rulereward.api.catalogue import catalogue
from rulereward.api.ruleset import Ruleset
from rulereward.api.schema import ruleset_schema
from rulereward.api.templates import template_descriptions, template_names, template_text

TEMPLATES = ["choice", "groups", "math", "minimal", "text"]
NEXT = """\
wrote rulereward.yaml, from the template `math`; next:
  rulereward check rulereward.yaml                                    find mistakes
  rulereward test rulereward.yaml                                     run its cases
  rulereward score rollouts.jsonl -r rulereward.yaml -o scored.jsonl  score your completions
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


class TestTemplates:
    def test_names(self):
        assert template_names() == TEMPLATES
        assert list(template_descriptions()) == TEMPLATES

    @pytest.mark.parametrize("name", TEMPLATES)
    def test_each_compiles_without_a_warning(self, name):
        assert compile_text(f"{name}.yaml", template_text(name))[1] == []

    @pytest.mark.parametrize("name", TEMPLATES)
    def test_each_teaches(self, name):
        """The first line says what to do next, and comments what the parts are for."""
        lines = template_text(name).splitlines()
        assert lines[0] == "# Next: rulereward check rulereward.yaml && rulereward test rulereward.yaml"
        head = lines[: lines.index("rulereward: 1") if "rulereward: 1" in lines else 4]
        assert all(line == "" or line.startswith("#") for line in head)
        assert sum("#" in line for line in lines) >= 8
        assert max(map(len, lines)) <= 118

    @pytest.mark.parametrize("name", TEMPLATES)
    def test_each_is_formatted(self, name):
        rulereward("init", "--template", name)
        assert rulereward("fmt", "--check", "rulereward.yaml").status == 0

    @pytest.mark.parametrize("name", TEMPLATES)
    def test_each_passes_what_its_first_line_says(self, name):
        rulereward("init", "--template", name)
        assert [rulereward(command, "rulereward.yaml").status for command in ("check", "test")] == [0, 0]

    def test_no_name_of_a_ruleset(self):
        assert "there is no ruleset `minimal`" in rulereward("check", "minimal").err


class TestInit:
    def test_the_default(self, folder):
        ran = rulereward("init")
        assert (ran.status, ran.out, ran.err) == (0, NEXT, "")
        assert (folder / "rulereward.yaml").read_bytes() == template_text("math").encode()
        assert rulereward("check", "rulereward.yaml").status == 0

    @pytest.mark.parametrize("name", TEMPLATES)
    def test_a_template(self, folder, name):
        assert rulereward("init", "--template", name).status == 0
        written = (folder / "rulereward.yaml").read_text(encoding="utf-8")
        assert written == template_text(name)
        assert Ruleset("rulereward.yaml", written).diagnostics == ()

    @pytest.mark.parametrize("path", ["mine.yaml", "mine.yml", "sub/mine.yaml", "my rules.yaml", "规则.yaml"])
    def test_the_next_steps_name_the_file(self, folder, path):
        (folder / "sub").mkdir()
        ran = rulereward("init", path)
        quoted = shlex.quote(path)
        assert ran.out.startswith(f"wrote {path}, from the template `math`; next:\n  rulereward check {quoted} ")
        written = (folder / path).read_text(encoding="utf-8")
        assert written.splitlines()[0] == f"# Next: rulereward check {quoted} && rulereward test {quoted}"
        assert written.partition("\n")[2] == template_text("math").partition("\n")[2]

    def test_an_odd_name_cannot_end_the_comment(self, folder):
        assert rulereward("init", "a\nb.yaml").status == 0
        assert (folder / "a\nb.yaml").read_text(encoding="utf-8") == template_text("math")

    def test_the_list(self, folder):
        ran = rulereward("init", "--list")
        assert ran.status == 0
        names = [line.split()[0] for line in ran.out.splitlines()]
        assert names == TEMPLATES
        assert "minimal  One answer, compared with the right one.\n" in ran.out
        assert list(folder.iterdir()) == []

    def test_nothing_is_overwritten_unasked(self, folder):
        path = folder / "rulereward.yaml"
        path.write_text("mine")
        ran = rulereward("init")
        assert (ran.status, ran.out) == (2, "")
        assert ran.err == "error: rulereward.yaml is there already; --force overwrites it\n"
        assert path.read_text() == "mine"
        assert rulereward("init", "--force", "--template", "minimal").status == 0
        assert path.read_text(encoding="utf-8") == template_text("minimal")

    @pytest.mark.parametrize(
        ("args", "says"),
        [
            (["sub"], "sub is a folder: name a file in it, such as sub/rulereward.yaml"),
            (["."], ". is a folder: name a file in it, such as rulereward.yaml"),
            (["sub", "--force"], "sub is a folder"),
            (["nowhere/mine.yaml"], "nowhere is not there: make this folder first"),
            (["file/mine.yaml"], "file is no folder"),
            (["mine"], "mine does not end in .yaml, as a ruleset does: write `rulereward init mine.yaml`"),
            (["my mine.txt"], "write `rulereward init 'my mine.yaml'`"),
            (["--template", "maths"], "there is no template `maths`: did you mean `math`?"),
            (["--template", "../r1"], "there is no template `../r1`: there are choice, groups, math, minimal, text"),
        ],
    )
    def test_what_cannot_be(self, folder, args, says):
        (folder / "sub").mkdir()
        (folder / "file").write_text("")
        ran = rulereward("init", *args)
        assert (ran.status, ran.out) == (2, "")
        assert says in ran.err
        assert {path.name for path in folder.rglob("*")} == {"sub", "file"}


class TestSchema:
    MODULE = '''
from rulereward import rule


@rule(version=1, returns="number", range=(0, 1))
def shouted(text: str) -> float:
    """Share of the letters that are upper case."""
    return 0.0
'''

    def test_it_is_printed(self):
        ran = rulereward("schema")
        assert (ran.status, ran.err) == (0, "")
        assert json.loads(ran.out) == json.loads(json.dumps(ruleset_schema(catalogue())))
        jsonschema.Draft7Validator.check_schema(json.loads(ran.out))

    def test_it_is_written(self, folder):
        ran = rulereward("schema", "-o", "ruleset.schema.json")
        assert (ran.status, ran.out, ran.err) == (0, "", "wrote ruleset.schema.json\n")
        assert (folder / "ruleset.schema.json").read_text(encoding="utf-8") == rulereward("schema").out
        assert rulereward("schema", "-o", "-").out == rulereward("schema").out

    def test_kinds_of_ones_own(self, folder, monkeypatch):
        monkeypatch.syspath_prepend(str(folder))
        (folder / "my_shouted.py").write_text(self.MODULE)
        ran = rulereward("schema", "--kinds", "my_shouted")
        assert "shouted(text)" in json.loads(ran.out)["definitions"]["expression"]["examples"]
        assert "shouted(text)" not in rulereward("schema").out

    @pytest.mark.parametrize("name", TEMPLATES)
    def test_what_init_writes_is_valid(self, folder, name):
        rulereward("init", "--template", name)
        rulereward("schema", "-o", "schema.json")
        written = yaml.safe_load((folder / "rulereward.yaml").read_text(encoding="utf-8"))
        jsonschema.validate(written, json.loads((folder / "schema.json").read_text(encoding="utf-8")))

    def test_the_help_says_how_an_editor_finds_it(self):
        assert "# yaml-language-server: $schema=./ruleset.schema.json" in rulereward("schema", "--help").out

    @pytest.mark.parametrize("args", [["-o", "no/schema.json"], ["-o", "."], ["--kinds", "no_such_module"], ["x"]])
    def test_what_cannot_be(self, folder, args):
        ran = rulereward("schema", *args)
        assert (ran.status, ran.out) == (2, "")
        assert ran.err
        assert list(folder.iterdir()) == []
