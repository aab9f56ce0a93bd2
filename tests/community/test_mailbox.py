"""Mails of a club without a mail server: on the console as a person reads them, and whole under /dev/mail/."""

import pytest
from django.core.mail import EmailMultiAlternatives

from community import mailbox


@pytest.fixture
def sent(settings, tmp_path, capsys) -> str:
    """What the console shows of one letter in Chinese, with a page beside its words."""
    settings.MAILBOX_DIR, settings.DEBUG = tmp_path, True
    settings.MAILBOX_NEXT_BACKEND = "community.mailbox.PlainConsole"
    letter = EmailMultiAlternatives("验证码 ABCD", "请输入：\n\nABCD", "club@localhost", ["dora@new.example"])
    letter.attach_alternative("<p>一页</p>", "text/html")
    assert mailbox.MailboxBackend().send_messages([letter]) == 1
    return capsys.readouterr().out


def test_the_console_shows_a_letters_words_and_none_of_its_wrapping(sent):
    assert "Mail to dora@new.example: 验证码 ABCD" in sent
    assert "请输入：" in sent
    assert len(sent.splitlines()) < 10
    assert "base64" not in sent
    assert "<p>" not in sent


def test_the_mailbox_shows_the_whole_letter_to_developers_only(client, db, sent, settings):
    page = client.get("/dev/mail/").content.decode()
    assert "验证码 ABCD" in page
    settings.DEBUG = False
    assert client.get("/dev/mail/").status_code == 404
