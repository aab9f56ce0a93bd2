from focusgroups.models.coding import Coding, HiddenMessage, Quote, Redaction
from focusgroups.models.guide import Answer, Guide, GuideLine, Item, TemplateLine
from focusgroups.models.remains import Remains
from focusgroups.models.seat import Lease, Picture, Seat
from focusgroups.models.study import Group, Quota, Study

__all__ = [
    "Answer",
    "Coding",
    "Group",
    "Guide",
    "GuideLine",
    "HiddenMessage",
    "Item",
    "Lease",
    "Picture",
    "Quota",
    "Quote",
    "Redaction",
    "Remains",
    "Seat",
    "Study",
    "TemplateLine",
]
