"""Words of what people said or wrote: Chinese cut into words, English folded to lower case. Numbers and filler words are left out."""

import re
from collections import Counter
from collections.abc import Iterable

LATIN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
CHINESE = re.compile(r"[\u3400-\u9fff]+")
FILLERS = frozenset(
    """
a about all also am an and any are as at be been but by can could did do does for from get got had has have he
her here him his how i if in into is it its just like me more most my no nor not of on one or our out over she
should so some such than that the their them then there these they this those to too up us very was we well
were what when where which who why will with would yes you your really it's i'm don't that's we're
的 了 和 是 在 我 我们 你 你们 他 她 它 他们 也 就 都 而 及 与 着 或 一个 没有 这 那 这个 那个
不 不是 很 有 还 还有 要 会 能 对 说 去 来 上 下 吧 吗 呢 啊 哦 嗯 把 被 让 给 从 到 以 但
但是 因为 所以 如果 就是 什么 怎么 一 两 个 得 地 之 其 可以 觉得 时候 然后 比较 自己 这样 那样
一下 一些 这些 那些 大家
""".split()
)


def words(text: str) -> list[str]:
    """The words of a text in their order, folded to lower case, fillers left out."""
    import rjieba  # reads its dictionary, which most processes never ask

    latin = [word.lower() for word in LATIN.findall(CHINESE.sub(" ", text))]
    chinese = [word for run in CHINESE.findall(text) for word in rjieba.cut(run)]
    return [word for word in latin + chinese if word not in FILLERS and (len(word) > 1 or CHINESE.fullmatch(word))]


def counted(texts: Iterable[str], most: int = 40, *, least: int = 1) -> list[tuple[str, int, int]]:
    """(word, how often, in how many texts), most frequent first; not what came once, or in fewer than `least` texts."""
    return ranked(*tallied(texts), most, least=least)


def tallied(texts: Iterable[str]) -> tuple[Counter[str], Counter[str]]:
    """How often each word came, and in how many texts."""
    often: Counter[str] = Counter()
    spread: Counter[str] = Counter()
    for text in texts:
        found = words(text)
        often.update(found)
        spread.update(set(found))
    return often, spread


def ranked(often: Counter[str], spread: Counter[str], most: int = 40, *, least: int = 1) -> list[tuple[str, int, int]]:
    """`counted` of a tally."""
    ordered = sorted(often.items(), key=lambda each: (-each[1], -spread[each[0]], each[0]))
    return [(word, count, spread[word]) for word, count in ordered if count > 1 and spread[word] >= least][:most]


def measure(text: str) -> float:
    """How much was said, in words: a Chinese word has about 1.7 characters."""
    return sum(len(run) for run in CHINESE.findall(text)) / 1.7 + len(LATIN.findall(CHINESE.sub(" ", text)))
