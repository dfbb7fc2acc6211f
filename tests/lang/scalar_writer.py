"""Writes YAML scalars and remembers where it wrote each character: what the reader must find again."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

ASCII = "abcxyz019 +*/()[],.<=>'\"\\?_%{}"
WIDE = "中文比例é🙂𝒳"
ESCAPES = {"\n": "\\n", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


@dataclass
class Written:
    """`raw` stands in the file; character i of `value` is written at raw[starts[i]:ends[i]]."""

    raw: str = ""
    value: str = ""
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def layout(self, raw: str) -> None:
        self.raw += raw

    def char(self, char: str, raw: str | None = None) -> None:
        raw = char if raw is None else raw
        self.starts.append(len(self.raw))
        self.raw += raw
        self.ends.append(len(self.raw))
        self.value += char

    def chars(self, text: str) -> None:
        for char in text:
            self.char(char)


def words(alphabet: str) -> st.SearchStrategy[list[str]]:
    """Words without blanks, at least one."""
    return st.lists(st.text(alphabet.replace(" ", ""), min_size=1, max_size=6), min_size=1, max_size=6)


@st.composite
def plain(draw, newline: str, indent: str) -> Written:
    """Words of which any blank may be a line break with indentation, and two line breaks a line break."""
    written = Written()
    for index, word in enumerate(draw(words("abcxyz019+*/().<=_" + WIDE))):
        if index:
            fold(draw, written, newline, indent)
        # the first sign of a scalar and of a line must be one that YAML gives no meaning
        written.chars("x" + word)
    return written


def fold(draw, written: Written, newline: str, indent: str) -> None:
    breaks = draw(st.integers(0, 3))
    if breaks == 0:
        written.chars(draw(st.sampled_from([" ", "  "])))
        return
    written.layout(draw(st.sampled_from(["", " ", "  "])))
    if breaks == 1:
        written.char(" ", newline)
    else:
        written.layout(newline)
        for _ in range(breaks - 1):
            written.layout(draw(st.sampled_from(["", "  "])))
            written.char("\n", newline)
    written.layout(indent + draw(st.sampled_from(["", " ", "   "])))


@st.composite
def single(draw, newline: str, indent: str) -> Written:
    written = Written()
    written.layout("'")
    for index, word in enumerate(draw(words(ASCII + WIDE))):
        if index:
            fold(draw, written, newline, indent)
        for char in word:
            written.char(char, "''" if char == "'" else None)
    written.layout("'")
    return written


@st.composite
def double(draw, newline: str, indent: str) -> Written:
    written = Written()
    written.layout('"')
    for index, word in enumerate(draw(words(ASCII + WIDE + "\n\t"))):
        if index:
            fold(draw, written, newline, indent)
        for position, char in enumerate(word):
            if position and draw(st.integers(0, 9)) == 0:
                written.layout("\\" + newline + indent)  # an escaped line break joins
            if draw(st.integers(0, 9)) == 0:
                code = ord(char)
                written.char(char, f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08X}")
            else:
                written.char(char, ESCAPES.get(char))
    written.layout('"')
    return written


def lines() -> st.SearchStrategy[list[str]]:
    line = st.text(ASCII + WIDE + "#:", min_size=1, max_size=12).map(str.rstrip)
    blocks = st.lists(line, min_size=1, max_size=5)
    return blocks.filter(lambda found: found[-1] != "" and found[0].strip() != "" and found[0][0] != " ")


@st.composite
def literal(draw, newline: str, indent: str) -> Written:
    written = Written()
    header = draw(st.sampled_from(["|", "|-", "|+", "|  # a note"]))
    written.layout(header + newline)
    content = draw(lines())
    for index, line in enumerate(content):
        written.layout(indent if line else draw(st.sampled_from(["", indent])))
        written.chars(line)
        last = index == len(content) - 1
        if last and header == "|-":
            written.layout(newline)
        else:
            written.char("\n", newline)
    return written


@st.composite
def folded(draw, newline: str, indent: str) -> Written:
    written = Written()
    header = draw(st.sampled_from([">", ">-"]))
    written.layout(header + newline)
    content = [line.strip() or "x" for line in draw(lines())]
    for index, line in enumerate(content):
        written.layout(indent)
        written.chars(line)
        if index == len(content) - 1:
            if header == ">-":
                written.layout(newline)
            else:
                written.char("\n", newline)
        elif draw(st.booleans()):
            written.char(" ", newline)
        else:  # an empty line between them is a line break
            written.layout(newline)
            written.layout(draw(st.sampled_from(["", " "])))
            written.char("\n", newline)
    return written


WRITERS = {"plain": plain, "single": single, "double": double, "literal": literal, "folded": folded}


@st.composite
def documents(draw) -> tuple[str, list[tuple[str, int, Written]]]:
    """A file of several scalars: its text and, for each, the style, where it starts, and what was written."""
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    indent = draw(st.sampled_from(["  ", "    "]))
    text = draw(st.sampled_from(["", "# 中文🙂 note" + newline, "note: 🙂🙂 中文" + newline]))
    scalars = []
    for number in range(6):
        style = draw(st.sampled_from(sorted(WRITERS)))
        text += f"k{number}{draw(st.sampled_from(['', '中', '🙂']))}: "
        text += draw(st.sampled_from(["", "&anchor "]))
        written = draw(WRITERS[style](newline, indent))
        scalars.append((style, len(text), written))
        text += written.raw
        if style not in ("literal", "folded"):
            text += draw(st.sampled_from(["", " ", "  # a note"])) + newline
    return text, scalars
