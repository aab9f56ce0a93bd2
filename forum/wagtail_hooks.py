"""The forum's back office: boards for marketers and moderators; the queue and the log for moderators."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from forum.admission_form import AdmissionForm
from forum.looking import OnlyLooking
from forum.models import Admission, Board, ModerationAction, Review, WatchedWord
from forum.permissions import is_moderator


class BoardViewSet(SnippetViewSet):
    model = Board
    icon = "folder-open-inverse"
    menu_label = _("Boards")
    list_display = ("name", "name_zh", "kind", "audience", BooleanColumn("is_archived", label=_("archived"), sort_key="is_archived"))
    list_filter = ("kind", "audience", "is_archived")
    search_fields = ("name", "name_zh", "slug")
    copy_view_enabled = False
    panels = (
        MultiFieldPanel([FieldRowPanel([FieldPanel("name"), FieldPanel("name_zh")]), FieldPanel("slug")], heading=_("Name")),
        FieldPanel("description"),
        FieldPanel("description_zh"),
        MultiFieldPanel(
            [FieldPanel("audience"), FieldPanel("company"), FieldPanel("min_tier"), FieldPanel("only_staff_start")],
            heading=_("Who may read and write"),
        ),
        MultiFieldPanel(
            [FieldPanel("approval"), FieldPanel("slow_seconds"), FieldPanel("edit_minutes"), FieldPanel("grace_seconds")],
            heading=_("Moderation"),
        ),
        FieldPanel("has_maths"),
        FieldRowPanel([FieldPanel("position"), FieldPanel("is_archived")]),
    )


class ReadOnlyViewSet(SnippetViewSet):
    """Rows that deeds write; the back office only shows them."""

    copy_view_enabled = False
    add_to_reference_index = False
    inspect_view_enabled = True


class ReviewViewSet(ReadOnlyViewSet):
    model = Review
    icon = "warning"
    # Wagtail’s own menu has Reports of another kind.
    menu_label = pgettext_lazy("moderation", "Reports")
    list_display = ("post", "status", "report_count", "opened_at", "decided_by")
    list_filter = ("status",)


class LogViewSet(ReadOnlyViewSet):
    model = ModerationAction
    icon = "history"
    menu_label = _("Moderation log")
    list_display = ("at", "actor", "verb", "thread", "member", "reason")
    list_filter = ("verb", "actor")


class AdmissionViewSet(SnippetViewSet):
    """Whom a board admits: `class:enterprise`, `stage:use`, `tier:gold`, `segment:12`, `company:7`, `role:company-admin`."""

    model = Admission
    icon = "key"
    menu_label = _("Admissions")
    list_display = ("board", "need", "tag")
    list_filter = ("board", "need")
    copy_view_enabled = False
    edit_handler = ObjectList([FieldPanel("board"), FieldPanel("need"), FieldPanel("tag")], base_form_class=AdmissionForm)


class WatchedWordViewSet(SnippetViewSet):
    model = WatchedWord
    icon = "view"
    menu_label = _("Watched words")
    list_display = ("word", "action", "replacement")
    list_filter = ("action",)
    copy_view_enabled = False
    panels = (FieldPanel("word"), FieldPanel("action"), FieldPanel("replacement"))


class ForumGroup(SnippetViewSetGroup):
    items = (BoardViewSet, AdmissionViewSet, WatchedWordViewSet, ReviewViewSet, LogViewSet)
    menu_label = _("Forum")
    menu_icon = "group"
    menu_order = 300


for model in (Review, ModerationAction):
    register_permission_policy(model, OnlyLooking(model))
register_snippet(ForumGroup)


class QueueItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return is_moderator(request.user)


@hooks.register("register_admin_menu_item")
def queue_item() -> MenuItem:
    return QueueItem(_("Reports waiting"), reverse("forum:queue"), icon_name="warning", order=310)
