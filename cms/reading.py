"""Reading an article to its end: a deed that counts once a member and article, whatever the language it was read in."""

import datetime
from typing import Any

from django.core import signing
from django.db import transaction
from django.db.models import Sum

from cms.models import ArticlePage
from members import activity
from members.models import Activity, Member
from points.models import Accrual

SALT = "cms.reading"
LONGEST = datetime.timedelta(days=2)
# Nobody reads a minute's text in less than this; skimming is allowed, a script that asks at once is not.
LEAST_SECONDS_A_MINUTE, LEAST_SECONDS = 8, 10


class TooSoon(Exception):  # noqa: N818
    """The end was reported before anyone could have got there."""


class NotThisReading(Exception):  # noqa: N818
    """The token is forged, too old, or of another reader or article."""


def least_seconds(article: ArticlePage) -> int:
    return max(LEAST_SECONDS, article.minutes * LEAST_SECONDS_A_MINUTE)


def begin(article: ArticlePage, *, member: Any) -> str:
    """A token that says when this member opened this article; nothing is written."""
    if not member.is_authenticated:
        return ""
    return signing.TimestampSigner(salt=SALT).sign(f"{article.pk}:{member.pk}")


@transaction.atomic
def finish(article: ArticlePage, *, member: Member, token: str) -> bool:
    """Record that the member has read the article to its end. Returns whether it is the first time.

    Raises NotThisReading for a token that is not this reader's, TooSoon for one too fresh.
    """
    _check(token, article, member)
    if is_finished(article, member=member):
        return False
    title, details = article.title, {"minutes": article.minutes, "topic": article.topic}
    activity.record(member, Activity.Kind.ARTICLE_READ, cause=cause(article, member), title=title, url=article.door, details=details)
    return True


def is_finished(article: ArticlePage, *, member: Member) -> bool:
    return Activity.objects.filter(kind=Activity.Kind.ARTICLE_READ, cause=cause(article, member)).exists()


def earned_points(article: ArticlePage, *, member: Member) -> int:
    """What the reading brought: 0 where no rule is in force, or the day's limit was reached."""
    rows = Accrual.objects.filter(member=member, activity__kind=Activity.Kind.ARTICLE_READ, activity__cause=cause(article, member))
    return rows.filter(outcome=Accrual.Outcome.AWARDED).aggregate(sum=Sum("amount_points"))["sum"] or 0


def cause(article: ArticlePage, member: Member) -> str:
    return f"article:{article.translation_key}:{member.pk}"


def _check(token: str, article: ArticlePage, member: Member) -> None:
    signer = signing.TimestampSigner(salt=SALT)
    try:
        value = signer.unsign(token, max_age=LONGEST)
    except signing.BadSignature as error:
        raise NotThisReading from error
    if value != f"{article.pk}:{member.pk}":
        raise NotThisReading
    try:
        signer.unsign(token, max_age=least_seconds(article))
    except signing.SignatureExpired:
        return
    raise TooSoon
