from django.urls import path

from focusgroups import board_views, frame_views, people_views, room_files, study_views, views

app_name = "groups"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.room, name="room"),
    path("<int:pk>/frames/", frame_views.frames, name="frames"),
    path("<int:pk>/seat/", views.seat, name="seat"),
    path("<int:pk>/staff-seat/", views.staff_seat, name="staff_seat"),
    path("<int:pk>/people/", people_views.people, name="people"),
    path("<int:pk>/recruit/", people_views.recruit, name="recruit"),
    path("<int:pk>/people/attendance/", people_views.attendance, name="attendances"),
    path("<int:pk>/people/<int:seat_pk>/attendance/", people_views.attendance, name="attendance"),
    path("<int:pk>/guide/", people_views.guide, name="guide"),
    path("<int:pk>/rehearsal/", people_views.rehearsal, name="rehearsal"),
    path("<int:pk>/status/", board_views.status, name="status"),
    path("<int:pk>/tasks/<int:item_pk>/", board_views.task, name="task"),
    path("<int:pk>/tasks/<int:item_pk>/answer/", board_views.answer, name="answer"),
    path("<int:pk>/tasks/<int:item_pk>/posts/", board_views.post, name="post"),
    path("<int:pk>/tasks/<int:item_pk>/edits/", board_views.edit, name="edit"),
    path("<int:pk>/tasks/<int:item_pk>/withdrawals/", board_views.withdraw, name="withdraw"),
    path("<int:pk>/tasks/<int:item_pk>/deeds/", board_views.deed, name="deed"),
    path("<int:pk>/transcript/", views.transcript, name="transcript"),
    path("<int:pk>/transcript.<str:kind>", views.transcript_file, name="transcript_file"),
    path("<int:pk>/pictures/", room_files.pictures, name="pictures"),
    path("<int:pk>/pictures/<int:picture_pk>/", room_files.picture, name="picture"),
    path("<int:pk>/invitation.ics", room_files.invitation, name="invitation"),
    path("<int:pk>/coding/", study_views.marks, name="marks"),
    path("<int:pk>/redactions/", study_views.redaction, name="redaction"),
    path("<int:pk>/results/", study_views.results, name="results"),
    path("studies/<int:pk>/", study_views.study, name="study"),
    path("studies/<int:pk>/codes/", study_views.code, name="codes"),
    path("studies/<int:pk>/codes/<int:code_pk>/", study_views.code, name="code"),
    path("studies/<int:pk>/book/", study_views.book, name="book"),
    path("studies/<int:pk>/quotes/", study_views.quote, name="quotes"),
    path("studies/<int:pk>/project.qdpx", study_views.project, name="project"),
]
