"""The generated section of docs/performance.md that is about language models."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from performance_sections import Figures, machine, table

_CASES = {
    "packing": "texts of all lengths",
    "vocabulary": "a large vocabulary",
    "prompt": "8 completions behind each prompt",
}
_SIDES = {"theirs": "plain loop", "apart": "ours, nothing shared", "ours": "ours"}


def cpu(found: Figures) -> str:
    rows = []
    for name, words in _CASES.items():
        case = found["cases"][name]
        seconds, used = case["seconds"], case["processor"]
        vocabulary, width, layers = case["model"]
        shape = f"{words}: {case['tokens']:,} tokens, vocabulary {vocabulary:,}, width {width}, {layers} layers"
        for side, label in _SIDES.items():
            if side in seconds:
                rows.append(
                    (
                        shape if side == "theirs" else "",
                        label,
                        f"{case['tokens'] / seconds[side]:,.0f}",
                        f"{seconds['theirs'] / seconds[side]:.3g}",
                        f"{used['theirs'] / used[side]:.3g}",
                    )
                )
    theirs, ours = found["memory"]["theirs"], found["memory"]["ours"]
    largest = max(case["largest_difference"] for case in found["cases"].values())
    threads = "one thread" if found["threads"] == 1 else f"{found['threads']} threads"
    turns = "Each once" if found["turns"] == 1 else f"Medians of {found['turns']} turns"
    shared = found["cases"]["prompt"]["seconds"]
    return f"""## Log-probabilities on a CPU

`tests/bench/lm_cpu.py`: random Qwen2 models in float32, lengths log-normal. The plain loop is `forward` of
transformers' `Qwen2ForCausalLM` on batches of 8 in the order given, padded, and the cross entropy of all logits as
its own `ForCausalLMLoss` computes it. Ours is the scorer of the service, {found["budget"]:,} tokens a pass. By
turns in one process, {threads}; load after it {found["machine"]["load"]}. {turns}.
{machine(found, "torch", "transformers")}

{table(("", "", "tokens/s", "ratio", "of processor time"), rows)}

All log-probabilities are equal to {largest:.0e}. With the large vocabulary the plain loop takes
{theirs["peak"]:,.0f} MB at its peak and ours {ours["peak"]:,.0f} MB, of which {ours["before"]:,.0f} MB are libraries
and models, each in a process of its own. Sharing the prompts makes ours {shared["apart"] / shared["ours"]:.3g} times
as fast.
"""


SECTIONS: Mapping[str, Callable[[Figures], str]] = {"lm_cpu": cpu}
"""As in `performance_sections`."""
