"""A toy run: a tiny model learns from a ruleset, and the curve of its mean reward becomes a picture.

python tests/trainers_real/toy_run.py docs/images/toy_run.svg
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from trl import GRPOConfig, GRPOTrainer
from trl_made import data, logged, tokenizer, trained

import rulereward as rr
from rulereward.trainers.trl import reward

STEPS = 150
LETTERS = "abcdefgh"
TOY = """\
rulereward: 1
name: toy
rules:
  words: regex_count(completion, pattern="abc")
  size: length(completion, unit="char")
score: words / 4 - 0.1 * soft_overlong(size, max=13char, buffer=1char)
"""
"""The word `abc` up to four times in twelve letters; a random model writes it about once in fifty completions."""


def run(folder: Path, steps: int = STEPS) -> list[float]:
    """The mean reward of each step."""
    tok = tokenizer(alphabet=LETTERS, size=len(LETTERS) + 3)
    rows = data(list(LETTERS))
    trainer = trained(
        GRPOTrainer, GRPOConfig, folder, reward(rr.Ruleset("toy.yaml", TOY)), rows, tok, max_steps=steps,
        per_device_train_batch_size=32, num_generations=16, learning_rate=5e-3, lr_scheduler_type="constant",
        log_completions=False, seed=1,
    )  # fmt: skip
    return logged(trainer, "rulereward/reward/mean")


WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 640, 260, 48, 16, 624, 220


def picture(curve: list[float]) -> str:
    """An SVG with a dot for each step, and the mean of ten steps as a line."""
    spans = [curve[max(0, step - 9) : step + 1] for step in range(len(curve))]
    places = [_place(curve, step, value) for step, value in enumerate(curve)]
    means = [_place(curve, step, sum(span) / len(span)) for step, span in enumerate(spans)]
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.8"/>' for x, y in places)
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in means)
    middle = (TOP + BOTTOM) / 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12"><rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>{_axes(curve)}'
        f'<text x="{(LEFT + RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">training step</text>'
        f'<text x="14" y="{middle}" transform="rotate(-90 14 {middle})" text-anchor="middle">mean reward</text>'
        f'<g fill="#9bb7d4">{dots}</g>'
        f'<polyline points="{line}" fill="none" stroke="#1f4e8c" stroke-width="2"/></svg>\n'
    )


def _place(curve: list[float], step: float, value: float) -> tuple[float, float]:
    high = max(1.0, *curve)
    return LEFT + (RIGHT - LEFT) * step / len(curve), BOTTOM - (BOTTOM - TOP) * value / high


def _axes(curve: list[float]) -> str:
    parts = []
    for value in (0, 0.25, 0.5, 0.75, 1.0):
        _, y = _place(curve, 0, value)
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{RIGHT}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
    for step in range(0, len(curve) + 1, 50):
        x, _ = _place(curve, step, 0)
        parts.append(f'<text x="{x:.1f}" y="{BOTTOM + 16}" text-anchor="middle">{step}</text>')
    return "".join(parts)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        Path(sys.argv[1]).write_text(picture(run(Path(folder))), "utf-8")
