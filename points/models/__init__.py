from points.models.account import Account, AccountOwner, Partner
from points.models.accrual import Accrual, Weighing
from points.models.lot import Lot, LotUse
from points.models.outbox import Delivery, Outbox, Webhook
from points.models.programme import Asset, Programme
from points.models.reward import Redemption, Reward, VoucherCode
from points.models.rule import Approval, BackTest, Budget, Enrolment, NotApproved, Rule
from points.models.seal import SealBlock
from points.models.tier import BoardChoice, Standing, Tier
from points.models.transfer import Entry, Transfer, TransferNote

__all__ = [
    "Account",
    "AccountOwner",
    "Accrual",
    "Approval",
    "Asset",
    "BackTest",
    "BoardChoice",
    "Budget",
    "Delivery",
    "Enrolment",
    "Entry",
    "Lot",
    "LotUse",
    "NotApproved",
    "Outbox",
    "Partner",
    "Programme",
    "Redemption",
    "Reward",
    "Rule",
    "SealBlock",
    "Standing",
    "Tier",
    "Transfer",
    "TransferNote",
    "VoucherCode",
    "Webhook",
    "Weighing",
]
