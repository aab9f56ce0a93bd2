"""The surveys' desk in Wagtail's back office."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from surveys import coding_room, correction_room, laboratory, office, quota_room, version_room, workshop

patterns: list[URLPattern | URLResolver] = [
    path("", office.desk, name="desk"),
    path("new/", office.begin, name="begin"),
    path("limit/", office.limit, name="limit"),
    path("bank/", workshop.questions, name="bank"),
    path("<int:pk>/", office.edit, name="edit"),
    path("<int:pk>/build/", workshop.build, name="build"),
    path("<int:pk>/build/compose/", workshop.compose, name="compose"),
    path("<int:pk>/build/frame/", workshop.frame, name="frame"),
    path("<int:pk>/build/keep/", workshop.keep, name="keep"),
    path("<int:pk>/languages/", workshop.languages, name="languages"),
    path("<int:pk>/publish/", office.publish, name="publish"),
    path("<int:pk>/close/", office.close, name="close"),
    path("<int:pk>/copy/", office.copy, name="copy"),
    path("<int:pk>/invite/", office.invite, name="invite"),
    path("<int:pk>/remind/", office.remind, name="remind"),
    path("<int:pk>/links.csv", office.links, name="links"),
    path("<int:pk>/quotas/", quota_room.quota, name="quota"),
    path("<int:pk>/kiosk/", office.kiosk, name="kiosk"),
    path("<int:pk>/contradictions/", office.contradictions, name="contradictions"),
    path("<int:pk>/preview/", office.preview, name="preview"),
    path("<int:pk>/check/", office.check, name="check"),
    path("<int:pk>/responses/", office.responses, name="responses"),
    path("<int:pk>/responses/<int:submission_pk>/", office.reject, name="reject"),
    path("<int:pk>/answers.csv", office.export, name="export"),
    path("<int:pk>/answers/<int:submission_pk>/", version_room.answer, name="answer"),
    path("<int:pk>/answers/<int:submission_pk>/correct/", correction_room.correct, name="correct"),
    path("<int:pk>/versions/", version_room.versions, name="versions"),
    path("<int:pk>/versions/<int:number>/", version_room.asked, name="asked"),
    path("<int:pk>/drafts/<int:draft_pk>/", version_room.bring_back, name="bring_back"),
    path("<int:pk>/equivalents/", version_room.declare, name="declare"),
    path("<int:pk>/analysis/", laboratory.analysis, name="analysis"),
    path("<int:pk>/margins/", laboratory.margins, name="margins"),
    path("<int:pk>/words/<path:question>/code/", coding_room.code, name="code"),
    path("<int:pk>/words/<path:question>/marks/", coding_room.mark, name="mark"),
    path("<int:pk>/words/<path:question>/book/", coding_room.book, name="book"),
    path("<int:pk>/words/<path:question>/codes.svg", coding_room.crossed_chart, name="crossed_chart"),
    path("<int:pk>/words/<path:question>/", coding_room.words, name="words"),
    path("<int:pk>/exports/", laboratory.ask_export, name="ask_export"),
    path("<int:pk>/exports/<int:export_pk>/", laboratory.take_export, name="take_export"),
    path("<int:pk>/codebook.csv", laboratory.codebook, name="codebook"),
    path("<int:pk>/charts/<path:question>.svg", laboratory.chart, name="chart"),
    path("<int:pk>/crosstab.svg", laboratory.crosstab_chart, name="crosstab_chart"),
    path("<int:pk>/trends/<path:question>.svg", laboratory.trend_chart, name="trend_chart"),
]


@hooks.register("register_admin_urls")
def desk_urls() -> list[Any]:
    return [path("surveys/", include((patterns, "surveys_office"), namespace="surveys_office"))]


class SurveysMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("surveys.view_questionnaire")


@hooks.register("register_admin_menu_item")
def desk_menu() -> MenuItem:
    return SurveysMenuItem(_("Surveys"), reverse("surveys_office:desk"), icon_name="form", order=320)
