"""Tags by their names."""

from collections.abc import Iterable

from django.utils.text import slugify

from forum.models import Tag

MAX_TAGS = 5


def by_slug(names: Iterable[str]) -> dict[str, str]:
    """The names of at most MAX_TAGS tags by their addresses. A name without a letter or digit is no tag."""
    wanted = {slugify(name, allow_unicode=True)[:40]: " ".join(name.split())[:40] for name in names}
    wanted.pop("", None)
    return dict(list(wanted.items())[:MAX_TAGS])


def tags_named(names: Iterable[str]) -> list[Tag]:
    """The tags of these names, made where they are new."""
    return [Tag.objects.get_or_create(slug=slug, defaults={"name": name})[0] for slug, name in by_slug(names).items()]
