from django.urls import path

from insights import proof_views, views

app_name = "insights"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("answers/", views.beside, name="answers"),
    path("pays/", proof_views.pays, name="pays"),
    path("pays.csv", proof_views.pays_table, name="pays_table"),
    path("pays-by-month.csv", proof_views.pays_by_month, name="pays_by_month"),
    path("care/", proof_views.care, name="care"),
    path("care.csv", proof_views.care_table, name="care_table"),
    path("renewals.csv", proof_views.renewals, name="renewals"),
    path("<slug:name>.csv", views.table, name="table"),
]
