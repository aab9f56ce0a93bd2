"""Segments in the back office."""

from typing import Any

from django.contrib import messages
from django.db.models import ProtectedError
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from members import segments
from members.facts import FIELDS
from members.models import Segment
from members.office.conditions import ConditionField, Reshaping


class SegmentForm(WagtailAdminModelForm):
    condition = ConditionField(catalogue=FIELDS, label=gettext_lazy("Condition"), help_text=gettext_lazy("Empty: everybody."))


class CreateView(Reshaping, generic.CreateView):
    pass


class CopyView(Reshaping, generic.CopyView):
    pass


class EditView(Reshaping, generic.EditView):
    def get_page_subtitle(self) -> str:
        count = segments.members_of(Segment.objects.get(pk=self.object.pk)).count()
        return f"{self.object} · " + _("%(count)s members now") % {"count": count}


class DeleteView(generic.DeleteView):
    def form_valid(self, form: Any) -> Any:
        try:
            return super().form_valid(form)
        except ProtectedError:
            messages.error(self.request, _("This segment is in use, so it stays."))
            return redirect(self.get_success_url())


class SegmentViewSet(ModelViewSet):
    model = Segment
    icon = "group"
    menu_label = gettext_lazy("Segments")
    add_to_reference_index = False
    list_display = ["label", Column("words", label=gettext_lazy("In words"), accessor="words"), "slug"]
    search_fields = ["name", "name_zh", "slug"]
    copy_view_enabled = True
    add_view_class, copy_view_class, edit_view_class = CreateView, CopyView, EditView
    delete_view_class = DeleteView
    edit_handler: Any = ObjectList(
        [
            FieldRowPanel([FieldPanel("name"), FieldPanel("name_zh")]),
            FieldPanel("slug"),
            FieldPanel("description"),
            FieldPanel("condition"),
        ],
        base_form_class=SegmentForm,
    )
