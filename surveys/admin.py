"""django-survey's own admin, kept within bounds: what mirrors a survey of ours is looked at there, and changed only here."""

import subprocess
import tempfile
from pathlib import Path
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from survey.admin import ResponseAdmin, SurveyAdmin
from survey.exporter.tex import XelatexNotInstalled
from survey.models import Response, Survey

from surveys import adopting, record_exports
from surveys.judging import EngineDown
from surveys.models import Questionnaire
from surveys.publishing import NotPublishable

EXPORT = "surveys.export_questionnaire"


def _is_ours(survey: Any) -> bool:
    return survey is not None and Questionnaire.objects.filter(survey=survey).exists()


@admin.action(description=gettext_lazy("Export to CSV"))
def export_as_csv(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    if not request.user.has_perm(EXPORT):
        model_admin.message_user(request, _("You may not export answers."), messages.ERROR)
        return None
    texts = [record_exports.csv_text(survey) for survey in queryset]
    response = HttpResponse("\ufeff" + "\n\n".join(texts), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="surveys-{"-".join(str(survey.pk) for survey in queryset)[:60]}.csv"'
    return response


@admin.action(description=gettext_lazy("Export to PDF"))
def export_as_tex(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    survey = queryset.first()
    if not request.user.has_perm(EXPORT) or survey is None or queryset.count() != 1:
        model_admin.message_user(request, _("Choose one survey whose answers you may export."), messages.ERROR)
        return None
    try:
        with tempfile.TemporaryDirectory(prefix="survey-") as directory:
            content = record_exports.pdf_bytes(survey, Path(directory))
    except XelatexNotInstalled:
        model_admin.message_user(request, _("This server has no xelatex, which makes the PDF."), messages.ERROR)
        return None
    except (subprocess.SubprocessError, OSError):
        model_admin.message_user(request, _("The PDF could not be made."), messages.ERROR)
        return None
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="survey-{survey.pk}.pdf"'
    return response


@admin.action(description=gettext_lazy("Open in the club"))
def open_in_the_club(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: Any) -> None:
    if not request.user.has_perm("surveys.publish_questionnaire"):
        model_admin.message_user(request, _("You may not publish surveys."), messages.ERROR)
        return
    for survey in queryset:
        notes = [] if _is_ours(survey) else adopting.notes_on(survey)
        try:
            questionnaire, taken, unreadable = adopting.adopt(survey, by=request.user)  # type: ignore[arg-type]
        except (NotPublishable, EngineDown) as problem:
            model_admin.message_user(request, f"{survey}: {problem}", messages.ERROR)
            continue
        model_admin.message_user(request, f"/surveys/{questionnaire.slug}/")
        if taken:
            said = ngettext("%(count)s response was taken over.", "%(count)s responses were taken over.", taken)
            model_admin.message_user(request, said % {"count": taken})
        if unreadable:
            said = ngettext(
                "%(count)s answer is none that its question allows today; it stands in the record only.",
                "%(count)s answers are none that their questions allow today; they stand in the record only.",
                unreadable,
            )
            notes.append(said % {"count": unreadable})
        for note in notes:
            model_admin.message_user(request, f"{survey}: {note}", messages.WARNING)


admin.site.unregister(Survey)
admin.site.unregister(Response)


@admin.register(Survey)
class RecordAdmin(SurveyAdmin):
    actions = [open_in_the_club, export_as_csv, export_as_tex]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not _is_ours(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not _is_ours(obj)


@admin.register(Response)
class RecordResponseAdmin(ResponseAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not _is_ours(obj.survey if obj else None)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not _is_ours(obj.survey if obj else None)
