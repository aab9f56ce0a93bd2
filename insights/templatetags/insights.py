from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.template.defaultfilters import floatformat

register = template.Library()


@register.filter
def signed(number: float, places: int = 0) -> str:
    """A difference as a table prints it: +1,234 or −12, with a minus as wide as a plus; no sign for nothing."""
    text = floatformat(abs(number), f"{places}g")
    return text if not any(letter in "123456789" for letter in text) else f"{'+' if number > 0 else '−'}{text}"


@register.filter
def signed_yuan(number: float) -> str:
    """A difference of money: +¥1,234 or −¥12."""
    text = signed(number)
    return f"{text[0]}¥{text[1:]}" if text[:1] in ("+", "−") else f"¥{text}"


@register.filter
def size(number: float) -> str:
    """How much, without a sign, in whole numbers."""
    return str(intcomma(round(abs(number))))


@register.filter
def times(number: float, factor: float) -> float:
    return number * factor
