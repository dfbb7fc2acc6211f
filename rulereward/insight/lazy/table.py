"""The lazy-policy table: what canned completions earn in the place of honest ones.

Each policy writes the completion of one row of each prompt (see `try_texts` for groups). Beside it stand

- the **median honest row**: the median reward of the data's own completions;
- a **right answer** and a **wrong one** that are made up, where the data has gold answers: the same reasoning in the
  form that the ruleset pays most for, once with the gold and once with something else. With them the table also works
  on data whose own completions are bad, and on rulesets in which honest work costs something.

`lazy_findings` says what of it is worth a warning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rulereward.api import Ruleset
from rulereward.data import F64, State
from rulereward.insight.data import Data
from rulereward.insight.lazy.findings import Baselines, Finding, findings_of, gathered
from rulereward.insight.lazy.honest import Form, best_form, reasoning, seen_pairs
from rulereward.insight.lazy.markers import markers_of
from rulereward.insight.lazy.policies import Policy, canned_policies
from rulereward.insight.lazy.sampling import MOST_PROMPTS, Case, sample_cases
from rulereward.insight.lazy.trials import Trial, try_texts


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One line of the table. `mean` is None where no row has a reward; `pays` is what puts most into the reward."""

    policy: str
    doc: str
    prompts: int
    mean: float | None
    null: int
    error: int
    against_honest: float | None
    pays: str | None
    paid: float | None
    example: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class LazyTable:
    """`honest` is the median reward of the data's `rows` own rewards, `right` and `wrong` the means of what was made
    up (None without gold answers). `form` is how a right answer was written. `skipped` policies make no sense here.
    """

    ruleset: str
    prompts: int
    rows: int
    honest: float | None
    right: float | None
    wrong: float | None
    form: str | None
    policies: tuple[PolicyRow, ...]
    skipped: tuple[str, ...]
    note: str | None

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for row in self.policies for finding in row.findings)

    def gathered(self) -> list[tuple[Finding, tuple[str, ...]]]:
        """Findings that say the same, once: that of the policy that earns most, and the names of the others."""
        return gathered([(row.mean, finding) for row in self.policies for finding in row.findings])


def lazy_table(
    ruleset: Ruleset,
    data: Data,
    *,
    step: int | None = None,
    reward: F64 | None = None,
    most_prompts: int = MOST_PROMPTS,
) -> LazyTable:
    """Try all canned policies on up to `most_prompts` prompts of the data.

    `reward` are the rewards of the data's rows, where they are known already. Raises ConfigurationError where the
    ruleset needs a `step` or groups that are not there.
    """
    if reward is None:
        reward = ruleset.score_rows(data.rows, step=step).reward
    markers = markers_of(ruleset.plan)
    cases = sample_cases(ruleset, data, reward, markers, most_prompts)
    if not cases:
        note = "no row has a reward, so there is nothing to compare lazy completions with"
        return LazyTable(ruleset.name, 0, 0, None, None, None, None, (), (), note)

    def rewards(tried: Sequence[Case], texts: Sequence[Sequence[str]]) -> list[F64]:
        return [trial.reward for trial in try_texts(ruleset, tried, texts, step)]

    form = best_form(markers, cases, rewards)
    pairs = seen_pairs(markers, cases)
    written = [[policy.write(case, form, pairs) for case in cases] for policy in canned_policies()]
    *trials, right, wrong, own = try_texts(ruleset, cases, [*written, *_honest(cases, form)], step)
    known = reward[np.isfinite(reward)]
    return _table(ruleset.name, cases, form, trials, Baselines.of(known, cases, trials, right, wrong, own))


def _table(name: str, cases: Sequence[Case], form: Form, trials: Sequence[Trial], baselines: Baselines) -> LazyTable:
    """`trials` are those of the canned policies, in their order."""
    tried = list(zip(canned_policies(), trials, strict=True))
    right = baselines.right_trial
    return LazyTable(
        ruleset=name,
        prompts=len(cases),
        rows=baselines.rows,
        honest=baselines.median,
        right=_mean(right.reward),
        wrong=_mean(baselines.wrong_trial.reward),
        form=str(form) if right.cases else None,
        policies=tuple(_row(policy, trial, baselines) for policy, trial in tried if trial.cases),
        skipped=tuple(policy.name for policy, trial in tried if not trial.cases),
        note=_note(baselines),
    )


def _honest(cases: Sequence[Case], form: Form) -> list[list[str | None]]:
    """A right answer and a wrong one for each case whose gold is known, and the case's own completion."""
    right = [form.write(case, reasoning(case), case.gold) if case.gold else None for case in cases]
    wrong = [form.write(case, reasoning(case), case.wrong) if case.gold else None for case in cases]
    return [right, wrong, [case.completion for case in cases]]


def _note(baselines: Baselines) -> str | None:
    if baselines.premium is not None:
        return None
    if not baselines.right_trial.cases:
        return "without gold answers, policies are compared with the data's own completions only"
    return (
        "no made-up right answer earns more than a wrong one: policies are compared with the data's completions only"
    )


def _row(policy: Policy, trial: Trial, baselines: Baselines) -> PolicyRow:
    mean = _mean(trial.reward)
    part, paid = _most_paid(trial)
    return PolicyRow(
        policy=policy.name,
        doc=policy.doc,
        prompts=len(trial.cases),
        mean=mean,
        null=int(np.count_nonzero(trial.states == State.NULL)),
        error=int(np.count_nonzero(trial.states == State.ERROR)),
        against_honest=None if mean is None else mean - baselines.median,
        pays=part,
        paid=paid,
        example=trial.texts[0],
        findings=tuple(findings_of(policy, trial, baselines)),
    )


def _most_paid(trial: Trial) -> tuple[str | None, float | None]:
    """The part that puts most into the reward on average, if any puts in more than nothing."""
    means = {name: mean for name, values in trial.parts.items() if (mean := _mean(values)) is not None and mean > 0}
    best = max(means, key=lambda name: means[name], default=None)
    return (None, None) if best is None else (best, means[best])


def _mean(values: F64) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else None
