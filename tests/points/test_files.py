"""Transfers by the file: a result for each line, a dry run that changes nothing, the same file again."""

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

from members.models import ApiKey
from points import accounts
from points.auditing import audit
from points.models import Partner, Transfer

ISSUED = "programme:relationship:issued"
HEAD = "idempotency_key,source,target,amount_points,reason,metadata\n"


@pytest.fixture
def lines(alice, bob):
    """Two awards, one of them by a handle; a spending that Bob cannot pay; an amount that is none."""
    return [
        f"fair-1,{ISSUED},member:{alice.email},30,Autumn fair,",
        f'fair-2,{ISSUED},member:@{bob.handle},20,Autumn fair,"{{""booth"": 4}}"',
        f"mug-1,member:{bob.email},programme:relationship:redeemed,25,Mug,",
        f"fair-3,{ISSUED},member:{alice.public_id},many,Autumn fair,",
        f"fair-4,{ISSUED},member:nobody@harbour.example,5,Autumn fair,",
    ]


OUTCOMES = ["done", "done", "refused", "invalid", "refused"]


def balances(*members):
    return [accounts.wallet_of(member).posted for member in members]


def taken(path, **options):
    out, err = io.StringIO(), io.StringIO()
    results = path.with_suffix(".results")
    try:
        call_command("import_transfers", path, results=results, stdout=out, stderr=err, **options)
    except CommandError:
        err.write("failed")
    return [row["outcome"] for row in csv.DictReader(results.read_text().splitlines())], err.getvalue()


def test_a_file_is_looked_at_done_and_done_again(tmp_path, lines, alice, bob):
    path = tmp_path / "fair.csv"
    path.write_text(HEAD + "\n".join(lines), "utf-8")
    outcomes, said = taken(path, dry_run=True)
    assert outcomes == OUTCOMES
    assert "line 5: amount_points" in said
    assert balances(alice, bob) == [0, 0]
    assert taken(path)[0] == OUTCOMES
    assert balances(alice, bob) == [30, 20]
    again, said = taken(path)
    assert again == ["repeated", "repeated", *OUTCOMES[2:]]
    assert said.endswith("failed")
    assert balances(alice, bob) == [30, 20]
    assert Transfer.objects.get(reference="fair-2").note.metadata == {"booth": 4}
    assert audit().differences == []


def test_a_file_that_is_none_is_refused_whole(tmp_path, db):
    for text, says in [("a,b\n1,2", "missing"), ("", "missing"), (HEAD, "no line"), (HEAD + '"x', "not CSV")]:
        (tmp_path / "bad.csv").write_text(text)
        with pytest.raises(CommandError, match=says):
            call_command("import_transfers", tmp_path / "bad.csv", stdout=io.StringIO())


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_what_goes_out_comes_in_again_as_it_was(tmp_path, lines, alice, form):
    path = tmp_path / "fair.csv"
    path.write_text(HEAD + lines[0] + "\n" + lines[1].replace("fair-2", "-fair"), "utf-8")
    taken(path)
    out = io.StringIO()
    call_command("export_transfers", format=form, stdout=out)
    copy = tmp_path / f"copy.{form}"
    copy.write_text(out.getvalue(), "utf-8")
    call_command("import_transfers", copy, client="other", stdout=io.StringIO())
    assert balances(alice) == [30]
    text = out.getvalue()
    for row in Transfer.objects.all():
        text = text.replace(str(row.public_id), "")
    copy.write_text(text, "utf-8")
    call_command("import_transfers", copy, client="other", stdout=io.StringIO())
    first, second = Transfer.objects.filter(reference="-fair").order_by("id")
    assert (first.amount_points, first.effective_at, first.note.metadata) == (
        second.amount_points,
        second.effective_at,
        second.note.metadata,
    )
    assert balances(alice) == [60]


def test_other_systems_send_a_file_and_fetch_one(client, alice):
    _row, token = ApiKey.issue("till", ["ledger:write", "ledger:read"])
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    rows = [
        {"idempotency_key": f"k{n}", "source": ISSUED, "target": f"member:{alice.public_id}", "amount_points": 5 - n, "reason": "x"}
        for n in (0, 5)
    ]
    text = "\n".join(map(json.dumps, rows)) + "\nnot json"
    send = lambda kind="application/x-ndjson", query="": client.post(f"/api/v1/ledger/transfers/file{query}", text, kind, **headers)  # noqa: E731
    assert send(query="?dry_run=true").json()["counts"] == {"done": 1, "repeated": 0, "refused": 0, "invalid": 2}
    assert {item["transfer"] for item in send(query="?dry_run=true").json()["items"]} == {""}
    assert balances(alice) == [0]
    assert [item["outcome"] for item in send().json()["items"]] == ["done", "invalid", "invalid"]
    assert send().json()["counts"]["repeated"] == 1
    assert send("application/json").status_code == 415
    assert send("text/csv").status_code == 422
    got = client.get("/api/v1/ledger/export?since=2020-01-01&until=2099-12-31&format=ndjson", **headers)
    assert [json.loads(line)["idempotency_key"] for line in got.streaming_content] == ["k0"]


def test_a_partners_file_moves_its_own_points_only(client, alice, asset):
    Partner.objects.create(programme=asset.programme, slug="cafe", name="Café", credit_limit_points=10)
    _row, token = ApiKey.issue("till", ["ledger:write", "ledger:read"], partner_slug="cafe")
    text = HEAD + "".join(f"{source},{source},member:{alice.public_id},8,Coffee,\n" for source in (ISSUED, "partner:cafe"))
    said = client.post("/api/v1/ledger/transfers/file", text, "text/csv", HTTP_AUTHORIZATION=f"Bearer {token}").json()
    assert [item["outcome"] for item in said["items"]] == ["refused", "done"]
    got = client.get("/api/v1/ledger/export?since=2020-01-01&until=2099-12-31", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert b"".join(got.streaming_content).count(b"\n") == 2


def test_a_marketer_looks_at_a_file_and_then_does_it(client, marketer, alice, lines, moderator):
    client.force_login(marketer)
    upload = io.BytesIO((HEAD + lines[0]).encode())
    upload.name = "fair.csv"
    look = client.post("/admin/points/file/", {"file": upload, "format": "csv"})
    assert look.context["report"].counts["done"] == 1
    assert balances(alice) == [0]
    form = look.context["form"].cleaned_data
    client.post("/admin/points/file/", {"text": form["text"], "format": form["format"], "do": "1"})
    assert balances(alice) == [30]
    assert client.post("/admin/points/file/", {"format": "csv"}).context["form"].errors["file"]
    assert b"fair-1" in b"".join(client.get("/admin/points/file/out/?since=2020-01-01&until=2099-12-31&format=csv").streaming_content)
    client.force_login(moderator)
    assert client.get("/admin/points/file/").status_code in (302, 403)


def test_an_export_that_comes_back_by_another_key_changes_nothing_unless_somebody_changed_it(client, alice):
    one, two = (ApiKey.issue(name, ["ledger:write", "ledger:read"])[1] for name in ("till", "shop"))
    line = json.dumps({"idempotency_key": "k", "source": ISSUED, "target": f"member:{alice.public_id}", "amount_points": 5, "reason": "x"})
    ndjson = "application/x-ndjson"
    send = lambda text, key: client.post("/api/v1/ledger/transfers/file", text, ndjson, HTTP_AUTHORIZATION=f"Bearer {key}").json()  # noqa: E731
    send(line, one)
    path = "/api/v1/ledger/export?since=2020-01-01&until=2099-12-31&format=ndjson"
    text = b"".join(client.get(path, HTTP_AUTHORIZATION=f"Bearer {two}").streaming_content).decode()
    assert send(text + text, two)["counts"]["repeated"] == 2
    assert balances(alice) == [5]
    assert send(text.replace('"amount_points": 5', '"amount_points": 6'), two)["counts"]["done"] == 1
    assert balances(alice) == [11]


def test_a_negative_amount_is_refused_for_what_it_is(tmp_path, alice):
    path = tmp_path / "fair.csv"
    path.write_text(HEAD + f"k,{ISSUED},member:{alice.public_id},-5,x,\n", "utf-8")
    assert "greater than" in taken(path)[1]


def test_a_marketer_reads_in_their_language_why_a_line_is_refused_and_other_systems_in_english(client, admin, lines, alice):
    admin.locale = "zh-hans"
    admin.save(update_fields=["locale"])
    client.force_login(admin)
    page = client.post("/admin/points/file/", {"text": HEAD + "\n".join(lines), "format": "csv"}).content.decode()
    assert "来源账户的积分不足。" in page
    assert "amount_points: 不是整数" in page
    late = [f"k1,{ISSUED},member:{alice.email},5,Fair,,2200-01-01", f"k2,{ISSUED},member:{alice.email},5,Fair,,soon"]
    columns = HEAD.strip() + ",lapses_on\n"
    page += client.post("/admin/points/file/", {"text": columns + "\n".join(late), "format": "csv"}).content.decode()
    assert "lapses_on: 不在 1990 至 2100 年之间" in page
    assert "lapses_on: 不是日期" in page
    for english in ("The source has not enough points.", "Input should be", "There is no such account."):
        assert english not in page
    _row, token = ApiKey.issue("test", ["ledger:read", "ledger:write"])
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}", "HTTP_ACCEPT_LANGUAGE": "zh-hans"}
    text = HEAD + f"mug-1,member:{alice.public_id},programme:relationship:redeemed,25,Mug,\nmug-2,{ISSUED},x,many,Mug,\n"
    items = client.post("/api/v1/ledger/transfers/file", text, "text/csv", **headers).json()["items"]
    assert [item["said"] for item in items] == ["The source has not enough points.", "amount_points: is no whole number"]
    one = {"source": f"member:{alice.public_id}", "target": "programme:relationship:redeemed", "amount_points": 5, "reason": "Mug"}
    said = client.post("/api/v1/ledger/transfers", one, "application/json", HTTP_IDEMPOTENCY_KEY="k", **headers).json()
    assert "The source has not enough points." in said.values()
