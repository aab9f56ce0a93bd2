"""Where a thread and a post stand: as Django would say it, in each language and under whatever the club is served."""

import pytest
from django.urls import reverse, set_script_prefix
from django.utils import translation

from forum.addresses import stored_url
from forum.models import Post, Thread


@pytest.fixture
def under_a_path():
    set_script_prefix("/club/")
    yield
    set_script_prefix("/")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_address_is_what_django_says_in_that_language(language):
    with translation.override(language):
        assert Thread(pk=1200).get_absolute_url() == reverse("forum:thread", args=[1200])
        assert Post(thread_id=1200, no=1).get_absolute_url() == reverse("forum:thread", args=[1200])
        assert Post(thread_id=30, no=41).get_absolute_url() == f"{reverse('forum:thread', args=[30])}?post=41#post-41"


def test_rows_keep_an_address_without_a_language():
    with translation.override("zh-hans"):
        assert stored_url(Post(thread_id=7, no=2)) == "/forum/threads/7/?post=2#post-2"
        assert Post(thread_id=7, no=2).get_absolute_url() == "/zh-hans/forum/threads/7/?post=2#post-2"


def test_a_club_that_is_served_under_a_path_says_so(under_a_path):
    assert Thread(pk=5).get_absolute_url() == "/club/forum/threads/5/"


def test_a_thread_that_is_not_written_yet_has_no_address():
    with pytest.raises(TypeError):
        Thread().get_absolute_url()
