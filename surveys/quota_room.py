"""The researchers' desk for quotas: added with what counts already, taken out."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from surveys import apportioning
from surveys.forms import QuotaForm
from surveys.models import Questionnaire, Quota
from surveys.office import DeskRequest, edit_page, wants


@require_POST
@wants("change_questionnaire")
def quota(request: DeskRequest, pk: int) -> HttpResponse:
    questionnaire = get_object_or_404(Questionnaire.objects.select_related("survey", "version"), pk=pk)
    form = QuotaForm(request.POST, instance=Quota(questionnaire=questionnaire))
    if request.POST.get("remove", "").isdigit():
        questionnaire.quotas.filter(pk=request.POST["remove"]).delete()
        messages.success(request, _("Removed."))
    elif form.is_valid():
        try:
            found = apportioning.add(form.save(commit=False))
        except apportioning.NameTaken:
            form.add_error("name", _("This name is taken."))
            return edit_page(request, questionnaire, quota_form=form, status=422)
        _say_found(request, form.instance, found)
    else:
        return edit_page(request, questionnaire, quota_form=form, status=422)
    return redirect("surveys_office:edit", pk)


def _say_found(request: DeskRequest, cell: Quota, found: apportioning.Found) -> None:
    told = [_("Saved.")]
    if cell.questionnaire.version_id:
        words = ngettext(
            "%(count)s answer that was given before belongs to this quota.",
            "%(count)s answers that were given before belong to this quota.",
            found.count,
        )
        told.append(words % {"count": found.count})
    if cell.is_full:
        told.append(_("It is full and takes no more."))
    messages.success(request, " ".join(told))
    if found.nameless:
        words = ngettext(
            "%(count)s answer has no name, so nobody can say whether it belongs to it; it is not counted.",
            "%(count)s answers have no name, so nobody can say whether they belong to it; they are not counted.",
            found.nameless,
        )
        messages.info(request, words % {"count": found.nameless})
