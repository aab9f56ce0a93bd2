"""What a notification says, made when it is read, in the language of the moment."""

import datetime
from collections.abc import Callable
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from members.models import Activity
from notifications import calendar
from notifications.models import Notification

Kind = Notification.Kind
Text = str | Promise

STEPS: dict[str, Text] = {
    "registered": gettext_lazy("%(title)s has joined the club. Thank you for bringing them!"),
    "took_part": gettext_lazy("%(title)s has taken part for the first time."),
    "qualified": gettext_lazy("Your referral fits: %(title)s is looking for what we do."),
    "met": gettext_lazy("We have met %(title)s, thanks to you."),
    "bought": gettext_lazy("%(title)s has become a customer. Thank you!"),
    "closed": gettext_lazy("With %(title)s it did not come about this time. Who else might it suit?"),
}
VERBS: dict[str, Text] = {
    "lock": gettext_lazy("A moderator has locked “%(title)s”."),
    "unlock": gettext_lazy("A moderator has opened “%(title)s” again."),
    "move": gettext_lazy("A moderator has moved “%(title)s”."),
    "hide_thread": gettext_lazy("A moderator has hidden “%(title)s”."),
    "unhide_thread": gettext_lazy("A moderator has shown “%(title)s” again."),
    "hide_post": gettext_lazy("A moderator has hidden your post in “%(title)s”."),
    "unhide_post": gettext_lazy("A moderator has shown your post in “%(title)s” again."),
    "hide_message": gettext_lazy("A moderator has hidden your message in “%(title)s”."),
    "unhide_message": gettext_lazy("A moderator has shown your message in “%(title)s” again."),
    "accept": gettext_lazy("A moderator has marked the solution in “%(title)s”."),
    "unaccept": gettext_lazy("A moderator no longer marks your reply as the solution in “%(title)s”."),
    "close_poll": gettext_lazy("A moderator has closed your poll in “%(title)s”."),
    "reopen_poll": gettext_lazy("A moderator has opened your poll in “%(title)s” again."),
    "edit_post": gettext_lazy("A moderator has edited your post in “%(title)s”."),
    "silence": gettext_lazy("A moderator has asked you to pause writing for a while."),
    "lift": gettext_lazy("You may write again."),
    "merge": gettext_lazy("A moderator has merged your thread into “%(title)s”."),
    "split": gettext_lazy("A moderator has made your post a thread of its own: “%(title)s”."),
    "change_author": gettext_lazy("A moderator has given a post in “%(title)s” to its right author."),
    "approve": gettext_lazy("Your post in “%(title)s” is shown now."),
    "approve_edit": gettext_lazy("Your edit in “%(title)s” is shown now."),
    "refuse_edit": gettext_lazy("A moderator has not approved your edit in “%(title)s”."),
    "reject": gettext_lazy("A moderator has not approved your post in “%(title)s”."),
    "suspend": gettext_lazy("A moderator has suspended your account for a while."),
    "lift_suspension": gettext_lazy("Your account is open again."),
    "grant_appeal": gettext_lazy("Your appeal was granted."),
    "refuse_appeal": gettext_lazy("Your appeal was refused."),
}


def sentence(notification: Notification) -> str:
    """One sentence for the reader. Missing details make it vaguer, never broken."""
    return str(SENTENCES[Kind(notification.kind)](notification, notification.details or {}))


def gone() -> str:
    """What is said in place of the sentence where the reader may no longer open what it is about: neither who nor what."""
    return _("This was about something that is no longer shown to you.")


def _actor(notification: Notification) -> str:
    return notification.actor.display_name if notification.actor else _("Somebody")


def _by(text: Text) -> Callable[[Notification, dict[str, Any]], str]:
    return lambda notification, _details: str(text) % {"actor": _actor(notification), "title": notification.title}


def _reply(notification: Notification, details: dict[str, Any]) -> str:
    text = _("%(actor)s started “%(title)s”.") if details.get("starts_thread") else _("%(actor)s replied in “%(title)s”.")
    return text % {"actor": _actor(notification), "title": notification.title}


def _reaction(notification: Notification, details: dict[str, Any]) -> str:
    others = len(details.get("actors", [])) - 1
    names = {"actor": _actor(notification), "title": notification.title, "others": others}
    if others < 1:
        return _("%(actor)s liked your post in “%(title)s”.") % names
    return (
        ngettext(
            "%(actor)s and %(others)d other liked your post in “%(title)s”.",
            "%(actor)s and %(others)d others liked your post in “%(title)s”.",
            others,
        )
        % names
    )


def _points_earned(notification: Notification, details: dict[str, Any]) -> str:
    points = _whole(details.get("points"))
    what = _what_for(notification, details)
    if not what:
        return ngettext("You earned %(points)d point.", "You earned %(points)d points.", points) % {"points": points}
    text = ngettext("You earned %(points)d point: %(what)s.", "You earned %(points)d points: %(what)s.", points)
    return text % {"points": points, "what": what}


def _what_for(notification: Notification, details: dict[str, Any]) -> str:
    kind = details.get("activity_kind", "")
    label = str(Activity.Kind(kind).label) if kind in Activity.Kind.values else str(details.get("reason", ""))
    if label and notification.title:
        return _("%(label)s, “%(title)s”") % {"label": label, "title": notification.title}
    return label or notification.title


def _points_lapsing(notification: Notification, details: dict[str, Any]) -> str:
    points = _whole(details.get("points"))
    day = parse_date(str(details.get("on", "")))
    if not isinstance(day, datetime.date):
        return ngettext("%(points)d of your points lapses soon.", "%(points)d of your points lapse soon.", points) % {"points": points}
    text = ngettext("%(points)d of your points lapses on %(day)s.", "%(points)d of your points lapse on %(day)s.", points)
    return text % {"points": points, "day": date_format(day)}


def _reward(notification: Notification, details: dict[str, Any]) -> str:
    price = _whole(details.get("price"))
    if not price:
        return _("You have enough points for “%(title)s”.") % {"title": notification.title}
    said = ngettext(
        "You have enough for “%(title)s”: it costs %(price)d point.", "You have enough for “%(title)s”: it costs %(price)d points.", price
    )
    return said % {"title": notification.title, "price": price}


GIVEN: dict[tuple[str, str], Text] = {
    ("badge", "given"): gettext_lazy("You were given the badge “%(title)s”."),
    ("badge", "taken_back"): gettext_lazy("The badge “%(title)s” was taken back."),
    ("voucher", "given"): gettext_lazy("You were given a voucher: “%(title)s”. Its code is among your rewards."),
    ("voucher", "taken_back"): gettext_lazy("The voucher “%(title)s” was taken back: its code is void."),
    ("tier", "given"): gettext_lazy("Until %(day)s you are at least “%(title)s”."),
    ("tier", "taken_back"): gettext_lazy("The tier “%(title)s”, which you were given until %(day)s, was taken back."),
}


def _grant(notification: Notification, details: dict[str, Any]) -> str:
    day = parse_date(str(details.get("until", "")))
    text = GIVEN.get((str(details.get("grant")), str(details.get("step"))))
    if text is None or (details.get("grant") == "tier" and not day):
        return _("There is news of “%(title)s”.") % {"title": notification.title}
    return str(text) % {"title": notification.title, "day": date_format(day) if day else ""}


def _invitation(text: Text) -> Callable[[Notification, dict[str, Any]], str]:
    def say(notification: Notification, details: dict[str, Any]) -> str:
        said, points = str(text) % {"title": notification.title}, _whole(details.get("points"))
        if points:
            said += " " + ngettext("It earns %(points)d point.", "It earns %(points)d points.", points) % {"points": points}
        return said

    return say


def _group(notification: Notification, details: dict[str, Any]) -> str:
    if details.get("task"):
        return _task(notification, details)
    if details.get("is_off"):
        return _off(notification, details)
    if details.get("is_moved"):
        said = _("The time of the focus group “%(title)s” was set anew.") % {"title": notification.title}
    elif details.get("is_free"):
        said = _("A place has become free in the focus group “%(title)s”.") % {"title": notification.title}
    elif details.get("reminder"):
        said = _("The focus group “%(title)s” begins soon.") % {"title": notification.title}
    elif details.get("role") == "observer":
        said = _("You may watch the focus group “%(title)s” from behind the glass.") % {"title": notification.title}
    else:
        said = _invitation(gettext_lazy("You are invited to the focus group “%(title)s”."))(notification, details)
    if (starts_at := calendar.moment_of(details, "starts_at")) is None:
        return said
    moment, zone = calendar.in_words(starts_at, notification.member.time_zone)
    return _("%(sentence)s It begins: %(moment)s (%(zone)s).") % {"sentence": said, "moment": moment, "zone": zone}


def _task(notification: Notification, details: dict[str, Any]) -> str:
    is_due = details["task"] == "due"
    said = _("Your answer is still wanted on the board “%(title)s”.") if is_due else _("There is a new task on the board “%(title)s”.")
    said = said % {"title": notification.title}
    if (due_at := calendar.moment_of(details, "due_at")) is None:
        return said
    moment, zone = calendar.in_words(due_at, notification.member.time_zone)
    return _("%(sentence)s Answers are wanted by %(moment)s (%(zone)s).") % {"sentence": said, "moment": moment, "zone": zone}


def _off(notification: Notification, details: dict[str, Any]) -> str:
    names = {"title": notification.title}
    if details.get("is_put_off"):
        return _("The focus group “%(title)s” does not take place at the time that was set. You will be told of the new one.") % names
    if (starts_at := calendar.moment_of(details, "starts_at")) is None:
        return _("The focus group “%(title)s” does not take place.") % names
    moment, zone = calendar.in_words(starts_at, notification.member.time_zone)
    said = _("The focus group “%(title)s”, which was to begin on %(moment)s (%(zone)s), does not take place.")
    return said % (names | {"moment": moment, "zone": zone})


def _referral(notification: Notification, details: dict[str, Any]) -> str:
    text = STEPS.get(details.get("step", ""), _("There is news of your referral: %(title)s."))
    return str(text) % {"title": notification.title}


def _event(notification: Notification, details: dict[str, Any]) -> str:
    if seat := _whole(details.get("seat")):
        return _("A place has become free for you at “%(title)s”: seat %(seat)d.") % {"title": notification.title, "seat": seat}
    return _("There is news of the event “%(title)s”.") % {"title": notification.title}


def _moderation(notification: Notification, details: dict[str, Any]) -> str:
    said = str(VERBS.get(details.get("verb", ""), _("A moderator has decided about “%(title)s”."))) % {"title": notification.title}
    reason = str(details.get("reason", "")).strip()
    return _("%(sentence)s The reason: %(reason)s") % {"sentence": said, "reason": reason} if reason else said


def _welcome(notification: Notification, details: dict[str, Any]) -> str:
    return notification.title or _("Welcome to the club! Tell us a little about yourself, and look around.")


def _notice(notification: Notification, details: dict[str, Any]) -> str:
    """In the words of a marketer, in the reader's language."""
    words = details.get("words")
    said = words.get(get_language()) if isinstance(words, dict) else None
    return str(said or notification.title) or _("There is news of “%(title)s”.") % {"title": ""}


FEATURES: dict[str, Text] = {
    "asked": gettext_lazy("%(actor)s would like to show your entry “%(title)s” in the magazine. May we?"),
    "agreed": gettext_lazy("%(actor)s agrees: “%(title)s” is in the magazine now."),
    "declined": gettext_lazy("%(actor)s would rather not have “%(title)s” in the magazine."),
}


def _feature(notification: Notification, details: dict[str, Any]) -> str:
    text = FEATURES.get(details.get("step", ""), _("There is news of “%(title)s”."))
    return str(text) % {"actor": _actor(notification), "title": notification.title}


def _whole(value: Any) -> int:
    return int(value) if isinstance(value, int | float) or (isinstance(value, str) and value.isdecimal()) else 0


SENTENCES: dict[Notification.Kind, Callable[[Notification, dict[str, Any]], str]] = {
    Kind.REPLY: _reply,
    Kind.MENTION: _by(gettext_lazy("%(actor)s mentioned you in “%(title)s”.")),
    Kind.REACTION: _reaction,
    Kind.SOLUTION: _by(gettext_lazy("%(actor)s accepted your reply in “%(title)s” as the solution.")),
    Kind.POINTS_EARNED: _points_earned,
    Kind.POINTS_LAPSING: _points_lapsing,
    Kind.REWARD: _reward,
    Kind.GRANT: _grant,
    Kind.PARTNER: _by(gettext_lazy("The joint promotion “%(title)s” waits for your yes or no.")),
    Kind.SURVEY_INVITATION: _invitation(gettext_lazy("You are invited to the survey “%(title)s”.")),
    Kind.GROUP_INVITATION: _group,
    Kind.REFERRAL_PROGRESS: _referral,
    Kind.EVENT: _event,
    Kind.MODERATION: _moderation,
    Kind.MESSAGE: _by(gettext_lazy("%(actor)s wrote to you: “%(title)s”.")),
    Kind.REMINDER: _by(gettext_lazy("You wanted to come back to “%(title)s”.")),
    Kind.FEATURE: _feature,
    Kind.NOTICE: _notice,
    Kind.WELCOME: _welcome,
}
