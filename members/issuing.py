"""API keys are issued and revoked, and the back office's log says by whom."""

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from members.models import ApiKey, Member


@transaction.atomic
def issue(*, by: Member, name: str, scopes: list[str], programme_slug: str = "", partner_slug: str = "") -> tuple[ApiKey, str]:
    """Make a key. Returns the row and the key itself, which cannot be had again."""
    row, key = ApiKey.issue(name, scopes, programme_slug=programme_slug, partner_slug=partner_slug)
    log(row, "wagtail.create", user=by, data={"scopes": row.scopes})
    return row, key


@transaction.atomic
def revoke(key: ApiKey, *, by: Member) -> bool:
    """Returns False if it was revoked before."""
    if not ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
        return False
    log(key, "wagtail.edit", user=by, data={"revoked": True})
    return True
