import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.models import Company, Member
from surveys import json_limits
from surveys.models import Questionnaire

STARTER_CHOICES = [
    ("", _("An empty page")),
    ("nps", _("Recommendation (NPS)")),
    ("csat", _("Satisfaction (CSAT)")),
    ("product", _("Product feedback")),
    ("effort", _("Effort (CES)")),
]


class BeginForm(forms.Form):
    """A new survey: a title and something to begin with."""

    title = forms.CharField(label=_("Title"), max_length=200)
    starter = forms.ChoiceField(label=_("Begin with"), choices=STARTER_CHOICES, required=False)


class QuestionnaireForm(forms.ModelForm):
    """A survey's settings and its definition as JSON; what was typed stays in the field, right or wrong."""

    definition = forms.CharField(
        label=_("Definition (SurveyJS JSON)"),
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "survey-definition"}),
        max_length=json_limits.DEFINITION_BYTES,
    )

    class Meta:
        model = Questionnaire
        fields = ["title", "slug", "summary", "minutes", "points", "audience", "results", "is_anonymous", "opens_at", "closes_at"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["definition"].initial = json.dumps(self.instance.draft_definition, ensure_ascii=False, indent=2)
        if self.instance.version_id:
            # Answers were promised one or the other: it cannot change under them.
            self.fields["is_anonymous"].disabled = True

    def clean_definition(self) -> dict[str, Any]:
        try:
            text, limits = self.cleaned_data["definition"], json_limits
            value = limits.read(text, most_bytes=limits.DEFINITION_BYTES, most_levels=limits.DEFINITION_DEPTH)
        except json_limits.BadJson as problem:
            raise forms.ValidationError(str(problem)) from problem
        if not isinstance(value, dict):
            raise forms.ValidationError(_("A definition is a JSON object."))
        return value

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("It must close after it opens."))
        return cleaned


class InviteForm(forms.Form):
    """A simple segment and what is promised to it."""

    customer_class = forms.ChoiceField(label=_("Customer class"), required=False)
    company = forms.ModelChoiceField(label=_("Company"), queryset=Company.objects.none(), required=False)
    locale = forms.ChoiceField(label=_("Language"), required=False)
    points = forms.IntegerField(label=_("Points"), required=False, min_value=0, max_value=10_000)
    expires_at = forms.DateTimeField(label=_("Expires"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everyone = [("", _("all"))]
        languages = Member._meta.get_field("locale").choices or []
        self.fields["customer_class"].choices = [*everyone, *Company.CustomerClass.choices]  # type: ignore[attr-defined]
        self.fields["locale"].choices = [*everyone, *languages]  # type: ignore[attr-defined]
        self.fields["company"].queryset = Company.objects.all()  # type: ignore[attr-defined]


class RejectForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)
