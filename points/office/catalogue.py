"""Rules, tiers and rewards in the back office, with drafts and history."""

from copy import copy
from typing import Any

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast
from django.forms import Select
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList, Panel, PublishingPanel
from wagtail.admin.ui.tables import Column
from wagtail.models import Revision
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.snippets import CopyView, CreateView, EditView, IndexView, SnippetViewSet, SnippetViewSetGroup

from members.models import Member
from members.office.conditions import Reshaping
from points import approving, wording
from points.models import Approval, Badge, JointPromotion, Partner, PartnerUser, Programme, Reward, Rule, Tier
from points.models.programme import DEFAULT_PROGRAMME
from points.office.folding import FoldedPanel
from points.office.forms import ProgrammeForm, RewardForm, RuleForm


class KeptRows(ModelPermissionPolicy):
    """Rows that the books point to: changed and stopped, never deleted."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action != "delete" and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


class FixedRows(KeptRows):
    """Rows that somebody else has agreed to: made, and neither changed nor deleted."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action != "change" and super().user_has_permission(user, action)


class WordsPanel(Panel):
    """The rule in plain words beside the form, as it stands or as it is being filled in."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "points/office/_words.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            may_try = self.instance.pk and self.request.user.has_perm("points.add_backtest")
            tried_at = f"{reverse('points_back_tests')}?rule={self.instance.pk}" if may_try else ""
            return super().get_context_data(parent_context) | {"words": self._words(), "tried_at": tried_at}

        def _words(self) -> list[tuple[str, str, str]]:
            rule = self.instance
            if self.form.is_bound:
                # A form of its own: this one may have been sent only to add a row, and is judged by nobody.
                trial = type(self.form)(self.form.data, instance=copy(rule), for_user=self.request.user)
                if not trial.is_valid():
                    return []
                rule = trial.instance
            return wording.in_both_languages(rule) if (rule.activity_kind or rule.multiplies) and rule.programme_id else []


class Asking:
    """Saving a rule leaves a draft; submitting it lays the version before a second person. Nobody publishes from here."""

    request: HttpRequest

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)  # type: ignore[misc]
        # What was submitted is not written over while somebody reads it.
        self.autosave_enabled = False

    def get_available_actions(self) -> list[str]:
        actions = [action for action in super().get_available_actions() if action != "publish"]  # type: ignore[misc]
        return [*actions, "ask"]

    def ask_action(self) -> None:
        assert isinstance(self.request.user, Member)
        approving.ask(self.object, self.new_revision, by=self.request.user)  # type: ignore[attr-defined]

    def get_success_message(self, instance: Any = None) -> str:
        if self.action == "ask":  # type: ignore[attr-defined]
            return _("“%(rule)s” waits for a second person’s approval.") % {"rule": instance or self.object}  # type: ignore[attr-defined]
        return str(super().get_success_message(instance))  # type: ignore[misc]


class RuleCreateView(Asking, Reshaping, CreateView):
    def get_initial_form_instance(self) -> Rule:
        rule = super().get_initial_form_instance() or Rule()
        rule.programme = Programme.objects.filter(slug=DEFAULT_PROGRAMME).first()
        return rule  # type: ignore[no-any-return]


class RuleCopyView(Asking, Reshaping, CopyView):
    pass


class RuleEditView(Asking, Reshaping, EditView):
    def get_page_subtitle(self) -> str:
        # The title kept with a version is in one language; a name that was emptied is none.
        return self.object.label or str(super().get_page_subtitle())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.request.method == "GET":
            self._say_where_it_stands()
        return dict(super().get_context_data(**kwargs))

    def _say_where_it_stands(self) -> None:
        last = Approval.objects.filter(rule=self.object.pk).select_related("decided_by").order_by("-pk").first()
        if last and last.verdict == Approval.Verdict.WAITING:
            messages.info(self.request, _("A version of this rule waits for approval. Submitting again replaces it."))
        if last and last.verdict == Approval.Verdict.STALE:
            said_so = _("This version was due, but it, or the segment that it names, had changed since it was approved. Submit it again.")
            messages.warning(self.request, said_so)
        if last and last.verdict == Approval.Verdict.RETURNED:
            said = {"who": last.decided_by, "note": last.note}
            messages.warning(self.request, _("Sent back by %(who)s: %(note)s") % said)


class RuleIndexView(IndexView):
    def get_base_queryset(self) -> Any:
        rows = super().get_base_queryset()
        waiting = Approval.objects.filter(rule=OuterRef("pk"), verdict=Approval.Verdict.WAITING)
        coming = Revision.objects.filter(
            base_content_type=ContentType.objects.get_for_model(Rule),
            object_id=Cast(OuterRef("pk"), CharField()),
            approved_go_live_at__isnull=False,
        )
        # A joint promotion pays nothing until its partner agreed.
        unagreed = JointPromotion.objects.filter(rule=OuterRef("pk")).exclude(status=JointPromotion.Status.APPROVED)
        rows = rows.annotate(is_waiting=Exists(waiting), is_coming=Exists(coming), is_unagreed=Exists(unagreed))
        return rows.select_related("programme", "segment", "badge", "voucher_of", "lifts_to").prefetch_related("programme__tiers")


def state_of(rule: Any) -> str:
    """Where a rule stands, as the list of rules annotated it."""
    found = [_("In force") if rule.live and rule.is_active else _("Stopped") if rule.first_published_at or rule.live else _("Draft")]
    if rule.is_unagreed:
        found = [_("Waits for the partner")]
    elif rule.live and rule.is_active and rule.ends_on and rule.ends_on < timezone.localdate():
        found = [_("Over")]
    elif rule.live and rule.is_active and rule.starts_on and rule.starts_on > timezone.localdate():
        found = [_("In force from %(day)s") % {"day": date_format(rule.starts_on, "SHORT_DATE_FORMAT")}]
    if rule.is_coming:
        found.append(_("scheduled"))
    if rule.is_waiting:
        found.append(_("to be approved"))
    elif rule.live and rule.has_unpublished_changes and not rule.is_coming:
        found.append(_("with a draft"))
    return _(", ").join(found)


class RuleViewSet(SnippetViewSet):
    model = Rule
    icon = "clipboard-list"
    menu_label = gettext_lazy("Rules")
    add_to_reference_index = False
    copy_view_enabled = True
    index_view_class = RuleIndexView
    add_view_class, copy_view_class, edit_view_class = RuleCreateView, RuleCopyView, RuleEditView
    list_display = [
        "label",
        Column("words", label=gettext_lazy("In words"), accessor=wording.of_rule),
        # In words: most rules are none, and a red cross beside each looks like a fault.
        Column("promotion", label=gettext_lazy("Promotion"), accessor=lambda rule: _("yes") if rule.is_promotion else "–"),
        Column("state", label=gettext_lazy("State"), accessor=state_of),
    ]
    list_filter = ["activity_kind", "is_promotion", "is_active"]
    search_fields = ["name", "name_zh"]
    edit_handler: Any = ObjectList(
        [
            MultiFieldPanel(
                [FieldPanel("programme", widget=Select), FieldRowPanel([FieldPanel("name"), FieldPanel("name_zh")])],
                heading=gettext_lazy("Name"),
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("activity_kind"), FieldPanel("pays")]),
                    FieldRowPanel([FieldPanel("segment"), FieldPanel("origin")]),
                    FieldPanel("condition"),
                ],
                heading=gettext_lazy("When, and for whom"),
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("effect"), FieldPanel("factor_percent")]),
                    FieldRowPanel([FieldPanel("amount_points"), FieldPanel("amount_up_to")]),
                    FieldRowPanel([FieldPanel("is_qualifying"), FieldPanel("qualifying_points")]),
                    FieldPanel("tier_amounts"),
                    FieldPanel("per_field"),
                    FieldRowPanel([FieldPanel("per_size"), FieldPanel("rounding")]),
                ],
                heading=gettext_lazy("How much"),
            ),
            FoldedPanel(
                [
                    FieldRowPanel([FieldPanel("badge", widget=Select), FieldPanel("voucher_of", widget=Select)]),
                    FieldRowPanel([FieldPanel("lifts_to", widget=Select), FieldPanel("lift_days")]),
                ],
                heading=gettext_lazy("Beside the points"),
            ),
            FoldedPanel(
                [
                    FieldRowPanel([FieldPanel("hold_days"), FieldPanel("hold_until")]),
                    FieldRowPanel([FieldPanel("hold_event"), FieldPanel("hold_same")]),
                ],
                heading=gettext_lazy("Held at first"),
            ),
            FoldedPanel([FieldPanel("notice"), FieldPanel("notice_zh")], heading=gettext_lazy("Telling the members")),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("cap_per_day"), FieldPanel("cap_per_week"), FieldPanel("cap_per_month")]),
                    FieldRowPanel([FieldPanel("cap_per_object"), FieldPanel("cap_in_all")]),
                    FieldRowPanel([FieldPanel("cap_points_per_day"), FieldPanel("cap_points_per_week")]),
                    FieldRowPanel([FieldPanel("cap_points_per_month"), FieldPanel("cap_points_in_all")]),
                ],
                heading=gettext_lazy("Limits for one member"),
            ),
            FoldedPanel([FieldPanel("caps")], heading=gettext_lazy("Limits for a company, and for everybody")),
            FoldedPanel(
                [FieldRowPanel([FieldPanel("group"), FieldPanel("is_total")]), FieldPanel("best_of")],
                heading=gettext_lazy("Beside other rules"),
            ),
            FoldedPanel(
                [FieldRowPanel([FieldPanel("budget_points"), FieldPanel("control_percent")])],
                heading=gettext_lazy("For everybody together"),
            ),
            MultiFieldPanel(
                [FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on"), FieldPanel("is_active")])], heading=gettext_lazy("Days")
            ),
            FoldedPanel(
                [
                    FieldRowPanel([FieldPanel("is_promotion"), FieldPanel("needs_enrolment")]),
                    FieldRowPanel([FieldPanel("description"), FieldPanel("description_zh")]),
                ],
                heading=gettext_lazy("Promotion"),
            ),
            WordsPanel(heading=gettext_lazy("In words")),
            PublishingPanel(),
        ],
        base_form_class=RuleForm,
    )


class ProgrammeViewSet(SnippetViewSet):
    model = Programme
    icon = "cogs"
    menu_label = gettext_lazy("Programmes")
    add_to_reference_index = False
    list_display = ["name", "slug", "lapse_months", "point_cost_fen"]
    edit_handler: Any = ObjectList(
        [
            FieldRowPanel([FieldPanel("name"), FieldPanel("slug")]),
            FieldRowPanel([FieldPanel("lapse_months"), FieldPanel("point_cost_fen")]),
            FieldRowPanel([FieldPanel("gifts_per_day"), FieldPanel("gift_points_per_day"), FieldPanel("partner_points_each")]),
            MultiFieldPanel(
                [
                    FieldPanel("control_percent"),
                    FieldRowPanel([FieldPanel("control_starts_on"), FieldPanel("control_ends_on")]),
                    FieldRowPanel([FieldPanel("margin_percent"), FieldPanel("running_cost_fen")]),
                ],
                heading=gettext_lazy("Does the club pay?"),
            ),
        ],
        base_form_class=ProgrammeForm,
    )


class TierViewSet(SnippetViewSet):
    model = Tier
    icon = "order-up"
    menu_label = gettext_lazy("Tiers")
    add_to_reference_index = False
    list_display = ["label", "threshold_points", "qualifies_by", "window_months"]


class RewardViewSet(SnippetViewSet):
    model = Reward
    icon = "pick"
    menu_label = gettext_lazy("Rewards")
    add_to_reference_index = False
    list_display = ["label", "price_points", "stock"]
    edit_handler: Any = ObjectList(
        [
            FieldPanel("programme"),
            FieldRowPanel([FieldPanel("name"), FieldPanel("name_zh")]),
            FieldPanel("slug"),
            FieldRowPanel([FieldPanel("description"), FieldPanel("description_zh")]),
            FieldRowPanel([FieldPanel("price_points"), FieldPanel("stock"), FieldPanel("limit_per_member")]),
            FieldRowPanel([FieldPanel("least_tier"), FieldPanel("gives_code")]),
        ],
        base_form_class=RewardForm,
    )


class BadgeViewSet(SnippetViewSet):
    model = Badge
    icon = "pick"
    menu_label = gettext_lazy("Badges")
    add_to_reference_index = False
    list_display = ["label", "slug"]
    panels: list[Any] = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("name_zh")]),
        FieldPanel("slug"),
        FieldRowPanel([FieldPanel("about"), FieldPanel("about_zh")]),
    ]


class PartnerViewSet(SnippetViewSet):
    model = Partner
    icon = "group"
    menu_label = gettext_lazy("Partners")
    add_to_reference_index = False
    list_display = ["name", "slug", "credit_limit_points"]


class PartnerUserViewSet(SnippetViewSet):
    model = PartnerUser
    icon = "user"
    menu_label = gettext_lazy("Partners' users")
    add_to_reference_index = False
    list_display = ["member", "partner"]
    panels: list[Any] = [FieldPanel("partner"), FieldPanel("member")]


class JointPromotionViewSet(SnippetViewSet):
    model = JointPromotion
    icon = "group"
    menu_label = gettext_lazy("Joint promotions")
    add_to_reference_index = False
    list_display = ["rule", "partner", "status"]
    panels: list[Any] = [FieldPanel("partner"), FieldPanel("rule")]


class PointsGroup(SnippetViewSetGroup):
    menu_label = gettext_lazy("Points")
    menu_icon = "pick"
    menu_order = 250
    submenu_hook = "register_points_menu_item"
    items = (
        RuleViewSet,
        TierViewSet,
        RewardViewSet,
        BadgeViewSet,
        PartnerViewSet,
        PartnerUserViewSet,
        JointPromotionViewSet,
        ProgrammeViewSet,
    )
