"""What of a lazy policy's earnings is worth a warning.

`bought_null`    it leaves a row without a reward that has one otherwise: a policy must not be able to buy that.
`error`          the same, as an error: then text that a model wrote breaks the measurement.
`paid_as_right`  on most prompts it earns more than half of what being right adds to a wrong answer, though it gives
                 no right answer, or gives it where it must not count.
`beats_trying`   on most prompts it earns clearly more than the same honest work with a wrong answer: where a model
                 does not find the answer, it learns to stop trying.
`beats_honest`   its mean is above the median honest row, and not for a few lucky rows.
`noise_pays`     signs behind the row's own completion raise its reward.

Only one of the middle three is told, the first that holds. "Most prompts" keeps out what a guess is right about by
chance. What form earns by itself is no finding while honest work in that form earns as much.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rulereward.data import F64, State
from rulereward.insight.lazy.policies import Policy
from rulereward.insight.lazy.sampling import Case
from rulereward.insight.lazy.trials import Trial

TOLERANCE = 0.05
"""Share of the spread of all rewards seen that a difference must exceed."""

TRYING = 0.2
"""Share of what being right adds that giving up may earn beyond trying."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` is one of those above; `message` is a whole line, `advice` the next step."""

    policy: str
    code: str
    message: str
    advice: str


@dataclass(frozen=True, slots=True, eq=False)
class Baselines:
    """What policies are compared with. `right` and `wrong` are NaN for cases without a gold; `own` is each case's own
    completion. `premium` is what being right adds (None: nothing was found to). `tolerance` is an amount of reward.
    """

    rows: int
    median: float
    mean: float
    right: F64
    wrong: F64
    own: F64
    right_trial: Trial
    wrong_trial: Trial
    own_trial: Trial
    premium: float | None
    tolerance: float

    @staticmethod
    def of(
        known: F64, cases: Sequence[Case], trials: Sequence[Trial], right: Trial, wrong: Trial, own: Trial
    ) -> Baselines:
        """`known` are the rewards of all rows of the data that have one."""
        seen = np.concatenate([known, *(trial.reward for trial in (*trials, right, wrong))])
        low, high = np.nanpercentile(seen, [2, 98])
        by_case = _spread(len(cases), right), _spread(len(cases), wrong)
        gains = by_case[0] - by_case[1]
        gains = gains[np.isfinite(gains)]
        premium = float(np.median(gains)) if len(gains) else 0.0
        tolerance = max(1e-9, TOLERANCE * float(high - low))
        return Baselines(
            rows=len(known),
            median=float(np.median(known)),
            mean=float(known.mean()),
            right=by_case[0],
            wrong=by_case[1],
            own=_spread(len(cases), own),
            right_trial=right,
            wrong_trial=wrong,
            own_trial=own,
            premium=premium if premium > tolerance else None,
            tolerance=tolerance,
        )


def _spread(size: int, trial: Trial) -> F64:
    values = np.full(size, np.nan)
    values[list(trial.cases)] = trial.reward
    return values


def findings_of(policy: Policy, trial: Trial, baselines: Baselines) -> list[Finding]:
    """What is to be said of one policy, the gravest first."""
    found = [*_missing(policy, trial)]
    cases = list(trial.cases)
    judged = np.isfinite(trial.reward)
    if not judged.any():
        return found
    if policy.starts_from_answer:
        noise = _noise(policy, trial, baselines) if policy.name == "noise_behind" else None
        return found + ([noise] if noise else [])
    overpaid = _as_right(policy, trial, cases, baselines)
    if policy.enough > 0.5:  # it gives the answer, in a place that is only not the best
        return found + ([overpaid] if overpaid else [])
    overpaid = (
        overpaid or _beats_trying(policy, trial, cases, baselines) or _beats_honest(policy, trial, cases, baselines)
    )
    return found + ([overpaid] if overpaid else [])


def _missing(policy: Policy, trial: Trial) -> list[Finding]:
    """Every case had a reward with its own completion, so it is the text that left it without one."""
    found = []
    for state, code in ((State.NULL, "bought_null"), (State.ERROR, "error")):
        rows = np.flatnonzero(trial.states == state).tolist()
        if not rows:
            continue
        ((why, _),) = (
            Counter(reason.message for row in rows if (reason := trial.reasons[row])).most_common(1) or _NO_WHY
        )
        count = f"{len(rows)} of {len(trial.cases)} prompts, which have one otherwise"
        what = "has no reward" if state is State.NULL else "makes the reward an error"
        found.append(Finding(policy.name, code, f"{what} on {count}" + (f" ({why})" if why else ""), _ADVICE[code]))
    return found


_NO_WHY = [("", 0)]
_ADVICE = {
    "bought_null": "say what it is worth: a gate or a branch that gives `null` lets a policy choose not to be judged",
    "error": "whatever a model writes must be measured: please report it, unless a kind of yours is at fault",
}


def _as_right(policy: Policy, trial: Trial, cases: list[int], baselines: Baselines) -> Finding | None:
    if baselines.premium is None:
        return None
    right, wrong = baselines.right[cases], baselines.wrong[cases]
    known = np.isfinite(right) & np.isfinite(wrong) & (right - wrong > baselines.tolerance)
    paid = known & (trial.reward > wrong + policy.enough * (right - wrong) + 1e-9)
    if not known.any() or 2 * np.count_nonzero(paid) <= np.count_nonzero(known):
        return None
    message = (
        f"earns {_number(trial.reward[paid])} on {np.count_nonzero(paid)} of {np.count_nonzero(known)} prompts, "
        f"where a right answer earns {_number(right[paid])} and a wrong one {_number(wrong[paid])}"
    )
    return _told(policy, "paid_as_right", message, trial, baselines.wrong_trial)


def _beats_trying(policy: Policy, trial: Trial, cases: list[int], baselines: Baselines) -> Finding | None:
    if baselines.premium is None:
        return None
    gain = trial.reward - baselines.wrong[cases]
    known = np.isfinite(gain)
    paid = known & (gain > TRYING * baselines.premium) & (gain > baselines.tolerance)
    if not known.any() or 2 * np.count_nonzero(paid) <= np.count_nonzero(known):
        return None
    message = (
        f"earns {_number(trial.reward[paid])} on {np.count_nonzero(paid)} of {np.count_nonzero(known)} prompts, "
        f"where honest work with a wrong answer earns {_number(baselines.wrong[cases][paid])}"
    )
    return _told(policy, "beats_trying", message, trial, baselines.wrong_trial)


def _beats_honest(policy: Policy, trial: Trial, cases: list[int], baselines: Baselines) -> Finding | None:
    known = trial.reward[np.isfinite(trial.reward)]
    mean = float(known.mean())
    wrong = baselines.wrong[cases]
    wrong = wrong[np.isfinite(wrong)]
    if mean <= baselines.median + baselines.tolerance:
        return None
    if len(wrong) and mean <= float(wrong.mean()) + baselines.tolerance:
        return None
    often = 2 * np.count_nonzero(known > baselines.median + baselines.tolerance) > len(known)
    if not often and mean <= baselines.mean + baselines.tolerance:
        return None
    message = f"earns {mean:.2f} on average, more than the median honest row ({baselines.median:.2f})"
    return _told(policy, "beats_honest", message, trial, baselines.own_trial)


def _noise(policy: Policy, trial: Trial, baselines: Baselines) -> Finding | None:
    gain = trial.reward - baselines.own[list(trial.cases)]
    gain = gain[np.isfinite(gain)]
    if not len(gain) or float(np.median(gain)) <= baselines.tolerance:
        return None
    message = f"raises the reward by {float(np.median(gain)):.2f} on most rows"
    return _told(policy, "noise_pays", message, trial, baselines.own_trial)


def _told(policy: Policy, code: str, message: str, trial: Trial, reference: Trial) -> Finding:
    payer = payer_of(trial, reference)
    return Finding(policy.name, code, message + (f"; `{payer}` pays" if payer else ""), policy.advice)


def payer_of(trial: Trial, reference: Trial) -> str | None:
    """The part of the score that gives the policy more than the reference, and most of all; where the score has no
    parts that can be told, the rule that differs most.
    """
    for values, other in ((trial.parts, reference.parts), (trial.rules, reference.rules)):
        gains = {name: _average(values[name]) - _average(other[name]) for name in values}
        best = max(gains, key=lambda name: gains[name], default=None)
        if best is not None and gains[best] > 1e-9:
            return best
    return None


def _average(values: F64) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else 0.0


def _number(values: F64) -> str:
    return f"{float(values.mean()):.2f}"


def gathered(findings: Sequence[tuple[float | None, Finding]]) -> list[tuple[Finding, tuple[str, ...]]]:
    """Findings of one kind with one next step as one: that of the policy with the highest mean, and who else.

    `findings` come with the mean of their policy.
    """
    together: dict[tuple[str, str], list[tuple[float, Finding]]] = {}
    for mean, finding in findings:
        entry = -np.inf if mean is None else mean, finding
        together.setdefault((finding.code, finding.advice), []).append(entry)
    found = []
    for entries in together.values():
        first, *others = (finding for _, finding in sorted(entries, key=lambda entry: -entry[0]))
        found.append((first, tuple(other.policy for other in others)))
    return found
