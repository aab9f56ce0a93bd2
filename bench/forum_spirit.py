"""django-spirit as a stack of the benchmark, with the settings that its own project template has."""

import os

from spirit.extra.project_template.project_name.settings.base import *  # noqa: F403

from bench import forum_words
from bench.forum_database import database

SECRET_KEY = "bench"
DEBUG = False
ALLOWED_HOSTS = ["testserver"]
USE_TZ = True
BASE_DIR = "/tmp"
ROOT_URLCONF = "bench.forum_spirit_urls"
DATABASES = {"default": database(os.environ["BENCH_DATABASE"])}
STATICFILES_STORAGE = None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
del STATICFILES_STORAGE
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CACHES["st_rate_limit"] = CACHES["default"]
ST_RATELIMIT_ENABLE = False
ST_DOUBLE_POST_THRESHOLD_MINUTES = 0
ST_SITE_URL = "http://testserver/"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
BATCH = 5_000


def fill(*, threads: int, posts: int, long: int, marks: int) -> None:
    from django.contrib.auth.models import User
    from spirit.category.models import Category
    from spirit.comment.models import Comment
    from spirit.topic.models import Topic
    from spirit.user.models import UserProfile

    if Category.objects.filter(title="Bench").exists():
        return
    people = User.objects.bulk_create([User(username=f"m{number:03}", password="!") for number in range(400)])
    for person in people:
        UserProfile.objects.update_or_create(user=person, defaults={"slug": person.username, "nickname": person.username})
    category = Category.objects.create(title="Filling")
    plan = forum_words.lengths(threads, posts, long)
    rows = [
        Topic(category=category, title=f"{forum_words.text(-n)[:60]} {n}", slug=f"t{n}", user=people[n % 400], comment_count=plan[n])
        for n in range(threads)
    ]
    made = Topic.objects.bulk_create(rows, batch_size=BATCH)
    number, batch = 0, []
    for topic, length in zip(made, plan, strict=True):
        for _no in range(length):
            number += 1
            words = forum_words.text(number)
            batch.append(Comment(topic=topic, user=people[number % 400], comment=words, comment_html=f"<p>{words}</p>"))
            if len(batch) == BATCH:
                Comment.objects.bulk_create(batch)
                batch = []
    Comment.objects.bulk_create(batch)
    Category.objects.filter(pk=category.pk).update(title="Bench")


def client():
    from django.contrib.auth.models import User
    from django.test import Client

    visitor = Client()
    visitor.force_login(User.objects.get(username="m000"))
    return visitor


def page(name: str):
    from spirit.category.models import Category
    from spirit.topic.models import Topic

    category = Category.objects.get(title="Bench")
    short, long = Topic.objects.filter(category=category).order_by("pk")[:2]
    n = Topic.objects.filter(category=category).count()
    return {
        "board first": ("GET", category.get_absolute_url(), None, 20),
        "board deep": ("GET", f"{category.get_absolute_url()}?page={n // 20 - 1}", None, 20),
        "thread of 10": ("GET", short.get_absolute_url(), None, 0),
        "long thread first": ("GET", long.get_absolute_url(), None, 20),
        "long thread last": ("GET", f"{long.get_absolute_url()}?page={long.comment_count // 20}", None, 20),
        "unread list": "its unread list holds only topics visited before",
        "search": "needs a Whoosh index, and words of 3 letters",
        "reply and its points": "knows no points",
        "reply": ("POST", f"/comment/{short.pk + 7}/publish/", {"comment": "We had the same, 财务部 solved it. {n}"}, 0),
    }[name]
