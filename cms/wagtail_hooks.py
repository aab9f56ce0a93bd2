"""The back office in the club's colours, and what waits there for whoever comes in."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.chooser import ChooserViewSet

from cms.desk import tasks_for


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
        return {"tasks": tasks_for(self.request.user)}  # type: ignore[arg-type]


@hooks.register("construct_homepage_panels")
def what_needs_you(request: HttpRequest, panels: list[Component]) -> None:
    panels.append(WhatNeedsYou(request))


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
