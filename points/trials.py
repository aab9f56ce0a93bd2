"""Test and control: whom a rule pays, and whom it only scores, so that the two can be compared.

The unit is the company, for colleagues influence each other; who has none stands alone. Which group a unit is in follows from
the rule and the unit alone: nothing has to be drawn or kept, and a company that joins later has its group already.
"""

import hashlib

from django.db import models
from django.utils.translation import gettext_lazy as _

MOST_PERCENT = 90


class Arm(models.TextChoices):
    NONE = "", _("No trial")
    TEST = "test", _("Test group")
    CONTROL = "control", _("Control group")


def unit_of(member_id: int, company_id: int | None) -> str:
    """What is drawn as one: a company, or a member without one."""
    return f"company:{company_id}" if company_id else f"member:{member_id}"


def arm_of(rule_id: int, control_percent: int, unit: str) -> Arm:
    """The group of a unit in the trial of a rule. control_percent: 0..90; 0 is no trial.

    Evenly spread over units, and independent between rules.
    """
    if not control_percent:
        return Arm.NONE
    drawn = int.from_bytes(hashlib.sha256(f"rule:{rule_id}/{unit}".encode()).digest()[:8])
    return Arm.CONTROL if drawn * 100 < control_percent << 64 else Arm.TEST
