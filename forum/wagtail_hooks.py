"""The forum's back office: boards for marketers and moderators; the queue and the log for moderators."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from forum.looking import OnlyLooking
from forum.models import Board, ModerationAction, Review
from forum.permissions import is_moderator


class BoardViewSet(SnippetViewSet):
    model = Board
    icon = "folder-open-inverse"
    menu_label = _("Boards")
    list_display = ("name", "name_zh", "kind", "audience", "is_archived")
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
    menu_label = _("Reports")
    list_display = ("post", "status", "report_count", "opened_at", "decided_by")
    list_filter = ("status",)


class LogViewSet(ReadOnlyViewSet):
    model = ModerationAction
    icon = "history"
    menu_label = _("Moderation log")
    list_display = ("at", "actor", "verb", "thread", "member", "reason")
    list_filter = ("verb", "actor")


class ForumGroup(SnippetViewSetGroup):
    items = (BoardViewSet, ReviewViewSet, LogViewSet)
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
