import pytest
from django.contrib.auth.models import Group, Permission

from members import roles
from members.models import ApiKey, Company, Invitation, Member

USERS = "/admin/users/"


THEME = {"theme-contrast": "system", "theme-density": "default", "locale-current_time_zone": "Asia/Shanghai"}


def fields_of(member, **changes):
    said = {"email": member.email, "name": member.name, "company": member.company_id or "", "company_role": member.company_role}
    return said | {"locale": member.locale, "is_active": "on", "password1": "", "password2": ""} | changes


def test_an_administrator_lists_adds_and_edits_members(client, admin, alice, harbour):
    client.force_login(admin)
    assert b"alice@harbour.example" in client.get(USERS).content
    assert b"alice@harbour.example" in client.get(f"{USERS}?q=alice").content
    assert client.get(f"{USERS}new/").status_code == 200
    password = "a-very-long-password-1"
    new = {"email": "Dora@Harbour.example", "name": "Dora", "company": harbour.pk, "company_role": "member", "locale": "en"}
    assert client.post(f"{USERS}new/", new | {"password1": password, "password2": password}).status_code == 302
    dora = Member.objects.get(email="dora@harbour.example")
    assert dora.handle == "dora"
    assert dora.check_password(password)
    assert client.get(f"{USERS}edit/{dora.pk}/").status_code == 200
    group = Group.objects.get(name=roles.MARKETER)
    assert client.post(f"{USERS}edit/{dora.pk}/", fields_of(dora, groups=[group.pk], is_staff="on")).status_code == 302
    dora.refresh_from_db()
    assert dora.is_staff
    assert list(dora.groups.all()) == [group]


def test_ones_own_account_page_works_with_one_name(client, marketer):
    client.force_login(marketer)
    assert client.get("/admin/account/").status_code == 200
    client.post("/admin/account/", {"name_email-name": "Mara M.", "locale-preferred_language": "", "theme-theme": "system"} | THEME)
    marketer.refresh_from_db()
    assert marketer.name == "Mara M."


@pytest.mark.parametrize("role", ["marketer", "researcher", "moderator"])
def test_a_role_changes_no_members_groups_or_keys(client, request, role, alice):
    client.force_login(request.getfixturevalue(role))
    for path in (f"{USERS}edit/{alice.pk}/", f"{USERS}new/", "/admin/groups/", "/admin/keys/"):
        assert client.get(path).status_code in (302, 403), path
    assert client.get("/admin/").status_code == 200


def manager(marketer):
    marketer.user_permissions.add(*Permission.objects.filter(codename__in=["change_member", "add_member"]))
    return marketer


def test_whoever_manages_members_gives_no_more_than_they_have(client, marketer, alice):
    client.force_login(manager(marketer))
    own, other = Group.objects.get(name=roles.MARKETER), Group.objects.get(name=roles.RESEARCHER)
    client.post(f"{USERS}edit/{alice.pk}/", fields_of(alice, groups=[other.pk]))
    client.post(f"{USERS}edit/{alice.pk}/", fields_of(alice, is_superuser="on", is_staff="on"))
    alice.refresh_from_db()
    assert not alice.is_superuser
    assert not alice.is_staff
    assert not alice.groups.exists()
    client.post(f"{USERS}edit/{alice.pk}/", fields_of(alice, groups=[own.pk]))
    assert list(alice.groups.all()) == [own]


def test_whoever_manages_members_does_not_touch_an_administrator(client, marketer, admin):
    client.force_login(manager(marketer))
    answer = client.post(f"{USERS}edit/{admin.pk}/", fields_of(admin, password1="taken-over-by-mara", password2="taken-over-by-mara"))
    assert answer.status_code in (302, 403)
    admin.refresh_from_db()
    assert not admin.check_password("taken-over-by-mara")


def test_nobody_deletes_a_member(client, admin, alice):
    client.force_login(admin)
    client.post(f"{USERS}delete/{alice.pk}/")
    client.post(f"/admin/bulk/members/member/delete/?id={alice.pk}")
    assert Member.objects.filter(pk=alice.pk).exists()


def test_a_key_is_shown_once_and_can_be_revoked(client, admin):
    client.force_login(admin)
    page = client.post("/admin/keys/", {"name": "crm", "scopes": ["ledger:read"]})
    key = page.context["fresh"]
    assert key in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert key not in client.get("/admin/keys/").content.decode()
    row = ApiKey.objects.get()
    assert row.digest == ApiKey.digest_of(key)
    client.post(f"/admin/keys/{row.pk}/revoke/")
    row.refresh_from_db()
    assert row.revoked_at


def test_a_key_needs_a_scope(client, admin):
    client.force_login(admin)
    assert client.post("/admin/keys/", {"name": "crm"}).context["form"].errors
    assert not ApiKey.objects.exists()


def test_a_marketer_sees_companies_and_invites(client, marketer, harbour, alice):
    client.force_login(marketer)
    assert b"Harbour Trading" in client.get("/admin/company/").content
    assert client.get("/admin/company/new/").status_code == 302, "a marketer only looks"
    assert client.get("/admin/invitation/new/").status_code == 200
    assert client.post("/admin/invitation/new/", {"email": "dora@harbour.example", "company": harbour.pk}).status_code == 302
    assert Invitation.objects.get().invited_by == marketer
    for known in ("dora@harbour.example", alice.email):
        assert client.post("/admin/invitation/new/", {"email": known, "company": harbour.pk}).status_code == 200
    assert Invitation.objects.count() == 1


def test_an_administrator_keeps_companies(client, admin):
    client.force_login(admin)
    said = {"name": "Willow", "customer_class": "small_business", "size": "", "industry": "", "region": "", "email_domain": ""}
    assert client.post("/admin/company/new/", said | {"purchased_on": "", "contract_ends_on": ""}).status_code == 302
    willow = Company.objects.get(name="Willow")
    assert client.get(f"/admin/company/edit/{willow.pk}/").status_code == 200
    assert client.get("/admin/purchase/new/").status_code == 302, "orders come from another system"
    for path in ("/admin/purchase/", "/admin/invitation/", f"/admin/company/inspect/{willow.pk}/"):
        assert client.get(path).status_code == 200, path


def test_the_office_asks_for_a_second_step(client, marketer):
    client.force_login(marketer)
    assert b"/accounts/2fa/" in client.get("/admin/").content
