"""Who brought whom in the demo: colleagues and other companies, at every stage."""

import datetime
from functools import partial
from typing import Any

from community.demo import library
from community.demo.club import Club
from members.models import Member
from referrals import advancing, naming
from referrals.models import Door, Referral, SoughtCustomer

MARKETER = "gu-yunxi"


def note(club: Club) -> None:
    said = library.toml("referrals/referrals.toml")
    people = {person["handle"]: person for person in library.toml("people/members.toml")["member"]}
    domains = {firm["key"]: firm["email_domain"] for firm in library.toml("people/companies.toml")["company"]}
    addresses = {handle: f"{handle}@{domains[person['company']]}" for handle, person in people.items() if "company" in person}
    club.diary.note(club.moment(-420, "11:00"), partial(_say_whom_we_seek, said["sought"]))
    for row in said["colleague"]:
        invitee = people[row["invitee"]]
        day = invitee["joined"] - row["days_before"]
        contact = {"name": invitee["name"], "email": addresses[row["invitee"]], "locale": invitee["locale"]}
        club.diary.note(club.moment(day, "11:00"), partial(_name, club, row["referrer"], Door.COLLEAGUE, contact))
    for row in said["name"]:
        _note_name(club, row, addresses)


def _note_name(club: Club, row: dict[str, Any], addresses: dict[str, str]) -> None:
    contact = {key: row.get(key, "") for key in ("name", "company", "need")}
    contact |= {"email": row.get("email") or addresses.get(row.get("invitee", ""), ""), "locale": row.get("locale", "en")}
    at = club.moment(row["day"], "11:00")
    club.diary.note(at, partial(_name, club, row["referrer"], Door(row.get("door", "company")), contact))
    for place, (step, after, remark) in enumerate(row.get("steps", [])):
        # After office hours, when the day's orders have been reported.
        moment = club.moment(row["day"] + after, "17:00") + datetime.timedelta(minutes=place)
        club.diary.note(moment, partial(_reach, club, row, step, remark))
    if "closed" in row:
        after, reason, further = row["closed"]
        club.diary.note(club.moment(row["day"] + after, "17:30"), partial(_close, club, row, reason, further))


def _say_whom_we_seek(sought: list[dict[str, Any]]) -> None:
    SoughtCustomer.objects.bulk_create([SoughtCustomer(**row) for row in sought])


def _name(club: Club, referrer: str, door: Door, contact: dict[str, str]) -> None:
    naming.name_somebody(club.members[referrer], door, **contact)


def _referral(club: Club, row: dict[str, Any]) -> Referral:
    return Referral.objects.get(referrer=club.members[row["referrer"]], contact_name=row["name"])


def _marketer(club: Club) -> Member:
    return club.members[MARKETER]


def _reach(club: Club, row: dict[str, Any], step: str, remark: str) -> None:
    advancing.reach(_referral(club, row), step, marked_by=_marketer(club), note=remark)


def _close(club: Club, row: dict[str, Any], reason: str, further: str) -> None:
    advancing.close(_referral(club, row), reason=reason, further_names=further, marked_by=_marketer(club))
