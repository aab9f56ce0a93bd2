from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from notifications.models import Notification


@login_required
def index(request: HttpRequest) -> HttpResponse:
    rows = Notification.objects.visible_to(request.user).select_related("actor")[:30]  # type: ignore[arg-type]
    return render(request, "notifications/index.html", {"notifications": rows})
