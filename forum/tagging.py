"""Tags by their names."""

from collections.abc import Iterable

from django.utils.text import slugify

from forum.models import Tag

MAX_TAGS = 5


def tags_named(names: Iterable[str]) -> list[Tag]:
    """The tags of these names, made where they are new; at most MAX_TAGS. A name without a letter or digit is no tag."""
    wanted = {slugify(name, allow_unicode=True)[:40]: " ".join(name.split())[:40] for name in names}
    wanted.pop("", None)
    return [Tag.objects.get_or_create(slug=slug, defaults={"name": name})[0] for slug, name in list(wanted.items())[:MAX_TAGS]]
