"""The checker's side of the talk with a program, against replies that the program's process may write."""

from __future__ import annotations

import fcntl
import json
import operator
import os
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulereward.services.sandbox.inside import asking
from rulereward.services.sandbox.inside.abilities import StandIn
from rulereward.services.sandbox.inside.asking import Gone, Program, Refused
from rulereward.services.sandbox.inside.foreign import ProgramError
from rulereward.services.sandbox.inside.handles import JUDGING, Handle

_PIPE_BYTES = 1 << 20
_SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ, which `fcntl` has a name for since Python 3.10 on Linux alone


def frame(tag: bytes, *nodes: str) -> bytes:
    """A reply as a hostile program writes it."""
    data = json.dumps(nodes).encode()
    return tag + len(data).to_bytes(4, "big") + data


def value(*nodes: str) -> bytes:
    """A reply with a value that changed nothing."""
    return frame(b"v", "u2", *nodes, "n")


def ask_f(program: Program, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What comes of a call of the program's function `f`, as a test sees it."""
    return StandIn(program, "f")(*args, **kwargs)


@contextmanager
def answering(*replies: bytes) -> Iterator[Program]:
    """A program whose answers all lie ready, and that then is gone."""
    asked, asking_ = os.pipe()
    answered, answering_ = os.pipe()
    fcntl.fcntl(answering_, _SET_PIPE_SIZE, _PIPE_BYTES)
    os.write(answering_, b"".join(replies))
    os.close(answering_)
    try:
        yield Program(asking_, answered)
    finally:
        for descriptor in (asked, asking_, answered):
            os.close(descriptor)


BAD = {
    "nothing": frame(b"v"),
    "no value": frame(b"v", "n"),
    "three things": frame(b"v", "u3", "n", "n", "n"),
    "an unknown tag": frame(b"?", "n"),
    "an end that was not asked for": frame(b"s", "n"),
    "no such object": value("h100000"),
    "an object of a negative number": value("h-1"),
    "an object by another number": value("h1 2"),
    "an object that can do what nobody can": value("h1 cz"),
    "an object that can do a thing twice": value("h1 cc"),
    "a fraction that is too long to be given back": value("F" + "f" * 3_001 + " 1"),
    "a range that is too long to be given back": value("R0 " + "f" * 3_001 + " 1"),
    "a decimal number that is too long to be given back": value("D" + "1" * 3_995 + "E+1"),
    "a fraction that is not reduced": value("F2 4"),
    "an object by no number": value("h"),
    "an object by a digit of another script": value("h\u0663"),
    "a name of the program's": value("padd"),
    "a function that was not given": value("g0 f"),
    "an iterator that was not given": value("j0"),
    "a builtin function": value("yeval"),
    "no builtin": value("y__import__"),
    "a container that was not given": value("k7"),
    "a container by a long number": value("k" + "9" * 5_000),
    "a class that says nothing": value("x0") + value("n"),
    "a class that is itself made of classes": value("x0") + value("u2", "l1", "x1", "sException"),
    "a class with another's number": value("x0") + value("u2", "l1", "u2", "sA", "sx5", "sException"),
    "a class without a name": value("x0") + value("u2", "l1", "u2", "s1 2", "sx0", "sException"),
    "changes of nothing": frame(b"v", "u2", "n", "l1", "u2", "i9", "l0"),
    "changes to a number": frame(b"v", "u2", "n", "l1", "u2", "i0", "i5"),
    "changes in no list": frame(b"v", "u2", "n", "i5"),
    "keys that cannot be": frame(b"v", "u2", "n", "l1", "u2", "i1", "l2", "l0", "n"),
    "half a pair": value("d1", "n"),
    "an exception that says nothing": frame(b"e", "n"),
    "an exception without a name": frame(b"e", "u5", "l0", "l0", "l0", "l0", "l0"),
    "an end of iterations": frame(b"e", "u5", "sStopIteration", "s", "u0", "n", "n"),
    "an end of everything": frame(b"e", "u5", "sSystemExit", "s", "u0", "n", "n"),
    "an exception that the test never raised": frame(b"e", "i0"),
    "an exception before all that the test raised": frame(b"e", "i-1"),
    "no exception": frame(b"e", "u5", "sint", "s", "u0", "n", "n"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_replies(name: str) -> None:
    with answering(BAD[name]) as program:
        with pytest.raises((ProgramError, Gone)):
            ask_f(program, ([1], {2: 3}), {})
        assert program.raised or program.gone
        assert not program.is_blameless


@pytest.mark.parametrize(
    ("reply", "ask"),
    [
        (value("i5"), bool),
        (value("h1"), bool),
        (value("t"), len),
        (value("r2.0"), len),
        (value("h1"), len),
        (value("i5"), str),
        (value("h1"), repr),
        (value("h1"), hash),
        (value("s5"), hash),
        (value("l0"), iter),
        (value("i1"), lambda thing: isinstance(thing, thing)),
        (value("b61"), lambda thing: f"{thing}"),
    ],
)
def test_answers_of_another_type(reply: bytes, ask: Callable[[Any], Any]) -> None:
    with answering(value("h0 cgiln"), reply) as program:
        thing = ask_f(program, (), {})
        with pytest.raises(ProgramError):
            ask(thing)


PLAIN: list[Any] = [5, 2.5, "a", b"a", None, True, [1], (1,), {1: 2}, {1}, 1j]
NUMBERS: list[Any] = [5, 2.5, 1j]


@pytest.mark.parametrize("other", PLAIN, ids=repr)
def test_beside_plain_data(other: Any) -> None:
    """Nothing of it is asked of the program: there is no answer, and it would be gone."""
    with answering(value("h0 cgiln")) as program:
        thing = ask_f(program, (), {})
        assert not thing == other  # noqa: SIM201 - each of the operators
        assert not other == thing  # noqa: SIM201 - as above
        assert thing != other
        assert thing not in [other]
        for number in (round, int, float, complex, range):
            with pytest.raises(TypeError):
                number(thing)
        for name in [*JUDGING, "__array__", "__index__", "__float__", "__fspath__", "__length_hint__"]:
            with pytest.raises(AttributeError):
                getattr(thing, name)
        with pytest.raises(TypeError):
            thing[1:]
        assert not program.gone


@pytest.mark.parametrize("other", PLAIN, ids=repr)
def test_whether_a_class_takes_plain_data(other: Any) -> None:
    """It is asked of a value that says nothing, and where it takes that the test ends."""
    taken, refusal = value("i1"), frame(b"e", "u5", "sTypeError", "s", "u0", "n", "n")
    operators = ("__add__", "__sub__", "__rsub__", "__mod__", "__iadd__")
    for name in ("__lt__", "__le__", "__gt__", "__ge__", *(() if other in NUMBERS else operators)):
        with answering(value("h0 cgiln"), refusal, taken) as program:
            thing = ask_f(program, (), {})
            compare = getattr(type(thing), name)
            assert compare(thing, other) is NotImplemented
            assert not program.refused
            with pytest.raises(Refused):
                compare(thing, other)
            assert program.refused


@pytest.mark.parametrize("number", NUMBERS, ids=repr)
@pytest.mark.parametrize("combine", [operator.add, lambda thing, number: number - thing, operator.ipow])
def test_beside_a_number(number: Any, combine: Callable[[Any, Any], Any]) -> None:
    """What comes of it is an object, which is not asked for its truth or size, nor is what comes of that."""
    replies = [value("h1"), value("h2"), value("h3"), value("h4"), value("h5")]
    with answering(value("h0 cgiln"), *replies, value("i0")) as program:
        thing = ask_f(program, (), {})
        made = combine(thing, number)
        for further in (made, -made, made + thing, thing + made, 1 * made):
            for tell in (bool, abs, float):
                with pytest.raises(TypeError):
                    tell(further)
        assert not program.gone
        with pytest.raises(ProgramError):
            combine(thing, number)


def test_requests_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MAX_REQUESTS", 3)
    with answering(*[value("i1")] * 9) as program:
        assert [ask_f(program, (), {}) for _ in range(3)] == [1, 1, 1]
        with pytest.raises(ProgramError, match="more than 3 requests"):
            ask_f(program, (), {})


def test_an_iterator_that_ended_is_at_its_end() -> None:
    with answering(value("h0 in"), value("h0 in"), value("i1"), frame(b"s", "n"), value("i2")) as program:
        thing = ask_f(program, (), {})
        assert list(map(abs, thing)) == [1]
        with pytest.raises(StopIteration):
            next(thing)


@pytest.mark.parametrize(
    "back",
    [
        frame(b"b", "n"),
        frame(b"b", "u3", "i5", "u0", "d0"),
        frame(b"b", "u3", "i-1", "u0", "d0"),
        frame(b"b", "u3", "t", "u0", "d0"),
        frame(b"b", "u3", "i0", "l0", "d0"),
        frame(b"b", "u3", "i0", "u0", "d1", "i1", "i1"),
        frame(b"b", "u3", "i0", "u1", "h999999999", "d0"),
        frame(b"b", "nonsense"),
    ],
)
def test_bad_calls_of_the_tests_functions(back: bytes) -> None:
    called: list[Any] = []
    with answering(back, value("i7")) as program:
        assert ask_f(program, (lambda *args: called.append(args),), {}) == 7
    assert called == []


ABILITIES: dict[str, Callable[[Any], bool]] = {
    "c": callable,
    "g": lambda thing: hasattr(thing, "__getitem__"),
    "i": lambda thing: isinstance(thing, Iterable),
    "l": lambda thing: isinstance(thing, Sized),
    "n": lambda thing: hasattr(thing, "__next__"),
}


@pytest.mark.parametrize("traits", ["", "c", "gl", "i", "in", "gil", "cgiln"])
def test_an_object_is_able_to_do_what_its_class_can(traits: str) -> None:
    """Told with its number; nothing more is asked, for the program would be gone."""
    with answering(value(f"h0 {traits}".strip())) as program:
        thing = ask_f(program, (), {})
        assert "".join(letter for letter, has in ABILITIES.items() if has(thing)) == traits


def test_a_bogus_call_undoes_nothing() -> None:
    """Nor does a real one, while the program is asked what changes nothing."""
    bogus, real = frame(b"b", "u3", "n", "u0", "d0"), frame(b"b", "u3", "i0", "u0", "d0")
    with answering(value("h0 gl"), bogus + value("i2"), real + bogus + value("i7"), value("n")) as program:
        thing = ask_f(program, (lambda: None,), {})
        before = program.version
        assert len(thing) == 2
        assert thing[0] == 7
        assert program.version == before
        assert (len(thing), thing[0]) == (2, 7)  # asks nothing
        ask_f(program, (), {})
        assert program.version > before


def test_what_the_program_sends_is_no_reason_not_to_count() -> None:
    """It decides what of its own a test hands on, but not what objects of its own a test has."""
    with answering(value("d1", "i1", "i2"), value("n")) as program:
        found = ask_f(program, (), {})
        with pytest.raises(Refused):
            ask_f(program, (found.keys(),), {})
        assert not program.is_blameless
    with answering() as program:
        with pytest.raises(Refused):
            ask_f(program, (object(),), {})
        assert program.is_blameless


def test_what_a_failing_function_says_stays_here() -> None:
    """The text of an assertion may hold what is expected."""

    def wrong() -> None:
        raise AssertionError("expected 41")

    asked, asking_ = os.pipe()
    answered, answering_ = os.pipe()
    os.write(answering_, frame(b"b", "u3", "i0", "u0", "d0") + value("i1"))
    ask_f(Program(asking_, answered), (wrong,), {})
    told = os.read(asked, 1 << 16)
    for descriptor in (asked, asking_, answered, answering_):
        os.close(descriptor)
    assert b"AssertionError" in told
    assert b"41" not in told.replace(b"AssertionError", b"")


NODES = st.text(max_size=3) | st.sampled_from(
    [
        "n",
        "t",
        "i1",
        "u2",
        "u5",
        "l1",
        "d1",
        "q1",
        "v1",
        "h0",
        "h1 cgil",
        "x0",
        "x1",
        "k0",
        "k1",
        "g0",
        "yint",
        "sa",
        "sx0",
    ]
)
TAGS = st.sampled_from([b"v", b"e", b"s", b"n", b"b", b"u"])
FRAMES = st.builds(frame, TAGS, *[NODES] * 4) | st.builds(value, *[NODES] * 3)


@settings(deadline=None)
@given(st.lists(FRAMES | st.binary(max_size=20), max_size=8))
def test_whatever_is_replied(replies: list[bytes]) -> None:
    """It is a value, or an exception that a test may see, or the end."""
    with answering(*replies) as program:
        try:
            found = ask_f(program, ([1], lambda *args: args), {"x": {1: [2]}})
            if isinstance(found, Handle):
                bool(found)
                list(found)
        except (Exception, Gone):  # noqa: BLE001 - whatever the program says it raised
            pass
