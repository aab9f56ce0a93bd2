from django.urls import path

from focusgroups import views

app_name = "groups"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.room, name="room"),
]
