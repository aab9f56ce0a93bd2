from django.urls import path

from forum import feeds
from forum.views import pictures, threads

app_name = "feeds"
urlpatterns = [
    path("forum/threads/<int:pk>/card.png", threads.share_card, name="card"),
    path("forum/pictures/<uuid:key>/", pictures.show, name="picture"),
    path("forum/feed/", feeds.LatestFeed(), name="forum"),
    path("forum/boards/<slug:slug>/feed/", feeds.BoardFeed(), name="board"),
    path("forum/tags/<str:slug>/feed/", feeds.TagFeed(), name="tag"),
    path("forum/threads/<int:pk>/feed/", feeds.ThreadFeed(), name="thread"),
    path("blogs/feed/", feeds.BlogsFeed(), name="blogs"),
    path("blogs/<slug:handle>/feed/", feeds.BlogFeed(), name="blog"),
]
