"""What functions return: carried over as text, whatever it is, and held against what was expected."""

from __future__ import annotations

import ast
import json
import time
from collections import Counter, OrderedDict, UserDict, defaultdict, deque, namedtuple
from datetime import date, datetime, timedelta, timezone, tzinfo
from datetime import time as clock_time
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rulereward.services.sandbox.inside import plain_data, plain_reading
from rulereward.services.sandbox.inside.plain_data import MAX_BYTES, MAX_DEPTH, MAX_VALUES, NotPlainDataError, encode
from rulereward.services.sandbox.inside.plain_reading import decode
from rulereward.text.value_match import BUILDERS, Members, Pairs, match_values
from rulereward.text.value_result import Match, Tolerance, shown

PATH = Path(__file__).parents[1] / "cases" / "code_outputs" / "values.yaml"
CASES = yaml.safe_load(PATH.read_text(encoding="utf-8"))
MERSENNE = 2**61 - 1  # integers that are equal modulo this have the same hash

ZONE = timezone(timedelta(hours=5))
OTHER_LEAVES = (
    st.fractions() | st.decimals(allow_nan=False) | st.dates() | st.timedeltas()
    | (st.datetimes() | st.times() | st.datetimes(timezones=st.just(ZONE))).map(lambda moment: moment.replace(fold=0))
    | st.builds(range, st.integers(), st.integers(), st.integers(1))
)  # fmt: skip
LEAVES = OTHER_LEAVES | (
    st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.binary(max_size=8)
    | st.text(st.characters(codec=None) | st.sampled_from("\ud83d\ude00"), max_size=8)
)  # fmt: skip
KEYS = st.recursive(LEAVES, lambda part: st.tuples(part, part) | st.frozensets(part, max_size=3), max_leaves=4)
VALUES = st.recursive(
    LEAVES,
    lambda part: (
        st.lists(part, max_size=4)
        | st.lists(part, max_size=4).map(tuple)
        | st.dictionaries(KEYS, part, max_size=4)
        | st.sets(KEYS, max_size=4)
        | st.frozensets(KEYS, max_size=4)
        | st.lists(part, max_size=4).map(deque)
        | st.dictionaries(KEYS, part, max_size=4).map(OrderedDict)
    ),
    max_leaves=20,
)


def value_of(source: str) -> object:
    kinds = (int, float, complex, set, frozenset, range, bytearray, Fraction, Decimal, Counter, OrderedDict, deque,
             defaultdict, date, clock_time, datetime, timedelta, timezone)  # fmt: skip
    return eval(source, {"__builtins__": {kind.__name__: kind for kind in kinds}})


def read(value: object) -> object:
    """As the host reads what a function returned."""
    return decode(encode(value), BUILDERS)


def same(one: object, other: object) -> bool:
    """Equal and of the same types all through; NaN is NaN, and 0.0 is not -0.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return same(list(one.items()), list(other.items()))
    if isinstance(one, list | tuple | deque):
        return len(one) == len(other) and all(map(same, one, other))
    return len(one) == len(other) if isinstance(one, set | frozenset) else repr(one) == repr(other)


@pytest.mark.parametrize(("got", "expected"), CASES["is"])
def test_is(got: str, expected: str) -> None:
    assert match_values(read(value_of(got)), value_of(expected)) == Match(True)
    assert match_values(value_of(expected), read(value_of(got))) == Match(True)


@pytest.mark.parametrize("case", CASES["is_not"], ids=lambda case: f"{case['got']} {case['expected']}")
def test_is_not(case: dict[str, str]) -> None:
    got, expected = value_of(case["got"]), value_of(case["expected"])
    for mine in (got, read(got)):
        found = match_values(mine, expected)
        assert not found.matched
        assert found.difference == case.get("says", found.difference) != ""
    assert not match_values(expected, got).matched


@pytest.mark.parametrize(
    ("verdict", "got", "expected"), [(v == "is", *p) for v in ("is", "is_not") for p in CASES["json_keys"][v]]
)
def test_json_keys(verdict: bool, got: str, expected: str) -> None:
    assert match_values(read(value_of(got)), value_of(expected), text_keys=True).matched == verdict
    assert not match_values({1: 0}, {"1": 0}).matched


@pytest.mark.parametrize(
    ("verdict", "got", "expected"), [(v == "is", *p) for v in ("is", "is_not") for p in CASES["near"][v]]
)
def test_near(verdict: bool, got: str, expected: str) -> None:
    assert match_values(read(value_of(got)), value_of(expected), Tolerance(abs=0.01)).matched == verdict


@given(VALUES)
def test_round_trip(value: object) -> None:
    text = encode(value)
    back = decode(text)
    assert same(back, value)
    assert match_values(back, value).matched
    assert match_values(value, read(value)).matched
    assert json.loads(text)
    assert text.isascii()


@given(VALUES, VALUES, st.sampled_from([Tolerance(), Tolerance(abs=1.0), Tolerance(rel=0.5)]))
def test_symmetric(one: object, other: object, tolerance: Tolerance) -> None:
    found = match_values(read(one), other, tolerance)
    assert found.matched == match_values(other, read(one), tolerance).matched
    assert found.matched == (not found.difference)
    assert len(found.difference) <= 400
    assert match_values(one, one, tolerance).matched


@given(st.lists(KEYS, max_size=6), st.randoms())
def test_no_order(keys: list[object], draw) -> None:  # type: ignore[no-untyped-def]
    shuffled = draw.sample(keys, len(keys))
    assert match_values(Members(shuffled), Members(keys)).matched
    assert match_values(Pairs([(key, 1) for key in shuffled]), Pairs([(key, 1) for key in keys])).matched
    assert not match_values(Members([*keys, 1]), Members(keys)).matched


TAGGED = st.text(max_size=4) | st.sampled_from(["l1", "u2", "d1", "e2", "n", "i1", "i-a", "r1.0", "sa"])


@given(st.binary() | st.lists(TAGGED).map(json.dumps).map(str.encode))
def test_any_bytes(data: bytes) -> None:
    """Whatever arrives, it is a value or that one error."""
    for builders in (None, BUILDERS):
        try:
            value = decode(data, builders)
        except NotPlainDataError as error:
            value = error.code
        assert match_values(value, value).matched
        assert match_values(read(value) if builders is None else value, value).matched


MALFORMED = [
    "", "[]", "null", "1", "[1]", "[null]", '[""]', '["n"', '["n"]x', '["n","n"]', '["l1"]', '["l2","n"]',
    '["d1","n"]',
    '["l-1"]', '["l01","n"]', '["l"]', '["l1_0"]', '["l99999999999"]', '["n0"]', '["tt"]', '["i"]', '["i-0"]',
    '["i01"]',
    '["iF"]', '["i0x1"]', '["i1_0"]', '["i 1"]', '["i+1"]', '["r1"]', '["r01.0"]', '["r1e999"]', '["r 1.0"]',
    '["rnan0"]', '["r-nan"]', '["rinfinity"]', '["c1.0"]', '["c1.0 1.0 1.0"]', '["b1"]', '["b1 "]', '["b 61"]',
    '["bxy"]',
    '["q0"]', '["q1","i1","n","n"]', '["q2","i1","n","n"]', '["q0","t"]', '["v0","sobject()"]',
    '["v0","i1"]', '["a1"]',
    '["m1","l0","n"]', '["o2","n","n","n","n"]', '["F1"]', '["F1 0"]', '["F1 -1"]', '["F1 2 3"]', '["F1/2"]',
    '["F1 ' + "f" * 4_000 + '"]', '["R1 2"]', '["R1 2 0"]', '["R1 2 3 4"]', '["R1 2 3.5"]', '["D"]', '["D1e5"]',
    '["D1_0"]', '["Dsnan"]', '["D' + "1" * 5_000 + '"]', '["D1E+' + "9" * 30 + '"]', '["P1 2"]', '["P1 -1 0"]',
    '["P' + "f" * 20 + ' 0 0"]', '["Pffffff00 0 0"]', '["Y2024-02-30"]', '["Y20240101"]', '["Y2024-01-01T00:00"]',
    '["M2024-01-01"]', '["M2024-01-01 00:00:00"]', '["M2024-01-01T00:00:00Z"]', '["H25:00:00"]', '["H1:00"]', '["Z"]',
    '["k0"]', '["h0"]', '["x0"]', '["g0"]', '["yint"]', '["padd"]',
    '["w1"]', '["wff"]', r'["s\ud800"]', '["x"]', '["é"]', '[["n"]]', '{"n":1}', '["e1","l0"]', '["d1","e0","n"]',
    '["e2","n","n"]', '["e2","i1","r1.0"]', '["d2","i1","n","t","n"]', '["u0","u0"]', "[1e999]", "[NaN]",
    "[" * 100_000, "[" + "1" * 10_000 + "]", '["i' + "f" * 10 + "g" + '"]',
]  # fmt: skip


@pytest.mark.parametrize("text", MALFORMED, ids=lambda text: text[:30])
def test_malformed(text: str) -> None:
    with pytest.raises(NotPlainDataError) as caught:
        decode(text.encode("utf-8"))
    assert caught.value.code == "malformed"
    assert str(caught.value).isprintable()


def test_keys_on_the_host() -> None:
    """Nothing of what was read with BUILDERS is hashed; a key that no dict can have equals none."""
    assert not match_values(decode(b'["d1","e0","n"]', BUILDERS), {frozenset(): None, 1: 1}).matched
    assert not match_values(decode(b'["d2","i1","n","i1","n"]', BUILDERS), {1: None}).matched
    assert not match_values(decode(b'["e2","i1","i1"]', BUILDERS), {1}).matched


class Liar(int):
    def __eq__(self, other: object) -> bool:
        raise AssertionError("a method of the value was called")

    def __hash__(self) -> int:
        raise AssertionError("a method of the value was called")

    __repr__ = __index__ = __int__ = __format__ = bit_length = __hash__  # type: ignore[assignment]


class Meta(type):
    @property
    def __name__(cls) -> str:
        raise AssertionError("a method of the type was called")

    def __instancecheck__(cls, instance: object) -> bool:
        raise AssertionError("a method of the type was called")

    __eq__ = __hash__ = __instancecheck__  # type: ignore[assignment]


class LyingList(list):  # type: ignore[type-arg]
    def __iter__(self):  # type: ignore[no-untyped-def]
        raise AssertionError("a method of the value was called")

    __len__ = __getitem__ = __iter__  # type: ignore[assignment]


class LyingDict(dict):  # type: ignore[type-arg]
    def items(self):  # type: ignore[no-untyped-def]
        raise AssertionError("a method of the value was called")

    __iter__ = __len__ = keys = items  # type: ignore[assignment]


class Colour(IntEnum):
    RED = 1


class Whole:
    __class__ = int  # type: ignore[assignment]


NOT_PLAIN = [
    Liar(1), LyingList([1]), LyingDict({1: 2}), Colour.RED, Whole(), object(), int, len, iter([]), (i for i in ()),
    type("range", (), {})(), type("Fraction", (Fraction,), {})(1), type("deque", (deque,), {})(),
    type("Decimal", (Decimal,), {})(1),
    type("Zone", (tzinfo,), {})(), type("date", (date,), {})(2024, 1, 1),
    type("str", (str,), {})("a"), type("bytes", (bytes,), {})(b"a"), type("float", (float,), {})(1.0),
    type("tuple", (tuple,), {})(), type("set", (set,), {})(), namedtuple("Point", "x")(1), UserDict(),
    {1: 2}.keys(), NotImplemented, ..., Exception("x"),
]  # fmt: skip


@pytest.mark.parametrize("value", NOT_PLAIN, ids=range(len(NOT_PLAIN)))
def test_not_plain(value: object) -> None:
    for whole in (value, [value], (1, [value]), {"key": value}):
        with pytest.raises(NotPlainDataError, match="is no plain data") as caught:
            encode(whole)
        assert caught.value.code == "not_plain"
    with pytest.raises(TypeError, match="is no plain data"):
        match_values(1, value)


@pytest.mark.parametrize(
    "value",
    [
        Fraction(1, 2**20_000),
        range(1 << 20_000),
        Decimal("NaN123"),
        Decimal("1" * 5_000),
        datetime(2024, 1, 1, tzinfo=type("Zone", (tzinfo,), {"utcoffset": lambda *_: None})()),
    ],
    ids=range(5),
)
def test_of_these_types_too_but_not_these(value: object) -> None:
    """What would take too long to read, what no text stands for, and what has code in it."""
    with pytest.raises(NotPlainDataError, match="is no plain data"):
        encode(value)


def test_a_metaclass_is_not_asked() -> None:
    with pytest.raises(NotPlainDataError, match="the type Mine is"):
        encode(Meta("Mine", (), {})())


def test_dicts_and_lists_of_the_standard_library() -> None:
    """They keep their types, and on the host equal the list or the dict of the same things."""
    counts = Counter("aab")
    by_size: defaultdict[int, list[str]] = defaultdict(list, {1: ["a"]})
    value = [counts, by_size, OrderedDict(x=1), deque([1, 2], maxlen=2)]
    found = decode(encode(value))
    assert found == value
    assert isinstance(found, list)
    assert [type(item) for item in found] == [Counter, defaultdict, OrderedDict, deque]
    assert (found[1].default_factory, found[3].maxlen) == (list, 2)
    assert match_values(read(value), [{"a": 2, "b": 1}, {1: ["a"]}, {"x": 1}, [1, 2]]).matched
    nameless = decode(encode(defaultdict(lambda: 1, {2: 3})))
    assert isinstance(nameless, defaultdict)
    assert nameless.default_factory is None


def nested(depth: int) -> list[object]:
    value: list[object] = []
    for _ in range(depth - 1):
        value = [value]
    return value


def test_self_containing() -> None:
    endless: list[object] = []
    endless.append(endless)
    looped: dict[str, object] = {"a": [1]}
    looped["b"] = (2, looped)
    for value in (endless, looped, [endless]):
        with pytest.raises(NotPlainDataError) as caught:
            encode(value)
        assert caught.value.code == "self_containing"
    shared = [1]
    assert decode(encode([shared, shared])) == [[1], [1]]


def test_depth() -> None:
    assert decode(encode(nested(MAX_DEPTH))) == nested(MAX_DEPTH)
    for broken in (
        lambda: encode(nested(MAX_DEPTH + 1)),
        lambda: decode(json.dumps(["l1"] * MAX_DEPTH + ["l0"]).encode()),
    ):
        with pytest.raises(NotPlainDataError) as caught:
            broken()
        assert caught.value.code == "too_deep"
    deep = nested(50_000)  # what is compared has no limit
    assert match_values(deep, deep).matched
    assert not match_values(deep, [deep]).matched
    assert match_values(Members([deep]), Members([deep])).matched
    while deep:  # Python itself recurses where it frees such a list
        deep = deep.pop()  # type: ignore[assignment]


def test_size() -> None:
    doubled: list[object] = []
    for _ in range(60):
        doubled = [doubled, doubled]  # 2**60 values, were it written out
    too_large = [
        doubled, "a" * MAX_BYTES, "é" * (MAX_BYTES // 6 + 1), "\x00" * (MAX_BYTES // 4), b"a" * (MAX_BYTES // 2),
        1 << (4 * MAX_BYTES), [0] * 10**7, dict.fromkeys(range(MAX_BYTES // 8)), set(range(MAX_VALUES + 1)),
        list(range(MAX_VALUES)),
    ]  # fmt: skip
    for value in too_large:
        start = time.process_time()
        with pytest.raises(NotPlainDataError) as caught:
            encode(value)
        assert caught.value.code == "too_large"
        assert time.process_time() - start < 3
    assert len(encode("a" * (MAX_BYTES - 5))) == MAX_BYTES
    with pytest.raises(NotPlainDataError):
        encode("a" * (MAX_BYTES - 4))
    assert encode("abc", max_bytes=8) == b'["sabc"]'
    with pytest.raises(NotPlainDataError):
        decode(b'["sabc"]', max_bytes=7)


HOSTILE = {
    "one hash": json.dumps([f"e{40_000}", *(f"i{MERSENNE * number:x}" for number in range(40_000))]),
    "one hash in keys": json.dumps(
        ["d20000", *(part for n in range(20_000) for part in (f"i{MERSENNE * n:x}", "n"))]
    ),
    "NaN": json.dumps(["e100000", *["rnan"] * 100_000]),
    "long integers": json.dumps(["l200", *["i" + "f" * 5_000] * 200]),
    "one integer": json.dumps(["i" + "f" * (MAX_BYTES - 10)]),
    "empty lists": json.dumps(["l150000", *["l0"] * 150_000], separators=(",", ":")),
    "sets in sets": json.dumps(["e1"] * MAX_DEPTH + ["n"]),
    "wide and deep": json.dumps(["e2", "n"] * (MAX_DEPTH - 1) + ["e100000", *["n"] * 100_000]),
    "texts": json.dumps(["l100", *["s" + "\u0000" * 1_500] * 100]),
    "nothing ends": json.dumps(["l100000000"] * MAX_DEPTH),
    "brackets": "[" * MAX_BYTES,
    "arrays": "[" + "[]," * (MAX_BYTES // 3 - 1) + "[]",
    "number": "[" + "1" * (MAX_BYTES - 2) + "]",
    "quotation marks": '"' * MAX_BYTES,
    "escapes": '["s' + "\\u0000" * (MAX_BYTES // 6 - 1) + '"]',
    "fractions": json.dumps(["l300", *["F" + "f" * 1_500 + " " + "7" * 1_499 + "1"] * 300]),
    "decimals": json.dumps(["e250", *["D" + "9" * 3_900] * 250]),
    "far decimals": json.dumps(["e30000", *[f"D1E+{10**15 + n}" for n in range(30_000)]]),
    "zeros far away": json.dumps(["e30000", *[f"D0E+{10**15 + n}" for n in range(30_000)]]),
    "float": '["r' + "1" * (MAX_BYTES - 5) + '"]',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name: str) -> None:
    """It takes no longer than its length says to read it on the host and to compare it with itself."""
    data = HOSTILE[name].encode()
    start = time.process_time()
    try:
        value = decode(data, BUILDERS)
    except NotPlainDataError:
        value = None
    assert match_values(value, value).matched
    assert not match_values(value, [value]).matched
    assert not match_values(Members([value]), Members([[value]])).matched
    assert time.process_time() - start < 10  # some 1 s for the slowest


def test_no_recursion() -> None:
    """Also at the end of Python's stack."""

    def at_the_end(depth: int) -> object:
        try:
            return at_the_end(depth + 1)
        except RecursionError:
            return None

    def deep(left: int) -> bool:
        if left:
            return deep(left - 1)
        return match_values(decode(text, BUILDERS), value).matched

    value = nested(MAX_DEPTH)
    text = encode(value)
    assert at_the_end(0) is None
    assert deep(600)


def test_shown() -> None:
    assert shown(10**5_000) == "an integer of 16,610 bits"
    assert shown("a\nb\x00\ud800") == r'"a\nb\x00\ud800"'
    assert shown("x" * 100) == '"' + "x" * 60 + '…"'
    assert shown(b"a\n") == r'bytes "a\n"'
    assert shown(float("-inf")) == "-inf"
    assert shown(10**1_000) == "1" + "0" * 59 + "…" + "0" * 20


@pytest.mark.parametrize("module", [plain_data, plain_reading])
def test_runs_on_old_python(module: object) -> None:
    source = Path(str(module.__file__)).read_text(encoding="utf-8")  # type: ignore[attr-defined]
    ast.parse(source, feature_version=(3, 8))
