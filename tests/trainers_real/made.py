"""What the tests of verl, OpenRLHF and ms-swift share: rulesets, a tokenizer, verl's configuration and batches."""

from __future__ import annotations

import os

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error")

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

import rulereward as rr

torch.set_num_threads(1)

JUDGED = """\
rulereward: 1
name: judged
rules:
  right: exact_match(completion, answer)
  size: length(completion, unit="char")
  sound: fragile(completion)
score: right + sound - size / 10char
"""
"""1 for the answer and 1 in any case, less a tenth a character. Null without an answer, an error for `boom`."""

GROUPED = """\
rulereward: 1
name: grouped
rules:
  size: length(completion, unit="char")
score: (size - mean(size) over group) / 1char
"""
TOLD = """\
rulereward: 1
name: told
rules:
  tokens: length(completion, unit="tok")
  asked: length(prompt, unit="char")
  cut: truncated()
score: tokens / 1tok + 100 * asked / 1char + 10000 * cut
"""
"""Digits that show what the adapter was told: tokens, a hundred for each character of the prompt, cut off or not."""

STEPPED = """\
rulereward: 1
name: stepped
rules:
  size: length(completion, unit="char")
score: size / 1char * step / 1step
"""
PAD, END = "<|pad|>", "<|im_end|>"
KINDS = ["made_kinds"]


def judged(text=JUDGED):
    return rr.Ruleset("made.yaml", text, tuple(KINDS))


def tokenizer():
    """All bytes and no more: one token for each ASCII character, so that tests can count them."""
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    learn = trainers.BpeTrainer(
        vocab_size=len(alphabet) + 2, special_tokens=[PAD, END], initial_alphabet=alphabet, show_progress=False
    )
    bpe.train_from_iterator([], learn)
    return PreTrainedTokenizerFast(tokenizer_object=bpe, pad_token=PAD, eos_token=END, padding_side="left")


def ids_of(tok, text):
    return tok(text, add_special_tokens=False)["input_ids"]


def padded(rows, *, width, left=False):
    """Token ids and their mask, of shape (rows, width); prompts are padded on the left, responses on the right."""
    ids = torch.zeros(len(rows), width, dtype=torch.long)
    mask = torch.zeros(len(rows), width, dtype=torch.long)
    for row, found in enumerate(rows):
        place = slice(width - len(found), width) if left else slice(0, len(found))
        ids[row, place] = torch.tensor(found, dtype=torch.long)
        mask[row, place] = 1
    return ids, mask


def files_in(folder, **texts):
    """Rulesets as files, for trainers that take a path: their paths by name."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    for name, text in texts.items():
        path = folder / f"{name}.yaml"
        path.write_text(text, "utf-8")
        paths[name] = str(path)
    return paths
