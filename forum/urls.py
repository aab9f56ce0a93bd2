from django.urls import path

from forum.views import boards, composing, drafts, moderation, posts, search, threads

app_name = "forum"
urlpatterns = [
    path("", boards.index, name="index"),
    path("search/", search.search, name="search"),
    path("preview/", composing.preview, name="preview"),
    path("drafts/", drafts.drafts, name="drafts"),
    path("drafts/save/", drafts.save, name="save_draft"),
    path("drafts/<int:pk>/discard/", drafts.discard, name="discard_draft"),
    path("boards/<slug:slug>/", boards.board, name="board"),
    path("boards/<slug:slug>/new/", composing.start, name="start"),
    path("boards/<slug:slug>/read/", boards.read, name="read_board"),
    path("boards/<slug:slug>/follow/", boards.follow, name="follow_board"),
    path("tags/<str:slug>/", boards.tag, name="tag"),
    path("threads/<int:pk>/", threads.thread, name="thread"),
    path("threads/<int:pk>/unread/", threads.unread, name="unread"),
    path("threads/<int:pk>/replies/", threads.reply, name="reply"),
    path("threads/<int:pk>/follow/", threads.follow, name="follow_thread"),
    path("threads/<int:pk>/unaccept/", threads.unaccept, name="unaccept"),
    path("threads/<int:pk>/moderation/", moderation.act_on_thread, name="moderate_thread"),
    path("posts/<int:pk>/edit/", composing.edit, name="edit"),
    path("posts/<int:pk>/history/", composing.history, name="history"),
    path("posts/<int:pk>/withdraw/", composing.withdraw, name="withdraw"),
    path("posts/<int:pk>/reactions/", posts.reactions, name="reactions"),
    path("posts/<int:pk>/solution/", posts.solution, name="solution"),
    path("posts/<int:pk>/report/", posts.report, name="report"),
    path("posts/<int:pk>/moderation/", moderation.act_on_post, name="moderate_post"),
    path("moderation/", moderation.queue, name="queue"),
    path("moderation/log/", moderation.log, name="log"),
    path("moderation/<int:pk>/", moderation.decide, name="decide"),
]
