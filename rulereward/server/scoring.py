"""Rows to records, together with the rows of other requests."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import Future

from rulereward.api import Ruleset
from rulereward.api.micro_batches import MicroBatcher
from rulereward.data import Reason
from rulereward.errors import BusyError, ConfigurationError, InputError, RunAbortedError
from rulereward.io import Record, described
from rulereward.server.metrics import Metrics
from rulereward.server.refusals import RefusedError, busy
from rulereward.server.settings import ServerSettings

INLINE_ROWS = 256
"""More rows are handed over in a thread: finding their groups looks at each of them."""

Row = Mapping[str, object] | Reason


class Scoring:
    """One ruleset, one micro-batcher, and what went through it."""

    def __init__(self, ruleset: Ruleset, settings: ServerSettings) -> None:
        self.ruleset = ruleset
        self.metrics = Metrics(ruleset.rules)
        self._most_rows = settings.limits.rows
        self._batcher = MicroBatcher(ruleset, settings.batching, self.metrics.scored)
        self.metrics.watch_waiting(lambda: self._batcher.waiting_rows)

    async def records(
        self,
        endpoint: str,
        rows: Sequence[Row],
        *,
        group: Sequence[object] | None = None,
        step: int | None = None,
        details: bool = False,
    ) -> list[Record]:
        """One record for each row. Raises RefusedError where the request as a whole cannot be scored."""
        if len(rows) > self._most_rows:
            message = f"the request has {len(rows):,} rows, more than {self._most_rows:,}"
            raise RefusedError(413, "too_many_rows", message, help="send fewer rows at a time")
        self._refuse_without_step(step)

        def submit() -> Future[list[Record]]:
            return self._batcher.submit(rows, group=group, step=step, details=details)

        try:
            answer = submit() if len(rows) <= INLINE_ROWS else await asyncio.to_thread(submit)
            self.metrics.taken(endpoint, len(rows))
            return await asyncio.shield(asyncio.wrap_future(answer))  # a batch is others' too: it is never cancelled
        except BusyError as error:
            raise busy(str(error)) from None
        except ConfigurationError as error:
            raise RefusedError(422, "no_group", str(error), help="send `group`, one key for each row") from None
        except InputError as error:
            raise RefusedError(422, "lengths_differ", str(error), help="send one value for each row") from None
        except RunAbortedError as error:
            raise RefusedError(422, "aborted", str(error), help="the ruleset says `on_error: abort`") from None

    def close(self, timeout_s: float) -> bool:
        """Take no more rows and answer those that wait; False if that takes longer."""
        return self._batcher.close(timeout_s)

    def _refuse_without_step(self, step: int | None) -> None:
        if step is None and self.ruleset.plan.uses_step:
            message = f"the ruleset `{self.ruleset.name}` uses `step`, and the request has none"
            raise RefusedError(422, "no_step", message, help="send `step`, the training step", field="step")


def as_row(value: object) -> Row:
    """A row as it came, or the reason why it is none."""
    if isinstance(value, Mapping):
        return value
    return Reason("not_object", f"the row is {described(value)}, not a JSON object")
