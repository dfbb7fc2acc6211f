"""Words and sentence patterns of the made corpus. Capital letters in a pattern are slots that `corpus_pools` fills.

Everything here was written for this purpose; the Chinese words come from jieba's dictionary, by part of speech.
"""

from __future__ import annotations

NOUNS = """
answer approach argument array assumption average base bound box bridge bucket budget cache case chain chance circle
class clause coin column condition constant corner cost count cube curve customer cycle data day deadline delay
detail digit discount distance domain edge engine equation error estimate event example experiment expression fact
factor farmer field file formula fraction function garden gate graph group growth guess height hour idea index
input interval item journey key language layer length letter level light limit line list loop machine market matrix
measure memory message method minute mistake model month morning move network node number object option order output
page pair paper part passenger path pattern percentage picture plan plane player point pool price problem process
product profit program proof property purchase quantity question queue range rate ratio reader reason record
remainder report request result river road root row rule sample scale schedule school score sequence server set
shape share shop side signal simulation slope solution speed square station step student sum surface symbol system
table task teacher team temperature term test text thread ticket time token total town train tree triangle trip unit
user value variable vector version volume walk water week weight width window word worker year
"""

VERBS = """
add adjust apply balance break bring build calculate call cancel carry change check choose combine compare compute
confirm connect consider convert copy count cover cut define derive describe divide double draw drop estimate expand
explain express factor fill find fix follow get give handle hold ignore improve keep label leave let list look
measure merge move multiply need note notice order pass pick place plug prove push put read recall record reduce
remove repeat replace reverse rewrite round see separate set shift show simplify skip solve sort split start state
store substitute subtract swap take test track try turn update use verify watch work write
"""

ADJECTIVES = """
actual available basic best big blue careful cheap clear closed common complete constant correct daily different
direct double early easy empty equal exact extra fair fast final first fixed free full general good great half hidden
high hourly identical important integer internal irrational large last late left linear local long longer low main
maximal minimal missing mixed natural negative new next normal obvious odd old open opposite original other parallel
partial plain positive possible previous prime private public quick random raw real red relevant remaining rough
second separate shared short similar simple single slow small smallest special stable standard strange strict strong
total true typical unknown upper useful usual valid whole wide wrong
"""

ADVERBS = """
actually again already also always carefully clearly directly easily eventually exactly finally first further hardly
indeed instead maybe nearly never now often once only perhaps probably quickly quietly really simply slowly sometimes
soon still then therefore twice usually well yet
"""

ENGLISH = (
    "The A N of the N is C.", "So we V the N and V the A N.", "Wait, the N cannot be A, because the N is A.",
    "First, let me V the N.", "If we V every N, the A N will V the N.", "Hmm, that means the N has C A N.",
    "I B think that the A N is what we V.", "To V the N, we B V the N by C.", "Then there are C N left.",
    "Alternatively, we could V the N with a A N.", "This is the A N that the N asked for.",
    "Let's V it: C plus C gives C, which is the N.", "But the N also says that each N has a A N.",
    "Since the N is A, its N must be at least C.", "Therefore, the N is A and the N is C.",
    "It is B A to V a N before you V the N.", "After C N, the A N will be C.", "Why would a N V the A N?",
    "We B have the N, so the only thing left is to V the N of the N.", "For example, take a N with C N.",
    "Let me double-check the N.", "Okay, so the N is C percent of the N.", "B, the N of a A N does not depend on it.",
    "The N and the N are A; the N isn't.", "Either the N is A or we V the N (see the A N above).",
    "That's because you V the N in each N, and the N is B A.", "Now, the question is how many N the A N can V.",
    "In other words, the N \u2014 not the N \u2014 is A.", "Our N: V the N, V the N, and B V the A N.",
    "One N may V another, but C of them are A.", "The user wants a A N that can V the N.",
    "Given that C < C, the A N is the N we V.", "\u201cA N\u201d here means a N with no A N.",
)  # fmt: skip
"""N(oun) V(erb) A(djective) adver(B) C(ount): letters that stand by themselves."""

CHINESE = (
    "首先，我们V一下N的N。", "因为N是A的，所以N也D会V。", "设N为C，则N等于C。", "接下来V这个A的N。",
    "等等，这里的N不对，应该先VN。", "由题意可知，N的N共有C个。", "那么，如果V了N，N就会变得D A。",
    "综上所述，N与N的关系是A的。", "我D觉得N比N更A。", "也就是说，每个N需要V C次N。", "根据N的定义，可以V出N。",
    "但是N并没有V，这说明N是A的。", "另外，N、N和N都D V了N。", "换一种思路：先V N，再V N，最后V N。",
    "再检查一遍：C加C等于C，N没有问题。", "用户希望V一个A的N，用来V N。", "所以最后的N是C。",
    "“N”指的是A的N；它D影响N。", "在N中，N往往V着N的N。", "为什么N要V N呢？", "例如，有C个N，其中C个是A的。",
    "这道题考查的是N，以及怎样V N。", "（注意：N不能V N。）", "从N到N，一共经过了C年。", "很多人D V N，却不V N。",
    "用T来V N会D A。", "T的N是C%，比T少了C。",
)  # fmt: skip
"""N V A D(adverb) C(ount) T(erm), anywhere: the Chinese around them has no capital letters."""

TERMS = ("Python", "API", "T恤", "x+y", "CPU", "GPT-4", "3.14", "H2O", "卡拉OK", "f(x)", "Excel", "KTV")
NAME_CHARACTERS = "王李张陈刘杨赵婧昊煜璇彧鑫垚"

FORMULAS = (
    "x = C", "x^2 + Cx - C = 0", r"\frac{C}{C} + \frac{C}{C} = \frac{C}{C}", r"\sqrt{C} = C\sqrt{C}",
    r"a_n = C \cdot C^{n-1}", r"f(x) = Cx + C", r"\sum_{k=1}^{C} k = \frac{C \cdot C}{2} = C",
    r"\frac{-C \pm \sqrt{C^2 - 4 \cdot C}}{2}", r"C \cdot C = C", r"\left(\frac{x}{C}\right)^2 + y^2 = C",
    r"\angle ABC = C^\circ", r"\binom{C}{C} = C", r"\log_2 C \approx C.C", r"P(A \mid B) = \frac{C}{C}",
    r"C \equiv C \pmod{C}", r"0 < x \le C", r"\vec{v} = (C, C, C)", r"\int_0^{C} Cx^2 \, dx = C",
    "y - C = C(x - C)", "C! / C! = C", r"\begin{pmatrix} C & C \\ C & C \end{pmatrix}",
)  # fmt: skip
"""C(ount) stands for a number wherever it is not part of a command."""

CODE = (
    "def I(I, I):", "    I = I[C:]", "    for I in range(C, len(I)):", "        I += I * C",
    "    if I > C and not I:", "        return I", "    return I.I(I)", "class T:",
    "    def I(self, I: int) -> str:", "        self.I = I",
    "    I = {I: C for I in I if I < C}", "# V the N of the N", "    while I < I:", "        I.append((I, C))",
    "    try:", "        I = I.I(I, key=lambda I: I.I)", "    except ValueError as I:",
    '        raise T("the N is A")',
    'print(f"{I}: {I:.C}")', "assert I(C, C) == C", "    else:", "        pass", "import I", "",
    "const I = (I) => I.map((I) => I + C);", "    if (I !== null && I.I <= C) {", "    }",
    "SELECT I, I FROM I WHERE I > C;",
    '    """V the A N and V the N."""', "        continue", "    I, I = I, I % C",
)  # fmt: skip
"""I(dentifier) T(ype) and the letters of `ENGLISH`, where they stand by themselves."""

LOOPED = (
    "Wait, let me check that again. ", "the answer is ", "Hmm. ", "ha", "\n", "等等，", "我们再检查一遍。",
    "所以答案是", "- \n", "0", "\\frac{1}{2} + ", "    return x\n", "of the of the ", "<think>", " the", "。",
    "No, that's not right. Let me try once more.\n\n",
)  # fmt: skip

RARE = (
    "\u200b", "\ufeff", "\u03a3", "\u0130", "\u212a", "👨‍👩‍👧", "\u00a0", "√2 ≈ 1.414", "naïve café", "１２３",
    "ｶﾀｶﾅ", "Привет", "ありがとう",
)  # fmt: skip
"""What a text seldom has: marks that print nothing, special lower case, other scripts."""
