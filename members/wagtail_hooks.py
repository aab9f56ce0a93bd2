"""The members' part of the back office."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.views.account import NameEmailSettingsPanel

from members.models import Member
from members.office import keys
from members.office.firms import CustomersGroup


class NameForm(forms.ModelForm):
    class Meta:
        model = Member
        fields = ["name"]


# Our members have one name, and change their address at /accounts/email/.
NameEmailSettingsPanel.form_class = NameForm


@hooks.register("register_admin_viewset")
def customers() -> CustomersGroup:
    return CustomersGroup()


@hooks.register("register_admin_urls")
def key_addresses() -> list[Any]:
    return keys.urlpatterns


class AdministratorsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.is_superuser  # type: ignore[union-attr]


@hooks.register("register_settings_menu_item")
def keys_item() -> MenuItem:
    return AdministratorsItem(gettext_lazy("API keys"), reverse("members_keys"), icon_name="key", order=900)


@hooks.register("before_bulk_action")
def no_bulk_changes_of_members(request: HttpRequest, action_type: str, objects: Any, action: Any) -> None:
    """Roles and access are given one by one, by the form that knows its bounds; members are erased, never deleted."""
    if action.model is Member and (action_type == "delete" or not request.user.is_superuser):  # type: ignore[union-attr]
        raise PermissionDenied


class SecondStep(Component):
    """Asks the club's own people for a second step at sign-in; it does not insist."""

    order = 50

    def render_html(self, parent_context: Any = None) -> SafeString:
        text, link = _("Protect the members: set up a second step for your sign-in."), _("Set it up")
        return format_html(
            '<section class="w-panel club-needs"><div class="help-block help-warning"><p>{} <a href="{}">{}</a></p></div></section>',
            text,
            reverse("mfa_index"),
            link,
        )


@hooks.register("construct_homepage_panels")
def ask_for_a_second_step(request: HttpRequest, panels: list[Component]) -> None:
    from allauth.mfa.utils import is_mfa_enabled

    if not is_mfa_enabled(request.user):
        panels.append(SecondStep())
