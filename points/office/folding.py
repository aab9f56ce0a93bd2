"""Groups of a long form that begin folded while nothing is said in them."""

from collections.abc import Iterator
from typing import Any

from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel


class FoldedPanel(MultiFieldPanel):
    """Open where something is said that is not the default, and in a form that was sent. Without JavaScript it is always open."""

    class BoundPanel(MultiFieldPanel.BoundPanel):
        def classes(self) -> list[str]:
            is_folded = not self.form.is_bound and all(map(self._is_empty, _fields_of(self.panel)))
            return [*super().classes(), *(["collapsed"] if is_folded else [])]

        def _is_empty(self, name: str) -> bool:
            said: Any = getattr(self.instance, name)
            return not said or said == self.instance._meta.get_field(name).get_default()


def _fields_of(panel: Panel) -> Iterator[str]:
    if isinstance(panel, FieldPanel):
        yield panel.field_name
    for child in getattr(panel, "children", []):
        yield from _fields_of(child)
