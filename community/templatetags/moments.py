"""Django's `humanize` as templates load it here, with moments in our own words."""

from django import template
from django.contrib.humanize.templatetags import humanize

from members.moments import naturaltime

register = template.Library()
register.filters.update(humanize.register.filters)
register.filter("naturaltime", naturaltime)
