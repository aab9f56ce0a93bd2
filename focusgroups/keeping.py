"""What stays of a group when its recording is deleted: the tables of the report and how the record ended, before either is gone."""

from typing import Any

from focusgroups import findings, identities, proofs
from focusgroups.models import Group, Item, Quote, Remains, Seat
from members import vocabulary

WORDS_MAX = 1_000


def keep(group: Group) -> Remains:
    """In the caller's transaction, before anything is deleted. Quotes on the board lose the words that give somebody away."""
    names = identities.known(group)
    seats = group.seats.filter(role=Seat.Role.PARTICIPANT)
    made = Remains(group=group, points_each=group.incentive_points)
    made.participants = seats.exclude(consented_at=None).count()
    made.came = seats.exclude(first_here_at=None).count()
    made.confirmed = seats.exclude(attended_confirmed_at=None).count()
    made.record = _record(group)
    made.marks, made.utterances = _marks(group)
    made.words = _words(group, names)
    made.outcomes = {str(outcome["item"].pk): _outcome(outcome, names) for outcome in findings.outcomes(group)}
    made.save()
    for quote in Quote.objects.filter(group=group):
        quote.text, quote.note = identities.masked(quote.text, names)[:4000], identities.masked(quote.note, names)[:500]
        quote.save(update_fields=["text", "note"])
    return made


def _record(group: Group) -> list[dict[str, Any]]:
    """How each stream ended."""
    ended = proofs.labelled(group.pk)
    return [{"stream": label, "count": proof.count, "head": proof.head, "is_whole": proof.is_whole} for label, proof in ended]


def _marks(group: Group) -> tuple[list[list[Any]], int]:
    """Each mark without its words, and the number of utterances. What nobody judges (a moderator's line) is numbered behind those."""
    units = findings.units_of(group)
    places = {event: place for place, event in enumerate(units)}
    rows = []
    for found in findings.marks_of(group):
        place = places.setdefault(found.event, len(places))
        rows.append([found.code.pk, found.coder, place, found.start, found.end, found.segment, found.item])
    return rows, len(units)


def _words(group: Group, names: dict[str, str]) -> list[list[Any]]:
    """Of the words that came up more than once in the study's talks, this group's share; names and numbers are none."""
    if group.is_rehearsal:
        return []
    finds = identities.pattern(names)
    spoken = [finds.sub(" ", line.text) if finds else line.text for line in findings.lines_of(group) if line.is_spoken]
    often, spread = vocabulary.tallied(identities.ADDRESSES.sub(" ", text) for text in spoken)
    together, _spread = findings.tally(group.study)
    return [[word, count, spread[word]] for word, count in often.most_common(WORDS_MAX) if together[word] > 1]


def _outcome(outcome: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    kept = {name: value for name, value in outcome.items() if name != "item"}
    if outcome["item"].kind == Item.Kind.PINS:
        kept["pins"] = [{**pin, "comment": identities.masked(pin.get("comment", ""), names)} for pin in kept["pins"]]
    if outcome["item"].kind == Item.Kind.NOTES:
        kept["notes"] = [[name, identities.masked(note, names)] for name, note in kept["notes"]]
        laid = [(title, [[name, identities.masked(note, names)] for name, note in notes]) for title, notes in kept["columns"]]
        kept["columns"] = [[identities.masked(title, names), notes] for title, notes in laid]
    return kept
