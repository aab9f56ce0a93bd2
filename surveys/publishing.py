"""Making surveys, publishing their versions, opening and closing them."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from members import meanwhile
from members.meanwhile import ChangedMeanwhile
from members.models import Member
from surveys import apportioning, contradictions, judging, margins, mirroring, quotas
from surveys.engine.pool import pool
from surveys.judging import Problem
from surveys.models import Questionnaire, Quota, SchemaVersion
from surveys.proofreading import proofread

LANGUAGES = ("en", "zh-hans")


class NotPublishable(ValueError):  # noqa: N818
    """The definition has errors; `problems` lists each with its place."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.question}: {problem.message}" for problem in problems))
        self.problems = problems


@transaction.atomic
def create(
    *, title: str, definition: dict[str, Any], created_by: Member | None = None, slug: str = "", summary: str = "", **fields: Any
) -> Questionnaire:
    """Make a draft survey. An empty slug is made from the title and kept unique."""
    survey = mirroring.new_survey(title, summary)
    return Questionnaire.objects.create(
        survey=survey,
        slug=slug or free_slug(title),
        title=title,
        summary=summary,
        draft_definition=definition,
        created_by=created_by,
        **fields,
    )


# What a copy is asked like; its days, kiosk, invitations and answers are its own.
COPIED = ("summary", "audience", "results", "is_anonymous", "points", "minutes", "is_editable", "contradictions", "margins")


@transaction.atomic
def copy(questionnaire: Questionnaire, *, title: str, is_next_wave: bool = False, by: Member | None = None) -> Questionnaire:
    """Make a draft that asks the same in the same way, in a copy what is written and in the next wave what members were asked last.

    The next wave names this survey as the one before and shares its codebook.
    """
    fields = {name: getattr(questionnaire, name) for name in COPIED}
    definition = questionnaire.draft_definition
    if is_next_wave and questionnaire.version is not None:
        fields |= {"previous_wave": questionnaire, "codebook": questionnaire.codebook}
        definition = questionnaire.version.definition
    made = create(title=title, definition=definition, created_by=by, **fields)
    made.quotas.bulk_create(
        Quota(questionnaire=made, name=cell.name, wants=cell.wants, most=cell.most) for cell in questionnaire.quotas.all()
    )
    return made


def free_slug(title: str) -> str:
    """An address nobody has yet, from a title in any language."""
    base = slugify(title)[:50] or "survey"
    taken = set(Questionnaire.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return base if base not in taken else next(f"{base}-{n}" for n in range(2, len(taken) + 3) if f"{base}-{n}" not in taken)


@transaction.atomic
def revise(questionnaire: Questionnaire, *, seen: Mapping[str, str] | None = None, **fields: Any) -> Questionnaire:
    """Change the draft (`definition`) and settings, and nothing beside what is named; what was published stays as it is.

    seen   marks (`members.meanwhile`) of what stood there when the change was begun: what it left alone stays as others put it since
    Raises ChangedMeanwhile where others changed the same, or something with which it does not go together.
    """
    held = Questionnaire.objects.select_for_update(of=("self",)).select_related("survey").get(pk=questionnaire.pk)
    now = {name: getattr(held, _column(name)) for name in fields}
    written = meanwhile.settled(fields, now, seen or {})
    if "is_anonymous" in written and held.version_id:
        # Published a moment ago: answers were promised one or the other.
        raise ChangedMeanwhile({"is_anonymous": held.is_anonymous})
    _keep_in_order(held, written)
    for name, value in written.items():
        for row in (held, questionnaire):
            setattr(row, _column(name), value)
    held.save(update_fields=[_column(name) for name in written])
    mirroring.mirror_survey(held)
    return held


def _column(name: str) -> str:
    return "draft_definition" if name == "definition" else name


def _keep_in_order(held: Questionnaire, written: dict[str, Any]) -> None:
    """Of two who change one end each, the later is told where the survey would close before it opens."""
    ends = {name: getattr(held, name) for name in ("opens_at", "closes_at")}
    opens, closes = (written.get(name, ends[name]) for name in ends)
    if opens and closes and closes <= opens and len(written.keys() & ends.keys()) == 1:
        raise ChangedMeanwhile({name: ends[name] for name in ends.keys() - written.keys()})


@transaction.atomic
def revise_entry(questionnaire: Questionnaire, table: str, name: str, value: Any, *, seen: Mapping[str, str] | None = None) -> None:
    """Change one entry of a table that a survey keeps (`margins`, `equivalents`), or take it out (None); the others stay as they are.

    Raises ChangedMeanwhile as `revise` does.
    """
    held = Questionnaire.objects.select_for_update(of=("self",)).get(pk=questionnaire.pk)
    entries = getattr(held, table)
    was = {} if seen is None else {name: seen.get(name, meanwhile.mark(None))}
    if not meanwhile.settled({name: value}, {name: entries.get(name)}, was):
        return
    kept = {key: entry for key, entry in entries.items() if key != name}
    setattr(held, table, kept if value is None else {**kept, name: value})
    held.save(update_fields=[table])
    if table == "equivalents":
        apportioning.count_anew(held.pk)


def publish(questionnaire: Questionnaire, *, by: Member | None = None, opens: bool = True, seen: str = "") -> SchemaVersion:
    """Proof-read the draft, freeze it as the next version and open the survey; an unchanged draft keeps its version.

    Without `opens` the version is only made, so that answers from elsewhere can be read by it, and nobody is asked.
    `seen` is the mark of the draft that is meant (`members.meanwhile`).

    Raises ChangedMeanwhile where the draft is another by now, or becomes another while it is read; NotPublishable with every error at its
    place, also of quotas that no answers to this draft would fill and of rules for contradictions that it leaves without their question;
    and EngineDown when no engine answers.
    """
    if seen and seen != meanwhile.mark(questionnaire.draft_definition):
        raise ChangedMeanwhile({"definition": questionnaire.draft_definition})
    errors, _warnings = proofread(questionnaire.draft_definition)
    if errors:
        raise NotPublishable(errors)
    # The engine is asked before the transaction: nobody else's write should wait for it.
    outlines = {language: judging.outline(questionnaire.draft_definition, language=language) for language in LANGUAGES}
    lost, _doubtful = contradictions.proofread_rules(questionnaire.draft_definition, questionnaire.contradictions)
    cells = list(questionnaire.quotas.all())
    lost += quotas.revealing(questionnaire, cells) + quotas.unfillable(cells, outlines["en"]["questions"])
    if lost:
        raise NotPublishable(lost)
    return _freeze(questionnaire, outlines, by, opens)


@transaction.atomic
def _freeze(questionnaire: Questionnaire, outlines: dict[str, dict[str, Any]], by: Member | None, opens: bool) -> SchemaVersion:
    was_read, rules = judging.digest_of(questionnaire.draft_definition), questionnaire.contradictions
    questionnaire = Questionnaire.objects.select_for_update().select_related("survey").get(pk=questionnaire.pk)
    definition, digest = questionnaire.draft_definition, judging.digest_of(questionnaire.draft_definition)
    if digest != was_read or questionnaire.contradictions != rules:
        # What would be frozen is not what was proof-read.
        raise ChangedMeanwhile({"definition": definition})
    last = questionnaire.versions.first()
    version = last
    if last is None or last.digest != digest:
        version = SchemaVersion.objects.create(
            questionnaire=questionnaire,
            number=last.number + 1 if last else 1,
            definition=definition,
            digest=digest,
            engine=engine_version(),
            outline=outlines,
            published_by=by,
        )
        mirroring.mirror_version(version, outlines["en"])
    questionnaire.version = version
    questionnaire.titles = {
        language: {"title": outline["title"][:200], "summary": outline["description"][:500]} for language, outline in outlines.items()
    }
    if opens:
        questionnaire.state = Questionnaire.State.OPEN
        questionnaire.published_at = questionnaire.published_at or timezone.now()
    questionnaire.save(update_fields=["version", "titles", "state", "published_at"])
    mirroring.mirror_survey(questionnaire)
    assert version is not None
    return version


def proofread_whole(questionnaire: Questionnaire) -> tuple[list[Problem], list[Problem]]:
    """All that forbids publishing a survey as it stands, and warnings: its draft, and what depends on it. Raises EngineDown."""
    errors, warnings = proofread(questionnaire.draft_definition)
    if errors:
        return errors, warnings
    lost, doubtful = contradictions.proofread_rules(questionnaire.draft_definition, questionnaire.contradictions)
    warnings += doubtful
    cells = list(questionnaire.quotas.all())
    if not cells and not questionnaire.margins:
        return lost, warnings
    outline = judging.outline(questionnaire.draft_definition, language="en")
    lost += quotas.revealing(questionnaire, cells) + quotas.unfillable(cells, outline["questions"])
    # Shares can be given anew at any time, whatever was answered: they hold nothing up.
    warnings += margins.unmet(questionnaire.margins, outline)
    if questionnaire.is_asking and questionnaire.version:
        places = {problem.question for problem in lost}
        early = quotas.unfillable(cells, questionnaire.version.outline["en"]["questions"])
        told = _("What this quota counts is not asked yet: publish the draft.")
        warnings += [Problem(place, told) for place in dict.fromkeys(problem.question for problem in early) if place not in places]
    return lost, warnings


def engine_version() -> str:
    return pool().version()


@transaction.atomic
def close(questionnaire: Questionnaire) -> None:
    """Take no more answers. Harmless when repeated; what was held back of an anonymous survey's receipts is recorded now."""
    from surveys.releasing import record_held_back

    questionnaire = Questionnaire.objects.select_for_update().select_related("survey").get(pk=questionnaire.pk)
    if questionnaire.state != Questionnaire.State.OPEN:
        return
    questionnaire.state = Questionnaire.State.CLOSED
    questionnaire.save(update_fields=["state"])
    mirroring.mirror_survey(questionnaire)
    if questionnaire.is_anonymous:
        questionnaire.drafts.all().delete()
    record_held_back(questionnaire)
