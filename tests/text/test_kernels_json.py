"""What the kernel of JSON lines reads is what the decoder of single lines reads; the rest it leaves to that."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulereward.io.decode import Decoder
from rulereward.io.line_fields import LineFields, texts_in_utf8
from rulereward.text import json_lines, kernels_json
from rulereward.text.json_lines import BLANK, LEFT, READ, SPARE_BYTES, Lines, read_lines

NAMES = ("a", "answer", "completion", "lists", "é", "答")
DATA = Path(__file__).parents[3] / "shared" / "data"


def read(lines: bytes, names: tuple[str, ...] = NAMES) -> Lines:
    found = read_lines(lines + bytes(SPARE_BYTES), names)
    assert found is not None, "numba is installed"
    return found


def texts_of(found: Lines) -> list[bytes]:
    return [bytes(found.raw[start:end]) for start, end in zip(found.bounds[::2], found.bounds[1::2], strict=True)]


def agrees(lines: list[bytes], end: bytes = b"\n", names: tuple[str, ...] = NAMES) -> list[int]:
    """What became of each line, after all that was read has been compared with what the decoder reads."""
    decoder = Decoder(names)
    found = read(b"".join(line + end for line in lines), names)
    assert texts_of(found) == [line.rstrip(b"\r") for line in lines]
    for place, (line, status) in enumerate(zip(lines, found.status, strict=True)):
        if status == READ:
            fields, error = decoder.decode(line)
            assert error is None, line
            compare(LineFields(found, place), fields, line)
        elif status == BLANK:
            assert not line.strip(b" \t\r"), line
    return list(found.status)


def compare(mine: LineFields, fields: Any, line: bytes) -> None:
    assert repr({name: mine[name] for name in sorted(mine)}) == repr(dict(sorted(fields.items()))), line
    assert len(mine) == len(fields)
    for name in NAMES:
        assert mine.get(name, "nothing") == fields.get(name, "nothing")
        utf8 = texts_in_utf8([mine], name)
        if isinstance(fields.get(name), str):
            assert utf8 is not None
            assert bytes(utf8[0]) == fields[name].encode()
        else:
            assert utf8 is None
    assert mine.has_name_of_ours == any(name.startswith("reward") for name in json.loads(line))


def test_the_numbers_are_the_same() -> None:
    """The kernel's file may not import them: numba's cache would not see them change."""
    for name in ("BLANK", "READ", "LEFT", "ABSENT", "TEXT", "OTHER"):
        assert getattr(kernels_json, name) == getattr(json_lines, name)


PLAIN = {
    "an empty object": b"{}",
    "white space everywhere": b' \t{ "a" \t: [ 1 , 2 ] , "answer" : "x" , "b" : { } } \r',
    "all values": b'{"a":null,"answer":true,"completion":false,"lists":[],"b":-0.5e-3,"c":0,"d":{"e":[{}]}}',
    "a value of every column": '{"a":1,"answer":[1,"a"],"completion":"t","lists":{"é":1},"é":"ü","答":"案"}'.encode(),
    "all escapes": rb'{"a":"\"\\\/\b\f\n\r\t\u0041\u00e9\u7b54\ud83d\ude00\u0000","b":"\ud83d\ude00"}',
    "escapes at every place of a word": b'{"a":"' + b"".join(b"x" * n + rb"\n" for n in range(20)) + b'"}',
    "characters of all lengths": '{"a":"aé答😀aé答😀","b":"a😀é"}'.encode(),
    "first and last characters": '{"a":"\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff"}'.encode(),
    "upper case digits": rb'{"a":"\u00E9\u7B54\uD83D\uDE00"}',
    "a name that others begin with": b'{"an":1,"answers":2,"ans":3,"complet":4}',
    "names within values": b'{"b":{"a":1,"answer":{"a":2}},"a":[{"a":3}]}',
    "a name of ours": b'{"reward":1,"a":2}',
    "a longer name of ours": b'{"reward_model":{"a":1},"a":2}',
    "nearly a name of ours": b'{"rewar":1,"Reward":2,"b":{"reward":1}}',
    "an unwanted name twice": b'{"b":1,"b":2}',
    "an empty name": b'{"":1,"a":""}',
    "numbers": b'{"a":-0,"answer":123456789012345678,"completion":-1.5,"b":[1e5,1E+10,1e-99,0.12345678901234567]}',
    "deep enough": b'{"a":' + b"[" * 59 + b"]" * 59 + b"}",
}

LEFT_ALONE = {
    "broken: cut off": b'{"a":"x',
    "broken: cut off in an escape": b'{"a":"x\\',
    "broken: cut off in a number of an escape": b'{"a":"\\u00',
    "broken: a comma too many": b'{"a":1,}',
    "broken: a comma too few": b'{"a":1 "b":2}',
    "broken: two objects": b'{"a":1}{"a":2}',
    "broken: something behind": b'{"a":1} x',
    "broken: brackets that do not match": b'{"a":[1}]',
    "broken: a list as an object": b'{"a":["b":1]}',
    "broken: an object as a list": b'{"a":{1}}',
    "broken: a name without quotes": b"{a:1}",
    "broken: no colon": b'{"a" 1}',
    "broken: a list closed twice": b'{"a":[]]}',
    "broken: a comma first": b'{"a":[,1]}',
    "broken: a control character": b'{"a":"\t"}',
    "broken: an unknown escape": rb'{"a":"\x"}',
    "broken: no digits": rb'{"a":"\u00g0"}',
    "broken: a zero in front": b'{"a":01}',
    "broken: a bare sign": b'{"a":-}',
    "broken: a bare point": b'{"a":1.}',
    "broken: a bare exponent": b'{"a":1e}',
    "broken: truth": b'{"a":tru}',
    "broken: truths": b'{"a":truee}',
    "broken: falsehood": b'{"a":falsy}',
    "no object": b"[1]",
    "a byte order mark": b'\xef\xbb\xbf{"a":1}',
    "only vertical tabs": b"\x0b\x0c",
    "a wanted name twice": b'{"a":1,"a":2}',
    "a wanted name as an escape": rb'{"\u0061":1}',
    "a lone surrogate": rb'{"a":"\ud83d"}',
    "a lone surrogate where nobody looks": rb'{"b":"\ude00"}',
    "two first halves of a pair": rb'{"a":"\ud83d\ud83d\ude00"}',
    "NaN": b'{"a":NaN}',
    "a number of many digits": b'{"a":1234567890123456789}',
    "a number of many decimals": b'{"a":0.' + b"1" * 30 + b"}",
    "a great exponent": b'{"a":1e100}',
    "too deep": b'{"a":' + b"[" * 60 + b"]" * 60 + b"}",
    "Latin-1": b'{"a":"caf\xe9"}',
    "Latin-1 where nobody looks": b'{"b":"caf\xe9"}',
    "an encoded surrogate": b'{"a":"\xed\xa0\xbd"}',
}


@pytest.mark.parametrize("line", PLAIN.values(), ids=PLAIN)
def test_plain_lines_are_read(line: bytes) -> None:
    assert agrees([line]) == [READ]


@pytest.mark.parametrize("line", LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_other_lines_are_left(line: bytes) -> None:
    """Also between others, which they do not harm."""
    assert agrees([b'{"a":"before"}', line, b'{"a":"behind"}']) == [READ, LEFT, READ]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r\r\n"])
def test_blank_lines_and_ends_of_lines(end: bytes) -> None:
    lines = [b"", b'{"a":"x"}', b"", b" \t", b'{"a":"y"} ', b""]
    assert agrees(lines, end) == [BLANK, READ, BLANK, BLANK, READ, BLANK]


@pytest.mark.parametrize("last", [b'{"a":"x"}', b'{"a":"x', b" ", b"{", b'{"a":"\\u', b'{"a":tru', b'{"a":"\xe7\xad'])
def test_a_last_line_without_an_end(last: bytes) -> None:
    found = read(b"{}\n" + last)
    assert texts_of(found) == [b"{}", last]
    assert list(found.status) == [READ, BLANK if last == b" " else READ if last.endswith(b"}") else LEFT]


def test_every_byte_behind_every_first_byte() -> None:
    """What is UTF-8, Python's decoder says."""
    seconds = range(0x20, 0x100)
    pairs = [bytes([first, second]) for first in range(0x20, 0x100) for second in seconds]
    ends = (b"", b"\x80", b"\xbf\x80", b"\x80\xbf\x80")
    lines = [b'{"a":"' + pair + end + b'"}' for pair in pairs for end in ends]
    found = read(b"\n".join(lines))
    assert len(found.status) == len(lines)
    decoder = Decoder(NAMES)
    for place, line in enumerate(lines):
        fields, error = decoder.decode(line)
        is_plain = error is None and b"\\" not in line
        assert (found.status[place] == READ) == is_plain or b"\\" in line, line
        if found.status[place] == READ:
            assert fields == dict(LineFields(found, place)), line


def test_equal_lists_of_a_chunk_are_one_object() -> None:
    found = read(b'{"a":[1,2]}\n{"a":[1,2]}\n{"a":[1, 2]}')
    first, second, third = (LineFields(found, place)["a"] for place in range(3))
    assert first is second
    assert first == third


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=3), inner),
    max_leaves=12,
)
NAMED = st.sampled_from([*NAMES, "reward", "b", "rewards"]) | st.text(max_size=4)
OBJECTS = st.dictionaries(NAMED, VALUES, max_size=6)


@st.composite
def written(draw: st.DrawFn) -> bytes:
    """An object as some program would write it."""
    separators = draw(st.sampled_from([(",", ":"), (", ", ": "), (" ,\t", " : ")]))
    text = json.dumps(draw(OBJECTS), ensure_ascii=draw(st.booleans()), separators=separators)
    return text.encode("utf-8", "surrogatepass")


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """An object with a byte changed, taken out or put in."""
    line = draw(written())
    place = draw(st.integers(0, len(line)))
    instead = draw(st.sampled_from([b"", b'"', b"\\", b"{", b"}", b",", b":", b"\x80", b"\xe7", b"0", b"\\u", b" "]))
    return line[:place] + instead + line[place + draw(st.integers(0, 2)) :]


@given(st.lists(written() | broken(), max_size=8), st.sampled_from([b"\n", b"\r\n"]))
@settings(max_examples=400, deadline=None)
def test_what_is_read_is_what_the_decoder_reads(lines: list[bytes], end: bytes) -> None:
    agrees(lines, end)


@given(st.binary(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_bytes(content: bytes) -> None:
    agrees(content.split(b"\n"))


@pytest.mark.slow
def test_twenty_thousand_lines() -> None:
    """Long ones too, each by itself and with a byte changed somewhere."""
    chance = random.Random(7)
    signs = ["a", " ", "é", "答", "😀", "\n", '"', "\\", "\x00", "\u2028", "/"]
    for _ in range(200):
        lines = []
        for _ in range(100):
            text = "".join(chance.choices(signs, k=chance.randrange(300)))
            line = json.dumps(
                {"id": 1, "completion": text, "a": [text, {"b": text}]}, ensure_ascii=chance.random() < 0.5
            )
            lines.append(line.encode())
            if chance.random() < 0.3:
                place = chance.randrange(len(lines[-1]))
                changed = lines[-1][:place] + bytes([chance.randrange(256)]) + lines[-1][place + 1 :]
                lines.append(changed.replace(b"\n", b""))
        agrees(lines)


def rows_of_data() -> Iterator[Path]:
    yield from sorted(DATA.glob("**/*.jsonl"))


@pytest.mark.skipif(not DATA.is_dir(), reason="the real data are not here")
def test_real_data() -> None:
    """All of it is plain enough for the kernel."""
    names = ("completion", "prompt", "answer", "question", "solution", "tests", "chosen", "rejected", "messages")
    for path in rows_of_data():
        lines = path.read_bytes().split(b"\n")[:2_000]
        while lines and not lines[-1]:
            lines.pop()
        statuses = agrees(lines, names=names)
        assert statuses.count(READ) >= 0.99 * len(statuses), path
