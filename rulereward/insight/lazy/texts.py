"""Long texts that say nothing, for the policy that writes as much as it can. Always the same ones."""

from __future__ import annotations

from collections.abc import Iterator

_WORDS = """
the of and to in that with for have be on at from by not this but which or as they will one all would there what so up
out if about who get go when make can like time just know take people into year your good some could them see other
than then now look only come over think also back after use two how our work first well way even new want because any
give day most river stone window garden letter market winter mountain table bridge colour paper morning silver road
field story water village number corner music shadow summer harbour candle ladder meadow
"""
_WORDS_ZH = """
我们 他们 这个 那个 然后 因为 所以 但是 如果 可以 需要 已经 时候 问题 方法 步骤 结果 条件
数值 关系 图形 情况 过程 部分 整体 左边 右边 上面 下面 之间 分别 考虑 比较 观察 发现 说明
表示 计算 得到 继续 可能 应该 注意 假设 根据 同样 其他 河流 山坡 窗户 花园 信件 市场 冬天
桌子 石桥 颜色 早晨 道路 田野 故事 村庄
"""


def filler(characters: int, *, chinese: bool = False) -> str:
    """Sentences of varied words, about so many characters long, without loops and without an answer."""
    listed, joint, stop, capital = (_WORDS_ZH, "", "。", False) if chinese else (_WORDS, " ", ". ", True)
    words = listed.split()
    numbers = _numbers()
    sentences: list[str] = []
    size = 0
    while size < characters:
        count = 7 + next(numbers) % 9
        sentence = joint.join(words[next(numbers) % len(words)] for _ in range(count))
        sentence = (sentence[0].upper() + sentence[1:] if capital else sentence) + stop
        sentences.append(sentence)
        size += len(sentence)
    return "".join(sentences)[:characters]


def _numbers() -> Iterator[int]:
    """A linear congruential generator (the constants of Numerical Recipes), its low bits left out."""
    state = 1
    while True:
        state = (1_664_525 * state + 1_013_904_223) % 2**32
        yield state >> 16
