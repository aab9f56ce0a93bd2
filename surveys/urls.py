from django.urls import path

from surveys import views

app_name = "surveys"

urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:slug>/", views.survey, name="survey"),
    path("<slug:slug>/draft/", views.draft, name="draft"),
    path("<slug:slug>/answers/", views.answers, name="answers"),
    path("<slug:slug>/thanks/", views.thanks, name="thanks"),
    path("<slug:slug>/results/", views.results, name="results"),
]
