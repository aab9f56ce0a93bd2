import json
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members import belonging, meanwhile
from members.models import Activity, AskingLimit, Company, Member, Segment
from surveys import differences, json_limits, judging, margins, quotas
from surveys.mirror import key_of
from surveys.models import Questionnaire, Quota
from surveys.quota_facts import FACTS, MEMBER, fact_choices

STARTER_CHOICES = [
    ("", _("An empty page")),
    ("nps", _("Recommendation (NPS)")),
    ("csat", _("Satisfaction (CSAT)")),
    ("effort", _("Effort (CES)")),
    ("product", _("Product feedback")),
    ("event", _("After an event")),
    ("screener", _("Screener for research")),
    ("telephone", _("Satisfaction, asked by telephone")),
]


def moment() -> forms.DateTimeInput:
    """A day and a time, chosen as the browser offers it."""
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def pasted(text: str) -> dict[str, Any]:
    """The definition that was pasted as JSON. Raises ValidationError, which says where it is wrong."""
    try:
        value = json_limits.read(text, most_bytes=json_limits.DEFINITION_BYTES, most_levels=json_limits.DEFINITION_DEPTH)
    except json_limits.BadJson as problem:
        raise forms.ValidationError(str(problem)) from problem
    if not isinstance(value, dict):
        raise forms.ValidationError(_("A definition is a JSON object."))
    return value


class BeginForm(forms.Form):
    """A new survey: a title and something to begin with, or a definition from elsewhere, which may bring its title along."""

    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    starter = forms.ChoiceField(label=_("Begin with"), choices=STARTER_CHOICES, required=False)
    definition = forms.CharField(
        label=_("Or with a definition from elsewhere (SurveyJS JSON)"),
        help_text=_("Paste what SurveyJS Creator shows under JSON. All of it is kept, also what the builder has no block for."),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "survey-definition"}),
        max_length=json_limits.DEFINITION_BYTES,
        required=False,
    )

    def clean_definition(self) -> dict[str, Any] | None:
        return pasted(text) if (text := self.cleaned_data["definition"]) else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("title") and not self.errors:
            cleaned["title"] = _title_in(cleaned["definition"] or {})[:200]
            if not cleaned["title"]:
                self.add_error("title", _("A survey needs a title."))
        return cleaned


def _title_in(definition: dict[str, Any]) -> str:
    """A definition's own title, of several languages the default one."""
    title = definition.get("title")
    if isinstance(title, dict):
        title = title.get("default")
    return title.strip() if isinstance(title, str) else ""


class QuestionnaireForm(forms.ModelForm):
    """A survey's settings and its definition as JSON; what was typed stays in the field, right or wrong."""

    definition = forms.CharField(
        label=_("Definition (SurveyJS JSON)"),
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "survey-definition"}),
        max_length=json_limits.DEFINITION_BYTES,
    )
    seen = meanwhile.Seen()

    class Meta:
        model = Questionnaire
        fields = [
            "title",
            "slug",
            "summary",
            "minutes",
            "points",
            "audience",
            "results",
            "is_anonymous",
            "is_editable",
            "opens_at",
            "closes_at",
            "previous_wave",
        ]
        widgets: ClassVar = {"opens_at": moment(), "closes_at": moment(), "summary": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["definition"].initial = json.dumps(self.instance.draft_definition, ensure_ascii=False, indent=2)
        columns = {name: self.instance._meta.get_field(name).attname for name in self._meta.fields or ()}
        shown = {name: getattr(self.instance, column) for name, column in columns.items()}
        self.fields["seen"].initial = meanwhile.packed({**shown, "definition": self.instance.draft_definition})
        if self.instance.version_id:
            # Answers were promised one or the other: it cannot change under them.
            self.fields["is_anonymous"].disabled = True

    def settings(self) -> list[forms.BoundField]:
        """All but the definition, which has a place of its own."""
        return [field for field in self if field.name not in ("definition", "seen")]

    def tell(self, changed: meanwhile.ChangedMeanwhile) -> None:
        """Say what others changed meanwhile, of the definition where theirs is another than what was typed."""
        words = {}
        if "definition" in changed.now:
            told = _("Somebody else saved another definition meanwhile. Save again to put yours in its place. What is different:")
            words["definition"] = [str(told), *differences.told(self.cleaned_data["definition"], changed.now["definition"])]
        meanwhile.tell(self, changed, **words)

    def others_in(self, held: Questionnaire) -> list[str]:
        """The labels of what stands otherwise than it was sent, because others changed it."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        now = {**{name: getattr(held, name, None) for name in typed}, "definition": held.draft_definition}
        return [str(self.fields[name].label) for name in meanwhile.others(typed, now)]

    def clean_definition(self) -> dict[str, Any]:
        return pasted(self.cleaned_data["definition"])

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
    expires_at = forms.DateTimeField(label=_("Expires"), required=False, widget=moment())
    stage = forms.ChoiceField(label=_("Stage"), required=False)
    tier = forms.ChoiceField(label=_("Tier"), required=False)
    segment = forms.ModelChoiceField(Segment.objects.all(), label=_("Segment"), required=False, empty_label=_("all"))
    did = forms.ChoiceField(label=_("Who did this"), required=False)
    did_at = forms.CharField(label=_("there (part of the address, such as /boards/ideas/)"), required=False, max_length=100)
    did_days = forms.IntegerField(label=_("in the last days"), required=False, min_value=1, max_value=730)
    size = forms.IntegerField(label=_("At most so many, drawn by lot"), required=False, min_value=1, max_value=100_000)
    seed = forms.IntegerField(label=_("Seed of the lot"), required=False, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everyone = [("", _("all"))]
        languages = Member._meta.get_field("locale").choices or []
        self.fields["customer_class"].choices = [*everyone, *Company.CustomerClass.choices]  # type: ignore[attr-defined]
        self.fields["locale"].choices = [*everyone, *languages]  # type: ignore[attr-defined]
        self.fields["stage"].choices = [*everyone, *Company.Stage.choices]  # type: ignore[attr-defined]
        self.fields["tier"].choices = [*everyone, *belonging.findable["tier"].choices()]  # type: ignore[attr-defined]
        self.fields["did"].choices = [("", "–"), *Activity.Kind.choices]  # type: ignore[attr-defined]
        self.fields["company"].queryset = Company.objects.all()  # type: ignore[attr-defined]


class LimitForm(forms.ModelForm):
    """How often research may ask one member."""

    seen = meanwhile.Seen()

    class Meta:
        model = AskingLimit
        fields = ["most", "days"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = meanwhile.packed({"most": self.instance.most, "days": self.instance.days})


class RejectForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class AnalysisForm(forms.Form):
    """Which answers, and which two questions by one another; all of it lives in the address."""

    customer_class = forms.ChoiceField(label=_("Customer class"), required=False)
    locale = forms.ChoiceField(label=_("Language"), required=False)
    segment = forms.ModelChoiceField(Segment.objects.all(), label=_("Segment"), required=False, empty_label=_("all"))
    only = forms.ChoiceField(label=_("Only who answered"), required=False)
    row = forms.ChoiceField(label=_("Rows"), required=False)
    column = forms.ChoiceField(label=_("Columns"), required=False)
    weighted = forms.BooleanField(label=_("Weighted to the population"), required=False)

    def __init__(self, *args: Any, questions: list[dict[str, Any]], is_anonymous: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everyone = [("", _("all"))]
        names = [("", "–"), *((question["name"], question["title"]) for question in questions)]
        languages = Member._meta.get_field("locale").choices or []
        plain = [question for question in questions if len(question["path"]) == 1]
        only = [
            (json.dumps([question["value_name"], key_of(choice["value"])]), f"{question['title']}: {choice['text']}")
            for question in plain
            for choice in question["choices"]
        ]
        choices = {"customer_class": [*everyone, *Company.CustomerClass.choices], "locale": [*everyone, *languages]}
        for name, listed in {**choices, "only": [*everyone, *only], "row": names, "column": names}.items():
            self.fields[name].choices = listed  # type: ignore[attr-defined]
        if is_anonymous:
            del self.fields["customer_class"], self.fields["locale"], self.fields["segment"]

    def kept(self) -> dict[str, Any]:
        """What was chosen, as plain JSON that this form reads again."""
        chosen = {name: getattr(value, "pk", value) for name, value in self.cleaned_data.items() if value}
        return {name: "on" if value is True else value for name, value in chosen.items()}


class VerbatimsForm(forms.Form):
    """Which answers in words: by what is in them and, where answers have names, by whom."""

    q = forms.CharField(label=_("Search"), max_length=100, required=False)
    word = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)
    customer_class = forms.ChoiceField(label=_("Customer class"), required=False)
    locale = forms.ChoiceField(label=_("Language"), required=False)
    segment = forms.ModelChoiceField(Segment.objects.all(), label=_("Segment"), required=False, empty_label=_("all"))
    code = forms.TypedChoiceField(label=pgettext_lazy("codebook", "Code"), required=False, coerce=int, empty_value=None)
    by = forms.ChoiceField(label=_("Codes by"), required=False)

    def __init__(self, *args: Any, is_anonymous: bool, codes: list[tuple[int, str]], closed: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        facts = [] if is_anonymous else [("customer_class", _("Customer class")), ("locale", _("Language"))]
        self.fields["code"].choices = [("", _("all")), *codes]  # type: ignore[attr-defined]
        self.fields["by"].choices = [("", "–"), *facts, *closed]  # type: ignore[attr-defined]
        everyone = [("", _("all"))]
        languages = Member._meta.get_field("locale").choices or []
        self.fields["customer_class"].choices = [*everyone, *Company.CustomerClass.choices]  # type: ignore[attr-defined]
        self.fields["locale"].choices = [*everyone, *languages]  # type: ignore[attr-defined]
        if is_anonymous:
            del self.fields["customer_class"], self.fields["locale"], self.fields["segment"]


class MarginsForm(forms.Form):
    """Shares of the population for one question, a line for each choice: `value = 40`."""

    question = forms.ChoiceField(label=_("Question"))
    shares = forms.CharField(
        label=_("Shares in percent"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=5_000,
        required=False,
        help_text=_("One choice a line: value = percent. Together 100. Empty: the question is not weighted by."),
    )

    seen = meanwhile.Seen()

    def __init__(self, *args: Any, outline: dict[str, Any], held: dict[str, Any], **kwargs: Any) -> None:
        """`held`: the shares that are given; those of what is not asked any more can be taken out."""
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = meanwhile.packed(held)
        self.known = margins.weighable(outline)
        asked = [(name, question["title"]) for name, question in self.known.items()]
        self.fields["question"].choices = [*asked, *((name, name) for name in held if name not in self.known)]  # type: ignore[attr-defined]

    def in_words(self, margins: dict[str, dict[str, float]]) -> list[tuple[str, list[tuple[str, float]]]]:
        """The shares that are given, in percent: of each question, the words of its choices."""
        found = []
        for name, shares in margins.items():
            question = self.known.get(name, {"title": name, "choices": []})
            words = {key_of(choice["value"]): choice["text"] for choice in question["choices"]}
            found.append((question["title"], [(words.get(key, key), 100 * share) for key, share in shares.items()]))
        return found

    def tell(self, changed: meanwhile.ChangedMeanwhile) -> None:
        """Say which shares others gave to the question meanwhile."""
        ((name, theirs),) = changed.now.items()
        ((_title, listed),) = self.in_words({name: theirs or {}})
        told = _("Somebody else gave other shares meanwhile: %(shares)s. Save again to put yours in their place.")
        words = ", ".join(f"{choice} {percent:g} %" for choice, percent in listed) or "–"
        self.add_error("shares", told % {"shares": words})
        meanwhile.renew(self, changed)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        question = self.known.get(cleaned.get("question", ""))
        if question is None:
            if "question" in cleaned and cleaned.get("shares", "").strip():
                self.add_error("shares", _("The survey does not ask this: its shares can only be taken out. Leave this empty."))
            cleaned["margin"] = {}
            return cleaned
        keys = {str(choice["value"]): key_of(choice["value"]) for choice in question["choices"]}
        shares: dict[str, float] = {}
        for line in cleaned.get("shares", "").splitlines():
            name, _equals, percent = line.rpartition("=")
            if not line.strip():
                continue
            try:
                shares[keys[name.strip()]] = float(percent) / 100
            except (KeyError, ValueError):
                self.add_error("shares", _("“%(line)s” is not “value = percent” with a choice of this question.") % {"line": line[:80]})
                return cleaned
        if shares and (abs(sum(shares.values()) - 1) > 0.001 or min(shares.values()) < 0):
            self.add_error("shares", _("The shares must be 100 together."))
        cleaned["margin"] = shares
        return cleaned


class QuotaForm(forms.ModelForm):
    """A cell: what it asks, a line each `question = value` or `member.locale = zh-hans`, and how many it takes."""

    wants = forms.CharField(
        label=_("Who or what answers"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2_000,
        help_text=_(
            "A line each, all of which must be so: question = value, such as size = 10-99, or of the member: "
            "member.locale, member.customer_class, member.company_size, member.stage, member.tier, member.segment."
        ),
    )

    class Meta:
        model = Quota
        fields = ["name", "wants", "most"]

    @property
    def facts(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """(name, [(value, its words)]) of all that a cell may ask of a member."""
        return [(f"{MEMBER}{name}", fact_choices(name)) for name in FACTS]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if self.instance.questionnaire.quotas.filter(name=name).exists():
            raise forms.ValidationError(_("This name is taken."))
        return name

    def clean_wants(self) -> dict[str, Any]:
        questions = self._questions()
        wants: dict[str, Any] = {}
        for line in self.cleaned_data["wants"].splitlines():
            name, equals, value = (part.strip() for part in line.partition("="))
            if not line.strip():
                continue
            if not equals or not name:
                raise forms.ValidationError(_("“%(line)s” is not “question = value” or “member.locale = value”.") % {"line": line[:80]})
            try:
                key, given = quotas.as_given(name, value, questions)
            except KeyError as problem:
                raise forms.ValidationError(_("No quota can ask “%(name)s”.") % {"name": name[:80]}) from problem
            except (ValueError, OverflowError) as problem:
                raise forms.ValidationError(
                    _("“%(value)s” can never be the answer to “%(name)s”.") % {"value": value[:80], "name": name[:80]}
                ) from problem
            if key in wants:
                raise forms.ValidationError(_("“%(name)s” stands here twice; both cannot be so.") % {"name": name[:80]})
            wants[key] = given
        if self.instance.questionnaire.is_anonymous and quotas.asks_of_member(wants):
            raise forms.ValidationError(quotas.only_answers())
        return wants

    def _questions(self) -> list[dict[str, Any]]:
        try:
            asked: list[dict[str, Any]] = judging.outline(self.instance.questionnaire.draft_definition, language="en")["questions"]
        except judging.BadDefinition as problem:
            raise forms.ValidationError(str(problem)) from problem
        except judging.EngineDown as problem:
            raise forms.ValidationError(_("The engine is not answering; proof-reading and publishing wait for it.")) from problem
        return asked
