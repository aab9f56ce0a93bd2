"""Test and control: whom a rule pays, and whom it only scores, so that the two can be compared.

The unit is the company, for colleagues influence each other; who has none stands alone. Which group a unit is in follows from
the rule and the unit alone: nothing has to be drawn or kept, and a company that joins later has its group already.
"""

import datetime
import hashlib
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from points.models import Programme, Rule

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
    return Arm.CONTROL if _is_drawn(f"rule:{rule_id}/{unit}", control_percent) else Arm.TEST


def is_left_out(programme: "Programme", unit: str) -> bool:
    """Whether a unit is drawn into the control group of a whole programme, the one that it has or had last."""
    percent = programme.control_percent
    return bool(percent) and _is_drawn(f"programme:{programme.pk}:{programme.control_draw}/{unit}", percent)


def is_held_out(programme: "Programme", unit: str, day: datetime.date) -> bool:
    """Whether a whole programme holds a unit in its control group on that day: for deeds of the day its rules only count."""
    return programme.has_control_on(day) and is_left_out(programme, unit)


def leaves_out(rule: "Rule", unit: str, day: datetime.date) -> bool:
    """Whether what a unit does on that day is only counted by a rule, for the rule's own control group or its programme's."""
    if not rule.keeps_a_promise and is_held_out(rule.programme, unit, day):
        return True
    return arm_of(rule.pk, rule.control_percent, unit) == Arm.CONTROL


def _is_drawn(text: str, percent: int) -> bool:
    """Evenly spread: a bigger percentage draws all that a smaller one does, and more."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) * 100 < percent << 64
