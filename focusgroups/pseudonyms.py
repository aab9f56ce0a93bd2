"""Names for a room, in its language, told apart at a glance and by ear: trees and plants, and stones behind the glass."""

import random
from collections.abc import Collection

ENGLISH = (
    "Maple", "Cedar", "Willow", "Juniper", "Hazel", "Linden", "Aspen", "Rowan", "Laurel", "Birch", "Magnolia", "Olive",
    "Ginkgo", "Elm", "Acacia", "Cypress", "Heather", "Poplar", "Sorrel", "Tamarind", "Camellia", "Bamboo", "Lotus", "Peony",
)  # fmt: skip
CHINESE = (
    "银杏", "青松", "翠竹", "木槿", "海棠", "玉兰", "丹桂", "白桦", "石榴", "梧桐", "山茶", "芙蓉",
    "红枫", "垂柳", "紫藤", "水杉", "蜡梅", "茉莉", "杜鹃", "合欢", "枇杷", "樱桃", "忍冬", "睡莲",
)  # fmt: skip
# Observers take no name from the list of the room: one that is missing, or a second Maple too early, would tell of them.
ENGLISH_STONES = ("Granite", "Slate", "Quartz", "Basalt", "Marble", "Agate", "Opal", "Flint", "Pumice", "Onyx", "Topaz", "Beryl")
CHINESE_STONES = ("青石", "玛瑙", "琥珀", "碧玉", "水晶", "翡翠", "松石", "砚石", "玄武", "云母", "雨花", "寿山")


def free_pseudonym(language: str, taken: Collection[str], *, is_observer: bool = False) -> str:
    """A name nobody in the room has, by lot: its place must not tell who came first."""
    is_chinese = language.startswith("zh")
    names = (CHINESE_STONES if is_chinese else ENGLISH_STONES) if is_observer else (CHINESE if is_chinese else ENGLISH)
    free = [name for name in names if name not in taken]
    if free:
        return random.choice(free)  # noqa: S311
    return next(name for number in range(2, 10_000) for name in [f"{names[0]} {number}"] if name not in taken)
