from django.urls import path

from forum import views

app_name = "forum"
urlpatterns = [
    path("", views.index, name="index"),
    path("boards/<slug:slug>/", views.board, name="board"),
    path("tags/<str:slug>/", views.tag, name="tag"),
    path("threads/<int:pk>/", views.thread, name="thread"),
]
