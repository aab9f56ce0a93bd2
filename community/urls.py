"""Every address of the club. Pages stand under a language; the API, feeds and machine-read files do not."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.conf.urls.static import static
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from cms import urls as cms_urls
from cms.feeds import SITEMAPS, MagazineFeed
from cms.views import search
from community import health, mailbox, metrics, views
from community.api import api

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("magazine/feed/", MagazineFeed(), name="magazine_feed"),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path(".well-known/security.txt", views.security_contact, name="security_contact"),
    path("api/v1/", api.urls),
    path("i18n/theme/", views.choose_theme, name="choose_theme"),
    path("i18n/language/", views.choose_language, name="choose_language"),
    path("admin/", include(wagtailadmin_urls)),
    path("django-admin/", admin.site.urls),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("forum.feed_urls")),
]

if settings.DEBUG:
    urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)

urlpatterns += i18n_patterns(
    path("dev/style/", views.style, name="style"),
    path("dev/style/<str:page>/", views.error_page, name="error_page"),
    path("dev/mail/", mailbox.mailbox, name="mailbox"),
    path("dev/mail/<str:name>/", mailbox.letter, name="letter"),
    path("accounts/", include("allauth.urls")),
    path("members/settings/data/download/", views.own_data, name="own_data"),
    path("members/settings/leave/", views.leave_club, name="leave_club"),
    path("members/", include("members.urls")),
    path("points/", include("points.urls")),
    path("forum/", include("forum.urls")),
    path("blogs/", include("forum.blog_urls")),
    path("magazine/", include(cms_urls.magazine)),
    path("events/", include(cms_urls.events)),
    path("search/", search, name="search"),
    path("groups/", include("focusgroups.urls")),
    path("surveys/", include("surveys.urls")),
    path("notifications/", include("notifications.urls")),
    path("insights/", include("insights.urls")),
    path("", include("referrals.urls")),
    # Wagtail answers last: whatever no part above knows may be a page.
    path("", include(wagtail_urls)),
    prefix_default_language=False,
)

handler400 = "community.views.bad_request"
handler403 = "community.views.forbidden"
handler404 = "community.views.not_found"
handler500 = "community.views.server_error"
handler429 = "community.views.too_many"  # allauth's, for its rate limits
