"""The roles of the club's own people: Django groups with the least rights that their work needs.

Rights are named as text, so that this lowest of apps needs to import none of the others. After every
migration the groups are given those of their rights that exist by then.
"""

from typing import Any

from django.apps import AppConfig

MARKETER, RESEARCHER, MODERATOR, OBSERVER = "Marketers", "Researchers", "Moderators", "Observers"

BACK_OFFICE = "wagtailadmin.access_admin"
RIGHTS: dict[str, tuple[str, ...]] = {
    MARKETER: (
        BACK_OFFICE,
        "members.view_member",
        "members.view_company",
        "members.view_segment",
        "members.add_segment",
        "members.change_segment",
        "members.add_invitation",
        "members.view_invitation",
        "points.*",
        "referrals.*",
        "cms.*",
        "wagtailimages.add_image",
        "wagtailimages.change_image",
        "wagtailimages.choose_image",
        "forum.view_board",
        "forum.change_board",
        "forum.add_board",
        "forum.view_admission",
        "forum.add_admission",
        "forum.change_admission",
        "forum.delete_admission",
        "forum.add_feature",
        "forum.change_feature",
    ),
    RESEARCHER: (
        BACK_OFFICE,
        "members.view_member",
        "members.view_company",
        "members.view_segment",
        "members.add_segment",
        "members.change_segment",
        "surveys.*",
        # django-survey's own tables: new surveys may be made in its admin, answers are only looked at there.
        "survey.view_survey",
        "survey.add_survey",
        "survey.change_survey",
        "survey.view_category",
        "survey.add_category",
        "survey.change_category",
        "survey.view_question",
        "survey.add_question",
        "survey.change_question",
        "survey.view_response",
        "survey.view_answer",
        "focusgroups.*",
        "wagtailimages.add_image",
        "wagtailimages.choose_image",
    ),
    MODERATOR: (BACK_OFFICE, "members.view_member", "forum.*"),
    OBSERVER: (),
}


def grant_permissions(sender: AppConfig, **_ignored: Any) -> None:
    """Create the groups, and give each its rights over one app; run after that app's migrations, when its permissions are there.

    Snippets get theirs to publish only after all apps before Wagtail's: when Wagtail's core is done, every app is gone over again.
    """
    labels = {right.split(".")[0] for rights in RIGHTS.values() for right in rights} if sender.label == "wagtailcore" else {sender.label}
    for label in sorted(labels):
        _grant(label)


def _grant(label: str) -> None:
    from django.contrib.auth.models import Group, Permission

    for role, rights in RIGHTS.items():
        codenames = [right.split(".")[1] for right in rights if right.split(".")[0] == label]
        if not codenames and label != "members":
            continue
        group, _is_new = Group.objects.get_or_create(name=role)
        permissions = Permission.objects.filter(content_type__app_label=label)
        group.permissions.add(*(permissions if "*" in codenames else permissions.filter(codename__in=codenames)))
