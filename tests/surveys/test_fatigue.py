"""Nobody is asked more often than the club allows, or than they wish: invitations and reminders, surveys and focus groups together."""

import datetime

import pytest
from django.utils import timezone

from community import erasing
from focusgroups import recruiting, seating
from focusgroups.models import Group, Seat, Study
from members import asking
from members.models import AskingWish
from surveys import inviting, publishing, sampling
from surveys.models import SurveyInvitation
from surveys.sampling import Segment

LIMIT = "/admin/surveys/limit/"
WISHES = "/notifications/preferences/"


@pytest.fixture
def strict(db):
    """Two in ten days."""
    asking.set_limit(most=2, days=10)


@pytest.fixture
def others(definition, db):
    made = [publishing.create(title=f"Other {number}", definition=definition) for number in range(3)]
    for survey in made:
        publishing.publish(survey)
        survey.refresh_from_db()
    return made


@pytest.fixture
def group(researcher):
    study = Study.objects.create(title="Tools", created_by=researcher)
    return Group.objects.create(study=study, title="Afternoon", seats_wanted=5, over_percent=0)


def days_ago(days):
    return timezone.now() - datetime.timedelta(days=days)


def test_researchers_set_the_limit_and_nobody_else_sees_it(client, researcher, marketer, alice):
    client.force_login(researcher)
    assert client.post(LIMIT, {"most": 0, "days": 10}).status_code == 422
    assert client.post(LIMIT, {"most": 2, "days": 400}).status_code == 422
    assert client.post(LIMIT, {"most": 2, "days": 10}).status_code == 302
    assert (asking.limit().most, asking.limit().days) == (2, 10)
    assert 'value="10"' in client.get(LIMIT).content.decode()
    for other, status in ((marketer, 404), (alice, 403)):
        client.force_login(other)
        assert client.post(LIMIT, {"most": 99, "days": 1}).status_code == status
    assert asking.limit().most == 2


def test_reminders_count_and_old_ones_are_forgotten(strict, questionnaire, others, alice, bob):
    inviting.invite(others[0], [alice])
    assert alice in sampling.draw(questionnaire, Segment()).members
    SurveyInvitation.objects.update(reminders=1, reminded_at=timezone.now())
    assert sampling.draw(questionnaire, Segment()).members == [bob]
    SurveyInvitation.objects.update(created_at=days_ago(12), reminded_at=days_ago(11))
    assert sampling.draw(questionnaire, Segment()).members == [alice, bob]


def test_invitations_to_focus_groups_count_with_those_to_surveys(strict, questionnaire, others, group, alice, bob):
    seating.invite(group, member=alice, by=None)
    seating.invite(group, member=bob, role=Seat.Role.OBSERVER, by=None)  # asks nothing of him
    for member in (alice, bob):
        inviting.invite(others[0], [member])
    drawn = sampling.draw(questionnaire, Segment())
    assert (drawn.members, drawn.tired_of_club) == ([bob], 1)


def test_a_focus_group_draws_nobody_who_was_asked_often_enough(strict, others, group, alice, charlie, researcher):
    for survey in others[:2]:
        inviting.invite(survey, [alice])
    assert [seat.member for seat in recruiting.draw(group, by=researcher)] == [charlie]


def test_whoever_is_named_is_not_asked_beyond_the_limit_either(strict, others, alice):
    assert [inviting.invite(survey, [alice]) for survey in others] == [1, 1, 0]


def test_nobody_is_reminded_beyond_the_limit(strict, questionnaire, others, alice, bob):
    inviting.invite(questionnaire, [alice, bob])
    inviting.invite(others[0], [alice])
    SurveyInvitation.objects.filter(questionnaire=questionnaire).update(created_at=days_ago(5))
    assert inviting.remind(questionnaire) == 1
    assert SurveyInvitation.objects.get(questionnaire=questionnaire, reminders=1).member == bob


def test_a_member_may_want_less_and_never_gets_more(client, questionnaire, others, alice, bob):
    client.force_login(alice)
    assert client.post(WISHES, {"asked_most": "1"}).status_code == 302
    assert 'value="1"' in client.get(WISHES).content.decode()
    inviting.invite(others[0], [alice])
    drawn = sampling.draw(questionnaire, Segment())
    assert (drawn.members, drawn.tired_by_wish, drawn.tired_of_club) == ([bob], 1, 0)
    client.post(WISHES, {"asked_most": "100"})
    asking.set_limit(most=1, days=30)
    assert sampling.draw(questionnaire, Segment()).tired_of_club == 1
    client.post(WISHES, {"asked_most": "0"})
    SurveyInvitation.objects.all().delete()
    assert sampling.draw(questionnaire, Segment()).members == [bob]
    client.post(WISHES, {"asked_most": "-1"})
    assert AskingWish.objects.get().most == 0
    client.post(WISHES, {"asked_most": ""})
    assert not AskingWish.objects.exists()


def test_a_wish_goes_with_its_member(alice):
    asking.wish(alice, 1)
    erasing.erase(alice)
    assert not AskingWish.objects.exists()


def test_a_sample_is_looked_at_before_anybody_is_asked(client, researcher, strict, questionnaire, others, alice, bob, charlie, mei):
    for survey in others[:2]:
        inviting.invite(survey, [alice])
    asking.wish(bob, 0)
    inviting.invite(questionnaire, [mei])
    client.force_login(researcher)
    before = SurveyInvitation.objects.count()
    page = client.post(f"/admin/surveys/{questionnaire.pk}/invite/", {"look": 1, "did_days": 30}).content.decode()
    assert SurveyInvitation.objects.count() == before
    table = page[page.index('id="sample"') :].partition("</table>")[0]
    figures = [row.partition("<td>")[2].partition("</td>")[0] for row in table.split("<tr>")[1:]]
    assert figures == ["1", "1", "1", "1"]  # Charlie; Alice by the limit, Bob by his wish, Mei was invited before
    assert "Charlie" in table
    assert "2 invitations and reminders within 10 days" in table


def test_whom_to_ask_is_found_by_as_many_queries_however_many_were_asked(
    questionnaire, others, alice, bob, charlie, django_assert_num_queries
):
    inviting.invite(others[0], [alice])
    with django_assert_num_queries(4):
        asking.tired()
    inviting.invite(others[1], [alice, bob, charlie])
    with django_assert_num_queries(4):
        asking.tired()
