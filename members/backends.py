"""Who may come in, and stay in: asked at sign-in, and of every request and socket that brings a session."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend


class ClubBackend(ModelBackend):
    def user_can_authenticate(self, user: Any) -> bool:
        """Active, and not suspended at this moment."""
        return super().user_can_authenticate(user) and not user.is_suspended


class AddressBackend(AuthenticationBackend):
    """allauth's, by e-mail address, with the same question."""

    def user_can_authenticate(self, user: Any) -> bool:
        return super().user_can_authenticate(user) and not user.is_suspended
