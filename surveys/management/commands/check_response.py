import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from surveys import json_limits
from surveys.judging import BadDefinition, EngineDown, judge
from surveys.proofreading import unloadable


class Command(BaseCommand):
    help = "Judge answers against a SurveyJS definition, as a submission would be; prints the verdict as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("survey", type=Path, help="the definition, a JSON file")
        parser.add_argument("data", type=Path, help="the answers, a JSON file")

    def handle(self, *args: Any, **options: Any) -> None:
        definition = self.definition(options["survey"])
        try:
            answers = self.answers(options["data"])
        except json_limits.BadJson as problem:
            self.tell(valid=False, errors=[{"question": "", "message": str(problem)}], data={})
            return
        try:
            if reason := unloadable(definition):
                raise CommandError(f"the definition cannot be loaded: {reason}")
            verdict = judge(definition, answers)
        except (BadDefinition, EngineDown) as problem:
            raise CommandError(f"the definition cannot be loaded: {problem}") from problem
        self.tell(valid=verdict.valid, errors=[vars(error) for error in verdict.errors], data=verdict.data)

    def definition(self, path: Path) -> Any:
        try:
            return json_limits.read(path.read_bytes(), most_bytes=json_limits.DEFINITION_BYTES, most_levels=json_limits.DEFINITION_DEPTH)
        except (OSError, json_limits.BadJson) as problem:
            raise CommandError(f"the definition cannot be loaded: {problem}") from problem

    def answers(self, path: Path) -> Any:
        try:
            text = path.read_bytes()
        except OSError as problem:
            raise CommandError(f"the answers cannot be read: {problem}") from problem
        return json_limits.read(text, most_bytes=json_limits.ANSWERS_BYTES, most_levels=json_limits.ANSWERS_DEPTH)

    def tell(self, *, valid: bool, errors: list[dict[str, str]], data: dict[str, Any]) -> None:
        self.stdout.write(json.dumps({"valid": valid, "errors": errors, "data": data}, ensure_ascii=False, indent=2))
