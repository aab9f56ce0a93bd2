"""What many pages repeat word for word, drawn once: the rest of a page costs what is new on it.

{% stencil section user.is_staff %} … {% trans "Menu" %} … {% fill %}{{ user.display_name }}{% endfill %} … {% endstencil %}
"""

from typing import Any

from django import template
from django.conf import settings
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()
# Where a stencil that is being drawn notes its fills; no template can name it.
FILLS = "stencil fills"
MOST_DRAWN = 500


@register.tag
def stencil(parser: Parser, token: Token) -> "Stencil":
    """Drawn once for each mixture of what is named, in each language; only its fills are drawn for every page.

    What is between the fills may look at nothing but what is named (values of which there are few), the settings and the language.
    A fill sees what the stencil's surroundings know, not what is set inside it.
    """
    names = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    nodes = parser.parse(("endstencil",))
    parser.delete_first_token()
    return Stencil(nodes, names)


@register.tag
def fill(parser: Parser, token: Token) -> "Fill":
    """The part of a stencil that is every page's own; outside of one, drawn as it stands."""
    nodes = parser.parse(("endfill",))
    parser.delete_first_token()
    return Fill(nodes)


class Fill(template.Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Any) -> SafeString:
        if (fills := context.get(FILLS)) is None:
            return self.nodelist.render(context)
        fills.append(self)
        # No text that Django draws has a NUL.
        return mark_safe("\0")


class Stencil(template.Node):
    def __init__(self, nodelist: NodeList, names: list[FilterExpression]) -> None:
        self.nodelist, self.names = nodelist, names
        self.drawn: dict[tuple[Any, ...], list[Any]] = {}

    def render(self, context: Any) -> SafeString:
        key = (get_language(), settings.CLUB_NAME, *[name.resolve(context) for name in self.names])
        if (parts := self.drawn.get(key)) is None:
            if len(self.drawn) >= MOST_DRAWN:
                self.drawn.clear()
            parts = self.drawn[key] = self._draw(context)
        return mark_safe("".join([part if isinstance(part, str) else part.render(context) for part in parts]))

    def _draw(self, context: Any) -> list[Any]:
        """Texts, and fills between them."""
        fills: list[Fill] = []
        with context.push(**{FILLS: fills}):
            texts = self.nodelist.render(context).split("\0")
        if len(texts) != len(fills) + 1:
            raise RuntimeError("a text of the stencil has a NUL")
        return [texts[0], *(part for pair in zip(fills, texts[1:], strict=True) for part in pair)]
