"""The partner of the demo: what it gave and took, and the promotion that it has to decide on."""

from functools import partial
from typing import Any

from community.demo import library, weighing
from community.demo.club import Club
from members.models import Activity
from points import partnering
from points.models import JointPromotion, Partner, PartnerUser, Programme, Rule
from points.models.programme import DEFAULT_PROGRAMME


def note(club: Club) -> None:
    firm = library.toml("partners/qiaotou.toml")
    club.diary.note(club.moment(firm["since"], "10:00"), partial(_open, club, firm))
    for row in firm["transaction"]:
        deed: Any = partial(_take, club, firm["slug"], row)
        club.diary.note(club.moment(row["day"], "17:30"), weighing.before(deed) if row["kind"] == partnering.BURN else deed)
    club.diary.note(club.moment(firm["promotion"]["day"], "11:00"), partial(_propose, club, firm))


def _open(club: Club, firm: dict[str, Any]) -> None:
    programme = Programme.objects.get(slug=DEFAULT_PROGRAMME)
    opened = Partner.objects.create(programme=programme, slug=firm["slug"], name=firm["name"], credit_limit_points=firm["credit_limit"])
    PartnerUser.objects.create(partner=opened, member=club.members[firm["user"]])


def _take(club: Club, slug: str, row: dict[str, Any]) -> None:
    line = {"reference": row["reference"], "kind": row["kind"], "points": str(row["points"]), "member": row["member"]}
    if row["kind"] == partnering.BURN:
        line["code"] = partnering.make_code(club.members[row["member"]], most_points=row["points"])
    partnering.take(Partner.objects.select_related("programme").get(slug=slug), line)


def _propose(club: Club, firm: dict[str, Any]) -> None:
    """A promotion that waits for the partner's word: live, and paying nothing until then."""
    said = firm["promotion"]
    rule = Rule(
        programme=Programme.objects.get(slug=DEFAULT_PROGRAMME),
        name=said["name"],
        name_zh=said["name_zh"],
        activity_kind=Activity.Kind.EVENT_ATTENDED,
        amount_points=said["amount"],
        is_promotion=True,
        starts_on=club.moment(said["day"]).date(),
        ends_on=club.moment(said["ends"]).date(),
    )
    rule.save()
    JointPromotion.objects.create(partner=Partner.objects.get(slug=firm["slug"]), rule=rule)
