from wagtail.users.apps import WagtailUsersAppConfig


class UsersSectionConfig(WagtailUsersAppConfig):
    """Wagtail's section of users with our own forms; by itself it asks for a first and a last name."""

    user_viewset = "members.office.people.MemberViewSet"
