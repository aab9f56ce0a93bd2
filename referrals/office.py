"""The referrals in the back office: the list, a referral's page with its steps, and whom the club looks for."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from referrals import advancing
from referrals.models import Referral, SoughtCustomer, Station
from referrals.paths import CLUB_STEPS, club_path
from referrals.paths import path as path_of
from referrals.refusals import Refused


class ReferralForm(forms.ModelForm):
    class Meta:
        model = Referral
        fields = ["contact_name", "contact_company", "contact_phone", "company", "need", "further_names"]


class CloseForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)
    further_names = forms.CharField(
        label=gettext_lazy("Further names"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Who does not buy is asked for one or two people who might."),
    )


class StepForm(forms.Form):
    step = forms.ChoiceField(
        choices=[(step, step.label) for step in (*CLUB_STEPS, Station.Step.QUALIFIED, Station.Step.MET, Station.Step.BOUGHT)]
    )
    note = forms.CharField(max_length=300, required=False)


class ReferralEditView(generic.EditView):
    template_name = "referrals/office/referral.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        referral = self.object
        stations = list(referral.stations.select_related("marked_by"))
        ways = path_of(referral.kind, stations, is_over=referral.is_closed)
        return super().get_context_data(**kwargs) | {
            "club_steps": club_path(stations),
            "member_steps": [(stop, stop.step in MARKABLE) for stop in ways],
            "stations": stations,
            "close_form": CloseForm(),
        }


MARKABLE = (Station.Step.QUALIFIED, Station.Step.MET, Station.Step.BOUGHT)


class ReferralIndexView(generic.IndexView):
    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().select_related("referrer__company", "invitee", "company")


class ChangedOnly(ModelPermissionPolicy):
    """Members make referrals; the back office changes them and deletes none."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action not in ("add", "delete") and super().user_has_permission(user, action)


register_permission_policy(Referral, ChangedOnly(Referral))


class ReferralViewSet(ModelViewSet):
    model = Referral
    icon = "link"
    menu_label = gettext_lazy("Referrals")
    add_to_reference_index = False
    index_view_class = ReferralIndexView
    edit_view_class = ReferralEditView
    copy_view_enabled = False
    list_display = [
        TitleColumn(
            "display_name", label=gettext_lazy("Who was named"), get_url=lambda referral: reverse("referral:edit", args=[referral.pk])
        ),
        "kind",
        "contact_company",
        "referrer",
        Column("stage", label=gettext_lazy("Stage"), accessor="get_stage_display"),
        Column("outcome", label=gettext_lazy("Outcome"), accessor="get_outcome_display"),
        DateColumn("created_at", label=gettext_lazy("Named")),
    ]
    list_filter = ["kind", "stage", "outcome"]
    search_fields = ["contact_name", "contact_company", "contact_email", "referrer__name", "invitee__name"]

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return ReferralForm


class SoughtCustomerViewSet(ModelViewSet):
    model = SoughtCustomer
    icon = "view"
    menu_label = gettext_lazy("Whom we look for")
    add_to_reference_index = False
    copy_view_enabled = False
    form_fields = ["locale", "industry", "region", "size", "role", "need", "is_current"]
    list_display = ["industry", "need", "locale", BooleanColumn("is_current", label=gettext_lazy("Shown to members"))]


class ReferralsGroup(ViewSetGroup):
    menu_label = gettext_lazy("Referrals")
    menu_icon = "link"
    menu_order = 410
    items = (ReferralViewSet, SoughtCustomerViewSet)


changers_only = permission_required("referrals.change_referral", raise_exception=True)


def _answer(request: HttpRequest, referral: Referral, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect(reverse("referral:edit", args=[referral.pk]))


@changers_only
@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a step as reached, or take it back."""
    referral, form = get_object_or_404(Referral, pk=pk), StepForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("There is no such step."))
        return redirect(reverse("referral:edit", args=[pk]))
    if request.POST.get("take_back"):
        advancing.take_back(referral, form.cleaned_data["step"])
        return _answer(request, referral, _("The step is taken back."))
    try:
        advancing.reach(referral, form.cleaned_data["step"], marked_by=request.user, note=form.cleaned_data["note"])  # type: ignore[arg-type]
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(reverse("referral:edit", args=[pk]))
    return _answer(request, referral, _("The step is marked; the referrer is told where it concerns them."))


@changers_only
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    referral, form = get_object_or_404(Referral, pk=pk), CloseForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why it did not come about."))
        return redirect(reverse("referral:edit", args=[pk]))
    try:
        advancing.close(referral, marked_by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(reverse("referral:edit", args=[pk]))
    return _answer(request, referral, _("The referral is closed."))


urlpatterns = [
    path("referral/<int:pk>/step/", step, name="referrals_step"),
    path("referral/<int:pk>/close/", close, name="referrals_close"),
]
