from points.models.account import Account, AccountOwner, Partner
from points.models.accrual import Accrual, Weighing
from points.models.approval import Approval
from points.models.backtest import BackTest
from points.models.badge import Badge
from points.models.budget import Budget
from points.models.deferral import Deferral
from points.models.enrolment import Enrolment
from points.models.gift import Gift
from points.models.grant import Grant
from points.models.lot import Lot, LotUse
from points.models.outbox import Delivery, Outbox, Webhook
from points.models.partner import JointPromotion, PartnerUser, SpendCode, WrongCode
from points.models.programme import Asset, Programme
from points.models.review import DeviceUse, Review
from points.models.reward import Redemption, Reward, SetAside, VoucherCode
from points.models.rule import NotApproved, Rule
from points.models.seal import SealBlock
from points.models.tier import BoardChoice, Standing, Tier, TierChange
from points.models.transfer import Entry, Transfer, TransferNote

__all__ = [
    "Account",
    "AccountOwner",
    "Accrual",
    "Approval",
    "Asset",
    "BackTest",
    "Badge",
    "BoardChoice",
    "Budget",
    "Deferral",
    "Delivery",
    "DeviceUse",
    "Enrolment",
    "Entry",
    "Gift",
    "Grant",
    "JointPromotion",
    "Lot",
    "LotUse",
    "NotApproved",
    "Outbox",
    "Partner",
    "PartnerUser",
    "Programme",
    "Redemption",
    "Review",
    "Reward",
    "Rule",
    "SealBlock",
    "SetAside",
    "SpendCode",
    "Standing",
    "Tier",
    "TierChange",
    "Transfer",
    "TransferNote",
    "VoucherCode",
    "Webhook",
    "Weighing",
    "WrongCode",
]
