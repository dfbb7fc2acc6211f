"""LaTeX to sympy with the parser's quick way first.

antlr decides between alternatives by looking at the whole context of a rule (LL), which takes most of the time of
reading a formula. Without the context (SLL) it takes a tenth, and by antlr's own documentation either finds the same
tree or a syntax error. So an error is not believed before the slow way says the same.
"""

from __future__ import annotations

from typing import Any

from antlr4.atn.PredictionMode import PredictionMode
from latex2sympy2_extended import latex2sympy2
from latex2sympy2_extended.latex2sympy2 import ConversionConfig, latex2sympy

_AS_WRITTEN = ConversionConfig(lowercase_symbols=False)


class _Parser(latex2sympy2.PSParser):  # type: ignore[misc]  # a generated class without types
    """The parser of latex2sympy in the mode that was set last."""

    mode = PredictionMode.LL

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._interp.predictionMode = self.mode


latex2sympy2.PSParser = _Parser


def to_sympy(latex: str, **settings: Any) -> Any:
    """As `latex2sympy`, which it stands in for, with the case of letters kept. Raises what that raises."""
    try:
        return _in_mode(PredictionMode.SLL, latex, settings)
    except Exception:  # noqa: BLE001  (a syntax error is a bare Exception there; whatever lasts is raised below)
        return _in_mode(PredictionMode.LL, latex, settings)


def _in_mode(mode: int, latex: str, settings: dict[str, Any]) -> Any:
    _Parser.mode = mode
    return latex2sympy(latex, **{"conversion_config": _AS_WRITTEN, **settings})
