"""What a new club starts with: its programme, the programme's accounts, the default rules and tiers. Marketers change them afterwards."""

from typing import Any

from django.db import transaction

from members.models import Activity
from points.accounts import SYSTEM_KINDS
from points.models import Account, Asset, Programme, Rule, Tier, Transfer
from points.models.programme import DEFAULT_PROGRAMME

Kind, Origin = Activity.Kind, Transfer.Origin
BOTH = Rule.Pays.BOTH
INTERNAL = {"origin": Origin.INTERNAL_REFERRAL, "pays": BOTH}
EXTERNAL = {"origin": Origin.EXTERNAL_REFERRAL, "pays": BOTH}
WRITING = {"group": "writing", "cap_per_day": 10}
MONTHS = "months"

RULES: list[tuple[str, int, str, str, dict[str, Any]]] = [
    (Kind.PROFILE_PARTLY_COMPLETED, 3, "Profile partly complete", "资料部分完善", {"group": "profile", "cap_in_all": 1, "is_total": True}),
    (Kind.PROFILE_COMPLETED, 5, "Profile complete", "资料完善", {"group": "profile", "cap_in_all": 1, "is_total": True}),
    (Kind.REGISTERED, 2, "Registration confirmed", "确认注册", {"cap_in_all": 1}),
    (Kind.THREAD_STARTED, 2, "Thread started", "发表主题", WRITING),
    (Kind.REPLY_POSTED, 1, "Reply posted", "发表回复", WRITING),
    (Kind.BLOG_ENTRY_POSTED, 4, "Blog entry posted", "发表博客", WRITING),
    (Kind.REPLY_ACCEPTED, 8, "Reply accepted as solution", "回复被采纳", {"cap_per_day": 3}),
    (Kind.REACTION_RECEIVED, 1, "Reaction received", "收到点赞", {"cap_per_day": 5}),
    (Kind.ARTICLE_READ, 2, "Article read to its end", "读完文章", {"cap_per_day": 5}),
    (Kind.SURVEY_COMPLETED, 5, "Survey completed", "完成问卷", {"amount_up_to": 200}),
    (Kind.GROUP_ATTENDED, 30, "Focus group attended", "参加焦点小组", {"amount_up_to": 500}),
    (Kind.EVENT_ATTENDED, 4, "Club event attended", "参加俱乐部活动", {}),
    (Kind.COLLEAGUE_REGISTERED, 2, "Colleague registered", "同事注册", INTERNAL),
    (Kind.COLLEAGUE_TOOK_PART, 4, "Colleague took part", "同事参与", INTERNAL),
    (Kind.REFERRAL_QUALIFIED, 2, "Recommended contact qualified", "推荐联系人合格", EXTERNAL),
    (Kind.REFERRAL_MET, 4, "Recommended contact met", "与推荐联系人会面", EXTERNAL),
    (Kind.REFERRAL_BOUGHT, 20, "Recommended company bought", "推荐公司购买", EXTERNAL),
    (
        Kind.REVENUE_TARGET_MET,
        10,
        "Revenue target met within 4 months",
        "4 个月内达成采购目标",
        {"origin": Origin.PURCHASE, "condition": {"field": MONTHS, "operator": "<=", "value": 4}},
    ),
    (
        Kind.REVENUE_TARGET_MET,
        5,
        "Revenue target met within 8 months",
        "8 个月内达成采购目标",
        {
            "origin": Origin.PURCHASE,
            "condition": {"all": [{"field": MONTHS, "operator": ">", "value": 4}, {"field": MONTHS, "operator": "<=", "value": 8}]},
        },
    ),
    (Kind.CROSS_PURCHASE, 5, "Second product bought", "购买第二种产品", {"origin": Origin.PURCHASE}),
    (
        Kind.RENEWED_ON_TIME,
        5,
        "Contract renewed on time",
        "按时续约",
        {"origin": Origin.PURCHASE, "tier_amounts": {"silver": 6, "gold": 7}},
    ),
    (Kind.BLOG_ENTRY_FEATURED, 10, "Blog entry featured in the magazine", "博客入选会刊", {}),
]

TIERS: list[tuple[str, str, str, int, str, str]] = [
    ("member", "Member", "会员", 0, "Earn and redeem points", "赚取和兑换积分"),
    (
        "silver",
        "Silver",
        "银卡",
        60,
        "Earn and redeem points\n6 points for a renewal on time\nRewards from the silver shelf\nA reward set aside for 7 days",
        "赚取和兑换积分\n按时续约得 6 分\n银卡专享奖励\n奖励可预留 7 天",
    ),
    (
        "gold",
        "Gold",
        "金卡",
        200,
        "Everything that silver has\n7 points for a renewal on time\nArticles before others\nThe gold board\nSet-aside for 30 days",
        "银卡的全部权益\n按时续约得 7 分\n抢先阅读文章\n金卡版块\n奖励可预留 30 天",
    ),
]

# What a tier asks for to be kept, and what it opens.
DOORS: dict[str, dict[str, Any]] = {
    "silver": {"keep_points": 40, "set_aside_days": 7},
    "gold": {"keep_points": 150, "set_aside_days": 30, "early_hours": 72},
}


@transaction.atomic
def lay_defaults() -> None:
    """Lay the club's own programme where there is none yet; a club that has one is left as it is."""
    programme, is_new = Programme.objects.get_or_create(slug=DEFAULT_PROGRAMME, defaults={"name": "Relationship points"})
    if not is_new:
        return
    open_books(programme)
    for slug, name, name_zh, threshold, benefits, benefits_zh in TIERS:
        words = {"name": name, "name_zh": name_zh, "benefits": benefits, "benefits_zh": benefits_zh}
        Tier.objects.create(programme=programme, slug=slug, threshold_points=threshold, **words, **DOORS.get(slug, {}))
    for kind, amount, name, name_zh, more in RULES:
        Rule.objects.create(programme=programme, activity_kind=kind, amount_points=amount, name=name, name_zh=name_zh, **more)


def open_books(programme: Programme) -> None:
    """The point types of a programme and, in each, the accounts of its own."""
    for asset_kind in Asset.Kind.values:
        asset, _is_new = Asset.objects.get_or_create(programme=programme, kind=asset_kind)
        for kind, word in SYSTEM_KINDS.items():
            Account.objects.get_or_create(asset=asset, code=f"programme:{programme.slug}:{word}", defaults={"kind": kind, "floor": None})
