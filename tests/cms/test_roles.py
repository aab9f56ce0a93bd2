import pytest

from .conftest import article_in


def test_customers_and_visitors_do_not_get_into_the_back_office(client, alice, observer):
    assert client.get("/admin/").status_code == 302
    for member in (alice, observer):
        client.force_login(member)
        assert client.get("/admin/").status_code in (302, 403)


@pytest.fixture
def draft(issue):
    return article_in(issue, "draft", "Not yet out", live=False)


def test_a_marketer_publishes(client, marketer, draft):
    client.force_login(marketer)
    assert client.get(f"/admin/pages/{draft.pk}/edit/").status_code == 200
    assert draft.permissions_for_user(marketer).can_publish()


@pytest.mark.parametrize("role", ["researcher", "moderator"])
def test_researchers_and_moderators_leave_pages_alone(client, request, draft, role):
    member = request.getfixturevalue(role)
    client.force_login(member)
    assert client.get("/admin/").status_code == 200
    assert client.get(f"/admin/pages/{draft.pk}/edit/").status_code in (302, 403)
    assert not draft.permissions_for_user(member).can_edit()


def test_a_marketer_does_not_enter_the_surveys(client, marketer):
    client.force_login(marketer)
    assert not marketer.has_perm("surveys.change_questionnaire")
    assert marketer.has_perm("points.change_rule")


def test_the_user_bar_is_for_staff_alone(client, alice, article):
    client.force_login(alice)
    assert b"wagtail-userbar" not in client.get(article.url).content


@pytest.mark.parametrize("role", ["marketer", "researcher", "moderator", "admin"])
def test_everybody_of_the_club_sees_their_own_desk(client, request, event, issue, role):
    client.force_login(request.getfixturevalue(role))
    page = client.get("/admin/").content.decode()
    assert "What needs you" in page
    assert ("Events that are coming" in page) == (role in ("marketer", "admin"))
    begins = {"Write an article": ("marketer",), "Make a survey": ("researcher",), "Read the moderation log": ("moderator",)}
    for words, roles in begins.items():
        assert (words in page) == (role in (*roles, "admin"))


def test_an_article_is_begun_in_the_issue_of_the_language_that_the_back_office_speaks(client, marketer, issue, chinese):
    from wagtail.users.models import UserProfile

    issue.copy_for_translation(chinese, copy_parents=True)
    own = issue.get_translation(chinese)
    client.force_login(marketer)
    assert f"/admin/pages/add/cms/articlepage/{issue.pk}/" in client.get("/admin/").content.decode()
    UserProfile.objects.update_or_create(user=marketer, defaults={"preferred_language": "zh-hans"})
    client = type(client)()
    client.force_login(type(marketer).objects.get(pk=marketer.pk))
    page = client.get("/admin/").content.decode()
    assert f"/admin/pages/add/cms/articlepage/{own.pk}/" in page
    assert f"/admin/pages/add/cms/articlepage/{issue.pk}/" not in page


def test_the_back_office_speaks_chinese(client, marketer, draft):
    from wagtail.users.models import UserProfile

    UserProfile.objects.update_or_create(user=marketer, defaults={"preferred_language": "zh-hans"})
    client.force_login(marketer)
    assert "等你处理" in client.get("/admin/").content.decode()
    assert "导语" in client.get(f"/admin/pages/{draft.pk}/edit/").content.decode()


def test_a_marketer_chooses_an_author_from_a_list_that_can_be_searched(client, marketer, alice):
    client.force_login(marketer)
    assert client.get("/admin/author_chooser/").status_code == 200
