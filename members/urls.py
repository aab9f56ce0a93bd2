from django.urls import path

from members import views

app_name = "members"
urlpatterns = [
    path("settings/", views.settings, name="settings"),
    path("settings/data/", views.data, name="data"),
    path("settings/company/", views.company, name="company"),
    path("settings/company/invitations/", views.invite, name="invite"),
    path("settings/company/invitations/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("<slug:handle>/", views.profile, name="profile"),
]
