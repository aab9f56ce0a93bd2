from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from surveys import json_limits, publishing, redrafting
from surveys.judging import EngineDown
from surveys.models import Questionnaire


class Command(BaseCommand):
    help = "Bring in a SurveyJS definition; the same address again becomes the next draft of that survey."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--slug", default="", help="the survey's address; made from its title when left out")
        parser.add_argument("--publish", action="store_true", help="proof-read it and open it for every member")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = options["file"].read_bytes()
            definition = json_limits.read(text, most_bytes=json_limits.DEFINITION_BYTES, most_levels=json_limits.DEFINITION_DEPTH)
        except (OSError, json_limits.BadJson) as problem:
            raise CommandError(str(problem)) from problem
        if not isinstance(definition, dict):
            raise CommandError("a definition is a JSON object")
        questionnaire = self.kept(definition, options["slug"], options["file"].stem)
        if options["publish"]:
            self.publish(questionnaire)
        questionnaire.refresh_from_db()
        self.stdout.write(f"/surveys/{questionnaire.slug}/ {questionnaire.state}")

    def kept(self, definition: dict[str, Any], slug: str, fallback: str) -> Questionnaire:
        known = Questionnaire.objects.filter(slug=slug).select_related("survey").first() if slug else None
        if known:
            survey, kept = redrafting.put(known, definition=definition, through="manage.py import_survey")
            if kept:
                self.stderr.write(f"the draft that was not published is kept: /admin/surveys/{survey.pk}/versions/#earlier-drafts")
            return survey
        return publishing.create(title=title_of(definition) or fallback, definition=definition, slug=slug)

    def publish(self, questionnaire: Questionnaire) -> None:
        try:
            publishing.publish(questionnaire)
        except publishing.NotPublishable as refusal:
            lines = [f"{problem.question or 'definition'}: {problem.message}" for problem in refusal.problems]
            raise CommandError("kept as a draft, not published:\n" + "\n".join(lines)) from refusal
        except EngineDown as problem:
            raise CommandError(f"kept as a draft, not published: {problem}") from problem


def title_of(definition: dict[str, Any]) -> str:
    """A definition's own title, in its default language; "" where it has none."""
    title = definition.get("title")
    if isinstance(title, dict):
        title = title.get("default") or title.get("en") or next(iter(title.values()), "")
    return title.strip()[:200] if isinstance(title, str) else ""
