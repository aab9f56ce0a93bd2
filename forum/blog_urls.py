from django.urls import path

from forum import blogs

app_name = "blogs"
urlpatterns = [
    path("", blogs.index, name="index"),
    path("<slug:handle>/", blogs.blog, name="blog"),
]
