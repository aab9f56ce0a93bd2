"""Loading what rewards hand out."""

from django.db import transaction

from points import granting
from points.models import Reward, VoucherCode


@transaction.atomic
def load_codes(reward: Reward, codes: list[str]) -> int:
    """Add voucher codes to a reward; who waits for one gets it. Returns how many were new; loading a list again adds nothing."""
    before = VoucherCode.objects.filter(reward=reward).count()
    VoucherCode.objects.bulk_create([VoucherCode(reward=reward, code=code) for code in codes], ignore_conflicts=True, batch_size=500)
    new = VoucherCode.objects.filter(reward=reward).count() - before
    granting.hand_out_waiting(reward)
    return new
