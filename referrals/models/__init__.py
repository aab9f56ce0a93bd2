from referrals.models.claim import Claim
from referrals.models.link import Door, ReferralLink
from referrals.models.referral import Referral
from referrals.models.station import Station
from referrals.models.wish import SoughtCustomer

__all__ = ["Claim", "Door", "Referral", "ReferralLink", "SoughtCustomer", "Station"]
