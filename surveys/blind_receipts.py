"""Receipts of anonymous answers that name nobody: by the member's own token they are found again, without the club's secret by nobody.

A token is made of the member's number with the club's secret; a receipt bears the digest of that token and the survey's number, so that
the receipts of one member in two surveys are not alike. In SQL the digest is made from the token, which the caller brings.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Func, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils.crypto import salted_hmac

from members.models import Member

SALT = "surveys.blind_receipts"


def token_of(member_id: int, secret: str | None = None) -> str:
    return salted_hmac(SALT, str(member_id), secret=secret, algorithm="sha256").hexdigest()


def blind(token: str, questionnaire_id: int) -> str:
    """What stands on the receipt of the member with this token in one survey."""
    return hashlib.sha256(f"{token}:{questionnaire_id}".encode()).hexdigest()


class _Digest(Func):
    function = "SHA256"  # which Django adds to SQLite

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        """By PostgreSQL itself; Django's own would ask for an extension."""
        return self.as_sql(compiler, connection, template="encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')")


def blind_in_sql(token: Any, questionnaire: Any) -> _Digest:
    """The same, of a token that may be a place in a statement made once, and a survey that may be the outer query's."""
    text = TextField()
    token = Value(token, output_field=text) if isinstance(token, str) else token
    return _Digest(Concat(Cast(token, text), Value(":"), Cast(questionnaire, text), output_field=text), output_field=text)


def whose(blinds: Iterable[str], questionnaire_id: int) -> dict[str, int]:
    """receipt → member, with the club's secret, or one that it had before. Looks through all members: for the rounds, not for pages."""
    wanted, found = set(blinds), dict[str, int]()
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    for pk in Member.objects.order_by().values_list("pk", flat=True).iterator(chunk_size=5_000):
        if len(found) == len(wanted):
            break
        marks = (blind(token_of(pk, secret), questionnaire_id) for secret in secrets)
        found |= {mark: pk for mark in marks if mark in wanted}
    return found
