"""The researcher's back office: studies, and their groups with guide and consent. Seats are given on the group's own page."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import CreateView, DeleteView, EditView, SnippetViewSet, SnippetViewSetGroup

from focusgroups import emptying, preparing, rescheduling, seating
from focusgroups.models import Group, Guide, Seat, Study
from members.models import Member

GUIDE_LINE = [
    FieldRowPanel([FieldPanel("kind"), FieldPanel("minutes")]),
    FieldPanel("text"),
    FieldPanel("note"),
    FieldRowPanel([FieldPanel("options"), FieldPanel("max_choices"), FieldPanel("is_masked")]),
    FieldRowPanel([FieldPanel("categories"), FieldPanel("scale_max")]),
    FieldRowPanel([FieldPanel("image"), FieldPanel("image_alt"), FieldPanel("link")]),
]
ON_A_BOARD = FieldRowPanel([FieldPanel("opens_at"), FieldPanel("due_at")])


class StudyCreateView(CreateView):
    def save_instance(self) -> Study:
        self.form.instance.created_by = self.request.user
        return super().save_instance()


class StudyEditView(EditView):
    """Days that are over already when they are set delete for good with the next round: whoever set them hears of it in time."""

    def save_instance(self) -> Study:
        study = super().save_instance()
        if over := emptying.over(study.groups.all()):
            said = _(
                "Within the hour what was said in these groups is deleted, for their days are over: %(titles)s. "
                "To keep it, set more days, or none."
            )
            messages.warning(self.request, said % {"titles": ", ".join(group.title for group in over)})
        return study


class GroupCreateView(CreateView):
    """Whoever plans a group sits at its head; more moderators are invited on its page. A guide to start from is copied in."""

    def save_instance(self) -> Group:
        group = super().save_instance()
        if group.guide and not group.items.exists():
            preparing.lay_out(group.guide, group)
        seating.invite(group, member=self.request.user, role=Seat.Role.MODERATOR, is_told=False)
        return group


class GroupEditView(EditView):
    """A planned group's new time is told to everybody with a seat, in the transaction that sets it."""

    def save_instance(self) -> Group:
        with transaction.atomic():
            before = rescheduling.times_of(self.form.instance.pk)
            group = super().save_instance()
            rescheduling.move(group, before=before, by=self.request.user)
        return group


class GroupDeleteView(DeleteView):
    def delete_action(self) -> None:
        with transaction.atomic():
            _let_go(self.object, self.request.user)
            super().delete_action()


def _let_go(group: Group, by: Member) -> None:
    """Before a group is deleted, in the same transaction: whoever was invited is told, and what was said goes with it."""
    if group.status == Group.Status.PLANNED:
        rescheduling.call_off(group, by=by)
    emptying.discard(group)


@hooks.register("before_bulk_action")
def let_go_of_many(request: HttpRequest, action_type: str, objects: list[Any], _action: Any) -> None:
    for each in objects if action_type == "delete" else []:
        if isinstance(each, Group):
            _let_go(each, request.user)  # type: ignore[arg-type]


class StudyViewSet(SnippetViewSet):
    model = Study
    icon = "clipboard-list"
    add_view_class = StudyCreateView
    edit_view_class = StudyEditView
    list_display = ["title", "created_by", "created_at"]
    search_fields = ["title"]
    panels = [FieldPanel("title"), FieldPanel("purpose"), FieldPanel("keep_days")]


class GroupViewSet(SnippetViewSet):
    model = Group
    icon = "comment"
    add_view_class = GroupCreateView
    edit_view_class = GroupEditView
    delete_view_class = GroupDeleteView
    list_display = ["title", "study", "get_status_display", "starts_at", "incentive_points", "open_seats"]
    list_filter = ["status", "study"]
    search_fields = ["title"]
    panels = [
        HelpPanel(content=_("Seats, invitations and attendance are on the group’s own page in the club, under People.")),
        FieldPanel("study"),
        FieldRowPanel([FieldPanel("title"), FieldPanel("kind")]),
        FieldPanel("description"),
        MultiFieldPanel([FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]), FieldPanel("language")], heading=_("When")),
        MultiFieldPanel([FieldRowPanel([FieldPanel("incentive_points"), FieldPanel("open_seats")])], heading=_("Seats")),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("seats_wanted"), FieldPanel("over_percent"), FieldPanel("rest_days")]),
                FieldRowPanel([FieldPanel("screener"), FieldPanel("screener_question")]),
                FieldRowPanel([FieldPanel("deed"), FieldPanel("deed_days")]),
                InlinePanel("quotas", panels=[FieldRowPanel([FieldPanel("segment"), FieldPanel("wanted")])], label=_("Quota")),
            ],
            heading=_("Recruiting"),
        ),
        FieldPanel("takes_pictures"),
        FieldRowPanel([FieldPanel("edit_minutes"), FieldPanel("edits_max")]),
        MultiFieldPanel(
            [
                FieldPanel(
                    "consent_text", help_text=_("When it changes its version goes up, and whoever agreed to the older one is asked again.")
                ),
                FieldPanel("consent_version", read_only=True),
            ],
            heading=_("Consent"),
        ),
        FieldPanel("guide"),
        InlinePanel("items", panels=[*GUIDE_LINE, ON_A_BOARD], heading=_("Discussion guide"), label=_("Line of the guide")),
    ]


class GuideViewSet(SnippetViewSet):
    model = Guide
    icon = "list-ol"
    list_display = ["title", "purpose", "created_at"]
    search_fields = ["title"]
    panels = [
        FieldPanel("title"),
        FieldPanel("purpose"),
        InlinePanel("lines", panels=[*GUIDE_LINE, FieldPanel("day")], heading=_("Discussion guide"), label=_("Line of the guide")),
    ]


class ResearchGroup(SnippetViewSetGroup):
    menu_label = _("Focus groups")
    menu_icon = "group"
    menu_order = 250
    items = [StudyViewSet, GroupViewSet, GuideViewSet]


register_snippet(ResearchGroup)


@hooks.register("register_permissions")
def permissions():  # type: ignore[no-untyped-def]
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(content_type__app_label="focusgroups")
