"""Why the ledger refuses. Each carries the stable word that the API answers with, and what pages say in the reader's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override


class LedgerRefusal(Exception):  # noqa: N818
    code = "refused"
    status = 422
    says: str | Promise = _("The ledger refused this.")

    @property
    def in_english(self) -> str:
        """For other systems, whatever language they are asked in."""
        with override("en"):
            return str(self.says)


class InsufficientPoints(LedgerRefusal):
    code, status, says = "insufficient-points", 409, _("The source has not enough points.")

    def __init__(self, *, available: int = 0, wanted: int = 0) -> None:
        super().__init__(f"{wanted} points are wanted, {available} are available")
        self.available, self.wanted = available, wanted


class ReferenceReused(LedgerRefusal):
    code, says = "idempotency-key-reused", _("This key was used before for another request.")


class BadAmount(LedgerRefusal):
    code, says = "bad-amount", _("An amount is a whole number of points above 0.")


class AmountTooLarge(LedgerRefusal):
    code, says = "amount-too-large", _("At most the reserved amount can be posted.")


class AssetsDiffer(LedgerRefusal):
    code, says = "accounts-do-not-match", _("Source and target must be two accounts of the same programme.")


class AccountClosed(LedgerRefusal):
    code, status, says = "account-closed", 409, _("The account is closed.")


class NotPending(LedgerRefusal):
    code, status, says = "not-pending", 409, _("This transfer is not pending, or was settled otherwise.")


class NotReversible(LedgerRefusal):
    code, status, says = "not-reversible", 409, _("Only a posted transfer can be reversed, and a reversal cannot.")


class UnknownAccount(LedgerRefusal):
    code, status, says = "unknown-account", 404, _("There is no such account.")
