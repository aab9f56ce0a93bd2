"""The accounts that one weighing pays into: a member's of a programme and a type of point, locked together before anything moves."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from members.models import Member
from points import accounts, ledger
from points.models import Account, Asset, Programme, Rule
from points.models.programme import DEFAULT_PROGRAMME
from points.refusals import UnknownAccount
from points.rulebook import RuleBook

Kind = Asset.Kind
# Programme, member and type of point.
_Purse = tuple[str, int, str]


def kind_of(rule: Rule, is_shadow: bool) -> str:
    """The type of point that an award of the rule is of."""
    return str(Kind.SHADOW if is_shadow else Kind.QUALIFYING if rule.is_qualifying else Kind.REDEEMABLE)


class NotAtHand(Exception):  # noqa: N818
    """Of several accounts some are not there yet, or one was closed at this moment. Nothing is written; ask again with none in hand.

    Whoever opens an account locks its member, and erasing a member asks for accounts with the member locked: who opened one with others in
    hand would wait in a circle.
    """

    def __init__(self, absent: list[tuple[Member, Asset]]) -> None:
        super().__init__(len(absent))
        self.absent = absent

    def open(self) -> None:
        """Open what was not there, of who was not erased meanwhile."""
        for member, asset in self.absent:
            with suppress(UnknownAccount):
                accounts.open_for(member, asset)


class Purses:
    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._found: dict[_Purse, Account] = {}

    def lock(self, wanted: Iterable[tuple[Rule, Member, bool]], *, is_strict: bool = False) -> None:
        """All at once, in the order of their ids: two weighings never wait for each other in a circle.

        wanted      rule, member, whether only counted for a control group
        is_strict   raise NotAtHand rather than open an account with others in hand, or go on with one that is closed
        """
        asked = [(rule, member, kind) for rule, member, is_shadow in wanted for kind in _kinds(rule, is_shadow)]
        names = {(self._issuing(rule, kind).asset_id, accounts.code_of(member)): _key(rule, member, kind) for rule, member, kind in asked}
        found = accounts.locked({asset for asset, _code in names}, {code for _asset, code in names})
        self._found |= {names[key]: row for row in found if (key := (row.asset_id, row.code)) in names}
        absent = [each for each in asked if _key(*each) not in self._found]
        if is_strict and (found or absent):
            self._insist(found, absent)
        if absent:
            ledger.lock([self._purse(*each) for each in absent])

    def _insist(self, found: list[Account], absent: list[tuple[Rule, Member, str]]) -> None:
        owners = {(member.pk, asset.pk): (member, asset) for rule, member, kind in absent for asset in [self._issuing(rule, kind).asset]}
        missing = NotAtHand([owners[key] for key in sorted(owners)])
        if any(account.closed_at for account in found) or (absent and found):
            raise missing
        try:
            for member, asset in missing.absent:
                accounts.open_for(member, asset)
        except UnknownAccount:
            raise missing from None

    def source(self, rule: Rule, is_shadow: bool) -> Account:
        """What the rule's programme issues from."""
        return self._issuing(rule, kind_of(rule, is_shadow))

    def target(self, rule: Rule, member: Member, is_shadow: bool) -> Account:
        return self._purse(rule, member, kind_of(rule, is_shadow))

    def standings_of(self, member: Member) -> Iterator[tuple[Programme | None, Account | None]]:
        """(programme, wallet of its spendable points), where they are at hand, of each in which the member may stand otherwise now."""
        slugs = {slug for slug, pk, kind in self._found if pk == member.pk and kind != Kind.SHADOW}
        for slug in (DEFAULT_PROGRAMME, *sorted(slugs - {DEFAULT_PROGRAMME})):
            programme = self._book.issuing(slug).asset.programme if slug in slugs else None
            yield programme, self._found.get((slug, member.pk, str(Kind.REDEEMABLE)))

    def _issuing(self, rule: Rule, kind: str) -> Account:
        slug = rule.programme.slug
        return self._book.issuing(slug) if kind == Kind.REDEEMABLE else self._book.issuing(slug, kind)

    def _purse(self, rule: Rule, member: Member, kind: str) -> Account:
        key = _key(rule, member, kind)
        if key not in self._found:
            asset = self._issuing(rule, kind).asset
            self._found[key] = (accounts.shadow_of if kind == Kind.SHADOW else accounts.wallet_of)(member, asset)
        return self._found[key]


def _kinds(rule: Rule, is_shadow: bool) -> list[str]:
    beside = [str(Kind.QUALIFYING)] if rule.qualifying_points and not is_shadow else []
    return [kind_of(rule, is_shadow), *beside]


def _key(rule: Rule, member: Member, kind: str) -> _Purse:
    return rule.programme.slug, member.pk, kind
