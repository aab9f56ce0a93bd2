"""Windows in which an editor looks for a thread or a survey by its words, or puts in its address."""

import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView, ChosenView
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.widgets import BaseChooser


class Words(BaseFilterForm):
    q = forms.CharField(
        label=_("Words of the title, or the address"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"placeholder": _("Search")}),
    )

    def filter(self, objects: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.cleaned_data.get("q")
        if not asked:
            return objects
        self.is_searching, self.search_query = True, asked
        return self.found(objects, asked)

    def found(self, objects: QuerySet[Any], asked: str) -> QuerySet[Any]:
        raise NotImplementedError


class ThreadWords(Words):
    def found(self, objects: QuerySet[Any], asked: str) -> QuerySet[Any]:
        address = re.search(r"/threads/(\d{1,18})", asked)
        return objects.filter(pk=address[1]) if address else objects.filter(title__icontains=asked)


class SurveyWords(Words):
    def found(self, objects: QuerySet[Any], asked: str) -> QuerySet[Any]:
        address = re.search(r"/surveys/([\w-]+)", asked)
        return objects.filter(slug=address[1]) if address else objects.filter(title__icontains=asked)


class _Visible:
    """What the editor may read themselves, the newest first."""

    request: Any
    model_class: Any

    def get_object_list(self) -> QuerySet[Any]:
        return self.model_class.objects.visible_to(self.request.user).order_by("-pk")

    def get_object(self, pk: Any) -> Any:
        return self.get_object_list().get(pk=pk)


class ThreadChoices(_Visible, ChooseView):
    filter_form_class = ThreadWords


class ThreadResults(_Visible, ChooseResultsView):
    filter_form_class = ThreadWords


class ThreadChosen(_Visible, ChosenView):
    pass


class SurveyChoices(_Visible, ChooseView):
    filter_form_class = SurveyWords


class SurveyResults(_Visible, ChooseResultsView):
    filter_form_class = SurveyWords


class SurveyChosen(_Visible, ChosenView):
    def get_object_id(self, instance: Any) -> str:
        return instance.slug


class ByAddress(BaseChooser):
    """Shows what was chosen; what leads nowhere is shown as it was put in, so that nothing is lost."""

    show_edit_link = False
    known_by = "pk"

    def get_instance(self, value: Any) -> Any:
        try:
            return self.model_class.objects.filter(**{self.known_by: value}).first() if value else None
        except ValueError:
            return None

    def get_value_data(self, value: Any) -> dict[str, Any] | None:
        instance = self.get_instance(value)
        if instance:
            return {"id": getattr(instance, self.known_by), "edit_url": None, self.display_title_key: str(instance)}
        return {"id": value, "edit_url": None, self.display_title_key: str(value)} if value else None


class SurveyBySlug(ByAddress):
    known_by = "slug"


class ThreadChooser(ChooserViewSet):
    model = "forum.Thread"
    icon = "comment"
    choose_one_text = _("Choose a thread")
    choose_another_text = _("Choose another thread")
    base_widget_class = ByAddress
    choose_view_class = ThreadChoices
    choose_results_view_class = ThreadResults
    chosen_view_class = ThreadChosen
    register_widget = False


class SurveyChooser(ChooserViewSet):
    model = "surveys.Questionnaire"
    icon = "form"
    choose_one_text = _("Choose a survey")
    choose_another_text = _("Choose another survey")
    base_widget_class = SurveyBySlug
    choose_view_class = SurveyChoices
    choose_results_view_class = SurveyResults
    chosen_view_class = SurveyChosen
    register_widget = False


thread_chooser = ThreadChooser("thread_chooser")
survey_chooser = SurveyChooser("survey_chooser")
