import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from surveys.models import Questionnaire


class Command(BaseCommand):
    help = "Print a survey's SurveyJS definition: what is published, or the draft."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--draft", action="store_true", help="the draft, even where a version is published")

    def handle(self, *args: Any, **options: Any) -> None:
        questionnaire = Questionnaire.objects.filter(slug=options["slug"]).select_related("version").first()
        if questionnaire is None:
            raise CommandError(f"there is no survey {options['slug']}")
        published = questionnaire.version if not options["draft"] else None
        definition = published.definition if published else questionnaire.draft_definition
        self.stdout.write(json.dumps(definition, ensure_ascii=False, indent=2))
