from members.models.activity import Activity
from members.models.asking import AskingLimit, AskingWish
from members.models.company import Company, Purchase, PurchaseReturn
from members.models.consent import Consent, ContactPreference
from members.models.invitation import Invitation
from members.models.key import ApiKey
from members.models.member import Member
from members.models.segment import Segment

__all__ = [
    "Activity",
    "ApiKey",
    "AskingLimit",
    "AskingWish",
    "Company",
    "Consent",
    "ContactPreference",
    "Invitation",
    "Member",
    "Purchase",
    "PurchaseReturn",
    "Segment",
]
