from focusgroups.models.guide import Answer, Item
from focusgroups.models.seat import Seat
from focusgroups.models.study import Group, Study

__all__ = ["Answer", "Group", "Item", "Seat", "Study"]
