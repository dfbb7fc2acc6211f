"""What is counted, for Prometheus: requests, batches, and what every rule gave. All sums begin with the process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from rulereward.api import Scores
from rulereward.api.statistics import CellCounts
from rulereward.data import State

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120)
ROWS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096)

TOLD = (State.OK, State.NULL, State.SKIPPED, State.ERROR)


class Metrics:
    """One registry of its own, so that several servers in a process do not mix. Thread-safe."""

    def __init__(self, rules: Sequence[str]) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "rulereward_requests", "Requests answered", ["endpoint", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "rulereward_request_seconds", "Seconds from a request's head to its answer", ["endpoint"],
            buckets=SECONDS, registry=self._registry,
        )  # fmt: skip
        self._rows = Counter("rulereward_rows", "Rows taken to be scored", ["endpoint"], registry=self._registry)
        self._batches = Histogram(
            "rulereward_batch_rows", "Rows scored together", buckets=ROWS, registry=self._registry
        )
        self._repeated = Counter(
            "rulereward_marker_repeated",
            "Texts that hold the marker of their completion more than once; the first one counts",
            registry=self._registry,
        )
        self._rules = _RuleMetrics(rules)
        self._registry.register(self._rules)

    def watch_waiting(self, waiting: Callable[[], float]) -> None:
        """Ask this for the number of rows that wait, whenever the metrics are read."""
        gauge = Gauge("rulereward_rows_waiting", "Rows that wait to be scored", registry=self._registry)
        gauge.set_function(waiting)

    def answered(self, endpoint: str, status: int, seconds: float) -> None:
        self._requests.labels(endpoint, str(status)).inc()
        self._seconds.labels(endpoint).observe(seconds)

    def taken(self, endpoint: str, rows: int) -> None:
        self._rows.labels(endpoint).inc(rows)

    def marker_repeated(self) -> None:
        self._repeated.inc()

    def scored(self, scores: Scores) -> None:
        """Take in the scores of a batch."""
        self._batches.observe(len(scores.reward))
        self._rules.add(scores)

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self._registry)


class _RuleMetrics(Collector):
    """The cells of the reward and of every rule, counted as they are scored and put into words when asked."""

    def __init__(self, rules: Sequence[str]) -> None:
        self._lock = threading.Lock()
        self._reward = CellCounts()
        self._cells = {rule: CellCounts() for rule in rules}
        self._seconds = dict.fromkeys(rules, 0.0)

    def add(self, scores: Scores) -> None:
        cells = {rule: scores[rule] for rule in self._cells}
        seconds = scores.seconds()
        with self._lock:
            self._reward.add(scores.reward, scores.states)
            for rule, found in cells.items():
                self._cells[rule].add(found.values, found.states)
                self._seconds[rule] += seconds[rule]

    def collect(self) -> Iterable[Metric]:
        with self._lock:
            yield from _families("rulereward_rule", ["rule"], {(name,): c for name, c in self._cells.items()})
            yield from _families("rulereward_reward", [], {(): self._reward})
            spent = CounterMetricFamily(
                "rulereward_rule_seconds", "Seconds spent on the rule's own measurements", labels=["rule"]
            )
            for rule, seconds in self._seconds.items():
                spent.add_metric([rule], seconds)
            yield spent


def _families(prefix: str, labels: Sequence[str], cells: Mapping[tuple[str, ...], CellCounts]) -> Iterator[Metric]:
    rows = CounterMetricFamily(f"{prefix}_rows", "Cells by what is known of them", labels=[*labels, "state"])
    total = GaugeMetricFamily(
        f"{prefix}_value_sum", "Sum of the values; those that are missing have none", labels=labels
    )
    mean = GaugeMetricFamily(f"{prefix}_mean", "Mean of the values since the start", labels=labels)
    std = GaugeMetricFamily(f"{prefix}_std", "Their standard deviation (n - 1)", labels=labels)
    for names, counts in cells.items():
        for state in TOLD:
            rows.add_metric([*names, state.name.lower()], counts.states[state])
        total.add_metric(names, counts.values.mean * counts.values.count)
        if counts.values.count:
            mean.add_metric(names, counts.values.mean)
            std.add_metric(names, counts.values.std)
    yield from (rows, total, mean, std)
