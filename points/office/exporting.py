"""What a rule asks, for other systems: its condition and its segment's as JSONLogic."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_safe

from members import jsonlogic
from points.models import Rule


@permission_required("points.view_rule", raise_exception=True)
@require_safe
def as_jsonlogic(request: HttpRequest, pk: int) -> JsonResponse:
    """Of the version in force, as a file; names of facts are those of the form, `member.tier` is {"member": {"tier": …}}."""
    rule = get_object_or_404(Rule.objects.select_related("segment", "programme"), pk=pk)
    said: dict[str, Any] = {
        "rule": rule.pk,
        "name": rule.name,
        "programme": rule.programme.slug,
        "activity_kind": rule.activity_kind or None,
        "condition": jsonlogic.of(rule.condition),
        "segment": jsonlogic.of(rule.segment.condition) if rule.segment else True,
    }
    answer = JsonResponse(said, json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="rule-{rule.pk}.jsonlogic.json"'
    return answer


urlpatterns = [path("points/rules/<int:pk>/jsonlogic/", as_jsonlogic, name="points_rule_jsonlogic")]
