from django.urls import path

from points import views

app_name = "points"

urlpatterns = [
    path("", views.statement, name="statement"),
    path("statement.csv", views.statement_csv, name="statement_csv"),
    path("rewards/", views.rewards, name="rewards"),
    path("rewards/<slug:slug>/redemptions/", views.redeem, name="redeem"),
    path("redemptions/<uuid:public_id>/cancellation/", views.cancel, name="cancel"),
    path("leaderboard/", views.leaderboard, name="leaderboard"),
    path("leaderboard/choice/", views.choose, name="choose"),
]
