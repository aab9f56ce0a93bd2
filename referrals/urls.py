from django.urls import path

from referrals import views

app_name = "referrals"
urlpatterns = [
    path("refer/", views.index, name="index"),
    path("refer/<str:door>/names/", views.name, name="name"),
    path("refer/<str:door>/links/", views.make_link, name="make_link"),
    path("refer/qr/<str:code>.svg", views.qr, name="qr"),
    path("r/<str:code>", views.link, name="link"),
]
