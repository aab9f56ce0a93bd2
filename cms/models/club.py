from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.blocks import StreamValue
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string
from wagtail.models import Page, PageViewRestriction
from wagtail.search import index
from wagtail.url_routing import RouteResult

from cms.bigrams import bigrams
from cms.blocks import StoryBlocks


def words_of(body: StreamValue) -> str:
    """The words of a story without its markup, for search and for counting minutes."""
    return " ".join(str(part) for part in body.stream_block.get_searchable_content(body))


class ClubPage(Page):
    """What every page of the club has in common: it can be found by a Chinese word inside its text."""

    search_fields = [*Page.search_fields, index.SearchField("chinese_pairs")]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    def get_view_restrictions(self) -> "models.QuerySet[PageViewRestriction]":
        """Wagtail's rows, found by the tree's paths in one query; an alias is as closed as the page it mirrors."""
        paths = [self.path[:end] for end in range(self.steplen, len(self.path) + 1, self.steplen)]
        return PageViewRestriction.objects.filter(Q(page__path__in=paths) | Q(page__aliases__path__in=paths)).distinct()

    def searchable_text(self) -> str:
        """All the words by which a reader may look for this page."""
        return f"{self.title} {self.search_description}"

    def chinese_pairs(self) -> str:
        return bigrams(self.searchable_text())


class PicturedPage(ClubPage):
    """A page with a cover picture that says in words what it shows."""

    cover = models.ForeignKey(
        get_image_model_string(), models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("cover picture")
    )
    cover_alt = models.CharField(
        _("what the cover shows"), max_length=200, blank=True, help_text=_("Read aloud to those who cannot see the picture.")
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if self.cover_id and not self.cover_alt.strip():
            raise ValidationError({"cover_alt": _("Say in words what the picture shows.")})


class HomePage(ClubPage):
    """The front door: what is new in all parts of the club."""

    template = "cms/home.html"
    welcome = models.CharField(_("welcome"), max_length=120, blank=True, help_text=_("The large line that a visitor reads first."))
    invitation = models.TextField(_("invitation"), max_length=400, blank=True, help_text=_("Why a customer should join, in two sentences."))

    content_panels = [*Page.content_panels, FieldPanel("welcome"), FieldPanel("invitation")]
    parent_page_types = ["wagtailcore.Page"]
    max_count_per_parent = 2
    private_page_options: list[str] = []

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def get_view_restrictions(self) -> "models.QuerySet[PageViewRestriction]":
        """None: marketers close rooms, never the front door. What is closed is left out of what it shows."""
        return PageViewRestriction.objects.none()

    @property
    def localized(self) -> "HomePage":
        """This page in the active language, from the kept homes where they are known."""
        from cms.site_lookup import homes

        return homes().get(get_language() or "") or super().localized

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """Find a page below by its whole address at once, where Wagtail asks twice for each part of it."""
        if not path_components:
            return super().route(request, path_components)
        page = self._below(f"{self.url_path}{'/'.join(path_components)}/", depth=self.depth + len(path_components))
        if page is None or not page.live:
            raise Http404
        if page.locale_id == self.locale_id:
            page.locale = self.locale
        return RouteResult(page)

    def _below(self, url_path: str, *, depth: int) -> Page | None:
        from cms.models import ArticlePage

        here = {"url_path": url_path, "path__startswith": self.path}
        # Most of what is asked for lies at the magazine's depth: an article, with its author and its picture.
        if depth == self.depth + 3:
            article = ArticlePage.objects.select_related("author__company", "cover").filter(**here).first()
            if article:
                return article
        page = Page.objects.filter(**here).first()
        return page.specific if page else None

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.front import front

        return super().get_context(request, *args, **kwargs) | front(self, request)


class StandardPage(PicturedPage):
    """A page of the club's own words: who we are, how to join, privacy, contact."""

    template = "cms/standard.html"
    standfirst = models.TextField(_("standfirst"), max_length=400, blank=True)
    body = StreamField(StoryBlocks(), blank=True, verbose_name=_("body"))

    content_panels = [
        *Page.content_panels,
        FieldPanel("standfirst"),
        MultiFieldPanel([FieldPanel("cover"), FieldPanel("cover_alt")], _("Cover")),
        FieldPanel("body"),
    ]
    search_fields = [*ClubPage.search_fields, index.SearchField("standfirst"), index.SearchField("body")]
    parent_page_types = ["cms.HomePage", "cms.StandardPage"]
    subpage_types = ["cms.StandardPage"]

    class Meta:
        verbose_name = _("club page")
        verbose_name_plural = _("club pages")

    def searchable_text(self) -> str:
        return f"{super().searchable_text()} {self.standfirst} {words_of(self.body)}"
