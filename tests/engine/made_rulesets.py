"""Rulesets at random, written in the language itself, so that the whole path is exercised."""

from __future__ import annotations

from hypothesis import strategies as st

WHEN = ["row.b", "vowel(completion)", "probe(prompt)", "row.n > 1"]
WHEN_OF_DATA = ["row.b", "vowel(prompt)", "row.n > 1", "row.b and vowel(completion)"]
TEXTS = st.text(alphabet="abdefmnx ", max_size=4)


@st.composite
def texts(draw: st.DrawFn, depth: int) -> str:
    simple = ["completion", "prompt", "think", 'after(completion, "a")', "lower(prompt)", '"bd"', "last"]
    if depth == 0:
        return draw(st.sampled_from(simple))
    choice = draw(st.integers(0, 8))
    if choice == 8:
        excluding = draw(st.sampled_from(["", " excluding self"]))
        return f"(majority({draw(texts(depth - 1))}{excluding}) over group)"
    if choice == 7:
        return f"majority([{draw(texts(depth - 1))}, {draw(texts(depth - 1))}, prompt])"
    if choice == 6:
        return draw(st.sampled_from(["marks[0]", "marks[row.n]", '["a", last, think][row.n]', "majority(marks)"]))
    if choice == 5:
        return f'join({draw(lists(depth - 1))}, "-")'
    if choice == 0:
        return f"({draw(texts(depth - 1))} ?? {draw(texts(depth - 1))})"
    if choice == 1:
        return f"({draw(texts(depth - 1))} if {draw(bools(depth - 1))} else {draw(texts(depth - 1))})"
    if choice == 2:
        return f'before({draw(texts(depth - 1))}, "b")'
    return draw(st.sampled_from(simple))


@st.composite
def lists(draw: st.DrawFn, depth: int) -> str:
    simple = [f'between_all({draw(texts(depth))}, "a", "b")', "row.l", '["a", "b"]', "marks"]
    if depth == 0:
        return draw(st.sampled_from(simple))
    found = [item for item in simple if item != '["a", "b"]']
    left, right = (draw(st.sampled_from(found)) for _ in range(2))
    choices = [*simple, f"({left} ?? {right})", f"({left} if {draw(bools(depth - 1))} else {right})"]
    return draw(st.sampled_from(choices))


@st.composite
def numbers(draw: st.DrawFn, depth: int) -> str:
    leaves = ["1.5", "0", "row.n", "r1", "r2", "total", "size(completion)", "gauge(completion)", "sized.half"]
    if depth == 0:
        return draw(st.sampled_from(leaves))
    number, sub = numbers(depth - 1), depth - 1
    choice = draw(st.integers(0, 14))
    if choice >= 10:
        return draw(more_numbers(sub, choice))
    if choice == 0:
        return f"({draw(number)} {draw(st.sampled_from('+-*'))} {draw(number)})"
    if choice == 1:
        return f"({draw(number)} ?? {draw(number)})"
    if choice == 2:
        return f"({draw(number)} if {draw(bools(sub))} else {draw(number)})"
    if choice == 3:
        first, second = (draw(st.sampled_from(WHEN_OF_DATA) | wrapped(sub)) for _ in range(2))
        return f"case {{ {first} => {draw(number)}, {second} => 2, else => {draw(number)} }}"
    if choice == 4:
        return f"{draw(st.sampled_from(['size', 'gauge']))}({draw(texts(sub))})"
    if choice == 5:
        where = f" where {draw(bools(sub))}" if draw(st.booleans()) else ""
        folds = ["mean", "sum", "max", "std", "median", "quantile", "majority"]
        places = ["rank", "normalize_linear", "reciprocal_rank"]
        fold = draw(st.sampled_from(folds + places))
        excluding = " excluding self" if fold in folds and draw(st.booleans()) else ""
        constant = ", q=0.3" if fold == "quantile" else ""
        return f"({fold}({draw(number)}{where}{excluding}{constant}) over group)"
    if choice == 6:
        return f"min({draw(number)}, {draw(number)})"
    if choice == 7:
        return f"ramp({draw(number)}, 0..3, from=1, to=-1)"
    if choice == 8:
        return f"-{draw(number)}"
    return draw(st.sampled_from(leaves))


@st.composite
def more_numbers(draw: st.DrawFn, sub: int, choice: int) -> str:
    """What compares the members of a group, or has to do with lists."""
    number = numbers(sub)
    if choice == 14:
        return draw(items_of_numbers(sub))
    if choice >= 12:
        return draw(list_numbers(sub))
    if choice == 11:
        value = draw(st.one_of(texts(sub), number, bools(sub)))
        excluding = draw(st.sampled_from(["", f" where {draw(bools(sub))}", " excluding self"]))
        return f"(distinct({value}{excluding}) over group)"
    return f'(group_similarity({draw(texts(sub))}, n=1, unit="char") over group)'


@st.composite
def list_numbers(draw: st.DrawFn, depth: int) -> str:
    """An aggregate of a list; an item that a completion can make null is not allowed in most of them."""
    if draw(st.booleans()):
        return draw(
            st.sampled_from(["mean(row.l)", "max(row.l)", "distinct(row.l)", "distinct(marks)", "std(row.l)"])
        )
    numbers_there = [f"({draw(numbers(depth))} ?? 0.5)", f"({draw(numbers(depth))} ?? row.n ?? 1)", "row.n", "2"]
    bools_there = [f"({draw(bools(depth))} ?? false)", "row.b", "true"]
    fold = draw(st.sampled_from(["mean", "sum", "min", "max", "median", "std", "quantile", "count", "distinct"]))
    items = draw(st.lists(st.sampled_from(bools_there if fold == "count" else numbers_there), min_size=1, max_size=4))
    return f"{fold}([{', '.join(items)}]{', q=0.7' if fold == 'quantile' else ''})"


@st.composite
def items_of_numbers(draw: st.DrawFn, depth: int) -> str:
    """An item of a list that is written out, or of one of the row; or what several values agree on."""
    number = numbers(depth)
    choice = draw(st.integers(0, 2))
    if choice == 0:
        return (
            f"[{draw(number)}, {draw(number)}, 3][{draw(st.sampled_from(['row.n', '-1', '1', 'size(prompt) - 1']))}]"
        )
    if choice == 1:
        return f"(row.l[{draw(st.sampled_from(['0', '-1', 'row.n', 'prompt']))}] + 1)"
    return f"majority([{draw(number)}, {draw(number)}, 2])"


def wrapped(depth: int) -> st.SearchStrategy[str]:
    """A condition that no completion can make null, as `case` wants it."""
    return bools(depth).map(lambda condition: f"({condition}) ?? false")


@st.composite
def bools(draw: st.DrawFn, depth: int) -> str:
    leaves = ["true", "vowel(completion)", "probe(completion)", "row.b", "b1", "b2", "vowel(think)"]
    if depth == 0:
        return draw(st.sampled_from(leaves))
    flag, sub = bools(depth - 1), depth - 1
    choice = draw(st.integers(0, 11))
    if choice == 11:
        return f"at_least({draw(st.sampled_from(['1', '2', 'row.n']))}, [{draw(flag)}, {draw(flag)}, row.b])"
    if choice == 10:
        fold = draw(st.sampled_from(["any", "all"]))
        return f"{fold}([row.b, ({draw(flag)}) ?? false])"
    if choice == 9:
        fold = draw(st.sampled_from(["any", "all", "majority"]))
        excluding = draw(st.sampled_from(["", " excluding self"]))
        return f"({fold}({draw(flag)}{excluding}) over group)"
    if choice <= 1:
        return f"({draw(flag)} {draw(st.sampled_from(['and', 'or']))} {draw(flag)})"
    if choice == 2:
        return f"(not {draw(flag)})"
    if choice == 3:
        return f"({draw(numbers(sub))} {draw(st.sampled_from(['<', '>=', '==', '!=']))} {draw(numbers(sub))})"
    if choice == 4:
        return f"({draw(numbers(sub))} is null)"
    if choice == 5:
        return f"{draw(st.sampled_from(['vowel', 'probe']))}({draw(texts(sub))})"
    if choice == 6:
        container = st.one_of(texts(sub), st.sampled_from(["row.l", "marks", "row.n"]))
        return f"({draw(texts(sub))} in {draw(container)})"
    if choice == 7:
        return f"({draw(numbers(sub))} in 0..<2)"
    return draw(st.sampled_from(leaves))


@st.composite
def rule_entry(draw: st.DrawFn, name: str, value: str) -> str:
    lines = [f"  {name}:", f"    value: |\n      {value}"]
    if draw(st.booleans()):
        lines.append("    when: |\n      " + draw(st.sampled_from(WHEN)))
    handler = draw(st.sampled_from(["propagate", "propagate", "null", "constant"]))
    lines.append(f"    on_error: {('1' if name.startswith('r') else 'true') if handler == 'constant' else handler}")
    return "\n".join(lines)


@st.composite
def rulesets(draw: st.DrawFn) -> str:
    """A ruleset without errors: rules r1 r2 b1 b2 and let entries that every expression may use, but no cycles."""
    rules = [
        draw(rule_entry("r1", draw(st.sampled_from(["size(completion)", "gauge(prompt)", "size(think) + 1"])))),
        draw(rule_entry("r2", draw(st.sampled_from(["gauge(completion) ?? 2", "sized", "row.n * 2"])))),
        draw(rule_entry("b1", draw(st.sampled_from(["probe(completion)", "vowel(prompt)", "row.b == true"])))),
        draw(rule_entry("b2", draw(st.sampled_from(["probe(prompt) and vowel(completion)", "probe(think)"])))),
    ]
    rules.append(draw(rule_entry("extra", draw(numbers(2)))))
    score = f"({draw(numbers(3))}) ?? 0.25"
    lines = ["rulereward: 1", "rules:", *rules, "let:", "  last: 'after(prompt, \"b\")'"]
    lines += ["  total: r1 + (r2 ?? 1)", "  sized: size(prompt)"]
    lines += ['  marks: \'between_all(completion, "a", "b") ?? row.l\'']
    lines += ["score:"]
    for number in range(draw(st.integers(0, 2))):
        value = draw(st.sampled_from(["-1", "null", "gauge(prompt) ?? 0", "r1 ?? 3"]))
        lines += ["  gates:"] if number == 0 else []
        lines += [
            f"    - name: g{number}",
            f"      when: |\n        ({draw(bools(2))}) ?? false",
            f"      value: {value}",
        ]
    lines += ["  terms:"]
    lines += ["    main:", f"      value: |\n        {score}", "      weight: 2"]
    lines += ["    r2_or: {value: r2 ?? 0, weight: -0.5}", "    metric: {value: gauge(completion), weight: 0}"]
    lines += [f"  on_null: {draw(st.sampled_from(['zero', 'propagate']))}"]
    if draw(st.booleans()):
        lines += ["  clamp: -3..3"]
    if draw(st.booleans()):
        lines += ["  final_null: 0.125"]
    return "\n".join([*lines, *draw(routes())]) + "\n"


@st.composite
def routes(draw: st.DrawFn) -> list[str]:
    """None, one or two routes: an expression, or a mapping laid over the keys that `rulesets` makes."""
    lines: list[str] = []
    for number in range(draw(st.integers(0, 2))):
        lines += ["route:"] if number == 0 else []
        lines += [f"  - name: p{number}", f"    when: |\n      ({draw(bools(1))}) ?? false"]
        if draw(st.booleans()):
            lines.append(f"    score: |\n      ({draw(numbers(2))}) ?? 0.5")
            continue
        lines += [
            "    score:",
            "      terms:",
            f"        {draw(st.sampled_from(['main: null', 'main: 1', 'metric: 0']))}",
        ]
        lines += [f"        own{number}:", f"          value: |\n            ({draw(numbers(1))}) ?? 1"]
        lines += ["          weight: 0.5"]
        if draw(st.booleans()):
            lines.append("      gates: []")
    return lines


@st.composite
def batches(draw: st.DrawFn) -> list[dict[str, object]]:
    """Rows in up to three groups; some lack a prompt, a number or a flag."""
    rows = draw(st.integers(1, 7))
    return [
        {
            "completion": draw(st.one_of(TEXTS, st.builds("<think>{}</think>{}".format, TEXTS, TEXTS))),
            "prompt": draw(st.one_of(st.none(), TEXTS)),
            "group": draw(st.sampled_from(["p", "q", "r"])),
            "n": draw(st.one_of(st.none(), st.integers(-2, 3), st.sampled_from([0.1, "two"]))),
            "b": draw(st.one_of(st.none(), st.booleans())),
            "l": draw(
                st.one_of(
                    st.none(), st.lists(TEXTS, max_size=2), st.sampled_from([[1, True], ["a", {}], [2, None, 0.5]])
                )
            ),
        }
        for _ in range(rows)
    ]
