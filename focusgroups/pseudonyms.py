"""Names for a room: trees and plants, in its language, told apart at a glance and by ear."""

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


def free_pseudonym(language: str, taken: Collection[str]) -> str:
    """A name nobody in the room has, by lot: its place must not tell who came first."""
    names = CHINESE if language.startswith("zh") else ENGLISH
    free = [name for name in names if name not in taken]
    if free:
        return random.choice(free)  # noqa: S311
    return next(name for number in range(2, 10_000) for name in [f"{names[0]} {number}"] if name not in taken)
