"""Rules, tiers and rewards in the back office, with drafts and history."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from points import wording
from points.models import Partner, Reward, Rule, Tier


class RuleViewSet(SnippetViewSet):
    model = Rule
    icon = "clipboard-list"
    menu_label = _("Rules")
    add_to_reference_index = False
    copy_view_enabled = True
    list_display = ["label", "activity_kind", Column("words", label=_("In words"), accessor=wording.of_rule), "is_active"]
    list_filter = ["activity_kind", "is_active"]
    panels: list[Any] = [
        FieldPanel("programme"),
        FieldRowPanel([FieldPanel("name"), FieldPanel("name_zh")]),
        FieldRowPanel([FieldPanel("activity_kind"), FieldPanel("origin")]),
        FieldRowPanel([FieldPanel("pays"), FieldPanel("amount_points"), FieldPanel("amount_up_to")]),
        FieldPanel("tier_amounts"),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("cap_per_day"), FieldPanel("cap_per_object"), FieldPanel("cap_in_all")])], heading=_("Limits")
        ),
        FieldRowPanel([FieldPanel("group"), FieldPanel("is_total")]),
        FieldPanel("condition"),
        FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on"), FieldPanel("is_active")]),
    ]


class TierViewSet(SnippetViewSet):
    model = Tier
    icon = "order-up"
    menu_label = _("Tiers")
    add_to_reference_index = False
    list_display = ["label", "threshold_points", "window_months"]


class RewardViewSet(SnippetViewSet):
    model = Reward
    icon = "pick"
    menu_label = _("Rewards")
    add_to_reference_index = False
    list_display = ["label", "price_points", "stock"]
    panels: list[Any] = [
        FieldPanel("programme"),
        FieldRowPanel([FieldPanel("name"), FieldPanel("name_zh")]),
        FieldPanel("slug"),
        FieldRowPanel([FieldPanel("description"), FieldPanel("description_zh")]),
        FieldRowPanel([FieldPanel("price_points"), FieldPanel("stock"), FieldPanel("limit_per_member")]),
        FieldRowPanel([FieldPanel("least_tier"), FieldPanel("gives_code")]),
    ]


class PartnerViewSet(SnippetViewSet):
    model = Partner
    icon = "group"
    menu_label = _("Partners")
    add_to_reference_index = False
    list_display = ["name", "slug", "credit_limit_points"]


class PointsGroup(SnippetViewSetGroup):
    menu_label = _("Points")
    menu_icon = "pick"
    menu_order = 250
    items = (RuleViewSet, TierViewSet, RewardViewSet, PartnerViewSet)
