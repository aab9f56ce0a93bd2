"""Companies, purchases and invitations in the back office."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from members import inviting
from members.models import Company, Invitation, Purchase
from members.office.segments import SegmentViewSet


class CompanyViewSet(ModelViewSet):
    model = Company
    icon = "site"
    menu_label = _("Companies")
    add_to_reference_index = False
    list_display = [
        "name",
        "customer_class",
        "industry",
        "region",
        Column("stage", label=_("Stage"), accessor=lambda firm: firm.stage.label),
    ]
    list_filter = ["customer_class", "industry", "region"]
    search_fields = ["name", "industry", "region", "email_domain"]
    inspect_view_enabled = True
    inspect_view_fields_exclude = ["id", "public_id", "created_at"]
    copy_view_enabled = False
    panels = [
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("customer_class"), FieldPanel("size")]),
        FieldRowPanel([FieldPanel("industry"), FieldPanel("region")]),
        FieldPanel("email_domain"),
        MultiFieldPanel([FieldPanel("purchased_on"), FieldPanel("contract_ends_on")], heading=_("Contract")),
    ]


class LookedAt(ModelPermissionPolicy):
    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and super().user_has_permission(user, action)


register_permission_policy(Purchase, LookedAt(Purchase))


class PurchaseViewSet(ModelViewSet):
    """Orders come from another system; here they are only looked at."""

    model = Purchase
    icon = "clipboard-list"
    menu_label = _("Purchases")
    add_to_reference_index = False
    list_display = ["order_id", "company", "product", "amount_fen", DateColumn("ordered_on", label=_("Ordered on"))]
    list_filter = ["product"]
    search_fields = ["order_id", "product", "company__name"]
    inspect_view_enabled = True
    copy_view_enabled = False
    form_fields: list[str] = ["order_id"]


class InviteForm(forms.ModelForm):
    """Hands the address to the deed, which says no in its own words."""

    def __init__(self, *args: Any, asker: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asker = asker

    class Meta:
        model = Invitation
        fields = ["email", "company"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors:
            try:
                self.made = inviting.invite(said["email"], invited_by=self.asker, company=said["company"], locale=get_language() or "en")
            except inviting.Refused as refusal:
                self.add_error("email", str(refusal))
            else:
                if self.made is None:
                    self.add_error("email", _("This address belongs to a member already."))
        return said

    def save(self, commit: bool = True) -> Invitation:
        assert self.made is not None
        return self.made


class ExpiryForm(forms.ModelForm):
    class Meta:
        model = Invitation
        fields = ["expires_at"]


class InviteView(generic.CreateView):
    request: HttpRequest

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"asker": self.request.user}

    def save_instance(self) -> Invitation:
        return self.form.save()


class InvitationViewSet(ModelViewSet):
    model = Invitation
    icon = "mail"
    menu_label = _("Invitations")
    add_to_reference_index = False
    list_display = [
        "email",
        "company",
        "invited_by",
        DateColumn("expires_at", label=_("Expires")),
        Column("accepted_by", label=_("Accepted by")),
    ]
    search_fields = ["email", "company__name"]
    inspect_view_enabled = True
    copy_view_enabled = False
    add_view_class = InviteView

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return ExpiryForm if for_update else InviteForm


class CustomersGroup(ViewSetGroup):
    menu_label = _("Customers")
    menu_icon = "group"
    menu_order = 400
    items = (CompanyViewSet, SegmentViewSet, PurchaseViewSet, InvitationViewSet)
