from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.search import index

from cms.addressing import ThreadField
from cms.blocks import PLAIN_FEATURES, StoryBlocks
from cms.models.club import ClubPage, PicturedPage, words_of
from cms.reading_time import reading_minutes


class MagazineIndexPage(ClubPage):
    """The shelf: every issue, the newest first."""

    template = "cms/magazine.html"
    standfirst = models.TextField(_("standfirst"), max_length=400, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("standfirst")]
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.IssuePage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("magazine")
        verbose_name_plural = _("magazines")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.shelf import shelf

        return super().get_context(request, *args, **kwargs) | shelf(self, request.user)


class IssuePage(PicturedPage):
    """One number of the club magazine."""

    template = "cms/issue.html"
    number = models.PositiveIntegerField(_("number"), validators=[MinValueValidator(1)])
    season = models.CharField(_("season"), max_length=60, help_text=_("As it is printed on the cover: Winter 2026"))
    standfirst = models.TextField(_("standfirst"), max_length=400, blank=True)
    letter = RichTextField(_("editor's letter"), features=PLAIN_FEATURES, blank=True)
    editor = models.CharField(_("signed by"), max_length=100, blank=True)

    content_panels = [
        *Page.content_panels,
        FieldRowPanel([FieldPanel("number"), FieldPanel("season")]),
        FieldPanel("standfirst"),
        MultiFieldPanel([FieldPanel("cover"), FieldPanel("cover_alt")], _("Cover")),
        MultiFieldPanel([FieldPanel("letter"), FieldPanel("editor")], _("Editor's letter")),
    ]
    search_fields = [*ClubPage.search_fields, index.SearchField("standfirst"), index.SearchField("letter")]
    parent_page_types = ["cms.MagazineIndexPage"]
    subpage_types = ["cms.ArticlePage"]

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        constraints = [models.CheckConstraint(condition=models.Q(number__gte=1), name="cms_issue_number_counts")]

    def searchable_text(self) -> str:
        return f"{super().searchable_text()} {self.season} {self.standfirst} {self.letter}"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.shelf import contents

        return super().get_context(request, *args, **kwargs) | {"contents": contents(self, request.user)}


class ArticleForm(WagtailAdminPageForm):
    discussion = ThreadField(required=False, label=_("discussion"), help_text=_("The forum thread below the article."))


class ArticlePage(PicturedPage):
    """A story of the magazine."""

    class Topic(models.TextChoices):
        STORY = "story", _("Stories")
        KNOWLEDGE = "knowledge", _("Know-how")
        INDUSTRY = "industry", _("Industry")
        CLUB = "club", _("From the club")

    template = "cms/article.html"
    base_form_class = ArticleForm
    topic = models.CharField(_("section"), max_length=20, choices=Topic, default=Topic.STORY)
    standfirst = models.TextField(_("standfirst"), max_length=400, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("author"))
    byline = models.CharField(_("byline"), max_length=120, blank=True, help_text=_("Instead of the author's name, for guests."))
    body = StreamField(StoryBlocks(), verbose_name=_("body"), blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes to read"), default=1, editable=False)
    discussion = models.PositiveBigIntegerField(_("discussion"), null=True, blank=True)
    public_from = models.DateTimeField(
        _("open to everybody from"),
        null=True,
        blank=True,
        help_text=_(
            "Empty: from its publication. Members of a tier that reads early read it so many hours sooner, and nobody before them; "
            "each tier says how many."
        ),
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("topic"),
        FieldPanel("standfirst"),
        MultiFieldPanel([FieldPanel("author"), FieldPanel("byline")], _("Author")),
        MultiFieldPanel([FieldPanel("cover"), FieldPanel("cover_alt")], _("Cover")),
        FieldPanel("body"),
        FieldPanel("discussion"),
        FieldPanel("public_from"),
    ]
    search_fields = [
        *ClubPage.search_fields,
        index.SearchField("standfirst"),
        index.SearchField("byline"),
        index.SearchField("body"),
        index.FilterField("topic"),
    ]
    parent_page_types = ["cms.IssuePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.minutes = reading_minutes(f"{self.standfirst} {words_of(self.body)}")
        super().save(*args, **kwargs)

    def searchable_text(self) -> str:
        return f"{super().searchable_text()} {self.standfirst} {self.byline} {words_of(self.body)}"

    @property
    def signed_by(self) -> str:
        return self.byline or (self.author.display_name if self.author else "")

    @property
    def door(self) -> str:
        """The address that leads to this article in whatever language the visitor reads."""
        with translation.override(settings.LANGUAGE_CODE):
            return reverse("magazine:article", args=[self.translation_key])

    @property
    def is_early(self) -> bool:
        """Whether whoever reads it now reads it before others do."""
        return self.public_from is not None and self.public_from > timezone.now()

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        from cms.gates import opens_at

        if moment := opens_at(self, request.user):
            return render(request, "cms/waiting_article.html", {"page": self, "opens_at": moment}, status=403)
        return super().serve(request, *args, **kwargs)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.shelf import article_page

        return super().get_context(request, *args, **kwargs) | article_page(self, request)
