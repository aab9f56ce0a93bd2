"""Texts of the forum's benchmark, Chinese and Latin mixed, the same for the same number."""

import random

PIECES = (
    *(
        "月末结账",
        "财务",
        "积分商城",
        "续签合同",
        "会员等级",
        "增值税发票",
        "库存盘点",
        "权限设置",
        "我们公司",
        "已经",
        "解决了",
        "请问",
        "怎么办",
        "谢谢",
    ),
    *("的", "是", "在", "和", "不", "了", "有", "这", "税务", "积累", "分公司", "财产", "业务", "续费", "签字", "增长", "价值"),
    *("invoice", "stock", "closing", "the warehouse", "report", "ERP", "month end", "barcode", "label", "user rights", "server", "thanks"),
)
SOUGHT = ("财务", "积分", "续签", "会员等级", "增值税", "closing")


def text(number: int) -> str:
    chance = random.Random(number)
    words = []
    for _piece in range(chance.randint(8, 26)):
        piece = chance.choice(PIECES)
        words.append(f" {piece} " if piece.isascii() else piece)
        if chance.random() < 0.12:
            words.append(chance.choice("，。？！"))
    return " ".join("".join(words).split())


def lengths(threads: int, posts: int, long: int) -> list[int]:
    """Posts in each thread: the first has ten, the second `long`, the others share what is left evenly."""
    left = max(posts - long - 10, threads)
    each, more = divmod(left, threads - 2)
    return [10, long] + [each + (number < more) for number in range(threads - 2)]
