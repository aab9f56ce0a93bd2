import datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from community.demo import clock
from members import activity
from members.models import Activity
from notifications.models import Notification
from points import accounts, accruing, approving, ledger, partner_views, partnering
from points.auditing import audit
from points.models import Account, JointPromotion, Partner, PartnerUser, Programme, Rule, Transfer
from points.starting import open_books


@pytest.fixture
def cafe(asset):
    return Partner.objects.create(programme=asset.programme, slug="cafe", name="Harbour Café", credit_limit_points=50)


@pytest.fixture
def clerk(cafe, charlie):
    PartnerUser.objects.create(partner=cafe, member=charlie)
    return charlie


def send(client, **line):
    return client.post("/points/partner/", {"one": "1", "kind": "earn", "reference": "r1", "points": "20"} | line)


def decide(client, promotion, verb="approve", **said):
    """As the partner's page offers it: of the version that it shows."""
    shown = {each.promotion.pk: each.digest for each, _words in client.get("/points/partner/").context["promotions"]}
    return client.post(f"/points/partner/promotions/{promotion.pk}/decision/", {"verb": verb, "version": shown[promotion.pk]} | said)


def balance(member):
    return accounts.wallet_of(member).available


def test_a_partner_gives_points_up_to_its_credit_limit_and_each_reference_once(client, alice, clerk):
    client.force_login(clerk)
    send(client, member=alice.handle)
    assert "Taken before" in send(client, member=alice.handle).content.decode()
    assert balance(alice) == 20
    assert "Balance −20 points" in client.get("/points/partner/").content.decode()
    assert "credit limit is reached" in send(client, member=alice.handle, reference="r2", points="31").content.decode()
    assert balance(alice) == 20


def test_what_was_sent_leaves_an_empty_form_and_what_was_refused_stays_typed_with_the_reason_at_it(client, alice, clerk):
    client.force_login(clerk)
    page = send(client, member=alice.handle).content.decode()
    assert "Taken: 1" in page
    assert 'value="r1"' not in page
    assert "You can give 30 more points." in page
    answer = send(client, member="nobody", reference="r2")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="r2"' in page
    assert page.count("There is no such member.") == 1


def set_limit(client, cafe, points):
    """As an administrator does it at the partner's form. Returns the form's errors."""
    said = {"programme": cafe.programme_id, "slug": cafe.slug, "name": cafe.name, "credit_limit_points": points}
    answer = client.post(f"/admin/snippets/points/partner/edit/{cafe.pk}/", said)
    return dict(answer.context["form"].errors) if answer.status_code == 200 else {}


def test_another_credit_limit_holds_from_then_on(client, admin, alice, clerk, cafe):
    client.force_login(clerk)
    send(client, member=alice.handle, points="40")
    client.force_login(admin)
    assert set_limit(client, cafe, 90) == {}
    client.force_login(clerk)
    send(client, member=alice.handle, points="50", reference="r2")
    assert balance(alice) == 90
    client.force_login(admin)
    cafe.refresh_from_db()
    assert set_limit(client, cafe, 89).keys() == {"credit_limit_points"}
    assert Partner.objects.get().credit_limit_points == 90
    assert set_limit(client, cafe, 95) == {}
    client.force_login(clerk)
    assert "credit limit is reached" in send(client, member=alice.handle, reference="r3", points="6").content.decode()
    send(client, member=alice.handle, reference="r4", points="5")
    assert balance(alice) == 95
    assert audit().differences == []


def test_a_partner_that_is_in_the_books_begins_anew_under_no_other_name_or_programme(client, admin, alice, clerk, cafe):
    """Its debt would else be left behind, and its whole limit be open again."""
    other = Programme.objects.create(slug="academy", name="Academy")
    open_books(other)
    partnering.take(cafe, {"reference": "a", "kind": "earn", "points": "50", "member": alice.handle})
    client.force_login(admin)
    address = f"/admin/snippets/points/partner/edit/{cafe.pk}/"
    said = {"programme": cafe.programme_id, "slug": "cafe", "name": "Harbour Café", "credit_limit_points": 50}
    for name, value in (("slug", "coffee"), ("programme", other.pk)):
        answer = client.post(address, said | {name: value})
        assert answer.context["form"].errors.keys() == {name}
        assert "it stays" in answer.content.decode()
    client.post(address, said | {"name": "The café"})
    cafe.refresh_from_db()
    assert (cafe.slug, cafe.programme.slug, cafe.name) == ("cafe", "relationship", "The café")
    with pytest.raises(partnering.LineRefused):
        partnering.take(cafe, {"reference": "b", "kind": "earn", "points": "1", "member": alice.handle})


def test_a_limit_below_what_was_given_is_refused_by_whatever_way_it_comes(alice, clerk, cafe):
    partnering.take(cafe, {"reference": "a", "kind": "earn", "points": "30", "member": alice.handle})
    cafe.credit_limit_points = 29
    with pytest.raises(ValidationError), transaction.atomic():
        cafe.save()
    assert Partner.objects.get().credit_limit_points == 50
    assert audit().differences == []


@pytest.mark.parametrize("kind", ["partner", "wallet"])
def test_the_audit_names_a_floor_that_is_not_what_it_should_be(alice, cafe, kind):
    row = accounts.block_of(cafe) if kind == "partner" else accounts.wallet_of(alice)
    Account.objects.filter(pk=row.pk).update(floor=-70)
    wanted = {"partner": -50, "wallet": 0}[kind]
    assert audit().differences == [f"account {row.code}: its floor is -70, it should be {wanted}"]


def test_floors_of_before_are_brought_to_their_limits_where_the_balance_lets_them(alice, cafe, asset):
    migration = import_module("points.migrations.0005_floors_of_partners")
    rail = Partner.objects.create(programme=asset.programme, slug="rail", name="Railway", credit_limit_points=100)
    for partner in (cafe, rail):
        partnering.take(partner, {"reference": "a", "kind": "earn", "points": "40", "member": alice.handle})
    Partner.objects.filter(pk=cafe.pk).update(credit_limit_points=200)
    Partner.objects.filter(pk=rail.pk).update(credit_limit_points=10)
    for _twice in range(2):
        migration.follow_limits(apps, None)
        assert dict(Account.objects.filter(kind="partner").values_list("code", "floor")) == {"partner:cafe": -200, "partner:rail": -100}


def test_a_member_pays_with_a_code_once_and_never_more_than_agreed(client, alice, clerk, funded):
    client.force_login(alice)
    code = client.post("/points/pay/", {"points": "30"}).context["code"]
    client.force_login(clerk)
    assert "at most" in send(client, kind="burn", code=code, points="31").content.decode()
    send(client, kind="burn", code=code, points="30")
    send(client, kind="burn", code=code, points="30")
    assert "used already" in send(client, kind="burn", code=code, points="5", reference="r2").content.decode()
    assert "not valid" in send(client, kind="burn", code="0000000000", points="5", reference="r3").content.decode()
    assert balance(alice) == 70


def guess(client, n, **more):
    return send(client, kind="burn", code=f"{n:010d}", points="5", reference=f"guess:{n}", **more).content.decode()


def test_a_partner_that_guesses_codes_is_stopped_for_a_while_though_it_only_tries(client, alice, clerk, cafe, funded):
    client.force_login(alice)
    code = client.post("/points/pay/", {"points": "30"}).context["code"]
    client.force_login(clerk)
    lines = "".join(f"t{n},burn,5,,{n:010d}\n" for n in range(12))
    file = SimpleUploadedFile("guesses.csv", f"reference,kind,points,member,code\n{lines}".encode())
    results = client.post("/points/partner/", {"many": "1", "dry_run": "on", "file": file}).context["results"]
    assert ["Too many codes" in result.said for result in results] == [False] * 10 + [True] * 2
    assert "Too many codes were wrong" in send(client, kind="burn", code=code, points="5", reference="true").content.decode()
    assert balance(alice) == 100
    assert "Taken" in send(client, kind="earn", member=alice.handle, points="5", reference="e").content.decode()
    with clock.set_to(timezone.now() + datetime.timedelta(minutes=14)):
        client.force_login(alice)
        code = client.post("/points/pay/", {"points": "30"}).context["code"]
    with clock.set_to(timezone.now() + datetime.timedelta(minutes=16)):
        client.force_login(clerk)
        send(client, kind="burn", code=code, points="5", reference="true")
    assert balance(alice) == 100


def test_a_slip_or_a_code_that_is_over_stops_nobody(client, alice, clerk, cafe, funded):
    client.force_login(alice)
    old = client.post("/points/pay/", {"points": "30"}).context["code"]
    code = client.post("/points/pay/", {"points": "30"}).context["code"]
    client.force_login(clerk)
    for n in range(9):
        assert "not valid" in guess(client, n)
    for n in range(5):
        assert "not valid" in send(client, kind="burn", code=old, points="5", reference=f"old:{n}").content.decode()
    send(client, kind="burn", code=code, points="5", reference="true")
    assert balance(alice) == 95


def test_a_file_is_tried_dry_then_taken_with_a_result_for_each_line(client, alice, clerk):
    text = f"reference,kind,points,member,code\na,earn,10,{alice.handle},\nb,earn,0,{alice.handle},\nc,earn,5,nobody-here,\nd,steal,5,,\n"

    def upload(**more):
        return client.post("/points/partner/", {"many": "1", "file": SimpleUploadedFile("t.csv", text.encode())} | more)

    client.force_login(clerk)
    outcomes = [result.outcome for result in upload(dry_run="on").context["results"]]
    assert outcomes == ["done", "refused", "refused", "refused"]
    assert balance(alice) == 0
    assert [result.outcome for result in upload().context["results"]] == outcomes
    assert upload().context["results"][0].outcome == "repeated"
    assert balance(alice) == 10


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_lines_of_a_file_end_as_any_system_ends_them(client, alice, clerk, end):
    client.force_login(clerk)
    lines = ["reference,kind,points,member,code", f"a,earn,10,{alice.handle},", f'"b",earn,5,{alice.handle},,more', ""]
    file = SimpleUploadedFile("t.csv", end.join(lines).encode("utf-8-sig"))
    answer = client.post("/points/partner/", {"many": "1", "file": file})
    assert [(result.reference, result.outcome) for result in answer.context["results"]] == [("a", "done"), ("b", "done")]
    assert balance(alice) == 15


BAD_FILES = {
    "a field without end": ("reference,kind,points\n" + 140_000 * "x", "This is no CSV file."),
    "a first line without end": (140_000 * "x", "This is no CSV file."),
    "other columns": ("number;kind;points\n1;earn;2\n", "The first line names the columns"),
    "nothing": ("", "The submitted file is empty."),
    "too many lines": ("reference,kind,points\n" + 1_001 * "a,earn,1\n", "At most 1000 lines at a time."),
    "another encoding": ("reference,kind,points\n咖啡,earn,1\n".encode("gb18030"), "The file is not text in UTF-8."),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_is_none_is_refused_whole_and_says_why(client, alice, clerk, name):
    text, said = BAD_FILES[name]
    client.force_login(clerk)
    file = SimpleUploadedFile("t.csv", text if isinstance(text, bytes) else text.encode())
    answer = client.post("/points/partner/", {"many": "1", "file": file})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Transfer.objects.exists()


def test_a_null_character_in_a_file_spoils_its_own_line_only(client, alice, clerk):
    client.force_login(clerk)
    lines = [f"a\0,earn,3,{alice.handle},", f"b,earn,4,{alice.handle}\0,", f"c,earn,5,{alice.handle},", "d,burn,1,,\0"]
    text = "\n".join(["reference,kind,points,member,code", *lines])
    answer = client.post("/points/partner/", {"many": "1", "file": SimpleUploadedFile("t.csv", text.encode())})
    assert [result.outcome for result in answer.context["results"]] == ["done", "refused", "done", "refused"]
    assert balance(alice) == 8


def test_the_clearing_statement_adds_up_as_page_and_csv(client, alice, clerk, cafe):
    partnering.take(cafe, {"reference": "=a", "kind": "earn", "points": "12", "member": alice.handle})
    code = partnering.make_code(alice, most_points=5)
    partnering.take(cafe, {"reference": "b", "kind": "burn", "points": "5", "code": code})
    now = timezone.localtime()
    client.force_login(clerk)
    page = client.get(f"/points/partner/clearing/{now.year}-{now.month}/")
    assert (page.context["given"], page.context["taken"], page.context["closing"]) == (12, 5, -7)
    table = client.get(f"/points/partner/clearing/{now.year}-{now.month}.csv").getvalue().decode()
    assert "'=a,earn,-12,-12" in table
    assert client.get("/points/partner/clearing/2026-13/").status_code == 404


def test_a_partner_finds_its_portal_in_the_menu_of_every_page_and_nobody_else_does(client, alice, clerk, asset):
    client.force_login(clerk)
    assert 'href="/zh-hans/points/partner/"' in client.get("/zh-hans/forum/").content.decode()
    client.force_login(alice)
    assert "/points/partner/" not in client.get("/forum/").content.decode()


def test_a_partner_sees_only_its_own_and_others_no_portal(client, alice, clerk, asset):
    other = Partner.objects.create(programme=asset.programme, slug="rail", name="Railway")
    theirs = JointPromotion.objects.create(partner=other, rule=Rule.objects.first())
    client.force_login(clerk)
    assert "Railway" not in client.get("/points/partner/").content.decode()
    assert client.post(f"/points/partner/promotions/{theirs.pk}/decision/", {"verb": "approve"}).status_code == 404
    client.force_login(alice)
    assert client.get("/points/partner/").status_code == 404
    assert not Transfer.objects.exists()


def test_a_joint_promotion_pays_only_once_the_partner_approved_it(client, alice, clerk, cafe):
    rule = Rule.objects.get(activity_kind="event_attended")
    promotion = JointPromotion.objects.create(partner=cafe, rule=rule)
    for n, points in ((1, 0), (2, 4)):
        with transaction.atomic():
            row = activity.record(alice, Activity.Kind.EVENT_ATTENDED, cause=f"seat:{n}")
        accruing.weigh(row.pk)
        assert balance(alice) == points
        client.force_login(clerk)
        decide(client, promotion)


@pytest.fixture
def joint(cafe):
    rule = Rule.objects.get(activity_kind="event_attended")
    return JointPromotion.objects.create(partner=cafe, rule=rule)


def come(member, n):
    """The member comes to an event, and the club weighs it."""
    with transaction.atomic():
        row = activity.record(member, Activity.Kind.EVENT_ATTENDED, cause=f"seat:{n}")
    accruing.weigh(row.pk)


def put_in_force(rule, marketer, other, **fields):
    """Another version of a rule, laid before a second person, who approves it."""
    for name, value in fields.items():
        setattr(rule, name, value)
    revision = rule.save_revision(user=marketer)
    approving.approve(approving.ask(rule, revision, by=marketer), by=other)


def test_a_partner_reads_what_the_promotion_pays_in_both_languages(client, clerk, joint):
    client.force_login(clerk)
    page = client.get("/points/partner/").content.decode()
    assert "Club event attended: 4 points to the member who did it" in page
    assert 'lang="zh-hans"' in page
    decide(client, joint, "decline", note="Not in December.")
    assert "Not in December." in client.get("/points/partner/").content.decode()


def test_another_version_needs_another_yes_and_its_partner_hears_of_it(client, alice, clerk, joint, marketer, admin):
    client.force_login(clerk)
    decide(client, joint)
    put_in_force(Rule.objects.get(pk=joint.rule_id), marketer, admin, amount_points=400)
    come(alice, 1)
    assert balance(alice) == 0
    told = Notification.objects.get(member=clerk, kind=Notification.Kind.PARTNER)
    assert told.url == "/points/partner/"
    decide(client, joint)
    come(alice, 2)
    assert balance(alice) == 400


def test_a_yes_to_the_draft_holds_from_when_it_goes_live(client, alice, clerk, joint, marketer, admin):
    client.force_login(clerk)
    decide(client, joint)
    rule = Rule.objects.get(pk=joint.rule_id)
    rule.amount_points = 9
    revision = rule.save_revision(user=marketer)
    assert "9 points" in client.get("/points/partner/").content.decode()
    decide(client, joint)
    come(alice, 1)
    assert balance(alice) == 4
    approving.approve(approving.ask(rule, revision, by=marketer), by=admin)
    come(alice, 2)
    assert balance(alice) == 13


def test_a_yes_to_words_that_changed_meanwhile_counts_for_nothing(client, alice, clerk, joint, marketer, admin):
    client.force_login(clerk)
    was = client.get("/points/partner/").context["promotions"][0][0].digest
    put_in_force(Rule.objects.get(pk=joint.rule_id), marketer, admin, amount_points=400)
    answer = client.post(f"/points/partner/promotions/{joint.pk}/decision/", {"verb": "approve", "version": was}, follow=True)
    assert "changed meanwhile" in answer.content.decode()
    come(alice, 1)
    assert balance(alice) == 0


def test_nobody_takes_a_proposal_back_or_deletes_what_the_books_hang_on(client, admin, joint, cafe, asset):
    client.force_login(admin)
    for row in (joint, cafe, asset.programme.tiers.first()):
        name = row._meta.model_name
        client.post(f"/admin/snippets/points/{name}/delete/{row.pk}/")
        assert type(row).objects.filter(pk=row.pk).exists(), name
    client.post(f"/admin/snippets/points/jointpromotion/edit/{joint.pk}/", {"partner": cafe.pk, "rule": Rule.objects.last().pk})
    joint.refresh_from_db()
    assert joint.rule.activity_kind == "event_attended"


def test_the_clearing_statement_names_what_was_taken_back_and_keeps_its_sums_page_after_page(client, alice, clerk, cafe, monkeypatch):
    first = partnering.take(cafe, {"reference": "a", "kind": "earn", "points": "12", "member": alice.handle})
    partnering.take(cafe, {"reference": "b", "kind": "earn", "points": "3", "member": alice.handle})
    ledger.reverse(first)
    monkeypatch.setattr(partner_views, "LINES_ON_A_PAGE", 2)
    now = timezone.localtime()
    client.force_login(clerk)
    address = f"/points/partner/clearing/{now.year}-{now.month}"
    page = client.get(f"{address}/")
    assert [page.context[name] for name in ("given", "taken", "corrected", "closing")] == [15, 0, 12, -3]
    assert len(page.context["rows"]) == 2
    assert len(client.get(f"{address}/?after={page.context['next']}").context["rows"]) == 1
    assert ",reversal,12,-3" in client.get(f"{address}.csv").getvalue().decode()


def test_days_in_the_files_are_the_clubs_and_not_greenwichs(client, alice, clerk, cafe, settings):
    moment = datetime.datetime(2026, 10, 31, 22, 0, tzinfo=datetime.UTC)
    block, wallet = accounts.block_of(cafe), accounts.wallet_of(alice)
    ledger.transfer(ledger.Order(source=block, target=wallet, amount_points=5, reference="n", occurred_at=moment), now=moment)
    client.force_login(clerk)
    assert "2026-11-01,n,earn" in client.get("/points/partner/clearing/2026-11.csv").getvalue().decode()
    client.force_login(alice)
    assert "2026-11-01,5,5" in client.get("/points/statement.csv").getvalue().decode()
