"""The cases of rulesets as tests of pytest, for people who keep their rulesets beside their code.

    [tool.pytest.ini_options]
    rulereward_rulesets = "rulesets/*.yaml"     # globs, from the folder of the configuration
    rulereward_kinds = "my_rules"               # modules with rule kinds of one's own

or `pytest --rulereward rulesets/mine.yaml`. pytest imports this module wherever rulereward is installed, so nothing
of rulereward is imported before there is a ruleset to test. PYTEST_DONT_REWRITE: there are no assertions in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from rulereward.api import Ruleset
    from rulereward.insight.cases.files import Suite
    from rulereward.lang.case_document import Case

_RULESETS = "rulereward_rulesets"
_KINDS = "rulereward_kinds"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare what can be set in the configuration and on the command line."""
    parser.addini(_RULESETS, "rulesets, and files of cases, to collect tests from: globs from the rootdir", "args")
    parser.addini(_KINDS, "modules with rule kinds that those rulesets use", "args")
    group = parser.getgroup("rulereward")
    group.addoption(
        "--rulereward",
        action="append",
        default=[],
        metavar="PATH",
        help="collect the cases of this ruleset, or file of cases, too; repeatable",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Have the rulesets visited that lie elsewhere than the tests, unless the user named what to run."""
    config = session.config
    asked = _asked(config)
    for path in asked:
        if not path.is_file():
            raise pytest.UsageError(f"--rulereward {path}: there is no such file")
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        asked += _configured(config)
    config.args = [*config.args, *map(str, asked)]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A ruleset that is configured or asked for is a file with tests."""
    if file_path.suffix not in (".yaml", ".yml"):
        return None
    config = parent.config
    if file_path.resolve() in {path.resolve() for path in (*_asked(config), *_configured(config))}:
        return RulesetFile.from_parent(parent, path=file_path)
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep each case once: a ruleset can be configured and lie among the tests."""
    seen: set[str] = set()
    kept: list[pytest.Item] = []
    for item in items:
        if not isinstance(item, CaseItem) or item.nodeid not in seen:
            kept.append(item)
        seen.add(item.nodeid)
    items[:] = kept


def _asked(config: pytest.Config) -> list[Path]:
    """Files of `--rulereward`, which stand for themselves in whatever folder pytest was started."""
    return [config.invocation_params.dir / name for name in config.getoption("rulereward")]


def _configured(config: pytest.Config) -> list[Path]:
    """Files of the configuration."""
    found: list[Path] = []
    for pattern in config.getini(_RULESETS):
        paths = sorted(config.rootpath.glob(pattern))
        if not paths:
            raise pytest.UsageError(f"{_RULESETS}: nothing under {config.rootpath} is called {pattern}")
        found += paths
    return found


class RulesetFile(pytest.File):
    """The cases of one file. It is compiled once, when its tests are collected."""

    def collect(self) -> Iterator[pytest.Item]:
        """A test for each case. Mistakes in the file are told as they are by `rulereward check`."""
        from rulereward.insight.cases.files import open_files  # noqa: PLC0415  only where there is a ruleset

        opened = open_files([_shown(self.path)], self.config.getini(_KINDS))
        if not opened.is_sound:
            raise self.CollectError(opened.told())
        for suite in opened.suites:
            yield from self._items(suite)

    def _items(self, suite: Suite) -> Iterator[pytest.Item]:
        for case in suite.cases:
            item: CaseItem = CaseItem.from_parent(self, name=case.name, ruleset=suite.ruleset, case=case)
            if case.todo is not None:
                item.add_marker(pytest.mark.xfail(reason=case.todo))
            yield item


class CaseItem(pytest.Item):
    """One case."""

    def __init__(self, *, ruleset: Ruleset, case: Case, **more: object) -> None:
        super().__init__(**more)  # type: ignore[arg-type]  # pytest's own parameters, which `from_parent` passes on
        self._ruleset, self._case = ruleset, case

    def runtest(self) -> None:
        """Run the case."""
        from rulereward.insight.cases.running import run_case  # noqa: PLC0415  only where there is a ruleset

        outcome = run_case(self._ruleset, self._case)
        if not outcome.holds:
            from rulereward.insight.cases.text import failure_text  # noqa: PLC0415  as above

            first = outcome.stopped or "; ".join(map(str, outcome.differences))  # a summary has one line for a test
            raise CaseFailedError(f"{first}\n{failure_text(outcome)}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """What differs, without a traceback; of anything else the traceback."""
        if isinstance(excinfo.value, CaseFailedError):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the case stands, its line counted from 0."""
        return self.path, self._case.span.position.line - 1, self.name


class CaseFailedError(Exception):
    """A case that is not as it says."""


def _shown(path: Path) -> str:
    """The file as a message names it: from the folder that pytest was started in, where it lies below that."""
    here = Path.cwd()
    return f"./{path.relative_to(here)}" if path.is_relative_to(here) else str(path)
