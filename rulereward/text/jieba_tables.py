"""The dictionary and the character model of jieba as arrays, for the kernel that cuts with them.

A letter is one of the characters that are cut: ASCII as it is, ideographs from `IDEOGRAPHS` on, frequent ones first;
letters below `COMMON` are common. Words with other characters are never cut. The words are a trie, whose nodes are
numbered from 1 on, one for every beginning of at least two letters.

Pairs of common letters are a bit each, `letter * COMMON + letter`, set where a word begins with them. The bits come
64 to a number, and `ranks` has the node of the first that is set in each, or would be; the next ones follow. Other
edges lie in two hash tables: `pairs` leads from two letters to a node, with the key `letter << 15 | letter`, `edges`
from a node and a letter to a node, with the key `node << 15 | letter`. A slot is `key << 24 | node`, or zero where it
is free; it is the first free one from `key * SPREAD >> 32` on. Behind the bits of common pairs stand more for the
others, at `key * SPREAD >> 64 - RARE_BITS`, so that most pairs with which no word begins are not looked for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rulereward.data.arrays import F64, I64, U16, U32, U64, Bools
from rulereward.text.jieba_dictionary import Dictionary
from rulereward.text.jieba_words import FOLLOWERS, UNKNOWN, Characters

FIRST, LAST = 0x4E00, 0x9FD5
"""The ideographs that jieba cuts."""

ASCII_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+#&._%-"

IDEOGRAPHS = 128
COMMON = 1 << 12
RARE_BITS = 19
SPREAD = 0x9E3779B97F4A7C15

_LETTERS = IDEOGRAPHS + LAST + 1 - FIRST


@dataclass(frozen=True, slots=True, eq=False)
class JiebaTables:
    """About 13 MB; half a second is needed to make them.

    `letters` has the letter of each ideograph. `single` has the weight of each letter as a word and `weights` that of
    each node: minus infinity where there is no word, infinity for the letter 0, which is none. `signs` has for each
    node a bit for the lower six of each letter that goes on from there, `forced` the words that a file forbids and,
    at 0, whether there are any.

    `emit` has four numbers for each letter in the order of `FOLLOWERS`, `model` the four starts and then the eight
    steps in its order. `unknown` is the weight of a letter with which no word begins.
    """

    letters: U16
    bits: U64
    ranks: U32
    pairs: U64
    edges: U64
    single: F64
    weights: F64
    signs: U64
    forced: Bools
    emit: F64
    model: F64
    unknown: float


@dataclass(frozen=True, slots=True, eq=False)
class _Words:
    """Word `i` has `lengths[i]` letters from `starts[i]` on."""

    letters: I64
    starts: I64
    lengths: I64
    weights: F64
    forced: Bools

    def take(self, chosen: Bools) -> _Words:
        starts, lengths = self.starts[chosen], self.lengths[chosen]
        return _Words(self.letters, starts, lengths, self.weights[chosen], self.forced[chosen])


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """Beginnings of the same length: the slots of their edges, in no order that matters; the others by node."""

    slots: U64
    weights: F64
    forced: Bools


def jieba_tables(read: Dictionary, model: Characters) -> JiebaTables:
    """The tables of a dictionary and jieba's model."""
    letter_of, words = _words(read)
    single = np.full(_LETTERS, -np.inf)
    alone = words.take(words.lengths == 1)
    single[alone.letters[alone.starts]] = alone.weights
    single[0] = np.inf
    levels = _levels(words)
    edges = np.concatenate([level.slots for level in levels[1:]])
    weights = np.concatenate([[-np.inf], *(level.weights for level in levels)])
    signs = np.zeros(len(weights), np.uint64)
    sign = np.uint64(1) << ((edges >> np.uint64(24)) & np.uint64(63))
    np.bitwise_or.at(signs, (edges >> np.uint64(39)).astype(np.int64), sign)
    bits, ranks, rare = _common(levels[0].slots)
    emit, steps = _model(model, letter_of)
    return JiebaTables(
        letters=letter_of,
        bits=bits,
        ranks=ranks,
        pairs=_table(rare),
        edges=_table(edges),
        single=single,
        weights=weights,
        signs=signs,
        forced=np.concatenate([[bool(read.forced)], *(level.forced for level in levels)]),
        emit=emit,
        model=steps,
        unknown=math.log(1) - math.log(read.total),
    )


def _words(read: Dictionary) -> tuple[U16, _Words]:
    """The letters of the ideographs; and the words that can be cut, and those that a file forbids."""
    words = [word for word, count in read.counts.items() if count or word in read.forced]
    counts = np.fromiter(map(read.counts.__getitem__, words), np.int64, len(words))
    forced = np.fromiter((word in read.forced for word in words), np.bool_, len(words))
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    starts = np.cumsum(lengths) - lengths
    codes = np.frombuffer("".join(words).encode("utf-32-le"), np.dtype("<u4")).astype(np.int64)
    letter_of = _by_frequency(codes, np.repeat(counts, lengths))
    letters = np.zeros(0x110000, np.int64)
    ascii = [ord(letter) for letter in ASCII_LETTERS]
    letters[ascii] = ascii
    letters[FIRST : LAST + 1] = letter_of
    different, which = np.unique(counts, return_inverse=True)
    # by `math`, as the readable form does: NumPy's logarithm may differ in the last bit
    log_total = math.log(read.total)
    weights = [math.log(count) - log_total if count else -math.inf for count in different.tolist()]
    found = _Words(letters[codes], starts, lengths, np.array(weights)[which], forced)
    return letter_of, found.take(np.minimum.reduceat(found.letters, starts) > 0)


def _by_frequency(codes: I64, counts: I64) -> U16:
    """The letter of each ideograph, where the code points occur that often."""
    known = (codes >= FIRST) & (codes <= LAST)
    often = np.bincount(codes[known] - FIRST, counts[known], LAST + 1 - FIRST)
    letter_of = np.empty(len(often), np.uint16)
    letter_of[np.argsort(-often, kind="stable")] = np.arange(IDEOGRAPHS, _LETTERS)
    return letter_of


def _levels(words: _Words) -> list[_Level]:
    """The beginnings of two letters, of three, and so on."""
    levels: list[_Level] = []
    node = words.letters[words.starts]
    depth, first = 1, 1
    while (longer := words.lengths > depth).any():
        words, node = words.take(longer), node[longer]
        keys, which = np.unique(node << 15 | words.letters[words.starts + depth], return_inverse=True)
        depth += 1
        ends = words.lengths == depth
        weights, forced = np.full(len(keys), -np.inf), np.zeros(len(keys), np.bool_)
        weights[which[ends]] = words.weights[ends]
        forced[which[ends]] = words.forced[ends]
        # nodes of common pairs follow their bits; of others, what is needed often lies close together
        order = np.argsort((keys >> 15 | keys & 0x7FFF) >= COMMON if depth == 2 else -weights, kind="stable")
        number = np.empty(len(keys), np.int64)
        number[order] = first + np.arange(len(keys))
        slots = (keys << 24 | number)[order[::-1]].astype(np.uint64)
        levels.append(_Level(slots, weights[order], forced[order]))
        node = number[which]
        first += len(keys)
    return levels


def _common(pairs: U64) -> tuple[U64, U32, U64]:
    """`bits` and `ranks`, and the pairs that are not both common."""
    keys = pairs >> np.uint64(24)
    first, second = keys >> np.uint64(15), keys & np.uint64(0x7FFF)
    common = (first | second) < COMMON
    bits = np.zeros(COMMON * COMMON + (1 << RARE_BITS), np.bool_)
    bits[(first * np.uint64(COMMON) + second)[common].astype(np.int64)] = True
    set_in_64 = bits[: COMMON * COMMON].reshape(-1, 64).sum(axis=1)
    rare = (keys[~common] * np.uint64(SPREAD)) >> np.uint64(64 - RARE_BITS)
    bits[COMMON * COMMON + rare.astype(np.int64)] = True
    packed = np.packbits(bits, bitorder="little").view(np.dtype("<u8")).astype(np.uint64)
    return packed, (1 + np.cumsum(set_in_64) - set_in_64).astype(np.uint32), pairs[~common]


def _table(slots: U64) -> U64:
    """A hash table: of those that meet in a free slot the last one gets it, and the others try the next."""
    size = 1 << (4 * len(slots) // 3 + 1).bit_length()
    table = np.zeros(size, np.uint64)
    at = (((slots >> np.uint64(24)) * np.uint64(SPREAD)) >> np.uint64(32)).astype(np.int64) % size
    left = np.arange(len(slots))
    while left.size:
        free = left[table[at[left]] == 0]
        table[at[free]] = slots[free]
        left = left[table[at[left]] != slots[left]]
        at[left] = (at[left] + 1) % size
    return table


def _model(read: Characters, letter_of: U16) -> tuple[F64, F64]:
    emit = np.full((_LETTERS, 4), UNKNOWN)
    for column, place in enumerate(FOLLOWERS):
        codes = np.array([ord(character) for character in read.emit[place]])
        known = (codes >= FIRST) & (codes <= LAST)
        emit[letter_of[codes[known] - FIRST], column] = np.array(list(read.emit[place].values()))[known]
    starts = [read.start[place] for place in FOLLOWERS]
    steps = [read.step[place][after] for place, followers in FOLLOWERS.items() for after in followers]
    return emit.reshape(-1), np.array(starts + steps)
