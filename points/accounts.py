"""Finding and opening accounts, by owner or by the names that other systems use."""

import uuid
from collections.abc import Collection, Iterable

from django.db import transaction

from members import once
from members.models import Company, Member
from members.ready import Ready
from points.models import Account, AccountOwner, Asset, Partner
from points.models.programme import DEFAULT_PROGRAMME
from points.refusals import UnknownAccount

Kind = Account.Kind
SYSTEM_KINDS = {Kind.ISSUED: "issued", Kind.LAPSED: "lapsed", Kind.REDEEMED: "redeemed", Kind.GOODWILL: "goodwill"}


def default_asset(programme: str = DEFAULT_PROGRAMME, kind: str = Asset.Kind.REDEEMABLE) -> Asset:
    """The programme's spendable points. Raises UnknownAccount where there is no such programme."""
    try:
        return Asset.objects.select_related("programme").get(programme__slug=programme, kind=kind)
    except Asset.DoesNotExist:
        raise UnknownAccount from None


def system(kind: str, asset: Asset | None = None) -> Account:
    """The programme's own account of a kind: issued, lapsed, redeemed, goodwill."""
    asset = asset or default_asset()
    account = Account.objects.get(asset=asset, kind=kind)
    account.asset = asset
    return account


_ISSUING = Ready(
    lambda programme, asset_kind: Account.objects.select_related("asset__programme").filter(
        asset__programme__slug=programme, asset__kind=asset_kind, kind=Kind.ISSUED
    )
)
_LOCKED = Ready(
    lambda assets, codes: (
        Account.objects.filter(asset__pk__in=assets, code__in=codes, floor__isnull=False).order_by("pk").select_for_update(no_key=True)
    )
)


def issuing(programme: str = DEFAULT_PROGRAMME, kind: str = Asset.Kind.REDEEMABLE) -> Account:
    """What a programme's points (the spendable ones, if no kind is named) are issued from, with asset and programme. One query."""
    found: Account | None = _ISSUING.first(programme=programme, asset_kind=str(kind))
    if found is None:
        raise Account.DoesNotExist(f"{programme} issues no {kind} points")
    return found


def code_of(member: Member) -> str:
    """The name of a member's accounts."""
    return f"member:{member.public_id}"


def locked(assets: Collection[int], codes: Collection[str]) -> list[Account]:
    """The accounts of these names that are open, locked in the order of their ids. One query."""
    return _LOCKED.all(assets=list(assets), codes=list(codes)) if assets and codes else []


_NAMED = Ready(lambda asset, code: Account.objects.filter(asset=asset, code=code).order_by())


def wallet_of(member: Member, asset: Asset | None = None) -> Account:
    """A member's wallet, opened where there is none."""
    return _open(asset or default_asset(), code_of(member), Kind.WALLET, 0, member=member)


@transaction.atomic
def open_for(member: Member, asset: Asset) -> Account:
    """As `wallet_of` or `shadow_of`, by the asset. Raises UnknownAccount for who was erased, also at this moment.

    The member is locked before the account, as erasing locks them: call it with no account in hand.
    """
    if not Member.objects.select_for_update(no_key=True).filter(pk=member.pk, erased_at=None):
        raise UnknownAccount
    return (shadow_of if asset.kind == Asset.Kind.SHADOW else wallet_of)(member, asset)


def shadow_of(member: Member, asset: Asset) -> Account:
    """Where a member's points of the control group are counted: neither lapsing nor ever spent. asset: of shadow points."""
    return _open(asset, code_of(member), Kind.SHADOW, 0, member=member)


def pool_of(company: Company, asset: Asset | None = None) -> Account:
    return _open(asset or default_asset(), f"company:{company.public_id}", Kind.POOL, 0, company=company)


def block_of(partner: Partner, asset: Asset | None = None) -> Account:
    return _open(
        asset or default_asset(partner.programme.slug),
        f"partner:{partner.slug}",
        Kind.PARTNER,
        -partner.credit_limit_points,
        partner=partner,
    )


def debt_of(wallet: Account) -> Account:
    """What the owner of a wallet owes after a spent award was taken back; opened where there is none."""
    owner: dict[str, int | None] = AccountOwner.objects.filter(account=wallet).values("member", "company").first() or {}  # type: ignore[assignment]
    fields = {f"{name}_id": pk for name, pk in owner.items()}
    return _open(wallet.asset, f"{wallet.code}:debt", Kind.DEBT, None, **fields)


def debt_if_any(wallet: Account) -> Account | None:
    found: Account | None = _NAMED.first(asset=wallet.asset_id, code=f"{wallet.code}:debt")
    return found


def _open(asset: Asset, code: str, kind: str, floor: int | None, **owner: object) -> Account:
    account: Account | None = _NAMED.first(asset=asset.pk, code=code)
    if account is None:
        account = Account(asset=asset, code=code, kind=kind, floor=floor)
        if once.keep(account):
            if any(owner.values()):
                once.keep(AccountOwner(account=account, **owner))
        else:
            account = _NAMED.first(asset=asset.pk, code=code)
    assert account is not None
    account.asset = asset
    return account


def named(code: str, *, programme: str = DEFAULT_PROGRAMME, opening: bool = True) -> Account:
    """The account that other systems call by this name. Raises UnknownAccount.

    A member's, company's or partner's account is opened at first mention, in the programme's spendable points;
    with opening=False it is answered as it would be, unsaved and empty.
    """
    kind, _colon, rest = code.partition(":")
    slug = rest.partition(":")[0] if kind == "programme" else programme
    existing = Account.objects.redeemable(slug).filter(code=code).select_related("asset__programme").first()
    if existing:
        return existing
    owner = _owner(kind, rest, programme)
    return _opened(owner, programme) if opening else Account(code=code, floor=0)


def _owner(kind: str, rest: str, programme: str) -> Member | Company | Partner:
    try:
        if kind == "member":
            return Member.objects.get(public_id=uuid.UUID(rest), is_active=True, erased_at=None)
        if kind == "company":
            return Company.objects.get(public_id=uuid.UUID(rest))
        if kind == "partner":
            return Partner.objects.select_related("programme").get(slug=rest, programme__slug=programme)
    except (ValueError, Member.DoesNotExist, Company.DoesNotExist, Partner.DoesNotExist):
        raise UnknownAccount from None
    raise UnknownAccount


def _opened(owner: Member | Company | Partner, programme: str) -> Account:
    asset = default_asset(programme)
    if isinstance(owner, Member):
        return open_for(owner, asset)
    return pool_of(owner, asset) if isinstance(owner, Company) else block_of(owner, asset)


def programme_of(codes: Iterable[str]) -> str:
    """Which programme a transfer between these names is in: that of a programme's own account, else the club's."""
    return next((code.split(":")[1] for code in codes if code.startswith("programme:") and code.count(":") == 2), DEFAULT_PROGRAMME)
