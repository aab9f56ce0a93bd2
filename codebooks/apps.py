from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CodebooksConfig(AppConfig):
    name = "codebooks"
    verbose_name = _("Codebooks")
