"""Files made to use up time, memory or the stack."""

from __future__ import annotations

HEAD = "rulereward: 1\n"
LET = HEAD + "let:\n"
BLOCK = HEAD + "score: |\n  "
END = "score: 1\n"


def entries(count: int, form: str) -> str:
    """Lines of a form such as `n{0}: n{1}`: a number, and the next."""
    return "".join(f"  {form.format(number, number + 1)}\n" for number in range(count))


def _laughs() -> str:
    """Nine levels of nine aliases each, 10⁹ entries when written out."""
    first = "a: &a [x,x,x,x,x,x,x,x,x]\n"
    pairs = zip("abcdefgh", "bcdefghi", strict=True)
    return first + "".join(f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n" for before, name in pairs)


_YAML = {
    "aliases of aliases": _laughs(),
    "aliases of aliases as rules": HEAD + "rules:\n" + "".join(f"  {line}\n" for line in _laughs().splitlines()),
    "an anchor inside itself": HEAD + "rules: &a\n  x: *a\n  y: {value: *a}\nscore: *a\n",
    "an expression under 10,000 names": LET + "  a: &a length(completion)\n" + entries(10_000, "n{0}: *a") + END,
    "deep brackets": HEAD + "score: " + "[" * 100_000,
    "deep braces": HEAD + "rules: " + "{a: " * 50_000,
    "deep blocks": "".join("  " * depth + f"k{depth}:\n" for depth in range(500)),
    "deep lists in one line": "- " * 20_000,
    "60,000 keys": HEAD + "".join(f"k{number}: 1\n" for number in range(60_000)),
    "40,000 unknown keys": HEAD + "".join(f"rules{number}: 1\n" for number in range(40_000)),
    "100,000 entries of a list": HEAD + "x-notes: [" + "x," * 100_000 + "]\n",
    "10,000 broken entries": HEAD + "".join(f"k{number}: a: b\n" for number in range(10_000)),
    "10,000 documents": "---\n" * 10_000,
    "a key of 500,000 characters": "k" * 500_000 + ": 1\n",
    "a line of 900,000 characters": HEAD + "description: " + "x " * 450_000,
    "a text of 900,000 characters that is never closed": HEAD + 'score: "' + "x" * 900_000,
    "900,000 blanks": HEAD + "score: |\n" + " " * 900_000 + "1",
    "900,000 line breaks": HEAD + "\n" * 900_000,
    "300,000 line breaks in a text": HEAD + "score: >\n  1\n" + "\n" * 300_000 + "  + 1\n",
    "300,000 full-width colons": HEAD + "：" * 300_000,
    "900,000 quotes": HEAD + "score: " + "'" * 900_000,
    "100,000 escapes": HEAD + 'score: "' + "\\u4e2d" * 100_000 + '"\n',
    "a file of 5 MB": HEAD + "#" * 5_000_000,
    "a file of 1 MB": HEAD + "# " + "x" * 999_000,
    "5 MB of zeros": "\0" * 5_000_000,
}
_EXPRESSIONS = {
    "a deep expression": BLOCK + "(" * 4_900 + "1" + ")" * 4_900,
    "a deep chain of operators": BLOCK + "-" * 9_000 + "1",
    "a long sum": BLOCK + "1 + " * 2_400 + "1",
    "a long chain of powers": BLOCK + "2 ** " * 1_900 + "2",
    "a long chain of comparisons": BLOCK + "1 if " + "1 < " * 2_400 + "2 else 0",
    "a chain of 100 comparisons": BLOCK + "1 if " + "1 < " * 97 + "2 else 0",
    "a long chain of if": BLOCK + "1 if true else " * 600 + "0",
    "a case of 700 arms": BLOCK + "case { " + "true => 1, " * 700 + "else => 0 }",
    "a list of 2,400 texts": HEAD + "rules:\n  a: keyword_count(completion, [" + '"a",' * 2_400 + '"b"])\n' + END,
    "a name of 9,000 characters": BLOCK + "n" * 9_000,
    "4,000 combining marks": BLOCK + "a" + "\u0301" * 4_000 + " &&\n",
    "a number of 9,000 digits": BLOCK + "9" * 9_000,
    "an exponent of 9,000 digits": BLOCK + "1e" + "9" * 9_000,
    "a pattern of 4,000 groups": HEAD + "rules:\n  a: regex_match(completion, pattern='"
    + "(" * 4_000 + ")" * 4_000 + "')\n" + END,
}  # fmt: skip
_MEANING = {
    "values that grow by reference": LET + "  n0: length(completion) / 1char\n"
    + entries(399, "n{1}: n{0} + n{0}") + "score: n399\n",
    "a chain of 10,000 names": LET + entries(10_000, "n{0}: n{1}") + "  n10000: 1\nscore: n0\n",
    "a circle of 5,000 names": LET + entries(5_000, "n{0}: n{1}") + "  n5000: n0\nscore: n0\n",
    "500 rules": HEAD + "rules:\n" + entries(500, "r{0}: ngram_repetition(completion)")
    + "score: " + " + ".join(f"r{number}" for number in range(90)) + "\n",
    "10,000 mistakes": LET + entries(10_000, "n{0}: a &&") + END,
    "10,000 unknown names": LET + entries(10_000, "n{0}: m{0}") + END,
    "10,000 unknown functions": LET + entries(10_000, "n{0}: lenght{0}(completion)") + END,
    "10,000 names that stand twice": LET + entries(10_000, "n: {0}") + END,
}  # fmt: skip
BOMBS = {name: text.encode() for name, text in (_YAML | _EXPRESSIONS | _MEANING).items()}
