"""The back office in the club's colours, and what waits there for whoever comes in."""

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.chooser import ChooserViewSet

from cms.choosing import survey_chooser, thread_chooser
from cms.desk import starts_for, tasks_for


@hooks.register("insert_global_admin_css")
def colours() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("community/css/office.css"))


class WhatNeedsYou(Component):
    """The first panel of the dashboard."""

    name = "what_needs_you"
    template_name = "cms/office/what_needs_you.html"
    order = 10

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        member: Any = self.request.user
        return {"tasks": tasks_for(member), "starts": starts_for(member)}


@hooks.register("construct_homepage_panels")
def what_needs_you(request: HttpRequest, panels: list[Component]) -> None:
    panels.append(WhatNeedsYou(request))


@hooks.register("get_avatar_url")
def initials(user: Any, size: int) -> str:
    """The member's initials on their colour, as everywhere in the club; no picture is fetched from anywhere.

    Wagtail asks as well for whoever did what nobody did: then its own grey figure stands there.
    """
    if user is None:
        return ""
    colour = f"oklch(0.42 0.075 {25 + 30 * user.avatar_hue})"
    drawn = format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="{}"/>'
        '<text x="20" y="25.500" font-family="sans-serif" font-size="15" fill="#fff" text-anchor="middle">{}</text></svg>',
        colour,
        user.initials,
    )
    return f"data:image/svg+xml,{quote(drawn)}"


class AuthorChooser(ChooserViewSet):
    """A list to search in, where thousands of members would make a menu of thousands of lines."""

    model = "members.Member"
    icon = "user"
    choose_one_text = _("Choose an author")
    choose_another_text = _("Choose another author")
    url_filter_parameters: list[str] = []


@hooks.register("register_admin_viewset")
def author_chooser() -> AuthorChooser:
    return AuthorChooser("author_chooser")


@hooks.register("register_admin_viewset")
def choosers() -> list[ChooserViewSet]:
    return [thread_chooser, survey_chooser]
