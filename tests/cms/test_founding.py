from django.contrib.auth.models import Group
from wagtail.models import GroupCollectionPermission, GroupPagePermission, Page, Site

from cms import founding
from cms.models import HomePage
from members import roles


def test_a_fresh_club_has_a_home_a_magazine_and_events_in_both_languages(client, db):
    for address in ("/", "/magazine/", "/events/", "/about/", "/privacy/", "/contact/", "/join/"):
        assert client.get(address).status_code == 200
        assert client.get(f"/zh-hans{address}").status_code == 200


def test_founding_again_changes_nothing(db):
    before = list(Page.objects.values_list("pk", "latest_revision"))
    founding.found()
    assert list(Page.objects.values_list("pk", "latest_revision")) == before
    assert Site.objects.count() == 1


def test_the_chinese_tree_speaks_chinese(client, db):
    assert "客户自己的会客厅" in HomePage.objects.get(locale__language_code="zh-hans").welcome
    assert client.get("/zh-hans/events/").context["page"].title == "活动"


def test_the_forums_moderators_get_no_rights_over_pages(db):
    moderators = Group.objects.get(name=roles.MODERATOR)
    assert not GroupPagePermission.objects.filter(group=moderators).exists()
    assert not GroupCollectionPermission.objects.filter(group=moderators).exists()
    assert not moderators.permissions.filter(content_type__app_label__startswith="wagtailimages").exists()
