"""Trends from wave to wave, of all answers and of those chosen: nothing of so few that they could be named."""

from surveys import analysing, answering, publishing, rejecting, tallying, trends
from surveys.models import Questionnaire, Submission
from tests.conftest import member_of
from tests.surveys.choosing import analysis, some_speak_chinese


def test_a_trend_tells_the_change_between_waves(client, researcher, answered, definition, crowd):
    second = publishing.create(title="Second wave", definition=definition, slug="second", previous_wave=answered)
    publishing.publish(second)
    second.refresh_from_db()
    for member in crowd:
        answering.complete(second, member=member, data={"nps": 9 if member.pk % 2 else 10})
    client.force_login(researcher)
    page = analysis(client, second).content.decode()
    assert "From wave to wave" in page
    assert "6.00" in page
    assert "9.50" in page


def test_a_trend_is_of_the_answers_chosen_and_leaves_out_waves_that_cannot_be_chosen_from(client, researcher, answered, definition, crowd):
    second = publishing.create(title="Second wave", definition=definition, slug="second", previous_wave=answered)
    publishing.publish(second)
    second.refresh_from_db()
    for member in crowd:
        answering.complete(second, member=member, data={"nps": 9, "size": "1-9" if member in crowd[:8] else "10-99"})
    client.force_login(researcher)

    def points(**wanted):
        found = trends.trends(second, analysing.selection_of(second, wanted))
        page = analysis(client, second, **wanted).content.decode()
        assert ("From wave to wave" in page) is bool(found)
        chart = client.get(f"/admin/surveys/{second.pk}/trends/nps.svg", wanted)
        assert chart.status_code == (200 if found else 404)
        return [(wave.moments.count, round(wave.moments.mean, 2)) for wave in found[0].waves] if found else []

    assert points(only='["size", "\\"1-9\\""]') == [(6, 10), (8, 9)]
    assert points(locale="en") == [(12, 6), (12, 9)]
    for member in crowd[:4]:
        member.locale = "zh-hans"
        member.save()
    assert points(locale="zh-hans") == []
    second.margins = {"size": {'"1-9"': 0.75, '"10-99"': 0.25}}
    second.save()
    assert [mean for _count, mean in points(weighted="on")] == [8, 9]
    Questionnaire.objects.filter(pk=answered.pk).update(margins={"nps": {"5": 1}})
    assert points(weighted="on") == []


def test_a_wave_of_which_a_choice_of_members_leaves_few_is_in_no_trend_for_the_others_would_follow(
    client, researcher, answered, definition, crowd, harbour, django_assert_max_num_queries
):
    """Of fourteen in either wave nine are chosen; of thirteen the other four would follow from two trends."""
    second = publishing.create(title="Second wave", definition=definition, slug="second", previous_wave=answered)
    publishing.publish(second)
    second.refresh_from_db()
    more = [member_of(harbour, f"m{number}@crowd.example", f"More {number}") for number in range(2)]
    for wave, members in ((answered, more), (second, [*crowd, *more])):
        for member in members:
            answering.complete(wave, member=member, data={"nps": 9, "size": "1-9"})
    client.force_login(researcher)

    def points(**wanted):
        tallying.fold_all()
        with django_assert_max_num_queries(20):
            found = trends.trends(second, analysing.selection_of(second, wanted))
        chart = client.get(f"/admin/surveys/{second.pk}/trends/nps.svg", wanted)
        assert chart.status_code == (200 if found else 404)
        assert ("From wave to wave" in analysis(client, second, **wanted).content.decode()) is bool(found)
        return [(wave.moments.count, round(wave.moments.mean, 2)) for wave in found[0].waves] if found else []

    assert points() == [(14, 6.43), (14, 9)]
    some_speak_chinese(crowd, *range(9))
    assert points(locale="zh-hans") == [(9, 7.33), (9, 9)]
    # Of those who answered so: six of the eight in small firms of the first wave, all nine of the fourteen in the second.
    assert points(locale="zh-hans", only='["size", "\\"1-9\\""]') == []
    rejecting.reject(Submission.objects.get(questionnaire=answered, member=more[0]), by=researcher, reason="in haste")
    assert points(locale="zh-hans") == []
    assert points() == [(13, 6.23), (14, 9)]


def test_a_rating_that_few_but_the_chosen_answered_is_in_no_trend(researcher, questionnaire, definition, crowd):
    definition["pages"][0]["elements"][0]["isRequired"] = False
    publishing.revise(questionnaire, definition=definition)
    publishing.publish(questionnaire)
    questionnaire.refresh_from_db()
    second = publishing.create(title="Second wave", definition=definition, slug="second", previous_wave=questionnaire)
    publishing.publish(second)
    second.refresh_from_db()
    some_speak_chinese(crowd, *range(6))
    for number, member in enumerate(crowd):
        answering.complete(questionnaire, member=member, data={"size": "1-9"} | ({"nps": 9} if number < 9 else {}))
        answering.complete(second, member=member, data={"nps": 8})
    chosen = analysing.selection_of(second, {"locale": "zh-hans"})
    assert trends.trends(second, chosen) == []
    (told,) = trends.trends(second)
    assert [wave.moments.count for wave in told.waves] == [9, 12]
    # Where nobody else answered, nobody is found out.
    some_speak_chinese(crowd, *range(6, 9))
    assert trends.trends(second, chosen) == []
    for submission in Submission.objects.filter(member__in=crowd[9:]):
        rejecting.reject(submission, by=researcher, reason="in haste")
    assert [wave.moments.count for wave in trends.trends(second, chosen)[0].waves] == [9, 9]
