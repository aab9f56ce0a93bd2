from django.urls import path

from forum.views import blogs, composing

app_name = "blogs"
urlpatterns = [
    path("", blogs.index, name="index"),
    path("new/", composing.start_entry, name="start"),
    path("<slug:handle>/", blogs.blog, name="blog"),
]
