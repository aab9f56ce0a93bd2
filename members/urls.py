from django.urls import path

from members import views

app_name = "members"
urlpatterns = [
    path("settings/", views.settings, name="settings"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("<slug:handle>/", views.profile, name="profile"),
]
