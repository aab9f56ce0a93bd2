"""Pieces of a reward come to the shelf and go from it. Counted in the database, beside whoever asks for one at that moment."""

from django.db import transaction
from django.db.models import F

from points.models import Reward
from points.redeeming import RewardRefused


@transaction.atomic
def move_pieces(reward: Reward, pieces: int) -> int:
    """Put so many more on the shelf, or take so many (below 0) from it. Returns how many there are now.

    A reward of which there were as many as were asked for is counted from now on. Raises RewardRefused where there are not so many.
    """
    rows = Reward.objects.filter(pk=reward.pk)
    counted = rows.filter(stock__isnull=False, stock__gte=-pieces).update(stock=F("stock") + pieces)
    if not counted and not (pieces >= 0 and rows.filter(stock=None).update(stock=pieces)):
        raise RewardRefused("sold_out")
    return int(rows.values_list("stock", flat=True).get() or 0)


def count_no_more(reward: Reward) -> None:
    """From now on there are as many as are asked for."""
    Reward.objects.filter(pk=reward.pk).update(stock=None)
