"""Whether a group's record is whole, stream by stream."""

from focusgroups import audiences
from live import chain
from live.models import Stream


def of(group_id: int) -> list[chain.Proof]:
    """A proof for each of the group's streams, in the order of their names."""
    names = Stream.objects.filter(name__startswith=audiences.stream(group_id, "")).order_by("name")
    return [chain.prove(name) for name in names.values_list("name", flat=True)]


def public(group_id: int) -> chain.Proof:
    """Of what the whole room heard."""
    return chain.prove(audiences.stream(group_id, audiences.ALL))
