"""The limit: a Django view that looks up the session and the user, and renders nothing."""

import os
import sys

from bench.forum_database import database

SECRET_KEY = "bench"
DEBUG = False
ALLOWED_HOSTS = ["testserver"]
USE_TZ = True
ROOT_URLCONF = __name__
DATABASES = {"default": database(os.environ["BENCH_DATABASE"])}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
urlpatterns: list = []


def fill(**_sizes: int) -> None:
    from django.contrib.auth.models import User
    from django.http import HttpResponse
    from django.urls import path

    User.objects.get_or_create(username="m000")
    sys.modules[__name__].urlpatterns.append(path("", lambda request: HttpResponse(str(request.user.pk))))


def client():
    from django.contrib.auth.models import User
    from django.test import Client

    visitor = Client()
    visitor.force_login(User.objects.get())
    return visitor


def page(_name: str):
    return "GET", "/", None, 0
