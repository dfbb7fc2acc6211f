"""An example call of anything a ruleset may call, made from its declaration. A test compiles them all."""

from __future__ import annotations

from rulereward.kind import Aggregate, Arg, Base, Constant, Function, Interval, Kind, Signature

_MEASURED = "length(completion)"
_SHARE = "ngram_repetition(completion)"
_GOLDS = ("gold", "golds")
_NUMBERS = {"max": "4000", "buffer": "1000", "scale": "1000"}
_TEXTS = {"marker": '"</think>"', "open": '"<answer>"', "close": '"</answer>"', "separator": '", "'}
_SHARES = {"q": "0.9"}
_CONSTANTS = {"script": '"Han"', "pattern": r'r"\d+"', "target": '"en"', "model": '"./model"'}


def kind_example(kind: Kind) -> str:
    """The call an author would write first: what is required, and what the row has to say."""
    parts: list[str] = []
    for place, arg in enumerate(kind.signature.args):
        if arg.required or (arg.type.base is Base.OBJECT and arg.implicit is None):
            parts.append(_column(arg, place))
    parts += [f"{constant.name}={_constant(constant)}" for constant in kind.signature.constants if constant.required]
    return f"{kind.name}({', '.join(parts)})"


def _column(arg: Arg, place: int) -> str:
    if arg.type.base is Base.TEXT and place == 0:
        return "completion"
    return "answer" if arg.name in _GOLDS else f"row.{arg.name}"


def _constant(constant: Constant) -> str:
    if constant.choices:
        value = f'"{constant.choices[0]}"'
    elif constant.type.base is Base.NUMBER:
        lowest = constant.bounds.lo if constant.bounds.lo > 0 else 1.0
        value = f"{lowest:g}"
    else:
        value = "true" if constant.type.base is Base.BOOL else _CONSTANTS.get(constant.name, '"text"')
    return f"[{value}]" if constant.many else value


def function_example(function: Function) -> str:
    """A call with all required parameters."""
    args = function.signature.args
    second_ends = {place + 1 for place, arg in enumerate(args) if arg.window}
    parts: list[str] = []
    for place, arg in enumerate(args):
        if place in second_ends or not (arg.required or arg.variadic):
            continue
        if arg.listed:
            parts.append(f'[{_MEASURED} > 100, ends_with(completion, ".")]')
        else:
            parts.append("1000..4000" if arg.window else _argument(function, arg, place))
    return f"{function.name}({', '.join(parts)})"


def _argument(function: Function, arg: Arg, place: int) -> str:
    if arg.type.base is Base.LIST:
        return "boxed_all(completion)"
    if arg.type.base is Base.TEXT:
        return "completion" if place == 0 else _TEXTS.get(arg.name, f'"{arg.name}"')
    if arg.name == "k":
        return "1"
    if place:
        number = _NUMBERS.get(arg.name, "100")
        return f"{arg.name}={number}" if arg.name in _NUMBERS else number
    if arg.shares:
        return _MEASURED
    fine = function.undefined(*(Interval(0.0, 1.0) for _ in function.signature.args)) is None
    return _SHARE if fine else f"max({_SHARE}, 0.01)"


def aggregate_example(aggregate: Aggregate) -> str:
    """A call over the completions of one prompt."""
    value = _MEASURED
    if aggregate.takes in (None, Base.TEXT):
        value = "last_line(completion)"
    elif aggregate.takes is Base.BOOL:
        value = f"{_MEASURED} > 100"
    constants = [
        f"{item.name}={_SHARES.get(item.name) or _constant(item)}" for item in aggregate.constants if item.required
    ]
    return f"{aggregate.name}({', '.join([value, *constants])}) over group"


def shown_signature(name: str, signature: Signature) -> str:
    """`ramp(x, range, from=0, to=1)`: a pair of ends as the one range the author writes."""
    parts: list[str] = []
    skip = False
    for arg in signature.args:
        if skip or (arg.implicit is not None and arg.implicit.hidden):
            skip = False
            continue
        skip = arg.window
        parts.append(_shown(arg))
    parts += [
        constant.name if constant.required else f"{constant.name}={literal(constant.default)}"
        for constant in signature.constants
        if constant.implicit is None
    ]
    return f"{name}({', '.join(parts)})"


def _shown(arg: Arg) -> str:
    if arg.window:
        return arg.name.removeprefix("lo_")
    if arg.variadic:
        return f"[{arg.name}...]" if arg.listed else f"{arg.name}..."
    if arg.implicit is not None:
        return f"{arg.name}={arg.implicit.source}"
    return arg.name if arg.required else f"{arg.name}={literal(arg.default)}"


def literal(value: object) -> str:
    """A default as it is written in a ruleset."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, tuple | list):
        return f"[{', '.join(literal(item) for item in value)}]"
    return f"{value:g}" if isinstance(value, int | float) else f'"{value}"'
