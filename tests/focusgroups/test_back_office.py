import datetime

from django.utils import timezone

from focusgroups import discussing, emptying, moderating
from focusgroups.models import Group, Item, Seat, Study


def guide(*lines):
    data = {"items-TOTAL_FORMS": len(lines), "items-INITIAL_FORMS": 0, "items-MIN_NUM_FORMS": 0, "items-MAX_NUM_FORMS": 1000}
    for place, line in enumerate(lines):
        data |= {f"items-{place}-{name}": value for name, value in {"max_choices": 1, "scale_max": 5, "ORDER": place + 1, **line}.items()}
    return data


def planned(study, **fields):
    base = {"study": study.pk, "title": "Returns", "language": "en", "incentive_points": 30, "open_seats": 4}
    base |= {"kind": "live", "deed_days": 90, "over_percent": 25, "rest_days": 90, "quotas-TOTAL_FORMS": 0, "quotas-INITIAL_FORMS": 0}
    return base | {"consent_text": "I agree.", "consent_version": "1", **fields}


def test_a_researcher_plans_a_study_and_a_group_with_its_guide(client, researcher):
    client.force_login(researcher)
    client.post("/admin/snippets/focusgroups/study/add/", {"title": "Returns", "purpose": "Why things come back."})
    study = Study.objects.get()
    assert study.created_by == researcher
    lines = guide({"kind": "question", "text": "Why?"}, {"kind": "poll", "text": "Which?", "options": "Size\nColour", "is_masked": "on"})
    answer = client.post("/admin/snippets/focusgroups/group/add/", planned(study) | lines)
    assert answer.status_code == 302, answer.context["form"].errors
    group = Group.objects.get()
    assert [item.text for item in group.items.all()] == ["Why?", "Which?"]
    assert group.items.get(kind=Item.Kind.POLL).is_masked
    assert group.seats.get().role == Seat.Role.MODERATOR
    assert client.get(f"/admin/snippets/focusgroups/group/edit/{group.pk}/").status_code == 200


def test_a_poll_without_choices_is_sent_back(client, researcher, study):
    client.force_login(researcher)
    page = client.post("/admin/snippets/focusgroups/group/add/", planned(study) | guide({"kind": "poll", "text": "Which?"}))
    assert page.status_code == 200
    assert "two choices at least" in page.content.decode()
    assert not Group.objects.exists()


def test_only_researchers_plan_groups(client, marketer, alice, study):
    for member in (marketer, alice):
        client.force_login(member)
        client.post("/admin/snippets/focusgroups/group/add/", planned(study) | guide())
        assert not Group.objects.exists()


def test_how_long_a_recording_is_kept_is_said_where_it_is_read_and_before_days_that_are_over_delete_it(
    client, researcher, alice, moderator, study, open_group, new_id
):
    discussing.say(open_group.pk, member=alice, client_id=new_id(), body="Jars")
    moderating.change_status(open_group.pk, member=moderator, client_id=None, status=Group.Status.CLOSED)
    Group.objects.update(closed_at=timezone.now() - datetime.timedelta(days=40))
    address = f"/admin/snippets/focusgroups/study/edit/{study.pk}/"
    transcript, analysis = f"/groups/{open_group.pk}/transcript/", f"/groups/studies/{study.pk}/"

    def set_days(days):
        client.force_login(researcher)
        return client.post(address, {"title": study.title, "purpose": "", "keep_days": days}, follow=True).content.decode()

    assert "Within the hour" not in set_days("60")
    for page, words in ((transcript, "Kept until"), (analysis, "recording kept until")):
        shown = client.get(page).content.decode()
        assert str((timezone.now() + datetime.timedelta(days=20)).year) in shown.split(words)[1][:40]
    client.force_login(alice)
    assert "Kept until" in client.get(transcript).content.decode(), "it is also theirs to know"
    warned = set_days("30")
    assert open_group.title in warned.split("Within the hour")[1][:200]
    assert "Within the hour" not in set_days(""), "and there was time to keep it"
    assert emptying.empty_due() == 0
    assert "Kept until" not in client.get(transcript).content.decode()
    set_days("30")
    assert emptying.empty_due() == 1
    assert "Within the hour" not in set_days("30")
    assert "kept until" not in client.get(analysis).content.decode()
