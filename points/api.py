"""The ledger's calls for other systems."""

from ninja import Router

router = Router(tags=["ledger"])
