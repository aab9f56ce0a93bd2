"""Deeds that a key of one programme or one partner reports are weighed by that programme's rules, and by nobody else's."""

import pytest

from members.models import Activity, ApiKey, Purchase
from points import accruing, backtesting, reading
from points.auditing import audit
from points.models import Accrual, Partner, Programme, Rule
from points.starting import open_books

OURS = "relationship"


@pytest.fixture
def rules(db):
    """A rule for reported deeds in each of two programmes: 5 points of the club's own, 7 of the academy's; and one that doubles each."""
    Rule.objects.all().delete()
    academy = Programme.objects.create(slug="academy", name="Academy")
    open_books(academy)
    ours = Programme.objects.get(slug=OURS)
    for programme, points in ((ours, 5), (academy, 7)):
        for kind in ("reported", "purchased"):
            Rule.objects.create(programme=programme, name=f"{programme.slug} {kind}", activity_kind=kind, amount_points=points)
        Rule.objects.create(programme=programme, name=f"{programme.slug} doubles", activity_kind="", effect="multiply", factor_percent=200)
    Partner.objects.create(programme=ours, slug="hotel", name="Hotel")
    Partner.objects.create(programme=academy, slug="school", name="School")


@pytest.fixture
def reporter(caller):
    return lambda **bound: caller("activities:write", **bound)


def deed(member, **changes):
    return {"member": str(member.public_id), "kind": "reported", "cause": "course:1", "title": "A course"} | changes


def balances_of(member):
    return reading.balance_of(member, OURS), reading.balance_of(member, "academy")


@pytest.mark.parametrize(
    ("bound", "found"),
    [
        ({}, (10, 14)),
        ({"programme_slug": "academy"}, (0, 14)),
        ({"programme_slug": OURS}, (10, 0)),
        ({"partner_slug": "hotel"}, (10, 0)),
        ({"partner_slug": "school"}, (0, 14)),
        ({"partner_slug": "school", "programme_slug": "academy"}, (0, 14)),
        # Bound to what does not go together, or is not there: nobody's rules are asked.
        ({"partner_slug": "school", "programme_slug": OURS}, (0, 0)),
        ({"partner_slug": "nobody"}, (0, 0)),
        ({"programme_slug": "nothing"}, (0, 0)),
    ],
)
def test_only_the_rules_of_the_keys_programme_pay_for_what_it_reports(
    rules, reporter, alice, bound, found, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        assert reporter(**bound)("post", "/activities", deed(alice)).status_code == 201
    assert balances_of(alice) == found
    # A back-test says the same of the same deed.
    totals = backtesting.replay(backtesting.live_rules())["totals"][0]
    assert totals["points"] == sum(found)
    assert audit().differences == []


def test_what_the_doorbell_missed_is_weighed_no_wider(rules, reporter, alice):
    reporter(programme_slug="academy")("post", "/activities", deed(alice))
    reporter()("post", "/activities", deed(alice, cause="course:2"))
    assert balances_of(alice) == (0, 0)
    assert sum(1 for _batch in accruing.weigh_missed()) == 1
    assert balances_of(alice) == (10, 28)


def test_two_programmes_report_one_cause_each_for_itself(rules, reporter, alice, bob, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for bound in ({"programme_slug": "academy"}, {"programme_slug": OURS}, {"partner_slug": "school"}, {}):
            call = reporter(**bound)
            answers = [call("post", "/activities", deed(alice)) for _time in range(2)]
            assert [answer.status_code for answer in answers] == [201, 200]
            assert answers[0].json()["cause"] == "course:1"
            # Of somebody else it is refused to whoever said it before, and only to them.
            assert call("post", "/activities", deed(bob)).status_code == 422
    # Each programme's rules weighed what its own key told, the academy's also what its partner did; the last told nobody anything new.
    assert balances_of(alice) == (10, 28)
    assert balances_of(bob) == (0, 0)


def test_rules_for_anything_in_the_other_programme_give_nothing_either(rules, reporter, alice, django_capture_on_commit_callbacks):
    Rule.objects.filter(name="academy reported").delete()
    with django_capture_on_commit_callbacks(execute=True):
        reporter(programme_slug="academy")("post", "/activities", deed(alice))
    assert balances_of(alice) == (0, 0)
    assert not Accrual.objects.exclude(rule__programme__slug="academy").exists()


@pytest.mark.parametrize("bound", [{"programme_slug": "academy"}, {"programme_slug": OURS}, {"partner_slug": "school"}])
def test_a_bound_key_reports_neither_orders_nor_returns(rules, reporter, caller, alice, harbour, bound, django_capture_on_commit_callbacks):
    order = {"order_id": "A-1", "company": str(harbour.public_id), "product": "Press", "amount_fen": 100, "ordered_on": "2026-11-01"}
    back = {"return_id": "R-1", "order_id": "A-1", "amount_fen": 100, "returned_on": "2026-11-02"}
    code = "not-for-partners" if "partner_slug" in bound else "not-for-one-programme"
    bound_call = reporter(**bound)
    with django_capture_on_commit_callbacks(execute=True):
        for path, body in (("/purchases", order), ("/purchases/returns", back)):
            answer = bound_call("post", path, body)
            assert (answer.status_code, answer.json()["code"]) == (403, code)
        assert not Purchase.objects.exists()
        # One that is bound to nothing reports them, and both programmes' rules pay.
        assert reporter()("post", "/purchases", order).status_code == 201
        assert bound_call("post", "/purchases/returns", back).status_code == 403
    assert balances_of(Activity.objects.get(kind="purchased").member) == (10, 14)


def test_a_cause_that_does_not_fit_beside_the_name_of_its_programme_is_refused(rules, alice, client):
    slug = "s" * 50
    _row, token = ApiKey.issue("long", ["activities:write"], programme_slug=slug, partner_slug="p" * 50)

    def report(cause):
        body = deed(alice, cause=cause)
        return client.post("/api/v1/activities", body, "application/json", headers={"Authorization": f"Bearer {token}"})

    answer = report("c" * 40)
    assert answer.status_code == 422
    assert answer.json()["detail"] == "From this key, cause has at most 39 characters."
    assert not Activity.objects.exists()
    fits = report("c" * 39)
    assert (fits.status_code, fits.json()["cause"]) == (201, "c" * 39)


@pytest.mark.parametrize("order", [("academy", ""), ("", "academy")])
def test_a_deed_that_two_keys_tell_counts_once_in_each_programme_whichever_comes_first(
    rules, reporter, alice, order, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        for programme in order * 2:
            assert reporter(programme_slug=programme)("post", "/activities", deed(alice, details={"a": 1, "b": 2})).status_code in (
                200,
                201,
            )
    assert balances_of(alice) == (10, 14)
    totals = backtesting.replay(backtesting.live_rules())["totals"][0]
    assert totals["points"] == 24
    assert audit().differences == []


@pytest.mark.parametrize("changes", [{"title": "Another"}, {"details": {"hours": 2}}, {"cause": "course:11"}])
def test_what_two_keys_tell_otherwise_is_two_deeds(rules, reporter, alice, changes, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert reporter(programme_slug="academy")("post", "/activities", deed(alice)).status_code == 201
        assert reporter()("post", "/activities", deed(alice, **changes)).status_code == 201
    assert balances_of(alice) == (10, 28)


def test_a_partners_deeds_are_its_own_by_whatever_cause(rules, reporter, alice, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for bound in ({"partner_slug": "school"}, {}):
            assert reporter(**bound)("post", "/activities", deed(alice)).status_code == 201
    assert balances_of(alice) == (10, 28)


@pytest.mark.parametrize("cause", ["academy/:x", "a/b:c", "reported:academy/:x", "/", ":"])
def test_no_cause_that_a_system_says_passes_for_another_source(rules, reporter, alice, cause, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = reporter(programme_slug="academy")("post", "/activities", deed(alice, cause=cause))
        assert answer.json()["cause"] == cause
        open_one = reporter()("post", "/activities", deed(alice, cause=cause))
        assert (open_one.status_code, open_one.json()["cause"]) == (201, cause)
    assert balances_of(alice) == (10, 14)


@pytest.mark.parametrize(
    ("before", "bound"),
    [({}, {"programme_slug": "academy"}), ({"partner_slug": "school"}, {"partner_slug": "school", "programme_slug": "academy"})],
)
def test_what_was_reported_before_causes_named_their_programme_counts_no_second_time(
    rules, reporter, alice, bob, before, bound, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        assert reporter(**before)("post", "/activities", deed(alice)).status_code == 201
        paid = balances_of(alice)
        again = reporter(**bound)("post", "/activities", deed(alice))
        assert (again.status_code, again.json()["cause"], balances_of(alice)) == (200, "course:1", paid)
        # Of somebody else, or with other contents, it is another system's cause of the same name.
        assert reporter(**bound)("post", "/activities", deed(bob)).status_code == 201
        assert reporter(**bound)("post", "/activities", deed(bob)).status_code == 200
    assert balances_of(bob) == (0, 14)
    assert audit().differences == []
