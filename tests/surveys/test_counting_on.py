"""A selection of a large survey is counted over several looks at its page, and comes to the same as reading it at once."""

import pytest
from django.core.cache import cache

from members.models import Company
from surveys import analysing, answering, counting_on, publishing, trends
from surveys.counting_on import Patience
from surveys.inference import NoWeights
from surveys.models import Questionnaire, Submission
from tests.conftest import member_of

SMALL = '["size", "\\"1-9\\""]'


@pytest.fixture
def crowd(harbour, pine):
    return [member_of(harbour if n % 2 else pine, f"c{n}@crowd.example", f"Crowd {n}") for n in range(14)]


@pytest.fixture
def waves(questionnaire, definition, crowd):
    """Two waves of fourteen answers each; promoters of small firms and detractors of larger ones."""
    second = publishing.create(title="Second wave", definition=definition, slug="second", previous_wave=questionnaire)
    publishing.publish(second)
    second.refresh_from_db()
    for better, wave in enumerate((questionnaire, second)):
        for number, member in enumerate(crowd):
            data = {"nps": 8 + better, "size": "1-9"} if number < 6 else {"nps": 2 + better, "size": "10-99", "used": ["forum"]}
            answering.complete(wave, member=member, data=data)
    return questionnaire, second


@pytest.fixture(autouse=True)
def small_steps(monkeypatch):
    """What is large here: seven readings; three are done in a step, and a look has time for one step."""
    cache.clear()
    monkeypatch.setattr(analysing, "STEP", 3)
    monkeypatch.setattr(counting_on, "AT_ONCE", 6)
    yield
    cache.clear()


@pytest.fixture
def one_step(monkeypatch):
    """Each look's time ends after one step."""
    read_on = analysing.read_on

    def last_step(found, *words):
        read_on(found, *words)
        for patience in open_ones:
            patience.until = 0

    open_ones = []
    made = Patience.__init__

    def remembered(self, seconds=None):
        made(self, seconds)
        self.until = float("inf") if seconds is None or seconds > 0 else 0
        open_ones.append(self)

    monkeypatch.setattr(Patience, "__init__", remembered)
    monkeypatch.setattr(analysing, "read_on", last_step)


def looked(client, questionnaire, **wanted):
    return client.get(f"/admin/surveys/{questionnaire.pk}/analysis/", wanted)


def test_a_large_selection_is_counted_over_several_looks_and_comes_to_the_same(client, researcher, waves, one_step):
    _first, second = waves
    client.force_login(researcher)
    seen = []
    for _look in range(40):
        page = looked(client, second, only=SMALL)
        patience = page.context["patience"]
        if not patience.is_unfinished and not page.context["trends_patience"].is_unfinished:
            break
        text = page.content.decode()
        assert 'id="survey-counting"' in text
        assert "<progress" in text
        assert "trends/nps.svg" not in text
        seen.append(patience.read)
    assert seen[:4] == [3, 6, 9, 12]
    assert patience.total == 14
    assert patience.as_of is not None
    assert "As of " in page.content.decode()
    assert 'id="survey-counting"' not in page.content.decode()
    whole = analysing.analyse(second, analysing.selection_of(second, {"only": SMALL}))
    assert page.context["findings"] == whole
    assert page.context["findings"].total == 6
    assert page.context["trends"] == trends.trends(second, analysing.selection_of(second, {"only": SMALL}))
    assert [wave.moments.mean for wave in page.context["trends"][0].waves] == [8, 9]


@pytest.mark.parametrize(
    "wanted", [{"weighted": "on"}, {"weighted": "on", "row": "nps", "column": "size"}, {"customer_class": "key_account"}]
)
def test_weights_tables_and_members_are_counted_over_looks_as_at_once(client, researcher, waves, wanted, one_step, pine):
    _first, second = waves
    Company.objects.filter(pk=pine.pk).update(customer_class="key_account")
    second.margins = {"size": {'"1-9"': 0.75, '"10-99"': 0.25}}
    second.save()
    client.force_login(researcher)
    page = next(
        page for page in (looked(client, second, **wanted) for _look in range(60)) if "survey-counting" not in page.content.decode()
    )
    cleaned = page.context["form"].cleaned_data
    pair = {name: cleaned[name] for name in ("row", "column")}
    whole = analysing.analyse(second, analysing.selection_of(second, cleaned), **pair)
    assert vars(page.context["findings"]) == vars(whole)
    assert (whole.table is not None) is ("row" in wanted)
    assert whole.total == (7 if "customer_class" in wanted else 14)


def test_looks_without_any_time_come_to_an_end_too(client, researcher, waves, monkeypatch):
    _first, second = waves
    monkeypatch.setattr(counting_on, "SECONDS", 0)
    client.force_login(researcher)
    looks = [looked(client, second, only=SMALL).content.decode() for _look in range(20)]
    assert "survey-counting" in looks[0]
    assert "survey-counting" not in looks[-1]


def test_a_chart_of_what_is_still_counted_asks_to_come_again(client, researcher, waves, one_step):
    _first, second = waves
    client.force_login(researcher)
    address = f"/admin/surveys/{second.pk}"
    for door in ("charts/nps.svg", "crosstab.svg", "trends/nps.svg"):
        answers = [client.get(f"{address}/{door}", {"only": SMALL, "row": "nps", "column": "size"}) for _look in range(30)]
        assert (answers[0].status_code, answers[0].get("Retry-After")) == (503, "2"), door
        assert answers[-1].status_code == 200, door


def test_what_can_never_be_weighted_says_so_however_many_answers(client, researcher, waves):
    _first, second = waves
    second.margins = {"size": {'"1-9"': 0.5, '"100+"': 0.5}}
    second.save()
    client.force_login(researcher)
    page = looked(client, second, weighted="on")
    assert page.status_code == 422
    assert "cannot be weighted: size" in page.content.decode()
    with pytest.raises(NoWeights):
        Patience().count(second, analysing.Selection(is_weighted=True), analysing.outline_of(second))


def test_few_answers_are_read_at_once_and_say_no_moment(client, researcher, waves, monkeypatch):
    _first, second = waves
    monkeypatch.setattr(counting_on, "AT_ONCE", 1_000)
    client.force_login(researcher)
    page = looked(client, second, only=SMALL)
    assert page.context["patience"].as_of is None
    assert "As of " not in page.content.decode()
    assert page.context["findings"].total == 6


def test_what_was_counted_is_kept_for_its_selection_and_definition_only(waves):
    _first, second = waves
    small = analysing.selection_of(second, {"only": SMALL})
    outline = analysing.outline_of(second)
    assert Patience().count(second, small, outline).total == 6
    Submission.objects.filter(questionnaire=second, data__size="1-9").update(rejected_at="2026-01-01T00:00Z")
    assert Patience().count(second, small, outline).total == 6
    other = analysing.selection_of(second, {"only": '["size", "\\"10-99\\""]'})
    assert Patience().count(second, other, outline).total == 8
    Questionnaire.objects.filter(pk=second.pk).update(equivalents={"size": "headcount"})
    second.refresh_from_db()
    assert Patience().count(second, small, outline).total == 0


def test_a_member_sees_no_counting(client, alice, waves):
    client.force_login(alice)
    assert looked(client, waves[1], only=SMALL).status_code == 403
