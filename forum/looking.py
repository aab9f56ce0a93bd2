"""A permission policy of the back office: whoever may view the rows may look, nobody may change them."""

from typing import Any

from wagtail.permission_policies.base import ModelPermissionPolicy


class OnlyLooking(ModelPermissionPolicy):
    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and bool(super().user_has_permission(user, "view"))

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return "view" in actions and self.user_has_permission(user, "view")

    def users_with_any_permission(self, actions: Any) -> Any:
        return super().users_with_any_permission(["view"] if "view" in actions else [])
