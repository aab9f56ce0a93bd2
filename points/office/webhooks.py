"""Webhooks in the back office: where they go, their secrets, and the letters that did not arrive."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from wagtail.admin.panels import FieldPanel
from wagtail.snippets.views.snippets import SnippetViewSet

from points import webhooks
from points.models import Delivery, Webhook

DEAD = Q(deliveries__delivered_at=None, deliveries__given_up_at__isnull=False)


class WebhookViewSet(SnippetViewSet):
    model = Webhook
    icon = "link-external"
    menu_label = gettext_lazy("Webhooks")
    add_to_reference_index = False
    list_display = ["url", "programme_slug", "is_active"]
    panels = [FieldPanel("url"), FieldPanel("programme_slug"), FieldPanel("is_active")]


@permission_required("points.view_webhook", raise_exception=True)
def letters(request: HttpRequest) -> HttpResponse:
    """Each webhook with its secret, dead letters first to last, and what is being tried again."""
    # Whoever knows a secret can speak in the club's name: administrators only.
    hooks = Webhook.objects.order_by("url")[:100] if request.user.is_superuser else []
    rows = Delivery.objects.select_related("webhook", "message").filter(delivered_at=None)
    found = {
        "hooks": [(hook, webhooks.shared_secret(hook)) for hook in hooks],
        "dead": rows.exclude(given_up_at=None).order_by("-given_up_at")[:200],
        "graves": Webhook.objects.annotate(dead=Count("deliveries", filter=DEAD)).filter(dead__gt=1).order_by("url")[:100],
        "waiting": rows.filter(given_up_at=None, attempts__gt=0).order_by("next_at")[:50],
    }
    return render(request, "points/office/letters.html", found)


@require_POST
@permission_required("points.change_webhook", raise_exception=True)
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    webhooks.replay(get_object_or_404(Delivery, pk=pk, delivered_at=None))
    messages.success(request, _("It will be sent again in a few seconds."))
    return redirect("points_letters")


@require_POST
@permission_required("points.change_webhook", raise_exception=True)
def replay_all(request: HttpRequest, pk: int) -> HttpResponse:
    sent = webhooks.replay_all(get_object_or_404(Webhook, pk=pk))
    said = ngettext("%(count)s letter will be sent again in a few seconds.", "%(count)s letters will be sent again in a few seconds.", sent)
    messages.success(request, said % {"count": sent})
    return redirect("points_letters")


urlpatterns = [
    path("points/webhooks/letters/", letters, name="points_letters"),
    path("points/webhooks/letters/<int:pk>/replay/", replay, name="points_replay_letter"),
    path("points/webhooks/<int:pk>/letters/replay/", replay_all, name="points_replay_letters"),
]
