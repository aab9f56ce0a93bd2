"""The club's ground: two languages, two page trees, one site, the marketers' rights on them, one workflow.

Done once after the first migration, and again wherever the tables were emptied; never over what people have made since.
"""

from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Site,
    Task,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from cms import first_words
from cms.models import EventIndexPage, HomePage, MagazineIndexPage, StandardPage
from members import roles

PAGE_RIGHTS = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page")
PICTURE_RIGHTS = ("add_image", "change_image", "choose_image", "add_document", "change_document", "choose_document")
PICTURE_RIGHTS_OF = {roles.MARKETER: PICTURE_RIGHTS, roles.RESEARCHER: ("add_image", "choose_image")}


def found_after_migrations(app_config: Any, plan: Any = None, **_ignored: Any) -> None:
    """Listen to post_migrate: the ground is laid after the last app, when every table and permission exists."""
    last = [config for config in apps.get_app_configs() if config.models_module][-1]
    if app_config.label == last.label and _is_complete(plan):
        found()


def _is_complete(plan: Any) -> bool:
    """Whether every migration is applied; somebody may have asked for a single app's."""
    if not plan:
        return True
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


@transaction.atomic
def found() -> None:
    """Lay whatever is missing. Harmless when repeated."""
    if HomePage.objects.exists():
        return
    locales = [Locale.objects.get_or_create(language_code=code)[0] for code, _name in settings.LANGUAGES]
    root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root", locale=locales[0]))
    _clear_wagtails_welcome(root)
    home = _plant(root, locales)
    _open_site(home)
    _give_rights(home)
    _set_workflow(home)


def _clear_wagtails_welcome(root: Page) -> None:
    """Wagtail brings a page, and rights over every page for groups that here have other work: our moderators keep the forum."""
    for page in root.get_children().filter(slug="home"):
        page.delete()
    root.refresh_from_db()
    Group.objects.filter(name="Editors", user=None).delete()
    moderators = Group.objects.filter(name=roles.MODERATOR)
    libraries = Permission.objects.filter(content_type__app_label__in=("wagtailimages", "wagtaildocs"))
    for group in moderators:
        group.permissions.remove(*libraries)
    GroupPagePermission.objects.filter(group__in=moderators).delete()
    GroupCollectionPermission.objects.filter(group__in=moderators).delete()
    Workflow.objects.filter(name="Moderators approval").delete()
    Task.objects.filter(name="Moderators approval").delete()


def _plant(root: Page, locales: list[Locale]) -> HomePage:
    first, *others = locales
    language = first.language_code
    home = root.add_child(instance=HomePage(locale=first, slug="home", **first_words.home(language)))
    for slug, model in (("magazine", MagazineIndexPage), ("events", EventIndexPage)):
        home.add_child(instance=model(slug=slug, show_in_menus=True, **first_words.section(slug, language)))
    for slug in first_words.CLUB_PAGES:
        home.add_child(instance=StandardPage(slug=slug, **first_words.club_page(slug, language)))
    for locale in others:
        _translate(home, locale)
    return home


def _translate(home: HomePage, locale: Locale) -> None:
    language = locale.language_code
    _say(home.copy_for_translation(locale), first_words.home(language))
    for child in home.get_children().specific():
        words = first_words.club_page if child.slug in first_words.CLUB_PAGES else first_words.section
        _say(child.copy_for_translation(locale), words(child.slug, language))


def _say(page: Page, words: dict[str, Any]) -> None:
    """Publish a translated page with its own words."""
    for field, value in words.items():
        setattr(page, field, value)
    page.save_revision().publish()


def _open_site(home: HomePage) -> None:
    address = urlsplit(settings.SITE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    fields = {"hostname": address.hostname or "localhost", "port": port, "root_page": home, "site_name": settings.CLUB_NAME}
    Site.objects.update_or_create(is_default_site=True, defaults=fields)


def _give_rights(home: HomePage) -> None:
    marketers, _is_new = Group.objects.get_or_create(name=roles.MARKETER)
    for tree in home.get_translations(inclusive=True):
        for permission in Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=PAGE_RIGHTS):
            GroupPagePermission.objects.get_or_create(group=marketers, page=tree, permission=permission)
    collection = Collection.get_first_root_node() or Collection.add_root(name="Root")
    for role, rights in PICTURE_RIGHTS_OF.items():
        group, _is_new = Group.objects.get_or_create(name=role)
        libraries = Permission.objects.filter(content_type__app_label__in=("wagtailimages", "wagtaildocs"), codename__in=rights)
        for permission in libraries:
            GroupCollectionPermission.objects.get_or_create(group=group, collection=collection, permission=permission)


def _set_workflow(home: HomePage) -> None:
    """A second pair of eyes before a page goes out, where its author asks for one."""
    workflow = Workflow.objects.create(name="Second pair of eyes")
    task = GroupApprovalTask.objects.create(name="A marketer reads it")
    task.groups.add(Group.objects.get(name=roles.MARKETER))
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    for tree in home.get_translations(inclusive=True):
        WorkflowPage.objects.create(workflow=workflow, page=tree)
