"""The ledger once more, in dicts and lists: what the stateful test holds the real one against. Knows no database."""

import datetime
from dataclasses import dataclass, field

DEBT = "debt:"


class Refused(Exception):  # noqa: N818
    pass


@dataclass
class Lot:
    lapses_at: datetime.datetime | None
    original: int
    remaining: int
    number: int
    transfer: int

    def first(self) -> tuple:
        return (self.lapses_at is None, self.lapses_at or 0, self.number)


@dataclass
class Row:
    """A transfer: uses are {lot number: points taken}, negative where given back."""

    number: int
    kind: str
    source: str
    target: str
    points: int
    lapses_at: datetime.datetime | None = None
    times_out_at: datetime.datetime | None = None
    settles: int | None = None
    reverses: int | None = None
    part: str = ""
    uses: dict[int, int] = field(default_factory=dict)


class Books:
    def __init__(self, wallets):
        self.rows: list[Row] = []
        self.lots: dict[str, list[Lot]] = {name: [] for name in wallets}
        self.posted = dict.fromkeys([*wallets, "issued", "redeemed", "lapsed", *(DEBT + name for name in wallets)], 0)
        self.held = dict.fromkeys(wallets, 0)
        self.lines: dict[str, list[tuple[int, int, int]]] = {name: [] for name in wallets}
        self.references: dict[str, tuple] = {}
        self.closed: set[str] = set()
        self.lot_count = 0

    def available(self, name):
        return self.posted[name] - self.held[name]

    def move(
        self,
        source,
        target,
        points,
        now,
        *,
        kind="single",
        lapses_at=None,
        times_out_at=None,
        settles=None,
        reverses=None,
        part="",
        lot=None,
    ):
        if {source, target} & self.closed:
            raise Refused("closed")
        row = Row(len(self.rows), kind, source, target, points, lapses_at, times_out_at, settles, reverses, part)
        if kind in ("single", "pending", "reversal") and source in self.lots:
            self.make_room(source, points, now)
        row.number = len(self.rows)
        self.rows.append(row)
        moves = kind in ("single", "post", "reversal") or (kind == "lapse" and settles is None)
        hold = points if kind == "pending" else -self.rows[settles].points if settles is not None else 0
        self.change(source, row, -points if moves else 0, hold)
        self.change(target, row, points if moves else 0, 0)
        taken = self.lots_out(row, lot) if source in self.lots else []
        if moves and target in self.lots:
            self.lots_in(row, taken)
        if kind in ("single", "post", "reversal") and target in self.lots:
            self.offset(target, now)
        return row

    def change(self, name, row, posted, hold):
        if (posted, hold) == (0, 0):
            return
        self.posted[name] += posted
        if name in self.held:
            self.held[name] += hold
            self.lines[name].append((posted, self.posted[name], self.held[name]))

    def lapse_due(self, name, now):
        for lot in sorted((lot for lot in self.lots[name] if lot.remaining and lot.lapses_at and lot.lapses_at <= now), key=Lot.first):
            self.move(name, "lapsed", lot.remaining, now, kind="lapse", lot=lot)

    def make_room(self, name, points, now):
        self.lapse_due(name, now)
        if self.available(name) < points:
            for row in self.overdue(now, name):
                self.settle(row.number, "lapse", now)
            self.lapse_due(name, now)
        if self.available(name) < points:
            raise Refused("insufficient")

    def overdue(self, now, name):
        return [
            row
            for row in self.rows
            if row.kind == "pending" and row.source == name and row.times_out_at and row.times_out_at <= now and not self.settled(row)
        ]

    def settled(self, row):
        return next((each for each in self.rows if each.settles == row.number), None)

    def settle(self, number, kind, now, points=None):
        row = self.rows[number]
        points = row.points if points is None else points
        if done := self.settled(row):
            if done.kind != kind or (kind == "post" and done.points != points):
                raise Refused("settled")
            return done
        if kind == "post" and row.times_out_at and row.times_out_at <= now:
            raise Refused("late")
        return self.move(row.source, row.target, points, now, kind=kind, lapses_at=row.lapses_at, settles=number)

    def lots_out(self, row, lot):
        if row.kind == "lapse" and row.settles is None:
            return self.take(row, [lot])
        if row.kind == "reversal" and row.part == "left":
            return self.take(row, [each for each in self.lots[row.source] if each.transfer == row.reverses])
        if row.settles is None:
            return self.take(row, self.lots[row.source])
        moved, kept = row.points if row.kind == "post" else 0, []
        for each in sorted((self.lot(number) for number in self.rows[row.settles].uses), key=Lot.first):
            held = self.rows[row.settles].uses[each.number]
            part = min(moved, held)
            moved -= part
            if part:
                kept.append((each, part))
            if held > part:
                row.uses[each.number] = part - held
                each.remaining += held - part
        return kept

    def lot(self, number):
        return next(lot for lots in self.lots.values() for lot in lots if lot.number == number)

    def take(self, row, among):
        taken, points = [], row.points
        for lot in sorted((lot for lot in among if lot.remaining), key=Lot.first):
            part = min(points, lot.remaining)
            if part:
                lot.remaining -= part
                row.uses[lot.number] = part
                taken.append((lot, part))
                points -= part
        assert points == 0
        return taken

    def lots_in(self, row, taken):
        if row.kind == "reversal":
            self.give_back(row)
        elif taken:
            for lot, part in taken:
                self.open_lot(row, part, row.lapses_at or lot.lapses_at)
        else:
            self.open_lot(row, row.points, row.lapses_at)

    def open_lot(self, row, points, lapses_at):
        self.lot_count += 1
        self.lots[row.target].append(Lot(lapses_at, points, points, self.lot_count, row.number))

    def give_back(self, row):
        original, points = self.rows[row.reverses], row.points
        used: dict[int, int] = {}
        for each in self.rows:
            if each.number in (original.number, original.settles) or each.reverses == original.number:
                for number, amount in each.uses.items():
                    used[number] = used.get(number, 0) + amount
        for lot in sorted((self.lot(number) for number, amount in used.items() if amount > 0), key=Lot.first, reverse=True):
            part = min(points, used[lot.number], lot.original - lot.remaining)
            if lot in self.lots[row.target] and part > 0:
                row.uses[lot.number] = -part
                lot.remaining += part
                points -= part
        if points:
            self.open_lot(row, points, None)

    def reverse(self, number, now):
        row = self.rows[number]
        if row.kind == "pending":
            row = self.settled(row) or row
        if row.kind not in ("single", "post"):
            raise Refused("not reversible")
        if done := [each for each in self.rows if each.reverses == row.number]:
            return done
        if row.target not in self.lots:
            return [self.move(row.target, row.source, row.points, now, kind="reversal", reverses=row.number, part="left")]
        self.lapse_due(row.target, now)
        mine = [lot for lot in self.lots[row.target] if lot.transfer == row.number]
        left = sum(lot.remaining for lot in mine)
        lapses = [each for each in self.rows if each.kind == "lapse" and each.settles is None]
        lapsed = sum(each.uses.get(lot.number, 0) for each in lapses for lot in mine)
        parts = {"left": (row.target, left), "lapsed": ("lapsed", lapsed), "spent": (DEBT + row.target, row.points - left - lapsed)}
        return [
            self.move(source, row.source, points, now, kind="reversal", reverses=row.number, part=part)
            for part, (source, points) in parts.items()
            if points
        ]

    def offset(self, name, now):
        if self.posted[DEBT + name] >= 0:
            return
        self.lapse_due(name, now)
        if points := min(-self.posted[DEBT + name], self.available(name)):
            self.move(name, DEBT + name, points, now)

    def erase(self, name, now):
        for row in list(self.rows):
            if row.kind == "pending" and name in (row.source, row.target) and not self.settled(row):
                self.settle(row.number, "void", now)
        if points := self.available(name):
            # What is due lapses first, as before any spending, and the rest after it.
            self.lapse_due(name, now)
            points = self.available(name)
        if points:
            self.move(name, "lapsed", points, now)
        self.closed |= {name, DEBT + name}
