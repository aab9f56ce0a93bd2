"""What others hold on to is not deleted in the back office, one by one or many at once: whoever tries is told what does."""

import pytest

from forum import posting
from forum.models import Board
from members.models import Company
from points import accounts
from points.models import AccountOwner

IN_BOTH = [("en", "This is in use (members), so it stays."), ("zh-hans", "正在使用（会员），不能删除。")]


@pytest.mark.parametrize(("language", "words"), IN_BOTH)
def test_a_company_with_members_stays_and_says_why(client, admin, alice, harbour, language, words):
    admin.locale = language
    admin.save(update_fields=["locale"])
    client.force_login(admin)
    answer = client.post(f"/admin/company/delete/{harbour.pk}/", follow=True)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert Company.objects.filter(pk=harbour.pk).exists()


def test_a_company_whose_pool_holds_points_is_not_lost_with_them(client, admin):
    firm = Company.objects.create(name="Quiet Ltd")
    pool = accounts.pool_of(firm)
    client.force_login(admin)
    assert "so it stays" in client.post(f"/admin/company/delete/{firm.pk}/", follow=True).content.decode()
    assert AccountOwner.objects.get(account=pool).company == firm


def test_a_board_with_threads_stays_among_many_that_are_deleted_together(client, admin, alice):
    busy, empty = (Board.objects.create(slug=name, name=name.title(), audience="members") for name in ("busy", "empty"))
    posting.start_thread(busy, author=alice, title="Is it in use?", body="It is.")
    client.force_login(admin)
    listed = f"id={busy.pk}&id={empty.pk}"
    answer = client.post(f"/admin/bulk/forum/board/delete/?{listed}", follow=True)
    assert "so it stays" in answer.content.decode()
    assert Board.objects.filter(pk__in=[busy.pk, empty.pk]).count() == 2


def test_what_nobody_holds_on_to_is_deleted(client, admin, db):
    firm = Company.objects.create(name="Typed twice")
    client.force_login(admin)
    client.post(f"/admin/company/delete/{firm.pk}/")
    assert not Company.objects.filter(pk=firm.pk).exists()
