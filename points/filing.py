"""Doing the transfers of a file: a result for each line, a dry run, and the same file again changes nothing."""

import contextlib
import uuid
from collections.abc import Iterator

from django.db import transaction

from members.models import ApiKey, Member
from points import accounts, asking, ledger, ordering
from points.files import Line, Report, Result
from points.models import Account, Transfer
from points.refusals import LedgerRefusal
from points.schemas import BatchItem

CHUNK = 500


def take(lines: list[Line], *, key: ApiKey | None = None, client: str = "file", dry_run: bool = False) -> Report:
    """Do every line for itself, in order. A dry run says the same and changes nothing.

    key   whose file it is; without one, the club's own, which may name members as member:E-MAIL or member:@HANDLE
    """
    if dry_run:
        with transaction.atomic():
            report = Report([result for chunk in _chunks(lines) for result in _take(chunk, key, client, is_real=False)])
            for result in report.results:
                # What is taken back has no id that anybody could ask for.
                result.transfer = result.transfer if result.outcome == "repeated" else ""
            transaction.set_rollback(True)
        return report
    return Report([result for chunk in _chunks(lines) for result in _take(chunk, key, client, is_real=True)])


def _chunks(lines: list[Line]) -> Iterator[list[Line]]:
    yield from (lines[first : first + CHUNK] for first in range(0, len(lines), CHUNK))


def _take(lines: list[Line], key: ApiKey | None, client: str, *, is_real: bool) -> Iterator[Result]:
    found: dict[int, ledger.Order | LedgerRefusal | Transfer] = {}
    found |= dict(_here_already(lines, key))
    names = {} if key else _members([line.item for line in lines if line.item])
    known: dict[tuple[str, str], Account] = {}
    for line in lines:
        if line.item is not None and line.number not in found:
            try:
                found[line.number] = asking.order_of(key, line.item, line.key) if key else _order(line.item, line.key, client, names, known)
            except LedgerRefusal as refusal:
                found[line.number] = refusal
    orders = [each for each in found.values() if isinstance(each, ledger.Order)]
    done = iter(ordering.accept_batch(orders, linked=False) if is_real else [_try(order) for order in orders])
    for line in lines:
        outcome = found.get(line.number)
        yield _result(line, next(done) if isinstance(outcome, ledger.Order) else outcome)


def _here_already(lines: list[Line], key: ApiKey | None) -> Iterator[tuple[int, Transfer]]:
    """Lines that an export of these very books wrote, and that say what it wrote: whoever made the transfer, it is not made again."""
    wanted: list[tuple[uuid.UUID, Line, BatchItem]] = []
    for line in lines:
        with contextlib.suppress(ValueError):
            if line.item is not None and line.exported_id:
                wanted.append((uuid.UUID(line.exported_id), line, line.item))
    rows = Transfer.objects.visible_to_key(key) if key else Transfer.objects.redeemable()
    found = rows.select_related("source", "target").in_bulk([each for each, _line, _item in wanted], field_name="public_id")
    for public_id, line, item in wanted:
        said = (item.idempotency_key, item.source, item.target, item.amount_points)
        row = found.get(public_id)
        if row and said == (row.reference, row.source.code, row.target.code, row.amount_points):
            row.is_replay = True
            yield line.number, row


def _try(order: ledger.Order) -> Transfer | LedgerRefusal:
    try:
        with transaction.atomic():
            return ledger.transfer(order)
    except LedgerRefusal as refusal:
        return refusal


def _result(line: Line, outcome: Transfer | LedgerRefusal | None) -> Result:
    if outcome is None:
        return Result(line.number, line.key, "invalid", line.problem)
    if isinstance(outcome, LedgerRefusal):
        return Result(line.number, line.key, "refused", str(outcome.says))
    return Result(line.number, line.key, "repeated" if outcome.is_replay else "done", transfer=str(outcome.public_id))


def _members(items: list[BatchItem]) -> dict[str, str]:
    """The ledger's names of members whom the file names by address or handle. Two queries."""
    said = {code.partition(":")[2] for item in items for code in (item.source, item.target) if code.startswith("member:")}
    people = Member.objects.filter(is_active=True, erased_at=None)
    emails = {name.lower() for name in said if "@" in name[1:]}
    handles = {name[1:] for name in said if name.startswith("@")}
    found = {f"member:{member.email.lower()}": f"member:{member.public_id}" for member in people.filter(email__in=emails)}
    return found | {f"member:@{member.handle}": f"member:{member.public_id}" for member in people.filter(handle__in=handles)}


def _order(item: BatchItem, reference: str, client: str, names: dict[str, str], known: dict[tuple[str, str], Account]) -> ledger.Order:
    codes = [names.get(code.lower() if "@" in code[8:] else code, code) for code in (item.source, item.target)]
    programme = accounts.programme_of(codes)
    for code in codes:
        if (programme, code) not in known:
            known[programme, code] = accounts.named(code, programme=programme)
    source, target = (known[programme, code] for code in codes)
    return asking.order_between(source, target, item, reference, client=client)
