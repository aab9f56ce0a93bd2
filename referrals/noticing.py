"""What the club notices by itself: a colleague who takes part, a referred company that buys. Each may be repeated."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from members.models import Activity, Member, Purchase
from members.ready import Ready
from referrals import advancing, welcoming
from referrals.models import Referral, Station

Kind, Step = Activity.Kind, Station.Step

CONTRIBUTIONS = (
    Kind.THREAD_STARTED,
    Kind.REPLY_POSTED,
    Kind.BLOG_ENTRY_POSTED,
    Kind.SURVEY_COMPLETED,
    Kind.GROUP_ATTENDED,
    Kind.EVENT_ATTENDED,
)
A_ROUND = 500


_BROUGHT = Ready(lambda activity: _waiting_colleagues().filter(invitee__activities=activity))


def notice_contribution(activity_id: int) -> None:
    """A member contributed: if a colleague brought them and this is the first time, the referral has come about."""
    for referral in _BROUGHT.all(activity=activity_id):
        advancing.reach(referral, Step.TOOK_PART)


def notice_purchase(purchase: Purchase) -> None:
    """A company bought: the first who recommended us to it, before it did, has led it here."""
    referrals = Referral.objects.filter(kind=Referral.Kind.EXTERNAL, created_at__date__lte=purchase.ordered_on)
    referrals = referrals.filter(Q(company=purchase.company) | Q(company=None, contact_company__iexact=purchase.company.name))
    first = referrals.exclude(outcome=Referral.Outcome.KNOWN).exclude(referrer__company=purchase.company).order_by("id").first()
    if first is None or _bought_already(purchase.company_id):
        return
    advancing.assign_company(first, purchase.company)
    advancing.reach(first, Step.BOUGHT)


def notice_missed() -> int:
    """The repeatable round: whatever a lost signal left undone. Returns how many rows it looked at."""
    contributed = Activity.objects.filter(member=OuterRef("invitee"), kind__in=CONTRIBUTIONS, undone_by=None)
    late = list(_waiting_colleagues().filter(Exists(contributed))[:A_ROUND])
    for referral in late:
        advancing.reach(referral, Step.TOOK_PART)
    registered = Activity.objects.filter(member=OuterRef("pk"), kind=Kind.REGISTERED)
    newcomers = list(Member.objects.filter(Exists(registered), referral_claim__isnull=False, referral=None)[:A_ROUND])
    for newcomer in newcomers:
        welcoming.settle(newcomer)
    purchases = list(_unnoticed_purchases()[:A_ROUND])
    for purchase in purchases:
        notice_purchase(purchase)
    return len(late) + len(newcomers) + len(purchases)


def _waiting_colleagues() -> QuerySet[Referral]:
    return Referral.objects.filter(kind=Referral.Kind.INTERNAL, outcome=Referral.Outcome.OPEN, stage=Referral.Stage.REGISTERED)


def _bought_already(company_id: int) -> bool:
    return Station.objects.filter(referral__company_id=company_id, step=Step.BOUGHT).exists()


def _unnoticed_purchases() -> QuerySet[Purchase]:
    """Purchases of companies that somebody recommended us to, and for which nobody has been credited."""
    open_ones = Referral.objects.filter(kind=Referral.Kind.EXTERNAL, created_at__date__lte=OuterRef("ordered_on")).exclude(
        outcome__in=[Referral.Outcome.WON, Referral.Outcome.KNOWN]
    )
    open_ones = open_ones.exclude(referrer__company=OuterRef("company"))
    by_company = open_ones.filter(company=OuterRef("company"))
    by_name = open_ones.filter(company=None, contact_company__iexact=OuterRef("company__name"))
    credited = Station.objects.filter(referral__company=OuterRef("company"), step=Step.BOUGHT)
    return Purchase.objects.filter(Exists(by_company) | Exists(by_name)).exclude(Exists(credited)).select_related("company")
