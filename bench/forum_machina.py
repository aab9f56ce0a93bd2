"""django-machina as a stack of the benchmark, with the settings that its documentation gives."""

import os

from machina import MACHINA_MAIN_STATIC_DIR, MACHINA_MAIN_TEMPLATE_DIR

from bench import forum_words
from bench.forum_database import database

SECRET_KEY = "bench"
DEBUG = False
ALLOWED_HOSTS = ["testserver"]
USE_TZ = True
STATIC_URL = "/static/"
MEDIA_ROOT = "/tmp/bench-machina"
STATICFILES_DIRS = [MACHINA_MAIN_STATIC_DIR]
ROOT_URLCONF = "bench.forum_machina_urls"
DATABASES = {"default": database(os.environ["BENCH_DATABASE"])}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
INSTALLED_APPS = [
    *(f"django.contrib.{name}" for name in ("admin", "auth", "contenttypes", "sessions", "sites", "messages", "staticfiles", "humanize")),
    *("mptt", "haystack", "widget_tweaks", "machina", "machina.apps.forum"),
    *(f"machina.apps.forum{name}" for name in ("_conversation", "_conversation.forum_attachments", "_conversation.forum_polls")),
    *(f"machina.apps.forum_{name}" for name in ("feeds", "moderation", "search", "tracking", "member", "permission")),
]
SITE_ID = 1
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "machina.apps.forum_permission.middleware.ForumPermissionMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [MACHINA_MAIN_TEMPLATE_DIR],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "machina.core.context_processors.metadata",
            ]
        },
    }
]
CACHES = {
    name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name} for name in ("default", "machina_attachments")
}
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
MACHINA_DEFAULT_AUTHENTICATED_USER_FORUM_PERMISSIONS = [
    *("can_see_forum", "can_read_forum", "can_start_new_topics", "can_reply_to_topics", "can_edit_own_posts", "can_post_without_approval"),
]
BATCH = 5_000


def fill(*, threads: int, posts: int, long: int, marks: int) -> None:
    from django.contrib.auth.models import User
    from django.utils import timezone
    from machina.apps.forum.models import Forum
    from machina.apps.forum_conversation.models import Post, Topic

    if Forum.objects.filter(name="Bench").exists():
        return
    people = User.objects.bulk_create([User(username=f"m{number:03}", password="!") for number in range(400)])
    board = Forum.objects.create(name="Filling", slug="bench", type=0)
    plan, now = forum_words.lengths(threads, posts, long), timezone.now()
    rows = [
        Topic(
            forum=board,
            subject=f"{forum_words.text(-n)[:60]} {n}",
            slug=f"t{n}",
            poster=people[n % 400],
            type=0,
            status=0,
            posts_count=plan[n],
        )
        for n in range(threads)
    ]
    for row in rows:
        row.created = row.updated = row.last_post_on = now
    made = Topic.objects.bulk_create(rows, batch_size=BATCH)
    number, batch = 0, []
    for topic, length in zip(made, plan, strict=True):
        for _no in range(length):
            number += 1
            words = forum_words.text(number)
            post = Post(topic=topic, poster=people[number % 400], subject=topic.subject, content=words, approved=True)
            post.created = post.updated = now
            batch.append(post)
            if len(batch) == BATCH:
                Post.objects.bulk_create(batch)
                batch = []
    Post.objects.bulk_create(batch)
    _link()
    Forum.objects.filter(pk=board.pk).update(name="Bench", direct_topics_count=threads, direct_posts_count=number)


def _link() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE forum_conversation_topic SET first_post_id = p.first, last_post_id = p.last FROM "
            "(SELECT topic_id, min(id) AS first, max(id) AS last FROM forum_conversation_post GROUP BY topic_id) p "
            "WHERE p.topic_id = forum_conversation_topic.id"
        )


def client():
    from django.contrib.auth.models import User
    from django.test import Client

    visitor = Client()
    visitor.force_login(User.objects.get(username="m000"))
    return visitor


def page(name: str):
    from django.urls import reverse
    from machina.apps.forum.models import Forum
    from machina.apps.forum_conversation.models import Topic

    board = Forum.objects.get(name="Bench")
    topics = Topic.objects.filter(forum=board).order_by("pk")
    short, long = topics[:2]
    address = reverse("forum:forum", args=[board.slug, board.pk])

    def of(topic, view: str = "topic") -> str:
        return reverse(f"forum_conversation:{view}", args=[board.slug, board.pk, topic.slug, topic.pk])

    return {
        "board first": ("GET", address, None, 20),
        "board deep": ("GET", f"{address}?page={topics.count() // 20 - 1}", None, 20),
        "thread of 10": ("GET", of(short), None, 0),
        "long thread first": ("GET", of(long), None, 15),
        "long thread last": ("GET", f"{of(long)}?page={long.posts_count // 15}", None, 15),
        "unread list": ("GET", reverse("forum_tracking:unread_topics"), None, 20),
        "search": "needs a search server or Whoosh",
        "reply and its points": "knows no points",
        "reply": ("POST", of(topics[7], "post_create"), {"subject": "Re", "content": "We had the same, 财务部 solved it. {n}"}, 0),
    }[name]
