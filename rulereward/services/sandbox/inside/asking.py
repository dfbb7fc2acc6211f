"""The program's process, seen from the checker's: what is asked of it, and what becomes of what it answers.

Every reply is written by the program. None of its objects ever is here: what is no plain data is a number, for which
a `Handle` stands.
"""

from __future__ import annotations

import builtins
import functools
from types import BuiltinFunctionType
from typing import Any, Callable, cast  # noqa: UP035 - that of Python 3.8 alone takes brackets

from rulereward.services.sandbox.inside import call_frames
from rulereward.services.sandbox.inside.abilities import StandIn, handle
from rulereward.services.sandbox.inside.call_frames import NotPlainDataError
from rulereward.services.sandbox.inside.foreign import (
    WIDE,
    Foreign,
    ForeignClasses,
    ProgramError,
    crossing,
    exception_of,
    foreign_reference,
    is_end_of_loop,
)
from rulereward.services.sandbox.inside.handles import Handle
from rulereward.services.sandbox.inside.lent import Lent
from rulereward.services.sandbox.inside.links import Links, References, fill, number_of
from rulereward.services.sandbox.inside.operations import BINARY, COMPARISONS, UNARY
from rulereward.services.sandbox.inside.plain_data import BUILTIN_TYPES
from rulereward.services.sandbox.inside.plain_reading import decode
from rulereward.services.sandbox.inside.views import DisagreementError

MAX_REQUESTS = 250_000
MAX_HANDLES = 100_000
MAX_GIVEN = 100_000
MAX_NESTED = 40
MAX_THROWN = 1_000
"""What one test may ask, hold of the program's and give to it, calls of its functions within each other, and which of
the exceptions of these are known again."""

_NAMES_OF_BUILTINS = {
    id(value): name
    for name, value in vars(builtins).items()
    if type(value) is type or type(value) is BuiltinFunctionType
}
_NAMES_OF_BUILTINS.update({id(kind): name for name, kind in WIDE.items()})
_NOTHING_ASKED = frozenset(("find", "kinds", "traits", "bool", "str", "repr", "hash", "isinstance", "issubclass"))
"""Operations by which alone a test tries nothing of what the program does."""

_UNCHANGING = _NOTHING_ASKED.union(
    ("len", "format", "get", "item", "iter", "next", "copy", "deepcopy", "abs"), COMPARISONS, BINARY, UNARY
)
"""Those that change nothing but an iterator, if the program is honest. Whatever it does meanwhile, and whichever of
the test's functions it calls, what was read before goes on to hold."""


_MODULES_OF_TESTS = ("__main__", "test_program")


class Gone(BaseException):
    """The program's process ended. No test may catch it and pass."""


class Refused(BaseException):
    """What the test wants is not asked of the program. No test may expect it, for it says nothing of the program."""


class Program(References):
    """The other process. Not thread-safe."""

    def __init__(self, requests: int, replies: int) -> None:
        self._requests = requests
        self._replies = replies
        self._handles: dict[int, Handle] = {}
        self._given: list[Any] = []
        self._given_numbers: dict[int, int] = {}
        self._thrown: list[Exception] = []
        """What the test's functions raised, as they were called by the program."""
        self._is_wide = False
        """Whether the test may have one of `WIDE`."""
        self._classes = ForeignClasses(self)
        self._lent = Lent(self)
        self._left = MAX_REQUESTS
        self._nested = 0
        self._settled = False
        """Whether it is being asked something that changes nothing."""
        self._ended: set[str] = set()
        self.version = 0
        """Raised by whatever may change something in the program."""
        self.gone = False
        self.raised = False
        self.answered = False
        self.claimed = False
        """Whether the test was given something that is what the program says it is: what then goes wrong may be the
        program's doing."""
        self.untold = False
        """Whether the test wanted to give the program something of its own that cannot cross."""
        self.refused = False
        """Whether something that the test wanted was not asked: that it ended well is nobody's merit then."""
        self.taken: set[str] = set()
        """Names of constants and exceptions of the program's that the test took: what they are is its answer."""
        self.unusable = False
        """Whether the test does what no program can make it do, and cannot be done here."""

    def operate(self, name: str, operands: tuple[Any, ...], kwargs: dict[str, Any] | None = None) -> Any:
        """What comes of an operation (`operations.py`). Raises what the program did, ProgramError, Gone, Refused."""
        found = self._operate(name, operands, kwargs or {})
        if not found:
            raise self._failed(ProgramError("an end that was not asked for"))
        return found[0]

    def told(self, kind: type, name: str, operands: tuple[Any, ...]) -> Any:
        """As `operate`, where the answer must be of exactly one type (`object`: of any)."""
        value = self.operate(name, operands)
        if kind is not object and type(value) is not kind and not (kind is Handle and isinstance(value, Handle)):
            raise self._failed(ProgramError(f"{name} gave no {kind.__name__}"))
        return value

    def next_of(self, iterator: Handle) -> list[Any]:
        """The next item, alone in a list, or nothing: an iterator that ended once is at its end for good."""
        if iterator._rr_reference in self._ended:
            return []
        found = self._operate("next", (iterator,), {})
        if not found:
            self._ended.add(iterator._rr_reference)
        return found

    def lend(self, holder: Handle, name: str, value: Any) -> None:
        """Take note of what the test read as an attribute, for it may change it."""
        self._lent.note(holder, name, value)

    def agree(self, see: Callable[..., Any], *facts: Any) -> Any:
        """Take note of what an object says of itself. Raises ProgramError where it said otherwise before."""
        try:
            return see(*facts)
        except DisagreementError as problem:
            raise self._failed(ProgramError(f"an object says different things of itself: {problem}")) from None

    def thing(self, name: str) -> Any:
        """What the program has under a name that the test takes from nowhere; where that is nothing, a stand-in that
        asks for it when it is used, and then is missing: by the lack of a name no test is to blame.
        """
        found = self.found(name)
        if not found:
            self.claimed = self.raised = True
        return (found or [StandIn(self, name)])[0]

    def found(self, name: str) -> list[Any]:
        """What the program has under a name, alone in a list, or nothing: a constant, a class of exceptions, or else
        a stand-in that asks for it when it is used.
        """
        raised, claimed = self.raised, self.claimed
        try:
            found = self.operate("find", (StandIn(self, name),))
        except Exception:  # noqa: BLE001 - the test shall see that where it uses the name
            return []
        finally:
            self.raised = raised
        if isinstance(found, Handle):
            self.claimed = claimed
            return [StandIn(self, name)]
        self.claimed = True
        self.taken.add(name)
        return [found]

    @property
    def is_blameless(self) -> bool:
        """Whether nothing that the program did can have ended the test."""
        return self.unusable or (not self.claimed and (self.untold or not self.answered))

    def _operate(self, name: str, operands: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
        """The value in a list, or nothing where an iterator has ended."""
        for changed in self._lent.changed() if name != "fill" else ():
            self._operate("fill", changed, {})
        links = Links(grows=True)
        try:
            given = (name, operands, kwargs)
            request = call_frames.pack(call_frames.OPERATION, given, self, links, call_frames.MAX_REQUEST_BYTES)
        except NotPlainDataError as problem:
            is_own = problem.code == "not_plain" and _is_of_the_test(problem.kind)
            self.untold = self.untold or is_own or not self.answered
            raise self.refuse(str(problem)) from None
        self.answered = self.answered or name not in _NOTHING_ASKED  # before the reply, which may be hard to read
        settled, self._settled = self._settled, self._settled or name in _UNCHANGING
        try:
            if not self._settled:
                self.version += 1
            tag, data = self._ask(request)
        finally:
            self._settled = settled
        if tag == call_frames.ENDED and name == "next":
            return []
        links.grows = False
        answer = self._read(data, links, call_frames.most_in_reply(request))
        if tag == call_frames.VALUE:
            return [self._taken(answer, links)]
        if tag == call_frames.EXCEPTION:
            if type(answer) is int and 0 <= answer < len(self._thrown):
                raise self._failed(self._thrown[answer])
            raise self._failed(exception_of(answer, is_wide=self._is_wide))
        raise self._failed(ProgramError(f"{tag.decode('ascii', 'replace')}: {answer}"))

    def refuse(self, why: str) -> Refused:
        """What to raise where something is not asked."""
        self.refused = True
        return Refused(why)

    def _failed(self, problem: Exception) -> Exception:
        self.raised = True
        return problem

    def _read(self, data: bytes, links: Links | None, max_bytes: int = call_frames.MAX_BYTES) -> Any:
        try:
            return decode(data, max_bytes=max_bytes, references=self, links=links)
        except NotPlainDataError as problem:
            raise self._failed(ProgramError(f"no plain data: {problem}")) from None

    def _taken(self, answer: Any, links: Links) -> Any:
        """The value of an answer, when the arguments hold what they hold since the call."""
        try:
            value, changes = answer
            for number, content in changes or ():
                if type(number) is not int or type(content) is not list or not 0 <= number < len(links.held):
                    raise TypeError
                fill(links.held[number], content)
        except (TypeError, ValueError):
            raise self._failed(ProgramError("a reply that says nothing")) from None
        return value

    def _ask(self, request: bytes) -> tuple[bytes, bytes]:
        if self.gone:
            raise Gone
        if not self._left:
            raise self._failed(ProgramError(f"more than {MAX_REQUESTS:,} requests"))
        self._left -= 1
        most = call_frames.most_in_reply(request)
        while True:
            try:
                call_frames.write(self._requests, request)
                tag, data = call_frames.receive(self._replies, most)
            except (EOFError, OSError):
                self.gone = True
                raise Gone from None
            if tag != call_frames.BACK:
                return tag, data
            request = self._called_back(data)

    def _called_back(self, data: bytes) -> bytes:
        """Call one of the test's functions as the program wants it: the frame with its value or its exception."""
        try:
            number, args, kwargs = self._read(data, None)
            function = self._given[number]
            if type(number) is not int or number < 0 or type(args) is not tuple or type(kwargs) is not dict:
                raise TypeError
        except (TypeError, ValueError, IndexError, ProgramError):
            return self._refusal(TypeError("no such call"))
        if self._nested == MAX_NESTED:
            return self._refusal(RecursionError("calls of the test's functions within each other"))
        if not self._settled:
            self.version += 1
        self._nested += 1
        try:
            value = function(*args, **kwargs)
            return call_frames.pack(call_frames.VALUE, value, self, None, call_frames.MAX_REQUEST_BYTES)
        except NotPlainDataError as problem:
            return self._refusal(TypeError(str(problem)))
        except Exception as problem:  # noqa: BLE001 - a test's function may raise anything, and its caller may expect it
            number = None
            if len(self._thrown) < MAX_THROWN and not is_end_of_loop(problem):
                number = len(self._thrown)
                self._thrown.append(problem)
            return self._refusal(problem, number)
        finally:
            self._nested -= 1

    def _refusal(self, problem: Exception, number: int | None = None) -> bytes:
        """The frame with an exception, which may be known by a number."""
        args, attributes = problem.args, {name: it for name, it in vars(problem).items() if name[:1] != "_"}
        if isinstance(problem, AssertionError):
            args, attributes = (), {}  # they may say what is expected
        for told in ((args, attributes), (args, {})):
            try:
                return call_frames.pack(call_frames.EXCEPTION, (crossing(problem), *told, number), self)
            except NotPlainDataError:
                continue
        return call_frames.pack(call_frames.EXCEPTION, (crossing(problem), (), {}, number), self)

    def node(self, item: Any) -> str:
        if isinstance(item, Handle):
            return str(item._rr_reference)
        if id(item) in _NAMES_OF_BUILTINS:  # so that `eval` and the like run over there
            return "y" + _NAMES_OF_BUILTINS[id(item)]
        reference = foreign_reference(item)
        if reference or not (callable(item) or hasattr(type(item), "__next__")):
            return reference
        number = self._given_numbers.get(id(item))
        if number is None:
            if len(self._given) == MAX_GIVEN:
                return ""
            number = self._given_numbers[id(item)] = len(self._given)
            self._given.append(item)
        if callable(item):
            name = getattr(item, "__name__", "given")
            return f"g{number} {name if type(name) is str and name.isidentifier() else 'given'}"
        if self._given[number] is item:
            self._given[number] = functools.partial(_next_in_list, item)
        return f"j{number}"

    def value(self, tag: str, rest: str) -> object:
        if tag == "y":
            if rest not in BUILTIN_TYPES:
                raise ValueError
            self._is_wide = self._is_wide or rest in WIDE
            return WIDE.get(rest, BUILTIN_TYPES[rest])
        written, _, traits = rest.partition(" ")
        number = number_of(written if tag in "gh" else rest)
        if tag == "g" and number < len(self._given):
            return self._given[number]
        if tag not in "hx" or number >= MAX_HANDLES:
            raise ValueError
        self.claimed = True
        if tag == "x":
            return self._classes.of(number)
        if number not in self._handles:
            self._handles[number] = handle(self, f"h{number}", traits)
        return self._handles[number]


def _is_of_the_test(kind: type | None) -> bool:
    """Whether values of a type can be in a test by no doing of the program's, which has answered something: those of
    classes of the test's.
    """
    own = kind is not None and getattr(kind, "__module__", "") in _MODULES_OF_TESTS
    return kind is object or (own and not issubclass(cast("type", kind), (Foreign, Handle)))


def _next_in_list(iterator: Any) -> list[Any]:
    for item in iterator:
        return [item]
    return []
