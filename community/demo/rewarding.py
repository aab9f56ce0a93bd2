"""The shelf of rewards, and the members who took something from it."""

import datetime
import zlib
from functools import partial
from typing import Any

from community.demo import library, weighing
from community.demo.club import Club
from points import redeeming, showing
from points.models import Programme, Redemption, Reward, Tier
from points.models.programme import DEFAULT_PROGRAMME

MARKETER = "gu-yunxi"
SHOWN_AFTER = datetime.timedelta(days=3)


def note(club: Club) -> None:
    said = library.toml("rewards/rewards.toml")
    club.diary.note(club.moment(-420, "12:00"), partial(_fill_shelf, said["reward"]))
    for handle, joined in club.joined.items():
        if zlib.crc32(handle.encode()) % 3:
            club.diary.note(joined + SHOWN_AFTER, partial(_show, club, handle))
    for row in said["redemption"]:
        club.diary.note(club.moment(row["day"], "20:00"), weighing.before(partial(_redeem, club, row)))
        if "fulfilled_after" in row:
            club.diary.note(club.moment(row["day"] + row["fulfilled_after"], "15:00"), partial(_fulfil, club, row))


def _show(club: Club, handle: str) -> None:
    """Two customers in three like to be named on the leaderboard."""
    member = club.members.get(handle)
    if member and not member.is_staff:
        showing.choose(member, is_shown=True)


def _fill_shelf(rewards: list[dict[str, Any]]) -> None:
    programme = Programme.objects.get(slug=DEFAULT_PROGRAMME)
    tiers = {tier.slug: tier for tier in Tier.objects.filter(programme=programme)}
    words = ("slug", "name", "name_zh", "description", "description_zh")
    for row in rewards:
        reward = Reward(
            programme=programme,
            price_points=row["price"],
            stock=row.get("stock"),
            limit_per_member=row.get("limit"),
            least_tier=tiers.get(row.get("tier", "")),
            **{key: row[key] for key in words},
        )
        reward.save()
        reward.save_revision().publish()


def _redeem(club: Club, row: dict[str, Any]) -> None:
    reward = Reward.objects.get(slug=row["reward"])
    redeeming.redeem(reward, member=club.members[row["member"]], reference=f"demo:{row['reward']}:{row['day']}")


def _fulfil(club: Club, row: dict[str, Any]) -> None:
    redemption = Redemption.objects.get(member=club.members[row["member"]], reward__slug=row["reward"])
    redeeming.fulfil(redemption, by=club.members[MARKETER])
