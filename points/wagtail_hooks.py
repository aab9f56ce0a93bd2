"""The points' part of the back office."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button
from wagtail.permissions import register_permission_policy
from wagtail.snippets.action_menu import ActionMenuItem
from wagtail.snippets.models import register_snippet

from points import agreeing, starting
from points.models import Badge, JointPromotion, Partner, Programme, Reward, Rule, Tier
from points.office import desk, exporting, filing, judging, reports, testing, webhooks
from points.office.catalogue import FixedRows, KeptRows, PointsGroup

for model in (Rule, Programme, Tier, Partner, Reward, Badge):
    register_permission_policy(model, KeptRows(model))
register_permission_policy(JointPromotion, FixedRows(JointPromotion))
register_snippet(PointsGroup)
register_snippet(webhooks.WebhookViewSet)


@hooks.register("register_admin_urls")
def desk_addresses() -> list[Any]:
    parts = (desk, exporting, filing, judging, testing, reports, webhooks)
    return [address for part in parts for address in part.urlpatterns]


@hooks.register("after_create_snippet")
def begin_what_was_made(request: HttpRequest, instance: Any) -> None:
    """A proposal is told to its partner; a programme gets its books."""
    if isinstance(instance, JointPromotion):
        agreeing.propose(instance)
    if isinstance(instance, Programme):
        starting.open_books(instance)


class PermittedItem(MenuItem):
    """A menu item for who has one right."""

    def __init__(self, *args: Any, right: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.right = right

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(self.right))  # type: ignore[union-attr]


@hooks.register("register_points_menu_item")
def approvals_item() -> MenuItem:
    return PermittedItem(_("To approve"), reverse("points_approvals"), icon_name="check", order=2, right="points.publish_rule")


@hooks.register("register_points_menu_item")
def back_tests_item() -> MenuItem:
    return PermittedItem(_("Back-test"), reverse("points_back_tests"), icon_name="history", order=3, right="points.add_backtest")


@hooks.register("register_points_menu_item")
def reports_item() -> MenuItem:
    return PermittedItem(_("Points reports"), reverse("points_liability"), icon_name="table", order=40, right=reports.RIGHT)


@hooks.register("register_points_menu_item")
def redemptions_item() -> MenuItem:
    return PermittedItem(_("To hand over"), reverse("points_redemptions"), icon_name="tick", order=30, right="points.view_redemption")


@hooks.register("register_points_menu_item")
def accounts_item() -> MenuItem:
    return PermittedItem(_("Accounts"), reverse("points_accounts"), icon_name="list-ul", order=31, right="points.view_account")


@hooks.register("register_points_menu_item")
def file_item() -> MenuItem:
    return PermittedItem(_("Transfers by file"), reverse("points_file"), icon_name="upload", order=32, right="points.add_transfer")


@hooks.register("construct_snippet_action_menu")
def no_rule_goes_live_by_one_hand(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """In place of the button that publishes: one that lays the version before a second person."""
    if context.get("model") is Rule:
        items[:] = [item for item in items if item.name != "action-publish"]
        items.append(SubmitItem())


@hooks.register("register_snippet_listing_buttons")
def try_it(row: Any, user: Any, next_url: str | None = None) -> Iterator[Button]:
    if isinstance(row, Rule) and user.has_perm("points.add_backtest"):
        yield Button(_("Back-test"), f"{reverse('points_back_tests')}?rule={row.pk}", icon_name="history", priority=60)
    if isinstance(row, Rule) and user.has_perm("points.view_rule"):
        yield Button(_("Condition as JSONLogic"), reverse("points_rule_jsonlogic", args=[row.pk]), icon_name="download", priority=61)
    if isinstance(row, Reward) and user.has_perm("points.change_reward"):
        yield Button(_("Pieces"), reverse("points_pieces", args=[row.pk]), icon_name="plus", priority=60)
        if row.gives_code:
            yield Button(_("Voucher codes"), reverse("points_codes", args=[row.pk]), icon_name="key", priority=61)


class SubmitItem(ActionMenuItem):
    name = "action-ask"
    label = _("Submit for approval")
    icon_name = "check"
    order = 30


@hooks.register("register_points_menu_item")
def letters_item() -> MenuItem:
    return PermittedItem(_("Webhook letters"), reverse("points_letters"), icon_name="mail", order=90, right="points.view_webhook")


@hooks.register("register_points_menu_item")
def reviews_item() -> MenuItem:
    return PermittedItem(_("Points under review"), reverse("points_reviews"), icon_name="warning", order=29, right="points.view_review")
