"""Who stays in: asked of every request and socket that brings a session."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend


class ClubBackend(ModelBackend):
    def user_can_authenticate(self, user: Any) -> bool:
        """Active, and not suspended at this moment."""
        return super().user_can_authenticate(user) and not user.is_suspended


class AddressBackend(AuthenticationBackend):
    """allauth's, by e-mail address. Whoever is suspended and knows the password is told so by `signing_in`, and not let in."""

    def get_user(self, user_id: Any) -> Any:
        user: Any = super().get_user(user_id)
        return None if user is None or user.is_suspended else user
