"""Which static files are collected for production: what our pages name, and no more."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.staticfiles.finders import AppDirectoriesFinder, FileSystemFinder
from django.core.files.storage import Storage

# Its pages are never routed, and its style sheets name files that it does not bring, at which collecting would stop.
LEFT_OUT = {"survey"}
# Of the browser packages' six hundred files, those that a page asks for.
BROWSER_FILES = {
    "survey-core/survey-core.fontless.min.css",
    "survey-core/survey.core.min.js",
    "survey-core/i18n/simplified-chinese.min.js",
    "survey-js-ui/survey-js-ui.min.js",
}


class AppsFinder(AppDirectoriesFinder):
    """The static folders of the apps, without LEFT_OUT."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(app_names, *args, **kwargs)
        self.apps = [name for name in self.apps if name not in LEFT_OUT]
        for name in LEFT_OUT:
            self.storages.pop(name, None)


class BrowserPackagesFinder(FileSystemFinder):
    """The browser packages of STATICFILES_DIRS: only BROWSER_FILES."""

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        for path, storage in super().list(ignore_patterns):
            if f"{getattr(storage, 'prefix', '')}/{path}" in BROWSER_FILES:
                yield path, storage
