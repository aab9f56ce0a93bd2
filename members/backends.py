"""Who stays in: asked of every request and socket that brings a session."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend

from members.models import Member
from members.ready import Ready

_MEMBER = Ready(lambda pk: Member.objects.filter(pk=pk).order_by())


class ClubBackend(ModelBackend):
    def get_user(self, user_id: Any) -> Any:
        user = _MEMBER.first(pk=int(user_id))
        return user if user is not None and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: Any) -> bool:
        """Active, and not suspended at this moment."""
        return super().user_can_authenticate(user) and not user.is_suspended


class AddressBackend(AuthenticationBackend):
    """allauth's, by e-mail address. Whoever is suspended and knows the password is told so by `signing_in`, and not let in."""

    def get_user(self, user_id: Any) -> Any:
        user = _MEMBER.first(pk=int(user_id))
        return user if user is not None and self.user_can_authenticate(user) and not user.is_suspended else None
