"""Counting no further than anybody wants to know."""

from django.db.models import IntegerField, Subquery


class CountOf(Subquery):
    """How many rows a query has, read no further than its limit."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()
