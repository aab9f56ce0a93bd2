import re

import pytest
from django.core import mail

from members.models import Member
from referrals import linking
from referrals.models import Door


@pytest.fixture
def colleague_link(alice):
    return linking.shared_link(alice, Door.COLLEAGUE)


@pytest.fixture
def company_link(alice):
    return linking.shared_link(alice, Door.COMPANY)


@pytest.fixture
def join(client, django_capture_on_commit_callbacks):
    """Sign up as a newcomer would, with the code from the mail. Returns the new member."""

    def sign_up(email: str, name: str = "New Comer", by: str = "") -> Member:
        client.logout()
        if by:
            assert client.get(by).status_code == 200
        form = {"name": name, "email": email, "password1": "a-long-password-for-tests", "accepts_terms": "on", "website": ""}
        assert client.post("/accounts/signup/", form).status_code == 302
        code = re.findall(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", mail.outbox[-1].body, re.M)[-1]
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post("/accounts/confirm-email/", {"code": code}).status_code == 302
        return Member.objects.get(email=email)

    return sign_up
