from django.urls import path

from focusgroups import views

app_name = "groups"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.room, name="room"),
    path("<int:pk>/seat/", views.seat, name="seat"),
    path("<int:pk>/staff-seat/", views.staff_seat, name="staff_seat"),
    path("<int:pk>/people/", views.people, name="people"),
    path("<int:pk>/people/<int:seat_pk>/attendance/", views.attendance, name="attendance"),
    path("<int:pk>/transcript/", views.transcript, name="transcript"),
    path("<int:pk>/transcript.<str:kind>", views.transcript_file, name="transcript_file"),
]
