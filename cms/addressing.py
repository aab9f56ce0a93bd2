"""Fields in which an editor names something of the club by its address, pasted whole or only its last part."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.choosing import survey_chooser, thread_chooser
from forum.models import Thread
from surveys.models import Questionnaire

LONGEST_ADDRESS = 300


def last_part(address: str) -> str:
    """`https://club.example/zh-hans/surveys/autumn/?page=2` and `autumn` both name `autumn`."""
    return re.split(r"[?#]", address.strip(), maxsplit=1)[0].rstrip("/").rpartition("/")[2]


def thread_number(address: str) -> int:
    """The number of the thread at an address. Raises ValidationError where there is none."""
    found = re.search(r"/threads/(\d{1,18})", address) or re.fullmatch(r"(\d{1,18})", last_part(address))
    if not found or not Thread.objects.filter(pk=int(found.group(1))).exists():
        raise ValidationError(_("There is no thread at this address."), code="no_thread")
    return int(found.group(1))


def survey_slug(address: str) -> str:
    """The slug of the survey at an address. Raises ValidationError where there is none."""
    slug = last_part(address)
    if not Questionnaire.objects.filter(slug=slug).exists():
        raise ValidationError(_("There is no survey at this address."), code="no_survey")
    return slug


class ThreadField(forms.CharField):
    """A thread by its address; cleaned to its number, or None."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": LONGEST_ADDRESS, "widget": thread_chooser.widget_class()} | options)

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        return thread_number(value) if value else None


class SurveyField(forms.CharField):
    """A survey by its address; cleaned to its slug."""

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        return survey_slug(value) if value else ""


class ChosenBlock(blocks.FieldBlock):
    """A block whose field is shown by a chooser."""

    def get_form_state(self, value: Any) -> Any:
        return self.field.widget.get_value_data(value)


class ThreadNumberBlock(ChosenBlock):
    def __init__(self, required: bool = True, help_text: Any = None, **options: Any) -> None:
        self.field = ThreadField(required=required, help_text=help_text)
        super().__init__(**options)

    class Meta:
        icon = "comment"


class SurveySlugBlock(ChosenBlock):
    def __init__(self, required: bool = True, help_text: Any = None, **options: Any) -> None:
        widget = survey_chooser.widget_class()
        self.field = SurveyField(required=required, help_text=help_text, max_length=LONGEST_ADDRESS, widget=widget)
        super().__init__(**options)

    class Meta:
        icon = "form"
