from focusgroups.models.coding import Code, Coding, Quote, Redaction
from focusgroups.models.guide import Answer, Item
from focusgroups.models.seat import Lease, Picture, Seat
from focusgroups.models.study import Group, Quota, Study

__all__ = ["Answer", "Code", "Coding", "Group", "Item", "Lease", "Picture", "Quota", "Quote", "Redaction", "Seat", "Study"]
