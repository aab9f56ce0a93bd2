"""django-survey's `exportresult` with a file for each survey: it names files by a slug, in which a Chinese title leaves nothing."""

import contextlib
from pathlib import Path
from typing import Any

from django.utils import translation
from survey.exporter.tex import Configuration
from survey.management.commands import exportresult
from survey.management.survey_command import SurveyCommand

from surveys.record_exports import SafeCsv, SafeTex


class Command(exportresult.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        SurveyCommand.handle(self, *args, **options)
        language = options.get("language")
        with translation.override(language) if language else contextlib.nullcontext():
            for survey in self.surveys:
                self._export(survey, options)

    def _export(self, survey: Any, options: dict[str, Any]) -> None:
        exporters: list[Any] = [SafeCsv(survey)] if options["csv"] else []
        if options["tex"] or options["pdf"]:
            exporters.append(SafeTex(survey, Configuration(options.get("configuration_file"))))
        for exporter in exporters:
            if not options["force"] and not exporter.need_update():
                self.stderr.write(f"{exporter.filename} is up to date; --force makes it anew.")
                continue
            Path(exporter.directory).mkdir(parents=True, exist_ok=True)
            exporter.generate_file()
            self.stdout.write(str(exporter.filename))
            if options["pdf"] and isinstance(exporter, SafeTex):
                exporter.compile_pdf()
                self.stdout.write(str(exporter.pdf_filename))
