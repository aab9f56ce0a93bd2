"""The referrals' part of the back office."""

from typing import Any

from wagtail import hooks

from referrals import office


@hooks.register("register_admin_viewset")
def referrals() -> office.ReferralsGroup:
    return office.ReferralsGroup()


@hooks.register("register_admin_urls")
def addresses() -> list[Any]:
    return office.urlpatterns
