"""Open answers sorted by a codebook that surveys and focus groups share: marks, counts, segments, agreement."""

import pytest

from codebooks import editing
from codebooks.models import Code
from focusgroups import findings
from focusgroups.models import Study
from members import roles
from members.models import Segment
from surveys import analysing, answering, coded, coding, correcting
from surveys.models import Coding, EarlierAnswers, Submission
from tests.conftest import in_role, member_of


@pytest.fixture
def answered(questionnaire, harbour, pine):
    """Twelve detractors who say why: six of a key customer, six of a small firm."""
    pine.customer_class = "key_account"
    pine.save()
    for number in range(12):
        member = member_of(pine if number < 6 else harbour, f"c{number}@crowd.example", f"Crowd {number}")
        answering.complete(questionnaire, member=member, data={"nps": 2, "size": "1-9", "why": f"Reason {number}: 太慢"})
    return questionnaire


@pytest.fixture
def address(answered):
    return f"/admin/surveys/{answered.pk}/words/why/"


@pytest.fixture
def codes(answered):
    book = editing.book_of(answered)
    hurts = Code.objects.create(codebook=book, name="Hurts", hue=3, memo="What annoys")
    return {"hurts": hurts, "speed": Code.objects.create(codebook=book, name="Speed", parent=hurts)}


@pytest.fixture
def second(db):
    return in_role(member_of(None, "second@clubroom.example", "Second Coder", is_staff=True), roles.RESEARCHER)


def answers(questionnaire):
    """The answers in the order in which they came."""
    return list(Submission.objects.filter(questionnaire=questionnaire).order_by("pk").select_related("questionnaire"))


def give(questionnaire, by, code, places):
    for place, submission in enumerate(answers(questionnaire)):
        if place in places:
            coding.code_answer(submission, question="why", code=code, by=by)


def test_a_codebook_grows_on_the_page_of_answers_with_hierarchy_colour_and_memo(client, researcher, address, answered):
    client.force_login(researcher)
    client.post(f"{address}code/", {"name": "Hurts", "hue": "3", "memo": "What annoys"})
    hurts = Code.objects.get()
    client.post(f"{address}code/", {"name": "Speed", "parent": hurts.pk, "hue": "0"})
    assert [(branch.code.name, branch.depth) for branch in coded.codebook(_again(answered), "why")] == [("Hurts", 0), ("Speed", 1)]
    page = client.post(f"{address}code/", {"name": "Speed", "hue": "0"}, follow=True).content.decode()
    assert "This name is taken." in page
    assert "What annoys" in page
    assert 'data-hue="3"' in page
    speed = Code.objects.get(name="Speed")
    below_itself = {"code": hurts.pk, "name": "Hurts", "parent": speed.pk, "hue": "1"}
    assert "cannot hang under itself" in client.post(f"{address}code/", below_itself, follow=True).content.decode()
    client.post(f"{address}code/", {"code": hurts.pk, "remove": "1"})
    assert not Code.objects.exists()


def test_a_refused_new_code_keeps_what_was_typed_with_the_error_at_its_field(client, researcher, address, answered, codes):
    client.force_login(researcher)
    typed = {"name": "Speed", "parent": codes["hurts"].pk, "hue": "5", "memo": "Typed at length"}
    answer = client.post(f"{address}code/", typed | {"kept": "q=Reason+1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert answer.context["code_form"].errors == {"name": ["This name is taken."]}
    new = page.partition('<details id="new-code" open>')[2].partition("</details>")[0]
    assert all(part in new for part in ('value="Speed"', "Typed at length", 'aria-invalid="true"', "This name is taken.", "5"))
    assert f'<option value="{codes["hurts"].pk}" selected>' in new
    assert [branch.code.name for branch in coded.codebook(answered, "why")] == ["Hurts", "Speed"]
    # The reader stays among the answers they had chosen, and no link leads to where things are only sent.
    assert 'value="q=Reason+1"' in new
    assert len(answer.context["found"].answers) == 3
    assert f'href="{address}code/' not in page
    fixed = client.post(f"{address}code/", typed | {"name": "Pace", "kept": "q=Reason+1"})
    assert (fixed.status_code, fixed.headers["Location"]) == (302, f"{address}?q=Reason+1#codebook")
    assert Code.objects.get(name="Pace").memo == "Typed at length"


def test_a_code_without_a_name_and_one_too_many_are_refused_where_they_were_typed(
    client, researcher, address, answered, codes, monkeypatch
):
    client.force_login(researcher)
    nameless = client.post(f"{address}code/", {"name": " ", "hue": "5", "memo": "Typed at length"})
    assert (nameless.status_code, list(nameless.context["code_form"].errors)) == (422, ["name"])
    assert "Typed at length" in nameless.content.decode()
    monkeypatch.setattr(editing, "CODES_MAX", 2)
    full = client.post(f"{address}code/", {"name": "One more", "hue": "5"})
    assert full.status_code == 422
    assert full.context["code_form"].non_field_errors() == ["The codebook is large enough."]
    assert 'value="One more"' in full.content.decode()
    assert answered.codebook.codes.count() == 2


def test_a_refused_change_of_a_code_stays_in_its_row_and_changes_nothing(client, researcher, address, answered, codes):
    client.force_login(researcher)
    hurts, speed = codes["hurts"], codes["speed"]
    answer = client.post(f"{address}code/", {"code": hurts.pk, "name": "Pains", "parent": speed.pk, "hue": "7", "memo": "Other words"})
    row = answer.content.decode().partition(f'<tr id="code-{hurts.pk}">')[2].partition("</tr>")[0]
    assert answer.status_code == 422
    assert "<details open>" in row
    assert all(
        part in row for part in ('value="Pains"', "Other words", "cannot hang under itself", f'<option value="{speed.pk}" selected>')
    )
    other = answer.content.decode().partition(f'<tr id="code-{speed.pk}">')[2].partition("</tr>")[0]
    assert "<details open>" not in other
    assert 'value="Speed"' in other
    hurts.refresh_from_db()
    assert (hurts.name, hurts.parent, hurts.hue, hurts.memo) == ("Hurts", None, 3, "What annoys")
    renamed = client.post(f"{address}code/", {"code": hurts.pk, "name": "Pains", "hue": "7", "memo": "Other words"})
    assert renamed.status_code == 302
    hurts.refresh_from_db()
    assert (hurts.name, hurts.hue, hurts.memo) == ("Pains", 7, "Other words")


def _again(questionnaire):
    questionnaire.refresh_from_db()
    return questionnaire


def test_a_mark_is_made_once_by_each_coder_and_taken_off_by_its_maker(client, researcher, second, address, answered, codes):
    submission = answers(answered)[0]
    for coder in (researcher, second):
        client.force_login(coder)
        for _time in range(2):
            client.post(f"{address}marks/", {"submission": submission.pk, "code": codes["speed"].pk})
    assert Coding.objects.count() == 2
    client.post(f"{address}marks/", {"submission": submission.pk, "code": codes["speed"].pk, "off": "1"})
    assert Coding.objects.get().coded_by == researcher
    # What others marked leads nobody who judges for themselves.
    row = f'id="answer-{submission.pk}"'
    assert "take off" not in client.get(address).content.decode()
    everybody = client.get(address, {"everybody": "1"}).content.decode()
    assert ">Speed</span>" in everybody.partition(row)[2].partition("</tr>")[0]


def test_that_no_code_fits_is_a_judgement_too_and_gives_way_to_a_code(client, researcher, address, answered, codes):
    submission = answers(answered)[0]
    client.force_login(researcher)
    client.post(f"{address}marks/", {"submission": submission.pk})
    assert Coding.objects.get().code is None
    assert "Read: no code fits" in client.get(address).content.decode()
    client.post(f"{address}marks/", {"submission": submission.pk, "code": codes["speed"].pk})
    assert Coding.objects.get().code == codes["speed"]


def test_codes_of_another_book_and_answers_that_were_not_given_are_refused(client, researcher, moderator, address, answered, codes):
    from codebooks.models import Codebook

    foreign = Code.objects.create(codebook=Codebook.objects.create(title="Other"), name="Foreign")
    submission = answers(answered)[0]
    client.force_login(researcher)
    assert client.post(f"{address}marks/", {"submission": submission.pk, "code": foreign.pk}).status_code == 404
    other = f"/admin/surveys/{answered.pk}/words/nothing/marks/"
    assert client.post(other, {"submission": submission.pk, "code": codes["speed"].pk}).status_code == 404
    client.force_login(moderator)
    for door in ("code/", "marks/", "book/"):
        assert client.post(f"{address}{door}", {"submission": submission.pk, "name": "x", "hue": "0"}).status_code == 404
    assert not Coding.objects.exists()


def test_answers_are_filtered_and_counted_by_code_with_what_hangs_under_it(client, researcher, second, address, answered, codes):
    give(answered, researcher, codes["speed"], {0, 1, 2})
    give(answered, second, codes["speed"], {2, 3})
    give(answered, researcher, codes["hurts"], {5})
    assert [(branch.code.name, branch.count, branch.total) for branch in coded.codebook(answered, "why")] == [
        ("Hurts", 1, 5),
        ("Speed", 4, 4),
    ]
    client.force_login(researcher)
    listed = client.get(address, {"code": codes["hurts"].pk}).content.decode().partition("</h2>")[2]
    assert [number for number in range(12) if f"Reason {number}:" in listed] == [0, 1, 2, 3, 5]
    assert client.get(address, {"code": "999999"}).status_code == 422


def test_codes_are_crossed_with_a_segment_and_few_people_are_hidden(client, researcher, address, answered, codes):
    give(answered, researcher, codes["speed"], {0, 1, 2, 3, 4, 6})
    give(answered, researcher, None, {5, 7, 8, 9, 10, 11})
    table = coded.by_segment(answered, "why", analysing.Selection(), "customer_class")
    speed = next(cells for title, cells in table.rows if title.strip() == "Speed")
    by_class = dict(zip(table.columns, speed, strict=True))
    small, key = by_class["Small business"], next(cell for name, cell in by_class.items() if name.startswith("Key"))
    # One of six small firms, five of six key customers: the one is hidden, and the five with it, whose rest is one.
    assert (small.count, small.is_hidden, key.count, key.is_hidden) == (1, True, 5, True)
    client.force_login(researcher)
    page = client.get(address, {"by": "customer_class"}).content.decode()
    assert "Codes by segment" in page
    assert "&lt; 5" in page
    by_answer = coded.by_segment(answered, "why", analysing.Selection(), "size")
    assert next(cells for title, cells in by_answer.rows if title == "Hurts")[0].count == 6


def test_a_segment_of_the_club_narrows_the_answers_and_too_few_show_nothing(client, researcher, address, answered):
    client.force_login(researcher)
    keys = Segment.objects.create(
        slug="keys", name="Keys", condition={"field": "company.customer_class", "operator": "=", "value": "key_account"}
    )
    page = client.get(address, {"segment": keys.pk}).content.decode()
    assert [number for number in range(12) if f"Reason {number}:" in page] == list(range(6))
    nobody = Segment.objects.create(slug="none", name="None", condition={"field": "member.days", "operator": ">", "value": 9999})
    assert "Fewer than 5 people" in client.get(address, {"segment": nobody.pk}).content.decode()
    analysis = client.get(f"/admin/surveys/{answered.pk}/analysis/", {"segment": keys.pk}).content.decode()
    assert "6 answers" in analysis


def test_two_coders_agreement_is_over_what_both_judged(client, researcher, second, address, answered, codes):
    give(answered, researcher, codes["speed"], {0, 1})
    give(answered, researcher, None, {2, 3, 4})
    give(answered, second, codes["speed"], {0})
    give(answered, second, None, {1, 2, 3})
    found = coded.agreements(answered, "why")
    assert (len(found.pairs), found.units) == (1, 5)
    # By hand, as in focus groups: 1 1 0 0 against 1 0 0 0: observed 3/4, expected 1/2, kappa 1/2; the fifth was judged by one only.
    assert found.rows[0].kappas == [pytest.approx(0.5)]
    assert found.rows[0].alpha == pytest.approx(1 - (2 / 8) / (30 / 56))
    client.force_login(researcher)
    assert "0.500" in client.get(address).content.decode()


def test_a_study_and_a_survey_work_with_one_book(client, researcher, address, answered, codes):
    study = Study.objects.create(title="Why slow?")
    client.force_login(researcher)
    client.post(f"/groups/studies/{study.pk}/book/", {"codebook": answered.codebook_id})
    study.refresh_from_db()
    assert [branch.code.name for branch in findings.codebook(study)] == ["Hurts", "Speed"]
    give(answered, researcher, codes["speed"], {0})
    page = client.post(f"/groups/studies/{study.pk}/codes/{codes['hurts'].pk}/", {"remove": "1"}, follow=True).content.decode()
    assert "must be taken off there first" in page
    assert Code.objects.count() == 2
    other = editing.book_of(Study.objects.create(title="Another"))
    page = client.post(f"{address}book/", {"codebook": other.pk}, follow=True).content.decode()
    assert "marked with the codes of this book already" in page


def test_the_page_asks_no_more_for_more_marks(client, researcher, second, address, answered, codes, django_assert_max_num_queries):
    give(answered, researcher, codes["speed"], set(range(12)))
    give(answered, second, codes["hurts"], set(range(12)))
    client.force_login(researcher)
    client.get(address)
    with django_assert_max_num_queries(34):
        client.get(address, {"by": "size", "code": codes["hurts"].pk})


def test_marks_of_words_that_become_others_are_taken_off_and_stay_readable_with_them(client, researcher, second, answered, address, codes):
    give(answered, researcher, codes["speed"], {0, 1})
    give(answered, second, codes["speed"], {0})
    give(answered, second, codes["hurts"], {0})
    give(answered, second, None, {1})
    first, other = answers(answered)[:2]
    said = {"nps": 2, "size": "1-9", "why": "Reason 0: 太慢"}
    # Another answer changes: what was said stays as it was coded.
    correcting.correct(first, by=researcher, data={**said, "size": "10-99"}, reason="heard", began_from=correcting.seen(first))
    assert Coding.objects.filter(submission=first).count() == 3
    assert EarlierAnswers.objects.latest("pk").codes == {}
    first.refresh_from_db()
    correcting.correct(first, by=researcher, data={**said, "why": "The price"}, reason="heard", began_from=correcting.seen(first))
    assert not Coding.objects.filter(submission=first).exists()
    assert EarlierAnswers.objects.order_by("-pk").first().codes == {"why": ["Hurts", "Speed"]}
    client.force_login(researcher)
    row = client.get(address).content.decode().partition(f'id="answer-{first.pk}"')[2].partition("</tr>")[0]
    assert "The price" in row
    assert "take off" not in row
    page = client.get(f"/admin/surveys/{answered.pk}/answers/{first.pk}/").content.decode()
    earlier = page.partition("Coded by these words; what is said now is to be coded anew:")[2]
    assert earlier.partition("</ul>")[0].count("code-mark") == 2
    assert page.count("Coded by these words") == 1
    # The member's own change does the same, and says that none had fitted.
    answered.is_editable = True
    answered.save()
    answering.change(answered, member=other.member, data={"nps": 2, "size": "1-9", "why": "Never mind"})
    assert EarlierAnswers.objects.order_by("-pk").first().codes == {"why": ["", "Speed"]}
    assert [branch.count for branch in coded.codebook(_again(answered), "why")] == [0, 0]


def test_a_code_that_two_word_at_once_loses_neithers_words(client, researcher, address, answered, codes):
    client.force_login(researcher)
    seen = next(branch.seen for branch in client.get(address).context["codebook"] if branch.code.pk == codes["speed"].pk)
    speed, there = codes["speed"], {"code": codes["speed"].pk, "name": "Speed", "parent": codes["speed"].parent_id or "", "hue": 0}
    held = {"name": speed.name, "parent": speed.parent, "hue": speed.hue}
    editing.change_code(speed, **held, memo="Theirs")
    assert client.post(f"{address}code/", there | {"name": "Pace", "memo": speed.memo, "seen": seen}).status_code == 302
    speed.refresh_from_db()
    assert (speed.name, speed.memo) == ("Pace", "Theirs")
    refused = client.post(f"{address}code/", there | {"name": "Pace", "memo": "Mine", "seen": seen})
    page = refused.content.decode()
    assert (refused.status_code, "it is now: Theirs." in page, ">\nMine</textarea>" in page) == (422, True, True)
    speed.refresh_from_db()
    assert speed.memo == "Theirs"
    seen = refused.context["refused"]["seen"].value()
    assert client.post(f"{address}code/", there | {"name": "Pace", "memo": "Mine", "seen": seen}).status_code == 302
    speed.refresh_from_db()
    assert speed.memo == "Mine"


def test_words_that_became_others_while_they_were_read_are_not_marked_and_the_coder_sees_what_they_say_now(
    client, researcher, answered, address, codes
):
    client.force_login(researcher)
    first = answers(answered)[0]
    seen = next(each.seen for each in client.get(address).context["found"].answers if each.pk == first.pk)
    sent = {"submission": first.pk, "code": codes["speed"].pk, "seen": seen, "kept": "q=%E5%A4%AA%E6%85%A2"}
    said = {"nps": 2, "size": "1-9", "why": "The price"}
    correcting.correct(first, by=researcher, data=said, reason="heard", began_from=correcting.seen(first))
    refused = client.post(f"{address}marks/", sent)
    box = refused.content.decode().partition('id="overtaken"')[2].partition("</div>")[0]
    assert refused.status_code == 409
    assert "The price" in box
    assert "Put “Speed” on these words" in box
    assert 'name="kept" value="q=' in box
    assert not Coding.objects.filter(submission=first).exists()
    for stale in ({"off": "1"}, {"code": ""}):
        assert client.post(f"{address}marks/", sent | stale).status_code == 409
    again = sent | {"seen": refused.context["overtaken"]["seen"]}
    assert client.post(f"{address}marks/", again).status_code == 302
    assert Coding.objects.get(submission=first).code == codes["speed"]


def test_a_code_that_left_the_book_while_one_read_is_told_of(client, researcher, answered, address, codes):
    client.force_login(researcher)
    gone = codes["speed"].pk
    codes["speed"].delete()
    told = client.post(f"{address}marks/", {"submission": answers(answered)[0].pk, "code": gone}, follow=True).content.decode()
    assert "Nothing was marked: this code is no longer in the codebook." in told
    assert not Coding.objects.exists()
