"""The club's addresses and, for this benchmark only, those of django-survey's own form."""

from django.urls import include, path

from community import urls

urlpatterns = [path("peer/", include("survey.urls")), *urls.urlpatterns]
