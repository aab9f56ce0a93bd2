from django.urls import path

from surveys import kiosk_views, views

app_name = "surveys"

urlpatterns = [
    path("", views.index, name="index"),
    path("link/<str:token>/", views.link, name="link"),
    path("kiosk/<str:token>/", kiosk_views.kiosk, name="kiosk"),
    path("kiosk/<str:token>/answers/", kiosk_views.kiosk_answers, name="kiosk_answers"),
    path("<slug:slug>/", views.survey, name="survey"),
    path("<slug:slug>/here/", views.here, name="here"),
    path("<slug:slug>/draft/", views.draft, name="draft"),
    path("<slug:slug>/answers/", views.answers, name="answers"),
    path("<slug:slug>/thanks/", views.thanks, name="thanks"),
    path("<slug:slug>/results/", views.results, name="results"),
    path("<slug:slug>/results/<path:question>.svg", views.chart, name="chart"),
]
