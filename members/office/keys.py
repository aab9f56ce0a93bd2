"""API keys in the back office: issued (and shown once), listed, revoked. For administrators only."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import user_passes_test
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from members import issuing
from members.models import ApiKey


class KeyForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100, help_text=gettext_lazy("Which system uses it."))
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Scopes"), choices=[(scope, scope) for scope in ApiKey.SCOPES], widget=forms.CheckboxSelectMultiple
    )
    programme_slug = forms.SlugField(label=gettext_lazy("Bound to programme"), max_length=50, required=False)
    partner_slug = forms.SlugField(label=gettext_lazy("Bound to partner"), max_length=50, required=False)


def _is_administrator(user: Any) -> bool:
    if user.is_authenticated and not user.is_superuser:
        raise PermissionDenied
    return user.is_superuser


administrators_only = user_passes_test(_is_administrator)


@never_cache
@administrators_only
def keys(request: HttpRequest) -> HttpResponse:
    form = KeyForm(request.POST or None)
    fresh = None
    if request.method == "POST" and form.is_valid():
        # Shown in this answer and nowhere else: no redirect, no message in a cookie.
        _row, fresh = issuing.issue(by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        form = KeyForm()
    context = {"keys": ApiKey.objects.order_by("revoked_at", "name", "id")[:200], "form": form, "fresh": fresh}
    return render(request, "members/office/keys.html", context)


@administrators_only
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    issuing.revoke(get_object_or_404(ApiKey, pk=pk), by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("The key is revoked."))
    return redirect("members_keys")


urlpatterns = [
    path("keys/", keys, name="members_keys"),
    path("keys/<int:pk>/revoke/", revoke, name="members_key_revoke"),
]
