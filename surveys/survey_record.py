"""django-survey-and-report as an app of ours: its tables keep the key type that its own migrations gave them."""

from survey.apps import DjangoSurveyAndReportConfig


class SurveyRecordConfig(DjangoSurveyAndReportConfig):
    default_auto_field = "django.db.models.AutoField"
