"""Many tests of a program in one fork (`isolation="sample"`): which go together, and what became of each.

An answer that is given there counts, right or wrong; a test that got none, for the program crashed or came to a limit
in it or before it, is run again by itself. The limits of such a fork are those of one test, so who answers in it has
kept within every one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rulereward.services.sandbox.batches import Part, parts
from rulereward.services.sandbox.endings import Ending, ending
from rulereward.services.sandbox.shapes import CallBatch, Limits, Outcome, Program, StdinBatch
from rulereward.services.sandbox.verdicts import NO_PLAIN_DATA, Judged, compared, told
from rulereward.text.code_tests import CallTest, StdinTest, Suite
from rulereward.text.code_work import Comparison, Work

_MOST_TESTS = 500
_MOST_INPUT_CHARS = 4 << 20
"""Of all inputs of a fork. An input lies in a file there, whose size is limited."""
_MOST_OUTPUT_CHARS = 1 << 19
"""Of all that is expected from a fork, whose output is limited as that of one test is."""


def share_forks(work: Work) -> bool:
    """May tests of this work be run in company? What is judged by a checker needs a fork of its own behind it."""
    readable = work.suite.mode == "call" or (work.suite.mode == "stdin" and work.comparison.mode != "checker")
    return work.isolation == "sample" and work.program.language == "python" and readable


def fitting(suite: Suite, places: Sequence[int]) -> tuple[int, ...]:
    """The first of some places, as many as go into one fork; none where that is not more than one."""
    chars_in = chars_out = count = 0
    for place in places[:_MOST_TESTS]:
        test = suite.tests[place]
        if isinstance(test, StdinTest):
            chars_in, chars_out = chars_in + len(test.stdin), chars_out + len(test.expected)
        elif isinstance(test, CallTest):
            chars_in += len(test.args) + len(test.kwargs)
            chars_out += len(test.accepted[0])
        if chars_in > _MOST_INPUT_CHARS or chars_out > _MOST_OUTPUT_CHARS:
            break
        count += 1
    return tuple(places[:count]) if count > 1 else ()


def batch_of(program: Program, suite: Suite, places: Sequence[int], limits: Limits) -> StdinBatch | CallBatch:
    """The tests at some places, as a link takes them. Raises ValueError where the arguments of one are none."""
    if suite.mode == "stdin":
        texts = [test.stdin for place in places if isinstance(test := suite.tests[place], StdinTest)]
        return StdinBatch(program, tuple(text.encode("utf-8", "surrogatepass") for text in texts), limits)
    calls = []
    for place in places:
        test = suite.tests[place]
        assert isinstance(test, CallTest), "others are not run in company"
        args, kwargs = test.arguments()
        calls.append((test.function or suite.entry, tuple(args), kwargs))
    return CallBatch(program, tuple(calls), limits)


def judged_together(
    suite: Suite, places: Sequence[int], comparison: Comparison, batch: StdinBatch | CallBatch, outcome: Outcome
) -> dict[int, Judged]:
    """The verdicts on tests of one fork, by their places: right or wrong, where the program came to a good end. Each
    has an equal share of the time that it took.

    A wrong answer stands: who was asked again could answer otherwise, having seen that it is the second time. None of
    them is charged for waiting: the fork was within the limits of one test until they were done.
    """
    done = {
        place: part.got
        for place, part in zip(places, _within_limits(batch, outcome), strict=False)
        if part.ending == Ending(None)
    }
    count = max(1, len(done))
    share = replace(outcome, cpu_s=outcome.cpu_s / count, wall_s=outcome.wall_s / count, idle_s=0.0, stderr=b"")
    found: dict[int, Judged] = {}
    for place, given in done.items():
        got, match = compared(suite, place, comparison, given)
        if match is NO_PLAIN_DATA:
            continue
        over = Ending("AC" if match.matched else "WA", why=match.difference)
        own = replace(share, stdout=given if isinstance(batch, StdinBatch) else b"")
        found[place] = replace(told(over, own, got), together=count)
    return found


def _within_limits(batch: StdinBatch | CallBatch, outcome: Outcome) -> list[Part]:
    """What was done in a fork before it came to a limit, if it did.

    The last that was done then may be what went too far, before it was noticed. Of calls nobody knows which printed.
    """
    done: list[Part] = []
    for part in parts(batch, outcome):
        if part.ending is None:
            break
        done.append(part)
    over = ending(batch, outcome).verdict
    if over == "OLE" and isinstance(batch, CallBatch):
        return []
    return done[:-1] if over in ("TLE", "MLE", "OLE") else done
