"""The points' part of the back office."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet

from points.office import desk
from points.office.catalogue import PointsGroup

register_snippet(PointsGroup)


@hooks.register("register_admin_urls")
def desk_addresses() -> list[Any]:
    return desk.urlpatterns


class PermittedItem(MenuItem):
    """A menu item for who has one right."""

    def __init__(self, *args: Any, right: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.right = right

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(self.right))  # type: ignore[union-attr]


@hooks.register("register_admin_menu_item")
def redemptions_item() -> MenuItem:
    right = "points.view_redemption"
    return PermittedItem(_("Rewards to hand over"), reverse("points_redemptions"), icon_name="tick", order=252, right=right)


@hooks.register("register_admin_menu_item")
def accounts_item() -> MenuItem:
    return PermittedItem(_("Points accounts"), reverse("points_accounts"), icon_name="list-ul", order=254, right="points.view_account")
